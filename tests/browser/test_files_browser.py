"""Files in a browser: chosen, dropped, pasted, on a link that breaks, and without script."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser.browsing import Visitor, visit
from tests.browser.demo_site import DemoSite
from tests.browser.test_looks import in_light_and_dark, too_wide
from tests.browser.writing import editor, said, send, write

pytestmark = pytest.mark.browser

Come = Callable[..., Visitor]
TOPIC = "/c/olekminsk/forum/1/topics/1"
PART = 1024 * 1024
SAID = "[data-composer] fieldset [role=status]"


def sample(name: str, kind: str, content: bytes) -> Any:
    """A file as it lies on somebody's disk."""
    return {"name": name, "mimeType": kind, "buffer": content}


PDF = sample("план урока.pdf", "application/pdf", b"%PDF-1.7\n" + b"x" * 9000)
PROGRAM = sample("игра.txt", "text/plain", b"MZ" + bytes(500))

# Draws a picture as the clipboard or the desktop would give it, and lets an event bring it.
BRING = """async (target, kind) => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 480 });
  canvas.getContext("2d").fillRect(40, 40, 300, 200);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
  const carried = new DataTransfer();
  carried.items.add(new File([blob], "image.png", { type: "image/png" }));
  const options = { bubbles: true, cancelable: true };
  const event = kind === "paste"
    ? new ClipboardEvent(kind, { ...options, clipboardData: carried })
    : new DragEvent(kind, { ...options, dataTransfer: carried });
  return target.dispatchEvent(event);
}"""


def text(megabytes: float, name: str = "конспект.txt") -> Any:
    return sample(name, "text/plain", b"a" * int(megabytes * PART))


def lines(page: Page) -> Locator:
    return page.locator("[data-composer] .upload")


def choose(page: Page, *files: Any) -> None:
    page.set_input_files("[data-composer] input[type=file]", list(files))


def bring(place: Locator, kind: str) -> bool:
    """Let a picture come by that event; whether the browser would then do what it does itself."""
    # What a person sees when the page is ready to take it; until then the browser opens the file.
    expect(place.page.locator("[data-drop]").first).to_be_visible()
    return bool(place.evaluate(BRING, kind))


def held(page: Page) -> list[Route]:
    """Parts that do not get through until the test lets them."""
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    page.route("**/uploads/*?offset=*", hold)
    return waiting


def arrived(page: Page, number: int) -> None:
    """Wait until so many files have come and are named by the form."""
    expect(page.locator("[data-composer] .upload input[type=hidden]")).to_have_count(number)


def test_files_come_while_one_writes_and_stand_below_the_post(visitor: Come) -> None:
    window = visitor("member")
    page = window.open(TOPIC)
    choose(page, PDF, text(0.1))
    arrived(page, 2)
    expect(page.locator("[data-space]")).to_contain_text("из 500")
    write(page, "Прикладываю план и конспект.")
    send(page)
    post = said(page, "Прикладываю план и конспект.")
    expect(post.locator(".attachment-name")).to_have_text(["план урока.pdf", "конспект.txt"])
    with page.expect_download() as download:
        post.get_by_text("план урока.pdf").click()
    assert download.value.suggested_filename == "план урока.pdf"
    assert window.troubles == []


@pytest.mark.parametrize("kind", ["drop", "paste"])
def test_a_picture_is_dropped_or_pasted_into_the_text(visitor: Come, kind: str) -> None:
    window = visitor("moderator")
    page = window.open(TOPIC)
    bring(editor(page), kind)
    arrived(page, 1)
    expect(page.locator(SAID)).to_contain_text("добавлен")
    expect(page.locator("trix-editor img")).to_have_count(0)
    words = f"Снимок доски: {kind}"
    write(page, words)
    send(page)
    picture = said(page, words).locator(".attachments img")
    expect(picture).to_be_visible()
    assert picture.get_attribute("width") == "560"
    assert window.troubles == []


def test_a_file_that_misses_the_field_does_not_replace_the_page(visitor: Come) -> None:
    window = visitor("member")
    page = window.open(TOPIC)
    assert bring(page.locator("article[data-post]").first, "drop") is False
    arrived(page, 1)
    assert window.troubles == []


def test_what_does_not_fit_is_told_before_it_is_sent(visitor: Come) -> None:
    window = visitor("member")
    page = window.open(TOPIC)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
    choose(page, text(20.5), sample("пусто.txt", "text/plain", b""))
    expect(lines(page).nth(0)).to_contain_text("слишком большой")
    expect(lines(page).nth(1)).to_contain_text("пустой")
    assert not [line for line in asked if line.startswith("POST") and "/uploads" in line]
    assert window.troubles == []


