"""What comes with an event, held against what its handler takes: anything may come."""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import DomainError
from core.platform.arriving import LARGEST, NUL
from core.platform.i18n import core_domain

_ = core_domain.gettext

# In characters; whoever wants to send more has a form for it.
LONGEST_TEXT = 20_000
# How many things a list may hold.
LONGEST_LIST = 200

KINDS = frozenset({str, int, bool})


@dataclass(frozen=True)
class Argument:
    """One argument of a handler: what may come for it, and what stands in where nothing came."""

    name: str
    kind: Any
    many: bool
    optional: bool
    otherwise: Any

    def taken(self, value: Any) -> Any:
        """The value, if it is of the right kind. Raises DomainError."""
        if value is None and self.optional:
            return None
        if not self.many:
            return _one(self.kind, value)
        if not isinstance(value, list) or len(value) > LONGEST_LIST:
            raise not_understood()
        return [_one(self.kind, each) for each in value]


def not_understood() -> DomainError:
    """What whoever sends rubbish is told."""
    return DomainError(_("The request could not be understood. Reload the page and try again."))


def _one(kind: Any, value: Any) -> Any:
    if type(value) is not kind:
        raise not_understood()
    if kind is int and not -LARGEST <= value <= LARGEST:
        raise not_understood()
    if kind is str:
        if len(value) > LONGEST_TEXT:
            raise DomainError(
                _("This is too long: %(most)s characters at most.", most=LONGEST_TEXT), status=413
            )
        return _storable(value)
    return value


def _storable(text: str) -> str:
    """Without what no database takes: NUL, and halves of characters that JSON can spell."""
    return text.replace(NUL, "").encode("utf-8", "replace").decode()


@dataclass(frozen=True)
class Signature:
    """What a handler takes: what core gives it (``given``), and what comes with the event."""

    given: frozenset[str]
    arguments: tuple[Argument, ...]

    def bound(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments out of what came. Raises DomainError for too much or little, or rubbish."""
        if not facts.keys() <= {argument.name for argument in self.arguments}:
            raise not_understood()
        taken = {}
        for argument in self.arguments:
            if argument.name in facts:
                taken[argument.name] = argument.taken(facts[argument.name])
            elif argument.otherwise is inspect.Parameter.empty:
                raise not_understood()
        return taken


def signature_of(handler: Callable[..., Any], given: Iterable[str] = ("activity",)) -> Signature:
    """What a handler takes. Raises TypeError with a sentence for what no event can bring."""
    hints = typing.get_type_hints(handler)
    parameters = list(inspect.signature(handler).parameters.values())
    from_core = frozenset(given) & {each.name for each in parameters}
    arguments = [
        _argument(each, hints) for each in parameters if each.name not in {"self", *from_core}
    ]
    return Signature(from_core, tuple(arguments))


def _argument(parameter: inspect.Parameter, hints: Mapping[str, Any]) -> Argument:
    hint = hints.get(parameter.name)
    inner = [each for each in typing.get_args(hint) if each is not types.NoneType]
    optional = isinstance(hint, types.UnionType) and len(inner) == 1
    kind = inner[0] if optional else hint
    many = typing.get_origin(kind) is list
    kind = typing.get_args(kind)[0] if many else kind
    variable = parameter.kind in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL)
    if kind not in KINDS or variable:
        raise TypeError(f"no event can bring its argument {parameter.name!r}")
    return Argument(parameter.name, kind, many, optional, parameter.default)
