"""A pytest plugin: with ``SREDA_NO_SKIPS=1`` a skipped test is a failed one.

On a developer's machine something may be missing; where changes are judged, nothing may be.
"""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest

STRICT = os.environ.get("SREDA_NO_SKIPS") == "1"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Called for the set-up, the call and the end of each test."""
    report = yield
    _judge(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Called for each file: a whole file can be skipped too."""
    report = yield
    _judge(report)
    return report


def _judge(report: pytest.TestReport | pytest.CollectReport) -> None:
    if STRICT and report.outcome == "skipped":
        report.outcome = "failed"
        report.longrepr = f"skipped, which counts as failed here: {report.longreprtext}"