def test_a_refusal_stands_beside_its_file_and_the_others_come(visitor: Come) -> None:
    window = visitor("member")
    page = window.open(TOPIC)
    choose(page, PROGRAM, PDF)
    arrived(page, 1)
    refused = lines(page).filter(has_text="игра.txt")
    expect(refused).to_contain_text("программы нельзя")
    refused.get_by_role("button", name=re.compile("Убрать")).click()
    expect(lines(page)).to_have_count(1)


def test_a_link_that_breaks_in_the_middle_is_gone_on_with(visitor: Come) -> None:
    window = visitor("member")
    page = window.open(TOPIC)
    sent: list[int] = []

    def break_once(route: Route) -> None:
        sent.append(int(route.request.url.partition("offset=")[2]))
        if len(sent) == 3:
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/uploads/*?offset=*", break_once)
    choose(page, text(4.5))
    expect(lines(page)).to_contain_text("Связь прервалась")
    arrived(page, 1)
    assert sent == [0, PART, 2 * PART, 2 * PART, 3 * PART, 4 * PART]


def test_a_file_in_sending_can_be_cancelled(visitor: Come) -> None:
    window = visitor("member")
    page = window.open(TOPIC)
    held(page)
    choose(page, text(2))
    expect(lines(page).locator("progress")).to_be_visible()
    page.wait_for_timeout(200)
    with page.expect_request(lambda request: request.method == "DELETE"):
        lines(page).get_by_role("button", name=re.compile("Отмена")).click()
    expect(lines(page)).to_have_count(0)
    expect(page.locator("[data-composer] input[type=file]")).to_be_focused()


def test_the_text_waits_for_its_files(visitor: Come) -> None:
    window = visitor("member")
    page = window.open(TOPIC)
    waiting = held(page)
    write(page, "Сейчас придёт и файл.")
    with page.expect_request(re.compile(r"/uploads/.*[?]offset=")):
        choose(page, PDF)
    send(page)
    expect(page.locator("#messages")).to_contain_text("как только загрузятся файлы")
    for route in waiting:
        route.continue_()
    post = said(page, "Сейчас придёт и файл.")
    expect(post.locator(".attachment-name")).to_have_text("план урока.pdf")
    assert window.troubles == []


def test_files_of_a_draft_come_back_and_can_be_put_in_order(visitor: Come) -> None:
    window = visitor("tutor")
    page = window.open(TOPIC)
    choose(page, PDF, text(0.01))
    arrived(page, 2)
    page.reload()
    arrived(page, 2)
    page.get_by_role("button", name="Выше: конспект.txt").click()
    expect(page.locator(SAID)).to_have_text("конспект.txt: 1 / 2")
    write(page, "Сначала конспект.")
    send(page)
    names = said(page, "Сначала конспект.").locator(".attachment-name")
    expect(names).to_have_text(["конспект.txt", "план урока.pdf"])
    page.reload()
    expect(lines(page)).to_have_count(0)
    assert window.troubles == []


def test_files_go_with_the_form_where_there_is_no_script(visitor: Come) -> None:
    window = visitor("member", script=False)
    page = window.open(TOPIC)
    choose(page, PDF)
    page.fill("[data-composer] textarea", "Без сценариев тоже можно.")
    send(page)
    post = said(page, "Без сценариев тоже можно.")
    expect(post.locator(".attachment-name")).to_have_text("план урока.pdf")
    choose(page, PROGRAM, PDF)
    page.fill("[data-composer] textarea", "Одно пройдёт, другое нет.")
    send(page)
    expect(page.locator("[data-composer] .form-errors")).to_contain_text("программы нельзя")
    expect(page.get_by_label(re.compile("план урока.pdf"))).to_be_checked()


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_files_in_every_state_can_be_seen_by_everybody(visitor: Come, width: str) -> None:
    window = visitor("member", width=width)
    page = window.open(TOPIC)
    held(page)
    choose(page, PROGRAM, sample("пусто.txt", "text/plain", b""), text(2), text(1, "б" * 80))
    page.unroute_all(behavior="ignoreErrors")
    choose(page, PDF)
    page.wait_for_timeout(500)
    assert too_wide(page) == [] if width == "phone" else True
    assert in_light_and_dark(page) == []


def test_whoever_was_signed_out_signs_in_elsewhere_and_goes_on(
    browser: Browser, demo: DemoSite
) -> None:
    window = visit(browser, demo, locale="ru")
    page = window.sign_in("moderator")
    window.open(TOPIC)
    kept = page.context.cookies()
    page.context.clear_cookies()
    choose(page, PDF)
    expect(lines(page)).to_contain_text("ойдите")
    page.context.add_cookies([cookie for cookie in kept if "name" in cookie])  # type: ignore[misc]
    lines(page).get_by_role("button", name=re.compile("Попробовать ещё раз")).click()
    arrived(page, 1)
    page.context.close()
