"""docs/browsers.md: every difference has a row that shows it, from the recordings."""

from __future__ import annotations

from pathlib import Path

import pytest

from corsdoctor.browsers.quirks import QUIRKS
from docs import browsers
from docs.browser_sections import ELSEWHERE, IN_HEADERS, SECTIONS, SINCE, Section

ROOT = Path(__file__).parent.parent
KNOWN = "".join(
    path.read_text(encoding="utf-8")
    for path in (ROOT / "tests/spec_anchors.txt", *(ROOT / "corsdoctor/fetch").glob("*.py"))
)
FIELDS = [field for section in SECTIONS for field in section.fields]


def test_the_page_is_generated() -> None:
    """If this fails, run python -m docs.generate."""
    assert browsers.PAGE.read_text(encoding="utf-8") == browsers.page()


def test_each_difference_has_one_row() -> None:
    assert sorted(FIELDS) == sorted(QUIRKS.keys() - ELSEWHERE)
    assert {*IN_HEADERS, *SINCE} <= {*FIELDS}


@pytest.mark.parametrize("field", FIELDS)
def test_a_row_shows_the_difference(field: str) -> None:
    cells = browsers.values(field)
    assert all(cells)
    assert len({*cells}) > 1


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.title)
def test_a_section_names_an_algorithm_that_rules_follow(section: Section) -> None:
    assert section.standard in KNOWN


def test_what_a_case_shows() -> None:
    assert browsers.values("fonts_use_cors") == ["fails", "fails", "fails", "loads"]
    assert browsers.values("delete_becomes_get_across_origins")[3] == "`OPTIONS` `DELETE` `OPTIONS` `GET`"
    assert browsers.values("no_cors_origin_becomes_null")[:2] == ["`Origin: {A}`", "`Origin: null`"]
    assert browsers.values("loopback_is_mixed")[2:] == ["`GET`, loads", "no request, fails"]
    assert browsers.values("max_age_cap") == ["no limit", "7,200 s", "86,400 s", "600 s"]
