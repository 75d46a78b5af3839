"""The HTML report in a real browser: its script shows the table and the details, and no value of anybody else runs."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from corsdoctor.reports import write
from corsdoctor.reports.writer import Style
from corsdoctor.witness.programs import find
from tests.reports.test_html import attacked
from tests.witness.real import need_browser

pytestmark = [pytest.mark.browsers]


@pytest.fixture
def shown(tmp_path: Path) -> Callable[[str, str], str]:
    """What Chromium makes of a page, opened at a fragment: its elements when all scripts have run."""
    need_browser("chromium")
    program = find("chromium", {}).path

    def dumped(text: str, fragment: str) -> str:
        page = tmp_path / "report.html"
        page.write_text(text, encoding="utf-8")
        options = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
        ]
        profile = f"--user-data-dir={tmp_path / 'profile'}"
        asked = ["--virtual-time-budget=10000", "--dump-dom", f"{page.as_uri()}{fragment}"]
        done = subprocess.run(
            [program, *options, profile, *asked], capture_output=True, text=True, check=True, timeout=120
        )
        return done.stdout

    return dumped


def test_one_report(shown: Callable[[str, str], str]) -> None:
    found = shown(write("html", attacked()[1:2], Style()), "")
    assert "<title>corsdoctor report</title>" in found
    assert "&lt;img src=x" in found
    assert "<img" not in found


def test_the_table(shown: Callable[[str, str], str]) -> None:
    found = shown(write("html", attacked(), Style(), several=True), "")
    assert "<title>corsdoctor report</title>" in found
    assert found.count('<a href="#item-') == 5
    assert '<p id="count" role="status">5 results</p>' in found
    assert "<img" not in found


def test_the_details(shown: Callable[[str, str], str]) -> None:
    found = shown(write("html", attacked(), Style(), several=True), "#item-1")
    assert '<article id="detail" tabindex="-1">' in found
    assert "<small>" in found
    assert "<svg" in found
    assert "<title>corsdoctor report</title>" in found
    assert "<img" not in found
