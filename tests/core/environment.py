"""Python environments of their own for tests, made in a moment: their libraries are borrowed."""

from __future__ import annotations

import subprocess
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path

BORROWED = sysconfig.get_path("purelib")


@dataclass(frozen=True)
class Environment:
    """An environment of its own, which borrows the libraries of the present one and a Sreda."""

    folder: Path

    @classmethod
    def make(cls, folder: Path, sreda: Path) -> Environment:
        venv.create(folder, with_pip=False)
        made = cls(folder)
        packages = sysconfig.get_path("purelib", vars={"base": str(folder)})
        Path(packages, "borrowed.pth").write_text(f"{BORROWED}\n{sreda}\n")
        return made

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    def give_commands(self) -> None:
        """Put the commands that an author types where a shell finds them."""
        for command, module in (("pip", "pip"), ("pytest", "pytest"), ("sreda", "core.cli")):
            path = self.python.with_name(command)
            path.write_text(f'#!/bin/sh\nexec "{self.python}" -m {module} "$@"\n')
            path.chmod(0o755)

    def run(self, cwd: Path, *command: str) -> str:
        """Run a module of Python to its end, and answer what it said; it must succeed."""
        done = subprocess.run(
            [self.python, "-m", *command], cwd=cwd, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def install(self, cwd: Path) -> None:
        flags = ["--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
        self.run(cwd, "pip", "install", *flags, "--editable", ".")

    def check(self, cwd: Path, *where: str) -> None:
        """Hold code against ruff and mypy, with the settings of its project."""
        for command in (["check"], ["format", "--check"]):
            self.run(cwd, "ruff", *command, "--no-cache", *(where or ["."]))
        self.run(cwd, "mypy", "--no-error-summary", *where)
