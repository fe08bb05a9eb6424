"""Static files: one address a version, compressed, kept for ever; and the colours can be read."""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import unquote

import brotli
import pytest
from werkzeug.test import Client, TestResponse
from werkzeug.wrappers import Response

from core.platform.static import KEPT_VERSIONS, StaticFiles

ROOT = Path(__file__).parents[2]
CSS = ROOT / "core" / "static" / "css"
STYLE = "body { color: black } " * 50


@pytest.fixture
def roots(tmp_path: Path) -> dict[str, Path]:
    core, forum = tmp_path / "core", tmp_path / "forum"
    for folder in (core / "css", core / "fonts", forum):
        folder.mkdir(parents=True)
    (core / "css" / "a.css").write_text(STYLE)
    (core / "fonts" / "a.woff2").write_bytes(b"font" * 100)
    (forum / "topic.js").write_text("export const topic = 1")
    return {"": core, "forum/": forum}


def client(static: StaticFiles) -> Client:
    return Client(static.wrap(Response("a page", status=404)))


def fetch(browser: Client, url: str, **headers: str) -> TestResponse:
    return browser.get(url, headers=headers, buffered=True)


def test_files_of_core_and_of_plugins_are_served(roots: dict[str, Path], tmp_path: Path) -> None:
    static = StaticFiles.build(roots, tmp_path / "var")
    browser = client(static)

    style = fetch(browser, static.url("css/a.css"))
    script = fetch(browser, static.url("forum/topic.js"))

    assert (style.text, style.mimetype) == (STYLE, "text/css")
    assert (script.text, script.mimetype) == ("export const topic = 1", "text/javascript")


def test_browsers_keep_files_for_ever(roots: dict[str, Path], tmp_path: Path) -> None:
    static = StaticFiles.build(roots, tmp_path / "var")
    headers = fetch(client(static), static.url("css/a.css")).headers
    assert "immutable" in headers["Cache-Control"]
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_texts_come_compressed(roots: dict[str, Path], tmp_path: Path) -> None:
    static = StaticFiles.build(roots, tmp_path / "var")
    browser = client(static)
    url = static.url("css/a.css")

    best = fetch(browser, url, Accept_Encoding="gzip, br")
    second = fetch(browser, url, Accept_Encoding="gzip")

    assert best.headers["Content-Encoding"] == "br"
    assert brotli.decompress(best.data).decode() == STYLE
    assert second.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(second.data).decode() == STYLE


def test_fonts_are_not_compressed_again(roots: dict[str, Path], tmp_path: Path) -> None:
    static = StaticFiles.build(roots, tmp_path / "var")
    url = static.url("fonts/a.woff2")
    answer = fetch(client(static), url, Accept_Encoding="gzip, br")
    assert "Content-Encoding" not in answer.headers
    assert answer.data == b"font" * 100


def test_what_is_not_a_file_reaches_the_application(roots: dict[str, Path], tmp_path: Path) -> None:
    static = StaticFiles.build(roots, tmp_path / "var")
    browser = client(static)
    assert fetch(browser, "/").text == "a page"
    assert fetch(browser, f"/static/{static.version}/../../secret").text == "a page"
    assert fetch(browser, f"/static/{static.version}/css/none.css").text == "a page"


def test_unknown_file_is_refused(roots: dict[str, Path], tmp_path: Path) -> None:
    static = StaticFiles.build(roots, tmp_path / "var")
    with pytest.raises(LookupError, match=r"css/none\.css"):
        static.url("css/none.css")


def test_changed_file_gets_a_new_address_and_the_old_one_still_works(
    roots: dict[str, Path], tmp_path: Path
) -> None:
    old = StaticFiles.build(roots, tmp_path / "var")
    (roots[""] / "css" / "a.css").write_text("body { color: red }")
    new = StaticFiles.build(roots, tmp_path / "var")

    browser = client(new)

    assert new.url("css/a.css") != old.url("css/a.css")
    assert fetch(browser, new.url("css/a.css")).text == "body { color: red }"
    assert fetch(browser, old.url("css/a.css")).text == STYLE


def test_same_files_are_built_once(roots: dict[str, Path], tmp_path: Path) -> None:
    first = StaticFiles.build(roots, tmp_path / "var")
    marked = first.folder / "css" / "a.css"
    marked.write_text("left alone")
    second = StaticFiles.build(roots, tmp_path / "var")
    assert second.folder == first.folder
    assert marked.read_text() == "left alone"


def test_processes_may_build_at_the_same_time(roots: dict[str, Path], tmp_path: Path) -> None:
    def build(_: int) -> StaticFiles:
        return StaticFiles.build(roots, tmp_path / "var")

    with ThreadPoolExecutor(8) as pool:
        built = list(pool.map(build, range(8)))

    assert len({static.folder for static in built}) == 1
    assert sorted(path.name for path in (tmp_path / "var").iterdir()) == ["static"]
    assert fetch(client(built[0]), built[0].url("css/a.css")).text == STYLE


