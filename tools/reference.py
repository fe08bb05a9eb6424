"""Tables of the documents that the code itself can fill in: ``make docs`` writes them anew.

A page marks the place of a table with a comment::

    <!-- names of core.contents core.files -->     the names of core.api that these rooms give
    <!-- fields of Plugin -->                      the fields of a dataclass of core.api
    <!-- fixtures -->                              the fixtures of core.testing
    <!-- contract -->                              what the contract holds a plugin against
    <!-- methods of core.testing.cast.Cast -->     the methods of a class of the test kit
    <!-- commands -->                              the commands of sreda

What stands in docstrings is taken from there. The last cell of any other row is written by hand,
and kept.
"""

from __future__ import annotations

import ast
import dataclasses
import enum
import importlib
import inspect
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

import core.api
import core.testing.contract
import core.testing.plugin
from core.commands import cli
from core.contract import hookspecs

ROOT = Path(__file__).resolve().parent.parent
PAGES = (*sorted(ROOT.glob("docs/plugins/*.md")), ROOT / "docs" / "commands.md")
TABLE = re.compile(
    r"<!-- (names of|fields of|methods of|contract|fixtures|commands) ?([\w. ]*?) ?-->\n\n"
    r"((?:\|.*\n)*)"
)

Row = tuple[str, ...]


def renewed(text: str) -> str:
    """A page with its tables as the code has them now."""
    return TABLE.sub(lambda found: _table(found[1], found[2].split(), found[3]), text)


def _table(kind: str, arguments: list[str], former: str) -> str:
    written = {_cells(line)[0]: _cells(line)[-1] for line in former.splitlines()[2:]}
    head, rows = {
        "names of": (("name", "what it is"), _names(arguments, written)),
        "fields of": (("field", "type", "unless given", "meaning"), _fields(arguments, written)),
        "methods of": (("method", "what it does"), _methods(arguments)),
        "contract": (("every plugin promises that",), _promises()),
        "fixtures": (("fixture", "what it gives"), _fixtures()),
        "commands": (("command", "what it does"), _commands(cli, "sreda")),
    }[kind]
    lines = [head, tuple("---" for _ in head), *rows]
    marker = " ".join([f"<!-- {kind}", *arguments, "-->"])
    return f"{marker}\n\n" + "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip())[1:-1]]


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


def origins() -> dict[str, str]:
    """The module of core that each public name is taken from."""
    source = inspect.getsource(core.api)
    return {
        alias.asname or alias.name: node.module
        for node in ast.parse(source).body
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("core.")
        for alias in node.names
        if (alias.asname or alias.name) in core.api.__all__
    }


def claimed() -> list[str]:
    """Every module for whose names some page has a table."""
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    return [name for kind, names, _ in TABLE.findall(text) if kind == "names of"
            for name in names.split()]  # fmt: skip


def table_of(name: str, claims: list[str]) -> str | None:
    """The module, among those that have a table, whose table holds a name: the closest one."""
    module = origins().get(name, "")
    above = [claim for claim in claims if module == claim or module.startswith(f"{claim}.")]
    return max(above, key=len, default=None)


def _names(modules: list[str], written: Mapping[str, str]) -> Iterator[Row]:
    claims = claimed()
    by_name = {re.split(r"[`(]", cell)[1]: text for cell, text in written.items()}
    for name in sorted(core.api.__all__, key=str.lower):
        if table_of(name, claims) in modules:
            found = getattr(core.api, name)
            yield f"`{_escaped(called(name, found))}`", sentence(found) or by_name.get(name, "")


def called(name: str, found: Any) -> str:
    """A name as one writes it down: a function with the names of its parameters."""
    if not _is_function(found):
        return name
    bare = [_plain(p).replace(annotation=p.empty) for p in _parameters(found)]
    return f"{name}{inspect.Signature(bare)}"


def _is_function(found: Any) -> bool:
    return inspect.isfunction(inspect.unwrap(found))


def _parameters(found: Any) -> list[inspect.Parameter]:
    return list(inspect.signature(found).parameters.values())


