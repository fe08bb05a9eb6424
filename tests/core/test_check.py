"""What `sreda check` looks at, one thing at a time."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from core import check
from core.check import Level
from core.config import Config
from core.platform.heartbeat import heartbeat

GB = 1024**3
STRONG = "kR7-pQz2vXw9LmT4yHs8NbD3fGj6CaE1uVo5"


@pytest.mark.parametrize(
    ("free", "level"), [(50 * GB, Level.OK), (GB, Level.WARNING), (GB // 10, Level.ERROR)]
)
def test_a_disk_that_runs_full_is_told_in_time(free: int, level: Level) -> None:
    assert check._space(free).level is level


def test_a_data_folder_that_cannot_be_written_to_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    config = Config(environment="test", data_dir=tmp_path / "file")
    (finding,) = check._folder(config)
    assert (finding.level, finding.about) == (Level.ERROR, "data-folder")


def test_a_folder_of_uploads_that_cannot_be_written_to_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "files").touch()
    (finding,) = check._uploads(Config(environment="test", data_dir=tmp_path))
    assert (finding.level, finding.about) == (Level.ERROR, "uploads")


@pytest.mark.parametrize(
    ("data_mode", "mode", "level"),
    [(0o755, 0o755, Level.WARNING), (0o755, 0o750, Level.OK), (0o750, 0o755, Level.OK)],
)
def test_uploads_that_everybody_on_the_machine_can_read_are_told(
    tmp_path: Path, data_mode: int, mode: int, level: Level
) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files").chmod(mode)
    tmp_path.chmod(data_mode)
    (finding,) = check._uploads(Config(environment="test", data_dir=tmp_path))
    assert finding.level is level


@pytest.mark.parametrize(("age", "level"), [(5, Level.OK), (3600, Level.WARNING)])
def test_a_silent_process_for_jobs_is_told(age: int, level: Level, tmp_path: Path) -> None:
    config = Config(environment="test", data_dir=tmp_path)
    place = heartbeat(config)
    place.touch()
    os.utime(place, (time.time() - age,) * 2)
    assert check._jobs(config).level is level


def test_a_process_for_jobs_that_never_ran_is_told(tmp_path: Path) -> None:
    config = Config(environment="test", data_dir=tmp_path)
    assert check._jobs(config).level is Level.WARNING


def production(tmp_path: Path, base_url: str, mail_url: str = "") -> dict[str, Level]:
    config = Config(
        environment="production",
        secret_key=STRONG,
        data_dir=tmp_path,
        base_url=base_url,
        mail_url=mail_url,
    )
    return {finding.about: finding.level for finding in check._settings(config)}


def test_production_needs_https_and_mail(tmp_path: Path) -> None:
    found = production(tmp_path, "http://sreda.example")
    assert found["base-url"] is found["mail"] is Level.ERROR
    found = production(tmp_path, "https://sreda.example", "smtp://mail")
    assert set(found.values()) == {Level.OK}


@pytest.mark.parametrize(("value", "wrong"), [("1", True), ("true", True), ("0", False)])
def test_debugging_is_told(value: str, wrong: bool) -> None:
    found = list(check._debugging({"FLASK_DEBUG": value}))
    assert bool(found) is wrong


def test_a_wrong_setting_ends_the_look_around(tmp_path: Path) -> None:
    (finding,) = check.findings({"PORT": "x", "SREDA_DATA_DIR": str(tmp_path)})
    assert (finding.level, finding.about) == (Level.ERROR, "settings")
