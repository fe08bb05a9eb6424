"""What to type next, said at the end of ``sreda plugins new``."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

from core.scaffold.render import Made


def next_steps(made: Made) -> list[str]:
    """What was made, and the next three commands: install it, test it, see it."""
    elsewhere = made.root != Path.cwd()
    enter = f"cd {shlex.quote(shown(made.root))} && " if elsewhere else ""
    pip, pytest, sreda = (_command(name, elsewhere) for name in ("pip", "pytest", "sreda"))
    return [
        f"Made {shown(made.folder)}; its tests are in {shown(made.tests)}. Next:",
        "",
        f"    {enter}{pip} install {_flags()} --editable .",
        f"    {pytest} {made.tests.relative_to(made.root)}",
        f"    {sreda} run --demo",
    ]


def _flags() -> str:
    """Sreda is there already; what builds a package mostly is too."""
    return "--quiet --no-deps" + (" --no-build-isolation" if find_spec("hatchling") else "")


def _command(name: str, elsewhere: bool) -> str:
    """A command of this environment: its name alone where that is the one a shell would run."""
    here = Path(sys.executable).parent / name
    if shutil.which(name) == str(here):
        return name
    return shlex.quote(str(here) if elsewhere else shown(here))


def shown(path: Path) -> str:
    """A path as one would type it from here."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith(os.pardir) else relative
