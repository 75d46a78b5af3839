"""docs/causes.md and the table behind it."""

from __future__ import annotations

import re

import pytest

from corsdoctor.causes.known import KNOWN, Known, fix_of, of_rule
from corsdoctor.causes.marks import MARKS, Where
from docs.causes import PAGE, page


def test_the_page_is_fresh() -> None:
    """If this fails, run python -m docs.generate."""
    assert PAGE.read_text(encoding="utf-8") == page()


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: known.id)
def test_each_cause_says_everything(known: Known) -> None:
    assert re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", known.id)
    assert (fix_of(known.id), fix_of("no-such-cause")) == (known.fix, "")
    for text in (known.means, known.proof, known.fix):
        assert text[0].isupper()
        assert text.endswith(".")


def test_ids_are_unique() -> None:
    assert len({known.id for known in KNOWN}) == len(KNOWN)


def test_a_rule_has_the_causes_of_its_failure() -> None:
    assert {"forbidden", "no-options", "not-configured"} <= {known.id for known in of_rule("acao-present")}
    assert [known.id for known in of_rule("vary-origin")] == ["vary-missing"]
    assert of_rule("acac-true") == ()


@pytest.mark.parametrize("mark", MARKS, ids=lambda mark: f"{mark.where} {mark.pattern}"[:60])
def test_a_mark_can_be_found(mark: object) -> None:
    where, pattern = mark.where, mark.pattern  # type: ignore[attr-defined]
    if where in (Where.PHRASE, Where.REASON):
        assert re.compile(f"({pattern})", re.I).groups == 1, "one group tells which mark it is"
        words = re.sub(r"\\.", "", pattern)
        assert where != Where.PHRASE or words == words.lower()
    else:
        assert pattern == pattern.lower()
        assert where == where.lower()
