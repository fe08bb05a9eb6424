"""Settings: everything an installation may decide, read from the environment once, at start.

Each field says its variable, its default and what it is for; ``docs/settings.md`` holds the same
table, written by ``make docs``, and a test keeps the two in step.
"""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from core.errors import SetupError

ENVIRONMENTS = ("development", "production", "test")
Parse = Callable[[str], Any]

# A key of 32 random characters cannot be guessed; ten different ones rule out "aaaa…" and the like.
KEY_LENGTH = 32
KEY_VARIETY = 10


def _text(raw: str) -> str:
    return raw


def _number(low: int, high: int) -> Parse:
    def parse(raw: str) -> int:
        if not raw.isdecimal() or not low <= int(raw) <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return int(raw)

    return parse


def _switch(raw: str) -> bool:
    answers = {"1": True, "yes": True, "true": True, "0": False, "no": False, "false": False}
    if raw.lower() not in answers:
        raise ValueError("must be 1 or 0")
    return answers[raw.lower()]


def _one_of(*words: str) -> Parse:
    def parse(raw: str) -> str:
        if raw not in words:
            raise ValueError(f"must be one of: {', '.join(words)}")
        return raw

    return parse


def _address(*schemes: str) -> Parse:
    """An address with one of these schemes; the value is never repeated, it may hold a password."""

    def parse(raw: str) -> str:
        if urlsplit(raw).scheme not in schemes or "://" not in raw:
            raise ValueError(f"must begin with {' or '.join(f'{s}://' for s in schemes)}")
        return raw

    return parse


def _database(raw: str) -> str:
    """SQLAlchemy's name for what hosting companies call postgres://."""
    _address("sqlite", "postgres", "postgresql", "postgresql+psycopg")(raw)
    scheme, rest = raw.split("://", 1)
    return raw if scheme == "sqlite" else f"postgresql+psycopg://{rest}"


def _folder(raw: str) -> Path:
    return Path(raw).expanduser().resolve()


def _setting(
    variable: str,
    default: Any,
    about: str,
    parse: Parse = _text,
    *,
    shown: str = "",
    secret: bool = False,
) -> Any:
    metadata = {"variable": variable, "about": about, "parse": parse, "shown": shown}
    return field(default=default, metadata=metadata, repr=not secret)


@dataclass(frozen=True, kw_only=True)
class Config:
    """The settings of one installation. Tests build one directly; everybody else reads the
    environment with :meth:`from_environ`. Raises SetupError when the settings cannot work."""

    environment: str = _setting(
        "SREDA_ENV",
        "development",
        "`development` or `production`. Production refuses to start without a strong secret key "
        "and sends its cookies over HTTPS only.",
        _one_of(*ENVIRONMENTS),
    )
    secret_key: str = _setting(
        "SREDA_SECRET_KEY",
        "",
        "Signs cookies and the links in letters: 32 random characters or more. Development makes "
        "one and keeps it in `secret_key` in the data folder.",
        shown="made once (development)",
        secret=True,
    )
    database_url: str = _setting(
        "DATABASE_URL",
        "",
        "`postgresql://user:password@host/name` or `sqlite:////absolute/path.db`.",
        _database,
        shown="`sreda.db` in the data folder",
        secret=True,
    )
    redis_url: str = _setting(
        "REDIS_URL",
        "",
        "`redis://host:6379/0`. Joins several servers: sockets, limits, the queue of jobs. "
        "One server needs none.",
        _address("redis", "rediss", "unix"),
        secret=True,
    )
    data_dir: Path = _setting(
        "SREDA_DATA_DIR",
        Path("var"),
        "Folder of uploads, the SQLite database, the queue of jobs and letters that are not sent.",
        _folder,
    )
    host: str = _setting("HOST", "127.0.0.1", "Address that the server listens on.")
    port: int = _setting(
        "PORT", 8000, "Port that the server listens on; 0 takes any free one.", _number(0, 65535)
    )
    site_name: str = _setting("SREDA_SITE_NAME", "Среда", "Name of the site, on pages and letters.")
    base_url: str = _setting(
        "SREDA_BASE_URL",
        "",
        "Address that people know the site by, for links in letters.",
        _address("http", "https"),
        shown="from `HOST` and `PORT`",
    )
    mail_url: str = _setting(
        "SREDA_MAIL_URL",
        "",
        "`smtp://user:password@host:587?tls=1` or `smtps://…:465`. Without it letters are put into "
        "`mail` in the data folder.",
        _address("smtp", "smtps"),
        secret=True,
    )
    mail_sender: str = _setting(
        "SREDA_MAIL_SENDER", "sreda@localhost", "Sender of letters, an address of the site's own."
    )
    mail_private_text: bool = _setting(
        "SREDA_MAIL_PRIVATE_TEXT",
        True,
        "0: letters say that there is something new, but hold neither titles nor texts of what not "
        "everybody may read.",
        _switch,
    )
    safe_mode: bool = _setting(
        "SREDA_SAFE_MODE", False, "1 starts without the plugins of third parties.", _switch
    )
    trusted_proxies: int = _setting(
        "SREDA_TRUSTED_PROXIES",
        0,
        "How many proxies stand before the server and set `X-Forwarded-*`. Too many here lets "
        "visitors invent their address.",
        _number(0, 10),
    )
    upload_limit: int = _setting(
        "SREDA_UPLOAD_LIMIT",
        20 * 1024 * 1024,
        "Largest file that may be uploaded, in bytes.",
        _number(1024, 10 * 1024**3),
        shown="20971520 (20 MB)",
    )
    person_space: int = _setting(
        "SREDA_PERSON_SPACE",
        500 * 1024 * 1024,
        "How much all files of one person may take, in bytes.",
        _number(1024, 1024**5),
        shown="524288000 (500 MB)",
    )
    community_space: int = _setting(
        "SREDA_COMMUNITY_SPACE",
        10 * 1024**3,
        "How much all files in one community may take, in bytes.",
        _number(1024, 1024**5),
        shown="10737418240 (10 GB)",
    )
    files_by_proxy: bool = _setting(
        "SREDA_FILES_BY_PROXY",
        False,
        "1 lets nginx send files by itself (`X-Accel-Redirect` to `/stored-files/`, see "
        "`deploy/nginx.conf`); whether somebody may have them is decided by Sreda all the same.",
        _switch,
    )
    rate_factor: int = _setting(
        "SREDA_RATE_FACTOR",
        1,
        "How many times as often as usual anything may be done: signing in, registering, writing. "
        "For a training day on which a whole hall shares one address.",
        _number(1, 1000),
    )
    access_log: bool = _setting(
        "SREDA_ACCESS_LOG", False, "1 writes a line a request to standard output.", _switch
    )

    def __post_init__(self) -> None:
        """Fill in what follows from other settings, and refuse what cannot work."""
        data_dir = _folder(str(self.data_dir))
        base_url = self.base_url or _local_address(self.host, self.port)
        database_url = _database(self.database_url or f"sqlite:///{data_dir / 'sreda.db'}")
        object.__setattr__(self, "data_dir", data_dir)
        object.__setattr__(self, "base_url", base_url.rstrip("/"))
        object.__setattr__(self, "database_url", database_url)
        _require_driver(self.database_url.startswith("postgresql"), "psycopg", "postgresql")
        _require_driver(bool(self.redis_url), "redis", "redis")
        if self.environment == "production" and (weakness := weakness_of(self.secret_key)):
            raise SetupError(f"{weakness} {KEY_ADVICE}")

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Config:
        """The settings that these variables describe; an empty variable counts as an unset one."""
        values = {f.name: _parsed(f, raw) for f in fields(cls) if (raw := _raw(f, environ))}
        config = cls(**values)
        if config.secret_key or config.environment == "production":
            return config
        return cls(**values | {"secret_key": _kept_key(config.data_dir)})

    @property
    def production(self) -> bool:
        return self.environment == "production"


