"""Every page of the demo: accessible, valid, quiet, within the width of a phone, and light."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.browsing import Visitor
from tests.browser.walk import walk

pytestmark = [pytest.mark.browser, pytest.mark.looks]

HERE = Path(__file__).parent
AXE = HERE / "node_modules/axe-core/axe.min.js"
NU = HERE / "node_modules/vnu-jar/build/dist/vnu.jar"
ROLES = [None, "member", "coordinator", "administrator"]
KILOBYTE = 1024


def violations(visitor: Visitor) -> list[str]:
    """What axe-core finds on the page the visitor stands on, one line a finding."""
    visitor.page.evaluate(AXE.read_text())
    found: dict[str, Any] = visitor.page.evaluate("axe.run()")
    return [
        f"{rule['id']}: {node['target']} {node['html'][:120]}"
        for rule in found["violations"]
        for node in rule["nodes"][:3]
    ]


@pytest.mark.parametrize("locale", ["ru", "en"])
@pytest.mark.parametrize("role", ROLES)
def test_every_page_is_accessible_in_light_and_dark(
    role: str | None, locale: str, visitor: Callable[..., Visitor]
) -> None:
    window = visitor(role, locale=locale)
    findings = []
    for path in walk(window):
        for scheme in ("light", "dark"):
            window.page.emulate_media(color_scheme=scheme)
            findings += [f"{path} {scheme} {line}" for line in violations(window)]
    assert findings == []
    assert window.troubles == []


@pytest.mark.parametrize("locale", ["ru", "en"])
def test_every_page_fits_a_phone(locale: str, visitor: Callable[..., Visitor]) -> None:
    window = visitor("coordinator", locale=locale, width="phone")
    wide = []
    for path in walk(window):
        over = window.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if over > 0:
            wide.append(f"{path}: {over} px too wide")
    assert wide == []


@pytest.mark.parametrize("role", ROLES)
def test_every_page_is_valid_html(
    role: str | None, visitor: Callable[..., Visitor], tmp_path: Path
) -> None:
    window = visitor(role)
    names = {}
    for number, path in enumerate(walk(window)):
        answer = window.page.context.request.get(window.site.address + path)
        names[f"{number}.html"] = path
        (tmp_path / f"{number}.html").write_bytes(answer.body())
    command = ["java", "-jar", str(NU), "--errors-only", "--format", "json", str(tmp_path)]
    told = subprocess.run(command, capture_output=True, text=True, check=False).stderr
    assert len(names) > 3
    findings = [
        f"{names[Path(m['url']).name]}: {m['message']} {m.get('extract', '')[:150]}"
        for m in json.loads(told)["messages"]
    ]
    assert findings == []


def weigh(window: Visitor, path: str) -> int:
    """Bytes over the wire, headers too, until a page is there."""
    session = window.page.context.new_cdp_session(window.page)
    session.send("Network.enable")
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    window.page.goto(window.site.address + path, wait_until="networkidle")
    return round(sum(sizes))


def test_the_first_visit_weighs_at_most_200_kb_and_the_next_30(
    visitor: Callable[..., Visitor],
) -> None:
    window = visitor()
    first = weigh(window, "/c/olekminsk/")
    again = weigh(window, "/c/olekminsk/")
    assert 20 * KILOBYTE < first <= 200 * KILOBYTE
    assert again <= 30 * KILOBYTE
    assert window.troubles == []