class _Bare(str):
    """Words that stand in a signature as they are, without quotes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def _plain(parameter: inspect.Parameter) -> inspect.Parameter:
    """A default that is not a plain value is told as three dots: it looks different every time."""
    return parameter.replace(default=_told(parameter.default))


def _told(default: Any) -> Any:
    literal = isinstance(default, str | int | tuple | None) and not isinstance(default, enum.Enum)
    return default if literal or default is inspect.Parameter.empty else _Bare("...")


def sentence(found: Any) -> str:
    """The first sentence or two of what the code says of itself; empty for plain values."""
    ours = getattr(found, "__module__", "").startswith("core.")
    described = ours and (inspect.isclass(found) or _is_function(found))
    return _first_paragraph(inspect.getdoc(found)) if described else ""


def _first_paragraph(docstring: str | None) -> str:
    paragraph = " ".join((docstring or "").split("\n\n")[0].split())
    text = re.sub(r":\w+:`~?([\w.]+)`", r"`\1`", paragraph)
    return _escaped(text.replace("``", "`"))


def _fields(classes: list[str], written: Mapping[str, str]) -> Iterator[Row]:
    [name] = classes
    for each in dataclasses.fields(getattr(core.api, name)):
        cell = f"`{each.name}`"
        yield cell, f"`{_escaped(str(each.type))}`", _default(each), written.get(cell, "")


def _default(each: dataclasses.Field[Any]) -> str:
    if each.default_factory is not dataclasses.MISSING:
        return "empty"
    if each.default is dataclasses.MISSING:
        return "required"
    if isinstance(each.default, frozenset) and not each.default:
        return "empty"
    return f"`{each.default.value if isinstance(each.default, enum.Enum) else each.default!r}`"


def _methods(classes: list[str]) -> Iterator[Row]:
    [path] = classes
    module, _, name = path.rpartition(".")
    for each, found in vars(getattr(importlib.import_module(module), name)).items():
        found = getattr(found, "__wrapped__", found)
        if inspect.isfunction(found) and not each.startswith("_"):
            yield f"`{_escaped(_without_self(called(each, found)))}`", sentence(found)


def _without_self(call: str) -> str:
    return re.sub(r"\(self(, )?", "(", call)


def _promises() -> Iterator[Row]:
    *parts, _object = core.testing.contract.PluginContract.__mro__
    found = [node for part in parts for node in ast.walk(ast.parse(inspect.getsource(part)))]
    for node in found:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            words = node.name.removeprefix("test_").replace("_", " ")
            more = _first_paragraph(ast.get_docstring(node))
            yield (f"{words}. {more}".strip() if more else words,)


def _fixtures() -> Iterator[Row]:
    for node in ast.parse(inspect.getsource(core.testing.plugin)).body:
        if isinstance(node, ast.FunctionDef):
            yield f"`{node.name}`", _first_paragraph(ast.get_docstring(node))


def _commands(group: click.Group, path: str) -> Iterator[Row]:
    for name, command in sorted(group.commands.items()):
        if isinstance(command, click.Group):
            yield from _commands(command, f"{path} {name}")
        else:
            yield f"`{_usage(command, f'{path} {name}')}`", _escaped(_about(command))


def _usage(command: click.Command, path: str) -> str:
    shown = [p for p in command.params if not getattr(p, "hidden", False)]
    words = [
        p.make_metavar(click.Context(command)) if isinstance(p, click.Argument) else f"[{_flag(p)}]"
        for p in shown
    ]
    return _escaped(" ".join([path, *words]))


def _flag(option: click.Parameter) -> str:
    flags = "/".join([option.opts[0], *option.secondary_opts])
    valued = isinstance(option, click.Option) and not option.is_flag
    return f"{flags} {option.make_metavar(click.Context(cli))}" if valued else flags


def _about(command: click.Command) -> str:
    options = [p for p in command.params if isinstance(p, click.Option) and not p.hidden]
    told = [f"`{option.opts[0]}`: {option.help}" for option in options if option.help]
    return " ".join([" ".join((command.help or "").split()), *told])


def signatures() -> str:
    """All that plugins are promised, a line each, for ``tests/api.txt``."""
    lines = [line for name in sorted(core.api.__all__) for line in _promised(name)]
    hooks = {name: spec for name, spec in vars(hookspecs).items() if hasattr(spec, "sreda_spec")}
    lines += [f"hook {name}{_signature(hooks[name])}" for name in sorted(hooks)]
    lines += [f"fixture {cell.strip('`')}" for cell, _text in sorted(_fixtures())]
    return "".join(f"{line}\n" for line in lines)


def _promised(name: str) -> Iterator[str]:
    found = getattr(core.api, name)
    if _is_function(found):
        yield f"{name}{_signature(found)}"
    elif inspect.isclass(found):
        yield f"class {name}"
        yield from (f"{name}.{member}" for member in _members(found))
    else:
        yield name


def _members(found: type[Any]) -> Iterator[str]:
    """What plugins may rely on of a class of core: its fields, its own methods and properties."""
    types = {
        name: str(kind) for name, kind in inspect.get_annotations(found).items()
        if not name.startswith("_")
    }  # fmt: skip
    defaults = _defaults(found)
    for name, kind in types.items():
        yield f"{name}: {kind}" + (f" = {defaults[name]!r}" if name in defaults else "")
    for name, value in sorted(vars(found).items()):
        if not name.startswith("_") and name not in types:
            yield f"{name}{_signature(value)}" if inspect.isfunction(value) else name


def _defaults(found: type[Any]) -> dict[str, Any]:
    given = dataclasses.fields(found) if dataclasses.is_dataclass(found) else ()
    return {
        each.name: _told(each.default)
        for each in given
        if each.default is not dataclasses.MISSING
        or each.default_factory is not dataclasses.MISSING
    }


def _signature(found: Any) -> str:
    parameters = [_plain(p).replace(annotation=_bare(p.annotation)) for p in _parameters(found)]
    answer = _bare(inspect.signature(found).return_annotation)
    return str(inspect.Signature(parameters, return_annotation=answer))


def _bare(annotation: Any) -> Any:
    return _Bare(annotation) if isinstance(annotation, str) else annotation


def main(wanted: str) -> None:
    """Renew the tables of the pages (``docs``), or the list of promises (``api``)."""
    if wanted == "api":
        (ROOT / "tests" / "api.txt").write_text(signatures(), encoding="utf-8")
        return
    for page in PAGES:
        page.write_text(renewed(page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
