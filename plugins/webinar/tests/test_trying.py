"""An administrator tries settings before they are saved: what a server says, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from core.api import settings_of
from plugins.webinar.tests import bbb_server, jitsi_server
from plugins.webinar.tests.bbb_server import StandIn
from plugins.webinar.tests.conftest import Room, set_servers
from plugins.webinar.tests.jitsi_server import Jitsi

TRY = "/admin/plugins/webinar/settings/try"


@pytest.fixture
def bbb() -> Iterator[StandIn]:
    with bbb_server.serving() as stand_in:
        yield stand_in


@pytest.fixture
def jitsi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Jitsi]:
    """Its certificate is trusted."""
    file = jitsi_server.certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with jitsi_server.serving(file) as server:
        yield server


@pytest.fixture
def administrator(room: Room) -> FlaskClient:
    return room.login(room.cast.user(administrator=True))


def tried(browser: FlaskClient, **form: str) -> str:
    answer = browser.post(TRY, data=form)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.text


def try_bbb(browser: FlaskClient, server: StandIn, secret: str = "") -> str:
    secret = secret or server.secret
    return tried(browser, bbb_address_1=server.address, bbb_secret_1=secret)


def try_jitsi(browser: FlaskClient, server: Jitsi, secret: str | None = None) -> str:
    given = server.secret if secret is None else secret
    return tried(
        browser, jitsi_domain=server.domain, jitsi_app_id=server.app_id, jitsi_secret=given
    )


def test_what_works_is_said_and_nothing_saved(
    room: Room, administrator: FlaskClient, bbb: StandIn
) -> None:
    page = try_bbb(administrator, bbb)
    # The stand-in has no certificate: what else is wrong would have been said instead.
    assert "Работает, но по http" in page
    assert bbb.secret in page
    with room.app.test_request_context():
        assert not settings_of("webinar")["bbb_address_1"]
    assert bbb.secret not in administrator.get("/admin/plugins/webinar/settings").text


@pytest.mark.parametrize("ending", ["", "/", "/api", "/api/"])
def test_the_address_may_be_given_as_one_has_it(
    administrator: FlaskClient, bbb: StandIn, ending: str
) -> None:
    for address in (f"{bbb.address}{ending}", f"http://127.0.0.1:{bbb.port}"):
        page = tried(administrator, bbb_address_1=address, bbb_secret_1=bbb.secret)
        assert "Работает" in page, address


def test_a_wrong_secret(administrator: FlaskClient, bbb: StandIn) -> None:
    assert "ключ неверный" in try_bbb(administrator, bbb, "another")


def test_an_empty_secret_is_the_one_that_is_kept(
    room: Room, administrator: FlaskClient, bbb: StandIn
) -> None:
    assert "Укажите и его секретный ключ" in tried(administrator, bbb_address_1=bbb.address)
    set_servers(room, bbb)
    assert "Работает" in tried(administrator, bbb_address_1=bbb.address)


def test_a_secret_that_is_kept_is_shown_to_nobody(
    room: Room, administrator: FlaskClient, bbb: StandIn
) -> None:
    set_servers(room, bbb)
    for form in ({}, {"bbb_secret_1": ""}, {"bbb_secret_1": "", "bbb_address_1": bbb.address}):
        assert bbb.secret not in tried(administrator, **form)


def test_an_old_server(administrator: FlaskClient, bbb: StandIn) -> None:
    bbb.algorithms = ("sha1",)
    assert "слишком старый" in try_bbb(administrator, bbb)
    assert "ключ неверный" in try_bbb(administrator, bbb, "another")
    bbb.version = "0.9"
    assert "Версия его API 0.9" in try_bbb(administrator, bbb)


def test_nobody_there_or_somebody_else(administrator: FlaskClient, bbb: StandIn) -> None:
    page = tried(administrator, bbb_address_1="http://127.0.0.1:9/bigbluebutton", bbb_secret_1="x")
    assert "никто не отвечает" in page
    bbb.answer = b"<html>Welcome to nginx!</html>"
    assert "это не BigBlueButton" in try_bbb(administrator, bbb)
    bbb.status = 404
    assert "это не BigBlueButton" in try_bbb(administrator, bbb)


def test_a_server_that_takes_its_time(
    administrator: FlaskClient, bbb: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plugins.webinar.asking.SILENCE", 0.2)
    bbb.pause = 0.6
    assert "не отвечает вовремя" in try_bbb(administrator, bbb)


def test_each_server_has_a_sentence_of_its_own(administrator: FlaskClient, bbb: StandIn) -> None:
    page = tried(
        administrator, bbb_address_1=bbb.address, bbb_secret_1=bbb.secret,
        bbb_address_2="http://127.0.0.1:9", bbb_secret_2="x",
    )  # fmt: skip
    assert "Работает" in page
    assert "никто не отвечает" in page


@pytest.mark.parametrize(
    "address", ["ftp://bbb.example", "bbb.example", "https://user:word@bbb.example",
                "https://bbb.example/?a=b", "https://bbb.example/#x", "file:///etc/passwd"],
)  # fmt: skip
def test_what_is_no_address_is_not_asked(administrator: FlaskClient, address: str) -> None:
    answer = administrator.post(TRY, data={"bbb_address_1": address, "bbb_secret_1": "x"})
    assert answer.status_code == 400
    assert "Не всё заполнено верно" in answer.text


def test_jitsi_takes_our_tickets_and_nobody_elses(administrator: FlaskClient, jitsi: Jitsi) -> None:
    assert "Работает: с нашими пропусками" in try_jitsi(administrator, jitsi)
    assert "наших пропусков не принимает" in try_jitsi(administrator, jitsi, "another" * 8)
    assert "Без секретного ключа войдёт любой" in try_jitsi(administrator, jitsi, "")
    jitsi.asks = False
    assert "ни у кого не спрашивает пропуск" in try_jitsi(administrator, jitsi)


def test_a_jitsi_that_cannot_be_tried_wholly(administrator: FlaskClient, jitsi: Jitsi) -> None:
    jitsi.bosh = False
    assert "проверить секретный ключ отсюда нельзя" in try_jitsi(administrator, jitsi)
    jitsi.settings = "<html>Welcome to nginx!</html>"
    assert "это не Jitsi Meet" in try_jitsi(administrator, jitsi)


def test_a_certificate_that_nobody_trusts(administrator: FlaskClient, tmp_path: Path) -> None:
    with jitsi_server.serving(jitsi_server.certificate(tmp_path)) as server:
        assert "Сертификат сервера недействителен" in try_jitsi(administrator, server)
        address = f"https://{server.domain}"
        page = tried(administrator, bbb_address_1=address, bbb_secret_1="x")
        assert "Сертификат сервера недействителен" in page


def test_with_nothing_set_there_is_nothing_to_try(administrator: FlaskClient) -> None:
    assert "проверять нечего" in tried(administrator)


def test_only_administrators_make_the_site_ask_anybody(room: Room, bbb: StandIn) -> None:
    coordinator = room.login(room.cast.staff(room.community, "coordinator"))
    form = {"bbb_address_1": bbb.address, "bbb_secret_1": bbb.secret}
    assert coordinator.post(TRY, data=form).status_code in (403, 404)
    assert bbb.calls == []
