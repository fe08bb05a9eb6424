"""What a forum does in a browser: quotes, mentions, drafts, signs, keys, and two people at once."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.browsing import Visitor
from tests.browser.writing import editor, new_topic, reply, said, send, write, write_until_kept

pytestmark = pytest.mark.browser

Come = Callable[..., Visitor]
TOPIC = "/c/olekminsk/forum/1/topics/1"
SELECT = """post => getSelection().selectAllChildren(post.querySelector(".post-body p"))"""


def test_selected_words_become_a_quote_that_names_its_author(visitor: Come) -> None:
    window = visitor("member")
    page = window.open(TOPIC)
    first = page.locator("article[data-post]").first
    author = first.locator(".post-author").inner_text()
    words = first.locator(".post-body p").first.inner_text()
    first.evaluate(SELECT)
    page.locator(".quote-button").click()
    expect(page.locator("trix-editor blockquote")).to_contain_text(words)
    write(page, "Согласна с каждым словом.")
    send(page)
    quote = said(page, "Согласна с каждым словом.").locator("blockquote")
    expect(quote).to_contain_text(words)
    expect(quote).to_have_attribute("data-author", author)
    assert window.troubles == []


def test_mentions_offer_those_who_can_read_and_become_links(visitor: Come) -> None:
    window = visitor("member")
    page = window.open(TOPIC)
    write(page, "Спросим @Петр")
    offered = page.get_by_role("option")
    expect(offered).to_have_count(1)
    expect(offered).to_contain_text("Петров Тимофей Егорович")
    page.keyboard.press("Enter")
    page.keyboard.type("о вашем опыте", delay=8)
    send(page)
    link = said(page, "о вашем опыте").locator(".post-body a", has_text="Петров Тимофей Егорович")
    expect(link).to_have_attribute("href", re.compile(r"/people/\d+$"))
    assert window.troubles == []


def test_mentions_do_not_offer_people_of_other_communities(visitor: Come) -> None:
    page = visitor("member").open(TOPIC)
    with page.expect_response(lambda answer: "/people?q=" in answer.url) as answer:
        write(page, "Спросим @Этезов")
    assert answer.value.json() == []
    expect(page.get_by_role("option")).to_have_count(0)


def test_a_draft_waits_on_another_device(visitor: Come) -> None:
    here, there = visitor("coordinator"), visitor("coordinator", width="phone")
    page = here.open(TOPIC)
    write_until_kept(page, "Начато на компьютере")
    other = there.open(TOPIC)
    expect(other.locator("textarea[data-rich-text]")).to_have_value(
        re.compile("Начато на компьютере")
    )
    expect(editor(other)).to_contain_text("Начато на компьютере")
    page.reload()
    expect(page.locator("textarea[data-rich-text]")).to_have_value(
        re.compile("Начато на компьютере")
    )


def test_a_draft_that_is_sent_as_it_was_found_keeps_its_formatting(visitor: Come) -> None:
    window = visitor("member")
    page = window.open(TOPIC)
    editor(page)
    page.keyboard.press("Control+b")
    write_until_kept(page, "Жирное из черновика")
    page.reload()
    expect(page.locator("textarea[data-rich-text]")).to_have_value(re.compile("Жирное"))
    send(page)
    expect(said(page, "Жирное из черновика").locator(".post-body strong")).to_be_visible()
    assert window.troubles == []


def test_two_who_change_a_post_at_once_see_both_texts(visitor: Come) -> None:
    first, second = visitor("member"), visitor("member", script=False)
    topic = new_topic(first, "Правка с двух сторон")
    menu = first.page.locator("article[data-post] details[data-menu]").first
    menu.locator("summary").click()
    edit = menu.locator("a[href$='/edit']").get_attribute("href")
    assert edit
    second.open(edit)
    page = first.open(edit)
    write(page, "Сохранено первым. ")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(topic))
    second.page.fill("textarea[name=body]", "Сохранено вторым.")
    second.page.locator("main form [type=submit]").click()
    expect(second.page.locator("textarea[name=body]")).to_have_value(re.compile("Сохранено вторым"))
    expect(second.page.locator("main .prose")).to_contain_text("Сохранено первым.")
    second.page.locator("main form [type=submit]").click()
    expect(said(second.page, "Сохранено вторым.")).to_be_visible()


def test_a_sign_is_given_and_taken_back_without_loading_the_page(visitor: Come) -> None:
    window = visitor("member")
    page = window.open(TOPIC)
    page.evaluate("window.loadedOnce = true")
    sign = page.locator("article[data-post]").nth(2).locator("button[value=idea]")
    before = sign.get_attribute("aria-pressed")
    after = {"true": "false", "false": "true"}[str(before)]
    sign.click()
    expect(sign).to_have_attribute("aria-pressed", after)
    sign.click()
    expect(sign).to_have_attribute("aria-pressed", str(before))
    assert page.evaluate("window.loadedOnce")
    sign.press("Enter")
    expect(sign).to_have_attribute("aria-pressed", after)
    expect(sign).to_be_focused()
    sign.press("Enter")
    expect(sign).to_have_attribute("aria-pressed", str(before))
    assert window.troubles == []


def test_without_script_a_sign_is_given_and_a_menu_is_a_page(visitor: Come) -> None:
    window = visitor("tutor", script=False)
    for after in ("true", "false"):
        page = window.open(TOPIC)
        sign = page.locator("article[data-post]").nth(1).locator("button[value=idea]")
        sign.click()
        window.open(TOPIC)
        expect(sign).to_have_attribute("aria-pressed", after)
    page.locator("article[data-post]").nth(1).get_by_role("link", name="Действия").click()
    expect(page.locator("main h1")).to_have_text("Действия")
    expect(page.get_by_role("button", name="Не прочитано отсюда")).to_be_visible()


def test_a_whole_post_is_quoted_by_its_button(visitor: Come) -> None:
    page = visitor("member").open(TOPIC)
    post = page.locator("article[data-post]").nth(2)
    post.get_by_role("button", name="Цитировать").click()
    quote = page.locator("trix-editor blockquote")
    expect(quote).to_contain_text("коробка с двадцатью опытами")
    page.keyboard.type("Берём!")
    send(page)
    quoted = said(page, "Берём!").locator("blockquote")
    expect(quoted).to_have_attribute("data-author", post.locator(".post-author").inner_text())
    expect(quoted).to_have_attribute("cite", re.compile(r"^/contents/\d+$"))


def test_hiding_can_be_undone_at_once(visitor: Come) -> None:
    author, moderator = visitor("member"), visitor("moderator")
    topic = new_topic(author, "Поторопились скрыть")
    reply(author, topic, "Спокойный ответ по делу.")
    page = moderator.open(topic)
    menu = said(page, "Спокойный ответ по делу.").locator("details[data-menu]")
    menu.locator("summary").click()
    menu.locator("a[href*='/hide']").click()
    page.select_option("select[name=rule]", "insult")
    page.locator("main form [type=submit]").click()
    author.open(topic)
    expect(author.page.locator(".post-hidden")).to_have_count(1)
    page.locator("#messages form [type=submit]").click()
    author.open(topic)
    expect(author.page.locator(".post-hidden")).to_have_count(0)
    expect(said(author.page, "Спокойный ответ по делу.")).to_be_visible()


@pytest.mark.parametrize("role", [None, "tutor"])
@pytest.mark.parametrize("script", [True, False])
def test_language_and_colours_are_switched_where_one_is(
    role: str | None, script: bool, visitor: Come
) -> None:
    window = visitor(role, script=script)
    page = window.open(TOPIC)
    for name, value, told in (
        ("theme", "dark", "html[data-bs-theme=dark]"),
        ("large_text", "1", "html[data-large-text]"),
        ("locale", "en", "html[lang=en]"),
        ("locale", "ru", "html[lang=ru]"),
        ("large_text", "0", "html:not([data-large-text])"),
        ("theme", "auto", "html[data-bs-theme=auto]"),
    ):
        page.locator(".top details:has(.preferences) > summary").click()
        page.locator(f".top button[name={name}][value='{value}']").click()
        page.wait_for_selector(told, state="attached")
        assert page.url.endswith(TOPIC)
    assert window.troubles == []


# Whatever a mouse can press, in the order of the page; what is in a closed menu cannot be pressed.
REACHABLE = """() => [...document.querySelectorAll(
    "a[href], button, input:not([type=hidden]), select, textarea, summary")]
  .filter((one) => !one.disabled && one.checkVisibility() && one.tabIndex >= 0)
  .map((one, index) => { one.dataset.stop = index; return index; })"""


def test_the_tab_key_reaches_everything_in_order(visitor: Come) -> None:
    page = visitor("member").open("/c/olekminsk/forum/1/")
    everything = page.evaluate(REACHABLE)
    met: list[int] = []
    while len(met) < len(everything):
        page.keyboard.press("Tab")
        # What belongs to the search box shows only while one is at it.
        if not page.locator("[data-suggest-list] :focus").count():
            met.append(page.evaluate("Number(document.activeElement.dataset.stop)"))
    assert met == everything
    assert len(everything) > 20


def test_the_first_tab_offers_to_skip_to_the_content(visitor: Come) -> None:
    page = visitor("member").open(TOPIC)
    page.keyboard.press("Tab")
    skip = page.locator(":focus")
    expect(skip).to_have_attribute("href", "#main")
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def focused_post(page: Page) -> object:
    return page.evaluate(
        "[...document.querySelectorAll('[data-post]')].indexOf(document.activeElement)"
    )


def test_j_and_k_go_from_post_to_post_unless_one_writes(visitor: Come) -> None:
    page = visitor("member").open(TOPIC)
    for key, expected in (("j", 0), ("j", 1), ("j", 2), ("k", 1)):
        page.keyboard.press(key)
        assert focused_post(page) == expected
    write(page, "jk")
    expect(page.locator("trix-editor")).to_contain_text("jk")


def test_r_answers_the_post_one_is_at_and_a_question_mark_tells_of_the_keys(
    visitor: Come,
) -> None:
    page = visitor("member").open(TOPIC)
    page.keyboard.press("?")
    expect(page.locator("dialog")).to_contain_text("Следующее сообщение")
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    page.keyboard.press("r")
    page.locator("trix-editor").wait_for()
    page.reload()
    page.keyboard.press("j")
    page.keyboard.press("r")
    page.wait_for_url("**reply=*#body")


def test_menus_of_a_phone_open_within_the_screen_and_close_again(visitor: Come) -> None:
    page = visitor("member", width="phone").open(TOPIC)
    page.locator(".side-fold > summary").click()
    expect(page.locator(".side-nav a[href='/c/olekminsk/people']")).to_be_visible()
    page.locator(".side-fold > summary").click()
    expect(page.locator(".side-nav")).to_be_hidden()
    post_menu = "article[data-post]:first-of-type details[data-menu]"
    for menu in (".top details >> nth=0", ".top details >> nth=1", post_menu):
        page.locator(f"{menu} >> summary").first.click()
        panel = page.locator(f"{menu} >> .menu-panel").first
        expect(panel).to_be_visible()
        box = panel.bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 360
        page.keyboard.press("Escape")
        expect(panel).to_be_hidden()


@pytest.mark.parametrize("script", [True, False])
def test_an_impatient_second_press_does_not_send_twice(script: bool, visitor: Come) -> None:
    window = visitor("tutor", script=script)
    words = f"Нажато дважды ({script})"
    page = window.open(TOPIC)
    if script:
        write(page, words)
    else:
        page.fill("textarea[name=body]", words)
    page.locator("form[data-composer] [type=submit]").dblclick(no_wait_after=True)
    expect(said(page, words)).to_have_count(1)
    window.open(TOPIC)
    expect(said(page, words)).to_have_count(1)


def test_a_session_that_ends_meanwhile_keeps_what_the_editor_holds(visitor: Come) -> None:
    window = visitor("tutor")
    page = window.open(TOPIC)
    write(page, "Ответ, который писался целый час.")
    page.context.clear_cookies()
    send(page)
    expect(page.locator("main")).to_contain_text("Ответ, который писался целый час.")
    email, password = window.site.people["tutor"]
    page.fill("input[name=email]", email)
    page.fill("input[name=password]", password)
    page.locator("main form [type=submit]").first.click()
    expect(page.locator("main h1")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Ответ, который писался целый час.")
    page.locator("main form [type=submit]").first.click()
    expect(said(page, "Ответ, который писался целый час.")).to_be_visible()
