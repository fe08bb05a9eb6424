"""The files of ``deploy/``: what reads such files reads them, and they name what there is."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import click
import pytest
import yaml  # type: ignore[import-untyped]

from core.commands import cli
from core.config import Config

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
# What the server itself is told beside its settings.
KNOWN = {each.metadata["variable"] for each in fields(Config)}
STARTS = re.compile(r"^ExecStart=/opt/sreda/bin/sreda (.+)$", re.MULTILINE)
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))


def compose() -> Any:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())


def services() -> dict[str, Any]:
    return dict(compose()["services"])


def settings_file() -> dict[str, str]:
    lines = (DEPLOY / "sreda.env").read_text().splitlines()
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name: value for name, _is, value in pairs}


def dockerfile() -> Iterator[tuple[str, str]]:
    """The instructions of the Dockerfile, each in one line."""
    whole = (DEPLOY / "Dockerfile").read_text().replace("\\\n", " ")
    for line in whole.splitlines():
        if line.strip():
            word, _space, rest = line.partition(" ")
            yield word, rest


def named_settings() -> Iterator[tuple[str, str]]:
    """Every variable that a file of these sets for Sreda."""
    yield from (("sreda.env", name) for name in settings_file())
    for word, rest in dockerfile():
        if word == "ENV":
            yield from (("Dockerfile", pair.partition("=")[0]) for pair in shlex.split(rest))
    for name, service in services().items():
        if service.get("image") == "sreda":
            yield from ((name, variable) for variable in service["environment"])
    for unit in UNITS:
        for line in re.findall(r"^Environment=(.+)$", unit.read_text(), re.MULTILINE):
            yield from ((unit.name, pair.partition("=")[0]) for pair in line.split())


def commands() -> Iterator[tuple[str, list[str]]]:
    """Every command line of Sreda in these files."""
    for unit in UNITS:
        [line] = re.findall(
            r"^ExecStart=/opt/sreda/bin/sreda (.+)$", unit.read_text(), re.MULTILINE
        )
        yield unit.name, shlex.split(line)
    for name, service in services().items():
        if service.get("image") == "sreda" and "command" in service:
            assert service["command"][0] == "sreda"
            yield name, service["command"][1:]
    [line] = [rest for word, rest in dockerfile() if word == "CMD"]
    assert yaml.safe_load(line)[0] == "sreda"
    yield "Dockerfile", yaml.safe_load(line)[1:]
    for line in re.findall(r"/opt/sreda/bin/sreda (.+)$", _read_me(), re.MULTILINE):
        yield "README.md", shlex.split(line)


def _read_me() -> str:
    return (DEPLOY / "README.md").read_text()


def test_every_variable_is_a_setting() -> None:
    strange = [(where, name) for where, name in named_settings() if name not in KNOWN]
    assert strange == []


def test_every_command_is_one() -> None:
    found = list(commands())
    assert len(found) >= 8
    for where, words in found:
        command: click.Command = cli
        while isinstance(command, click.Group):
            assert words[0] in command.commands, (where, words)
            command, words = command.commands[words[0]], words[1:]
        command.make_context("sreda", list(words))


def test_the_settings_are_those_of_a_production_site(tmp_path: Path) -> None:
    """Filled in, as the page says, they are taken; as they lie there, the key is missed."""
    environ = settings_file() | {"SREDA_DATA_DIR": str(tmp_path)}
    key = "k5Jf0q8Zr1T7wYxB3nVdLsHu2mGaPcEo9iQ4"
    config = Config.from_environ(environ | {"SREDA_SECRET_KEY": key})
    assert config.production
    assert config.trusted_proxies == 1
    with pytest.raises(Exception, match="SREDA_SECRET_KEY"):
        Config.from_environ(environ)


def test_the_image_is_made_of_what_there_is(tmp_path: Path) -> None:
    """The wheel that the Dockerfile builds of the few things it copies is a whole one."""
    source = tmp_path / "src"
    for word, rest in dockerfile():
        if word == "COPY" and not rest.startswith("--from"):
            *names, target = rest.split()
            assert all((ROOT / name).exists() for name in names), rest
            for name in names if not target.startswith("/") else ():
                _copy(ROOT / name, source / (Path(name).name if target == "./" else target))
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    done = subprocess.run(
        [*build, "--wheel-dir", str(tmp_path), str(source)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    [wheel] = tmp_path.glob("sreda-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    assert packed >= {"core/cli.py", "core/templates/layout.html", "plugins/forum/plugin.py"}


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, target)


def test_services_of_the_containers_rely_on_what_there_is() -> None:
    file = compose()
    all_of_them = services()
    for name, service in all_of_them.items():
        assert "image" in service, name
        for other in service.get("depends_on", ()):
            assert other in all_of_them, (name, other)
        for mount in service.get("volumes", ()):
            source = mount.partition(":")[0]
            assert source in file["volumes"] or source.startswith(("/", "./")), (name, mount)
            assert not source.startswith("./") or (DEPLOY / source).exists(), (name, mount)
        for config in service.get("configs", ()):
            assert config["source"] in file["configs"], name
        if "build" in service:
            context = (DEPLOY / service["build"]["context"]).resolve()
            assert (context / service["build"]["dockerfile"]).exists()
    addresses = str(file["x-sreda"]["environment"])
    hosts = {a or b for a, b in re.findall(r"@(\w+)/|//(\w+):\d", addresses)}
    assert hosts
    assert hosts <= all_of_them.keys()


def test_systemd_has_nothing_to_say_against_the_units(tmp_path: Path) -> None:
    """It looks for the command, which is not installed there during a test."""
    for unit in UNITS:
        text = unit.read_text().replace("/opt/sreda/bin/sreda", "/bin/true")
        (tmp_path / unit.name.replace("@", "@8001")).write_text(text)
    for unit in tmp_path.iterdir():
        done = subprocess.run(
            ["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr.strip()) == (0, ""), unit.name


@pytest.fixture(params=["by hand", "containers"])
def nginx(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """nginx's own file with ours in it: what it includes in a real one."""
    upstream = (DEPLOY / "nginx-upstream.conf").read_text()
    if request.param == "containers":
        upstream = compose()["configs"]["upstream"]["content"].replace("$$", "$")
        upstream = re.sub(r"pages\d", "127.0.0.1", upstream)
    _certificate(tmp_path)
    site = (DEPLOY / "nginx.conf").read_text()
    site = re.sub(r"/etc/letsencrypt/live/[\w.]+", str(tmp_path), site)
    site = site.replace("/var/log/nginx", str(tmp_path))
    (tmp_path / "site.conf").write_text(site)
    (tmp_path / "upstream.conf").write_text(upstream)
    main = tmp_path / "nginx.conf"
    main.write_text(
        f"pid {tmp_path}/pid; error_log stderr; events {{}}\n"
        f"http {{ include {tmp_path}/site.conf; include {tmp_path}/upstream.conf; }}\n"
    )
    return main


def _certificate(folder: Path) -> None:
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj",
         "/CN=sreda.example", "-keyout", "privkey.pem", "-out", "fullchain.pem"],
        cwd=folder, capture_output=True, check=True,
    )  # fmt: skip


def test_nginx_understands_its_files(nginx: Path) -> None:
    done = subprocess.run(
        ["nginx", "-t", "-q", "-p", str(nginx.parent), "-c", str(nginx)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr.strip()) == (0, "")
