"""What strangers must not learn from pages that are open to them."""

from __future__ import annotations

from flask.testing import FlaskClient

from core.testing.cast import Cast


def test_a_private_parent_is_not_named_in_the_catalogue(cast: Cast, client: FlaskClient) -> None:
    coordinator = cast.user()
    above = cast.community("above", coordinator=coordinator, title="Тайный совет")
    cast.community("below", coordinator=coordinator, title="Кружок", parent=above)
    assert "Тайный совет" in client.get("/communities?q=кружок").text
    _hide(cast, above.id)
    page = client.get("/communities?q=кружок").text
    assert "Кружок" in page
    assert "Тайный совет" not in page


def test_rules_of_a_private_parent_are_for_its_members(cast: Cast, client: FlaskClient) -> None:
    coordinator = cast.user()
    above = cast.community(
        "above", coordinator=coordinator, title="Тайный совет", charter="<p>Не для всех.</p>"
    )
    cast.community("below", coordinator=coordinator, visibility="public", parent=above)
    assert "Не для всех." in client.get("/c/below/charter").text
    _hide(cast, above.id)
    outsider = cast.browser(cast.user())
    for page in (client.get("/c/below/charter").text, outsider.get("/c/below/join").text):
        assert "Не для всех." not in page
        assert "Тайный совет" not in page
    assert "Не для всех." in cast.browser(coordinator).get("/c/below/charter").text


def _hide(cast: Cast, community_id: int) -> None:
    from core.communities.models import Community

    cast._change(Community, community_id, {"visibility": "private"})


def test_words_of_an_address_make_no_other_address(cast: Cast) -> None:
    for number in range(26):
        cast.school(f"Школа {number:02}")
    browser = cast.browser(cast.user(administrator=True))
    page = browser.get("/admin/schools?_scheme=javascript&_external=1&endpoint=x&words=школа")
    assert page.status_code == 200
    assert "javascript:" not in page.text
    assert "page=2" in page.text


def test_no_answer_for_one_person_is_kept_for_another(cast: Cast) -> None:
    browser = cast.browser(cast.user())
    for answer in (
        browser.get("/my"),
        browser.post("/drafts", data={"place": "x", "body": "y"}),
        browser.get("/contents/1", headers={"Accept": "application/json"}),
    ):
        assert answer.headers["Cache-Control"] == "private, no-cache"
