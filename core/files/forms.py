"""The field with which files are attached in any form; works without script."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from flask import url_for
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from wtforms import Field
from wtforms.validators import ValidationError

from core.access.actors import current_viewer
from core.config import current as current_config
from core.errors import DomainError
from core.files.kinds import ATTACHABLE, FileKind
from core.files.models import File, readable_size
from core.files.store import save_file
from core.files.upload_views import RATE
from core.platform.arriving import row_number
from core.platform.db import db
from core.platform.i18n import core_domain
from core.platform.limits import limit as limit_rate

_ = core_domain.gettext

MOST = 10


class AttachmentsField(Field):
    """Files to attach; ``data`` is the list of them, in order.

    With script files are sent while one writes, with their progress, and the form names them; they
    can be dropped and pasted. Without it they come with the form, are stored while it is validated,
    whatever else is wrong with it, and stay as ticks, so that nobody uploads twice. Draw it with
    ``attach_field`` of ``files/macros.html``. ``most`` is how many there may be, ``accept`` what
    kinds. Only the viewer's own files can be named, and those that the form began with.
    """

    data: list[File]
    errors: list[str]

    def __init__(
        self,
        label: Any = None,
        *,
        most: int = MOST,
        accept: Collection[FileKind] = ATTACHABLE,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, **kwargs)
        self.most = most
        self.accept = frozenset(accept)
        self._sent: list[FileStorage] = []

    @property
    def hint(self) -> str:
        """What fits, said before anything is uploaded."""
        size = readable_size(current_config().upload_limit)
        return _("Up to %(n)s files, each at most %(size)s.", n=self.most, size=size)

    @property
    def script_facts(self) -> dict[str, Any]:
        """What the script of the field has to know, as ``data-`` attributes."""
        limit = current_config().upload_limit
        return {
            "uploads": url_for("files.begin_upload"), "most": self.most, "limit": limit,
            "largest": readable_size(limit), "accept": " ".join(sorted(self.accept)),
        }  # fmt: skip

    def process_data(self, value: Sequence[File] | None) -> None:
        self.data = list(value or ())

    def process_formdata(self, valuelist: list[Any]) -> None:
        self._sent = [v for v in valuelist if isinstance(v, FileStorage) and v.filename]
        kept = [row_number(v) for v in valuelist if isinstance(v, str)]
        self.data = self._own(kept[: 2 * self.most])

    def _own(self, ids: Sequence[int]) -> list[File]:
        if not ids:
            return []
        began_with = {file.id for file in self.object_data or ()}
        viewer = current_viewer()
        found = {f.id: f for f in db.session.scalars(select(File).where(File.id.in_(ids)))}
        return [
            found[n] for n in dict.fromkeys(ids)
            if n in found and (n in began_with or self._may_name(found[n], viewer.id))
        ]  # fmt: skip

    def _may_name(self, file: File, viewer_id: int | None) -> bool:
        return file.owner_id == viewer_id and not file.portrait and file.kind in self.accept

    def pre_validate(self, form: Any) -> None:
        if len(self.data) + len(self._sent) > self.most:
            raise ValidationError(_("At most %(n)s files can be attached.", n=self.most))
        refusals = [refusal for sent in self._sent if (refusal := self._store(sent))]
        self._sent = []
        self.errors = [*self.errors, *refusals]

    def _store(self, sent: FileStorage) -> str:
        """Keep one upload; the sentence that says why not, empty when it is kept."""
        viewer = current_viewer()
        if viewer.id is None:
            return _("Sign in to attach files.")
        name = sent.filename or ""
        try:
            limit_rate("uploads", RATE, str(viewer.id))
            self.data.append(save_file(sent.stream, name, viewer.id, accept=self.accept))
        except DomainError as error:
            return f"{sent.filename}: {error}"
        return ""
