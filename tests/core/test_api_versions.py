"""What is promised to plugins: versions that fit, and names that say when they go."""

from __future__ import annotations

from collections.abc import Callable

import pluggy
import pytest
from flask import Flask

import core.api
from core.contract import faults
from core.contract.former import Former
from core.contract.manifest import API_VERSION
from core.contract.registry import Registry, registry_of
from core.errors import SredaDeprecation
from core.testing.cast import Cast

MANIFEST = """
{before}
@hookimpl
def plugin_manifest():
    return Plugin(name="ballots", title="Ballots", version="1.0", core_api="{core_api}")
"""
OLD = Former(core.api.current_viewer, "current_viewer", "1.2")


def faults_of(core_api: str) -> list[str]:
    """What is said of a plugin that asks for this version, where there is no other plugin."""
    manifest = core.api.Plugin(name="ballots", title="P", version="1", core_api=core_api)
    alone = Registry(pluggy.PluginManager("sreda"))
    return list(faults.faults(manifest, "ballots", alone))


@pytest.mark.parametrize(
    ("here", "wanted"), [((1, 0), "1.0"), ((1, 4), "1.0"), ((1, 4), "1.4"), ((2, 3), "2.0")]
)
def test_a_plugin_that_asks_for_no_more_than_is_there_is_taken_in(
    monkeypatch: pytest.MonkeyPatch, here: tuple[int, int], wanted: str
) -> None:
    monkeypatch.setattr(faults, "API_VERSION", here)
    assert faults_of(wanted) == []


@pytest.mark.parametrize(
    ("here", "wanted", "sentence"),
    [
        ((1, 0), "1.1", "needs version 1.1 of core.api, and this is 1.0: Sreda is too old for it"),
        ((1, 2), "1.10", "needs version 1.10 of core.api, and this is 1.2"),
        ((1, 0), "2.0", "written for version 2 of core.api, and this is 1.0"),
        ((2, 0), "1.9", "written for version 1 of core.api, and this is 2.0"),
        ((1, 0), "one", "'one' is not a version"),
        ((1, 0), "", "'' is not a version"),
        ((1, 0), "1", "'1' is not a version"),
        ((1, 0), "1.0.0", "'1.0.0' is not a version"),
        ((1, 0), "1.-1", "'1.-1' is not a version"),
        ((1, 0), "9" * 5000 + ".0", "is not a version"),
    ],
)
def test_a_plugin_for_another_version_is_refused_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, here: tuple[int, int], wanted: str, sentence: str
) -> None:
    monkeypatch.setattr(faults, "API_VERSION", here)
    [fault] = faults_of(wanted)
    assert sentence in fault


def test_the_plugins_page_says_why_it_was_left_out(
    install_plugin: Callable[..., None], make_app: Callable[..., Flask], cast: Cast
) -> None:
    install_plugin("ballots", MANIFEST.format(core_api="99.0", before=""))
    desk = Cast(make_app()).browser(cast.user(administrator=True))
    page = desk.get("/admin/").text
    assert "it was written for version 99 of core.api" in page


def test_a_former_name_works_and_says_what_to_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core.api, "FORMER", {"viewer_now": OLD})
    said = "core.api.viewer_now goes with version 1.2: use current_viewer instead"
    with pytest.warns(SredaDeprecation, match=said) as told:
        from core.api import viewer_now  # type: ignore[attr-defined]  # only in this test
    assert viewer_now is core.api.current_viewer
    assert told[0].filename == __file__, "it points at the line that is to be changed"


def test_a_name_that_never_was_is_no_name() -> None:
    with pytest.raises(ImportError, match="no_such_name"):
        from core.api import no_such_name  # type: ignore[attr-defined]  # noqa: F401
    assert not hasattr(core.api, "no_such_name")


def test_a_plugin_with_a_former_name_is_taken_in_and_warned(
    install_plugin: Callable[..., None],
    make_app: Callable[..., Flask],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(core.api, "FORMER", {"viewer_now": OLD})
    before = "from core.api import viewer_now"
    install_plugin("ballots", MANIFEST.format(core_api="1.0", before=before))
    with pytest.warns(SredaDeprecation, match="use current_viewer"):
        found = registry_of(make_app())
    assert "ballots" in found.installed
    assert found.quarantined == []


def test_names_that_were_to_be_gone_are_gone() -> None:
    for name, former in core.api.FORMER.items():
        assert name not in core.api.__all__
        assert tuple(map(int, former.gone_in.split("."))) > API_VERSION, f"{name} is to be removed"
