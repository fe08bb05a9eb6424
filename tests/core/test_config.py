"""Settings: what the environment may say, and what a wrong value is answered with."""

from __future__ import annotations

import dataclasses
import secrets
import stat
from pathlib import Path

import pytest

from core.config import Config, weakness_of
from core.errors import SetupError

STRONG = "kR7-pQz2vXw9LmT4yHs8NbD3fGj6CaE1uVo5"


def test_nothing_set_gives_a_development_site_with_a_database_in_the_data_folder(
    tmp_path: Path,
) -> None:
    config = Config.from_environ({"SREDA_DATA_DIR": str(tmp_path)})
    assert (config.environment, config.host, config.port) == ("development", "127.0.0.1", 8000)
    assert config.database_url == f"sqlite:///{tmp_path}/sreda.db"
    assert config.base_url == "http://127.0.0.1:8000"


def test_a_development_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    environ = {"SREDA_DATA_DIR": str(tmp_path / "new")}
    first, second = Config.from_environ(environ), Config.from_environ(environ)
    assert first.secret_key == second.secret_key
    assert weakness_of(first.secret_key) == ""
    kept = list((tmp_path / "new").iterdir())
    assert [place.name for place in kept] == ["secret_key"]
    assert stat.S_IMODE(kept[0].stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "key", ["", "short", "change-me", "a" * 64, "abcabcabc" * 8], ids=lambda key: key[:12] or "none"
)
def test_production_refuses_to_start_with_a_key_that_can_be_guessed(
    key: str, tmp_path: Path
) -> None:
    environ = {"SREDA_ENV": "production", "SREDA_SECRET_KEY": key, "SREDA_DATA_DIR": str(tmp_path)}
    with pytest.raises(SetupError, match="SREDA_SECRET_KEY") as refusal:
        Config.from_environ(environ)
    assert not key or key not in str(refusal.value)


def test_production_starts_with_a_strong_key_and_makes_none_itself(tmp_path: Path) -> None:
    environ = {
        "SREDA_ENV": "production",
        "SREDA_SECRET_KEY": STRONG,
        "SREDA_DATA_DIR": str(tmp_path),
    }
    assert Config.from_environ(environ).production
    assert list(tmp_path.iterdir()) == []


def test_the_advised_way_to_make_a_key_is_accepted() -> None:
    assert weakness_of(secrets.token_urlsafe(48)) == ""


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_spelling_of_postgresql_means_our_driver(scheme: str) -> None:
    config = Config(environment="test", database_url=f"{scheme}://u:p@db:5432/x?sslmode=require")
    assert config.database_url == "postgresql+psycopg://u:p@db:5432/x?sslmode=require"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PORT", "http"),
        ("PORT", "70000"),
        ("PORT", "-1"),
        ("SREDA_ENV", "staging"),
        ("SREDA_SAFE_MODE", "maybe"),
        ("SREDA_UPLOAD_LIMIT", "20MB"),
        ("SREDA_TRUSTED_PROXIES", "all"),
        ("DATABASE_URL", "mysql://user:hidden@host/db"),
        ("REDIS_URL", "localhost:6379"),
        ("SREDA_MAIL_URL", "user:hidden@host"),
        ("SREDA_BASE_URL", "sreda.example"),
    ],
)
def test_a_value_that_cannot_work_is_refused_by_the_name_of_its_variable(
    variable: str, value: str, tmp_path: Path
) -> None:
    with pytest.raises(SetupError, match=variable) as refusal:
        Config.from_environ({variable: value, "SREDA_DATA_DIR": str(tmp_path)})
    assert "hidden" not in str(refusal.value)


def test_an_empty_variable_counts_as_unset(tmp_path: Path) -> None:
    environ = {"PORT": " ", "REDIS_URL": "", "SREDA_DATA_DIR": str(tmp_path)}
    assert Config.from_environ(environ).port == 8000


def test_every_setting_is_read_from_its_variable(tmp_path: Path) -> None:
    environ = {
        "SREDA_ENV": "production",
        "SREDA_SECRET_KEY": STRONG,
        "DATABASE_URL": "postgresql://u@h/d",
        "REDIS_URL": "redis://h/1",
        "SREDA_DATA_DIR": str(tmp_path),
        "HOST": "::",
        "PORT": "8011",
        "SREDA_SITE_NAME": "Сеть",
        "SREDA_BASE_URL": "https://set.example/",
        "SREDA_MAIL_URL": "smtp://u:p@h:587?tls=1",
        "SREDA_MAIL_SENDER": "a@set.example",
        "SREDA_MAIL_PRIVATE_TEXT": "0",
        "SREDA_SAFE_MODE": "yes",
        "SREDA_TRUSTED_PROXIES": "2",
        "SREDA_UPLOAD_LIMIT": "1048576",
        "SREDA_PERSON_SPACE": "2000000",
        "SREDA_COMMUNITY_SPACE": "3000000",
        "SREDA_FILES_BY_PROXY": "1",
        "SREDA_RATE_FACTOR": "3",
        "SREDA_ACCESS_LOG": "1",
    }
    assert set(environ) == {f.metadata["variable"] for f in dataclasses.fields(Config)}
    assert dataclasses.asdict(Config.from_environ(environ)) == {
        "environment": "production",
        "secret_key": STRONG,
        "database_url": "postgresql+psycopg://u@h/d",
        "redis_url": "redis://h/1",
        "data_dir": tmp_path,
        "host": "::",
        "port": 8011,
        "site_name": "Сеть",
        "base_url": "https://set.example",
        "mail_url": "smtp://u:p@h:587?tls=1",
        "mail_sender": "a@set.example",
        "mail_private_text": False,
        "safe_mode": True,
        "trusted_proxies": 2,
        "upload_limit": 1048576,
        "person_space": 2_000_000,
        "community_space": 3_000_000,
        "files_by_proxy": True,
        "rate_factor": 3,
        "access_log": True,
    }


def test_secrets_are_not_shown_where_settings_are_printed() -> None:
    config = Config(
        environment="test",
        secret_key=STRONG,
        database_url="postgresql://u:hidden@h/d",
        mail_url="smtp://u:hidden@h",
    )
    assert STRONG not in repr(config)
    assert "hidden" not in repr(config)
