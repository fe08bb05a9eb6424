"""Icons and faces as templates draw them: a page shows forty and more, each put together once."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from markupsafe import Markup

# Made of a template's words alone, so their number is small; labels are translated and add to it.
KEPT = 2048

SVG = Markup('<svg class="icon" width="16" height="16" {}><use href="{}#{}"/></svg>')
SAID = Markup('role="img" aria-label="{}"')
SILENT = Markup('aria-hidden="true"')
PHOTO = Markup('<img class="{}" src="{}?size={}" alt="" width="40" height="40" loading="lazy">')
INITIALS = Markup('<span class="{} tint-{}" aria-hidden="true">{}</span>')
TILE = Markup('<span class="{}" aria-hidden="true">{}</span>')

# Sides of the pictures that are asked for, in pixels: enough for fine screens.
FACE, LARGE_FACE = 128, 320

Draw = Callable[..., Markup]


def drawing(sprite: str) -> tuple[Draw, Draw]:
    """``icon(name, label)`` and ``tile(name, hue, size)`` over the sprite at this address."""

    @lru_cache(maxsize=KEPT)
    def icon(name: str, label: str | None = None) -> Markup:
        return SVG.format(SAID.format(label) if label else SILENT, sprite, name)

    @lru_cache(maxsize=KEPT)
    def tile(name: str | None, hue: str | None = "slate", size: str = "") -> Markup:
        classes = f"tile hue-{hue or 'slate'}" + (f" tile-{size}" if size else "")
        return TILE.format(classes, icon(name or "puzzle"))

    return icon, tile


def avatar(person: Any, size: str = "") -> Markup:
    """A person's photo, or their initials in a colour of their own. The name always stands beside
    it, so the face itself says nothing to a screen reader."""
    return _face(person.photo_url or "", person.initials or "?", person.tint or 0, size)


@lru_cache(maxsize=KEPT)
def _face(photo_url: str, initials: str, tint: int, size: str) -> Markup:
    classes = f"avatar avatar-{size}" if size else "avatar"
    if photo_url:
        return PHOTO.format(classes, photo_url, LARGE_FACE if size == "xl" else FACE)
    return INITIALS.format(classes, tint, initials)