KEY_ADVICE = "Set SREDA_SECRET_KEY to the output of: openssl rand -base64 48"


def weakness_of(key: str) -> str:
    """What is wrong with a secret key, as a sentence; empty when nothing is."""
    if not key:
        return "Production needs a secret key, and there is none."
    if len(key) < KEY_LENGTH or len(set(key)) < KEY_VARIETY:
        return "The secret key is too easy to guess."
    return ""


def current() -> Config:
    """The settings of the application that is serving."""
    from flask import current_app  # imported late: the server patches the process before Flask

    config: Config = current_app.config["SREDA"]
    return config


def settings_table() -> list[str]:
    """The lines of the Markdown table in ``docs/settings.md``."""
    lines = ["| variable | default | meaning |", "| --- | --- | --- |"]
    for each in fields(Config):
        meaning = each.metadata["about"]
        lines.append(f"| `{each.metadata['variable']}` | {_shown_default(each)} | {meaning} |")
    return lines


def _raw(setting: Field[Any], environ: Mapping[str, str]) -> str:
    return environ.get(setting.metadata["variable"], "").strip()


def _parsed(setting: Field[Any], raw: str) -> Any:
    try:
        return setting.metadata["parse"](raw)
    except ValueError as error:
        raise SetupError(f"{setting.metadata['variable']} {error}.") from error


def _shown_default(setting: Field[Any]) -> str:
    if shown := setting.metadata["shown"]:
        return str(shown)
    if isinstance(setting.default, bool):
        return str(int(setting.default))
    return f"`{setting.default}`" if setting.default != "" else "none"


def _local_address(host: str, port: int) -> str:
    name = "localhost" if host in ("0.0.0.0", "::") else host
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def _require_driver(wanted: bool, module: str, extra: str) -> None:
    if wanted and find_spec(module) is None:
        raise SetupError(f"The driver is not installed. Run: pip install 'sreda[{extra}]'")


def _kept_key(data_dir: Path) -> str:
    """The key of a development site, made at its first start; readable by its owner alone."""
    place = data_dir / "secret_key"
    if not place.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        draft = data_dir / f"secret_key.{os.getpid()}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            # The server and its worker start together: the first link wins, both read the same.
            os.link(draft, place)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return place.read_text().strip()


def _write_table(page: Path) -> None:
    """Put the table anew into a page that has one (``make docs``)."""
    lines = page.read_text(encoding="utf-8").splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("|"))
    rest = [line for line in lines[first:] if not line.startswith("|")]
    page.write_text("\n".join([*lines[:first], *settings_table(), *rest, ""]), encoding="utf-8")


if __name__ == "__main__":
    _write_table(Path(sys.argv[1]))