def test_old_versions_do_not_pile_up(roots: dict[str, Path], tmp_path: Path) -> None:
    for number in range(KEPT_VERSIONS + 4):
        (roots[""] / "css" / "a.css").write_text(f"/* {number} */")
        static = StaticFiles.build(roots, tmp_path / "var")
    assert len(list(static.folder.parent.iterdir())) == KEPT_VERSIONS + 1


def test_relative_addresses_in_style_sheets_lead_to_files() -> None:
    for sheet in CSS.glob("*.css"):
        for address in re.findall(r"url\(\"([^\"]+)\"\)", sheet.read_text()):
            if not address.startswith("data:"):
                assert (CSS / address).resolve().is_file(), f"{sheet.name}: {address}"


def test_vendored_files_are_those_that_were_fetched() -> None:
    checked = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "vendor.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (checked.returncode, checked.stderr) == (0, "")


def test_icons_that_pages_name_are_in_the_sprite() -> None:
    sprite = (ROOT / "core/static/vendor/bootstrap-icons/icons.svg").read_text()
    there = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    sources = [
        path
        for pattern in ("templates/**/*.html", "plugins/*/templates/**/*.html", "core/**/*.py",
                        "plugins/*/*.py", "core/static/js/*.js")
        for path in ROOT.glob(pattern)
    ]  # fmt: skip
    named = {
        name
        for path in sources
        for name in re.findall(
            r"""(?:\b(?:icon|tile|empty)\(\s*|\bicon(?:_name)?=)["']([a-z0-9-]+)["']""",
            path.read_text(),
        )
    }
    assert {"house", "x", "check2"} <= named
    assert named - there == set()


def test_icons_that_the_style_draws_are_those_of_the_sprite() -> None:
    sprite = (ROOT / "core/static/vendor/bootstrap-icons/icons.svg").read_text()
    drawn = re.findall(
        r"""--drawn: url\("data:image/svg\+xml,(.+?)"\)""", (CSS / "sreda.css").read_text()
    )
    assert len(drawn) == 5
    for icon in drawn:
        shape = re.sub("^<svg [^>]+>|</svg>$", "", unquote(icon)).replace("'", '"')
        assert f'viewBox="0 0 16 16">{shape}</symbol>' in sprite


THEMES = {
    "light": ("sreda.css", ":root"),
    "dark": ("dark.css", ":root"),
    "light, larger": ("sreda.css", ":root[data-large-text]"),
    "dark, larger": ("dark.css", ":root[data-large-text]"),
}
BACKS = ("sreda-paper", "sreda-card", "sreda-new", "sreda-accent-soft")
TEXTS = (
    "sreda-ink",
    "sreda-quiet",
    "sreda-accent",
    "sreda-accent-strong",
    "sreda-live",
    "sreda-danger",
)
SOFT = [(f"sreda-{ink}", f"sreda-{ink}-soft") for ink in ("danger", "success", "warning")] + [
    ("sreda-ink", "sreda-info-soft"),
    ("sreda-accent", "sreda-info-soft"),
]
SOLID = [(f"sreda-on-{name}", f"sreda-{name}") for name in ("accent", "live", "danger")] + [
    (f"sreda-on-{name}", f"sreda-{name}-strong") for name in ("accent", "live", "danger")
]
HUES = [
    (f"hue-{hue}", f"hue-{hue}-back")
    for hue in ("blue", "orange", "yellow", "purple", "green", "rose", "teal", "slate")
]
PAIRS = [(text, back) for text in TEXTS for back in BACKS] + SOFT + SOLID + HUES


def tokens(sheet: str, selector: str) -> dict[str, str]:
    text = (CSS / sheet).read_text()
    blocks = re.findall(re.escape(selector) + r" \{(.*?)\n\}", text, re.DOTALL)
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", "".join(blocks)))


def theme(name: str) -> dict[str, str]:
    sheet, selector = THEMES[name]
    plain = tokens("sreda.css", ":root")
    if "larger" in name:
        plain |= tokens("sreda.css", ":root[data-large-text]")
    return plain | tokens(sheet, ":root") | tokens(sheet, selector)


def luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("name", THEMES)
def test_text_can_be_read_on_its_ground(name: str) -> None:
    colours = theme(name)
    poor = {
        (text, back): round(contrast(colours[text], colours[back]), 2)
        for text, back in PAIRS
        if contrast(colours[text], colours[back])
        < (7 if "larger" in name and text == "sreda-ink" else 4.5)
    }
    assert poor == {}


@pytest.mark.parametrize("name", THEMES)
def test_edges_of_fields_can_be_seen(name: str) -> None:
    colours = theme(name)
    assert contrast(colours["sreda-edge"], colours["sreda-card"]) >= 3
    assert contrast(colours["sreda-edge"], colours["sreda-paper"]) >= 3


def test_initials_can_be_read_on_every_face() -> None:
    tints = re.findall(r"\.tint-\d+ \{ background: (#[0-9a-f]{6})", (CSS / "sreda.css").read_text())
    assert len(tints) == 12
    assert [tint for tint in tints if contrast(tint, "#ffffff") < 4.5] == []
