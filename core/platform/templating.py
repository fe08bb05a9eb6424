"""The template environment: templates that know their words, compiled once for each language.

A phrase without values, ``_("Edit")``, is put in when the template is compiled: a page has sixty of
them, and asking the catalogue for each took longer than the database.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, MutableMapping
from functools import lru_cache
from types import FunctionType, MethodType
from typing import Any
from weakref import ref

import flask.templating
import markupsafe
from jinja2 import Template, nodes
from jinja2.environment import copy_cache
from jinja2.runtime import Context, Macro
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from core.platform.i18n import LANGUAGES, Domain, catalogue, current_locale, domain_of, domains

Kept = MutableMapping[tuple["ref[Any]", str], Template]

PHRASES = {"_": "gettext", "gettext": "gettext", "ngettext": "ngettext"}
# What is called as it is, once it is known that it does not ask for the context.
PLAIN = frozenset({FunctionType, MethodType, type(lru_cache(len))})


class Words(NodeTransformer):
    """Puts constant phrases in, and names the domain wherever another one is translated."""

    def __init__(self, domain: str, locale: str) -> None:
        self.domain, self.words = domain, catalogue(domain, locale)

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802  # Jinja's name for it
        match node:
            case nodes.Call(
                node=nodes.Name(name="_" | "gettext"), args=[nodes.Const(value=str(phrase))],
                kwargs=[], dyn_args=None, dyn_kwargs=None,
            ):  # fmt: skip
                return nodes.Const(self.words.gettext(phrase), lineno=node.lineno)
        return self.generic_visit(node)

    def visit_Name(self, node: nodes.Name) -> nodes.Node:  # noqa: N802
        if node.ctx == "load" and node.name in PHRASES:
            node.name = f"{PHRASES[node.name]}_{self.domain}"
        return node


# At the end of each compiled template, in the place of Jinja's own.
QUICK_ESCAPE = f"from {__name__} import escape"


def escape(value: Any) -> Markup:
    """As Jinja does; nearly all that a page puts in was made by macros, and is markup already."""
    return value if type(value) is Markup else markupsafe.escape(value)


class QuickContext(Context):
    """Calls macros and plain functions without looking at length whether they want the context."""

    def call(self, obj: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """As Jinja does; a page calls two hundred things, nearly all of them of these kinds."""
        kind = type(obj)
        if kind is Macro:
            args = (self.eval_ctx, *args)
        elif kind not in PLAIN or hasattr(obj, "jinja_pass_arg"):
            return super().call(obj, *args, **kwargs)
        kwargs.pop("_loop_vars", None)
        kwargs.pop("_block_vars", None)
        return obj(*args, **kwargs)


class Environment(flask.templating.Environment):
    """A Jinja environment whose templates each speak the words of their own owner."""

    context_class = QuickContext
    _caches: dict[str, Kept | None]

    @property
    def cache(self) -> Kept | None:
        """The compiled templates of the current language: Jinja keeps them by this name."""
        return self._caches[current_locale()]

    @cache.setter
    def cache(self, cache: Kept | None) -> None:
        self._caches = {locale: copy_cache(cache) for locale in LANGUAGES}

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """As Jinja does, but without a layer over the globals where there is nothing in it."""
        return ChainMap(d, self.globals) if d else self.globals

    def _generate(
        self,
        source: nodes.Template,
        name: str | None,
        filename: str | None,
        defer_init: bool = False,
    ) -> str:
        """Generate as Jinja does, once the words are put in."""
        # Those of all domains: a page takes its globals before it loads the layout around it.
        for each in map(Domain, domains()):
            self.globals.setdefault(f"gettext_{each.name}", each.gettext)
            self.globals.setdefault(f"ngettext_{each.name}", each.ngettext)
        spoken = Words(domain_of(name), current_locale()).visit(source)
        return f"{super()._generate(spoken, name, filename, defer_init)}\n{QUICK_ESCAPE}\n"
