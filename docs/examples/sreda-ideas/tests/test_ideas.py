"""What people notice of the plugin, and the contract that all plugins are held against."""

from collections.abc import Callable

from flask.testing import FlaskClient

from core.testing.cast import Cast
from core.testing.contract import PluginContract


class TestContract(PluginContract):
    plugin = "ideas"


def test_a_member_suggests_and_a_guest_reads(
    cast: Cast, client: FlaskClient, login: Callable[..., FlaskClient]
) -> None:
    community = cast.community("maths", visibility="public")
    page = f"/c/maths/ideas/{cast.activity(community, 'ideas').id}/"
    sent = login(cast.member(community)).post(page, data={"text": "Летняя школа"})
    assert sent.status_code == 303
    assert "Летняя школа" in client.get(page).text
    assert client.post(page, data={"text": "Ещё"}).status_code == 401
