"""The wheel: built, installed into a fresh environment, and serving a page from there."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from tests.core.installation import Installation

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return next(folder.glob("sreda-*.whl"))


def files_of(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if not name.endswith("/")}


def test_the_wheel_holds_all_that_the_repository_serves(wheel: Path) -> None:
    """Everything of core and of the plugins but their tests, and the templates inside core."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    tracked = subprocess.run(
        [*listing, "core", "plugins", "templates"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    wanted = {
        f"core/{name}" if name.startswith("templates/") else name
        for name in tracked
        if "/tests/" not in name and (ROOT / name).exists()
    }
    packed = {name for name in files_of(wheel) if ".dist-info/" not in name}
    assert packed == wanted
    assert {Path(name).suffix for name in packed} >= {".py", ".html", ".css", ".js", ".po", ".svg"}
    assert any("/migrations/" in name for name in packed)


def test_the_wheel_holds_no_tests_of_plugins(wheel: Path) -> None:
    assert [name for name in files_of(wheel) if "/tests/" in name] == []


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The wheel in a fresh environment, which borrows the dependencies of the present one."""
    place = tmp_path_factory.mktemp("fresh")
    venv.create(place / "venv", with_pip=False)
    python = place / "venv" / "bin" / "python"
    site_packages = sysconfig.get_path("purelib", vars={"base": str(place / "venv")})
    Path(site_packages, "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    install = ["install", "--quiet", "--no-deps", "--no-index", "--ignore-installed", str(wheel)]
    pip = [sys.executable, "-m", "pip", "--python", str(python), *install]
    subprocess.run(pip, check=True, capture_output=True, cwd=place)
    (place / "site").mkdir()
    command = [str(python.with_name("sreda"))]
    site = Installation({"SREDA_DATA_DIR": str(place / "site")}, command)
    done = site.run("upgrade")
    assert done.returncode == 0, done.stderr
    return site


def test_an_installed_site_serves_its_own_pages(installed: Installation) -> None:
    with installed.serving() as served:
        with served.get("/") as answer:
            page = answer.read().decode()
        with served.get("/healthz") as answer:
            assert answer.status == 200
    assert "<title>" in page
    assert "Среда" in page


def test_an_installed_site_uses_nothing_of_the_checkout(installed: Installation) -> None:
    python = Path(installed.command[0]).with_name("python")
    code = "import core, plugins; print(core.__file__, *plugins.__path__)"
    shown = subprocess.run(
        [python, "-c", code], cwd=installed.folder, capture_output=True, text=True, check=True
    )
    assert str(ROOT) not in shown.stdout.split()[0]
    assert all(part.startswith(str(python.parent.parent)) for part in shown.stdout.split())


def test_an_installed_sreda_makes_plugins_and_its_test_kit_judges_them(
    installed: Installation, tmp_path: Path
) -> None:
    python = Path(installed.command[0]).with_name("python")
    folder = tmp_path / "sreda-visits"
    made = installed.run("plugins", "new", "visits", "--package", str(folder))
    assert made.returncode == 0, made.stderr
    flags = [
        "--quiet",
        "--no-deps",
        "--no-index",
        "--no-build-isolation",
        "--editable",
        str(folder),
    ]
    pip = [sys.executable, "-m", "pip", "--python", str(python)]
    subprocess.run([*pip, "install", *flags], check=True, capture_output=True)
    try:
        judged = subprocess.run(
            [python, "-m", "pytest", "-q"], cwd=folder, capture_output=True, text=True, check=False
        )
        assert judged.returncode == 0, judged.stdout
    finally:
        gone = ["uninstall", "--quiet", "--yes", "sreda-visits"]
        subprocess.run([*pip, *gone], check=True, capture_output=True)


def test_an_installed_sreda_has_no_tree_for_a_plugin(installed: Installation) -> None:
    refused = installed.run("plugins", "new", "visits")
    assert refused.returncode == 1
    assert "--package FOLDER" in refused.stderr


def test_an_installed_site_finds_its_plugins_by_their_entry_points(installed: Installation) -> None:
    listed = installed.run("plugins", "list")
    assert listed.returncode == 0, listed.stderr
    folders = (ROOT / "plugins").glob("*/plugin.py")
    assert {line.split()[0] for line in listed.stdout.splitlines()} == {
        face.parent.name for face in folders
    }
