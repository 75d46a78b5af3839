"""The kinds: each is whole, and the page of the documentation has all of them."""

from __future__ import annotations

import pytest

from corsdoctor.kinds.message_kind import NOT_A_BROWSER, UNKNOWN, MessageKind
from corsdoctor.kinds.table import KINDS
from docs import kinds as page


def test_ids_are_unique_and_each_case_has_its_kind() -> None:
    ids = [kind.id for kind in KINDS]
    assert len(ids) == len(set(ids))
    assert {id.partition("/")[0] for id in ids} <= set(ids)


def test_cases_stand_below_their_kind() -> None:
    names = [kind.id.partition("/")[0] for kind in KINDS]
    for at, kind in enumerate(KINDS):
        assert "/" not in kind.id or names[at - 1] == names[at]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_each_kind_is_whole(kind: MessageKind) -> None:
    assert not kind.title.endswith(".")
    for sentence in (kind.what, kind.cors):
        assert sentence[0].isupper()
        assert sentence.endswith(".")
    assert kind.fix
    assert kind.mode is None or kind.api is not None


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_only_an_unknown_reason_may_be_cors(kind: MessageKind) -> None:
    named = {"unknown/withheld": "Probably"}.get(kind.id, "Possibly" if kind.id.partition("/")[0] == UNKNOWN else "Not")
    assert kind.heading == f"{named} CORS: {kind.title}"


def test_in_a_program_a_kind_has_its_words_if_there_are_any() -> None:
    for kind in KINDS:
        told = kind.in_program()
        assert (told.cors == NOT_A_BROWSER) is (kind.program is not None)
        assert told.title == kind.title


def test_the_page_is_up_to_date() -> None:
    """If this fails, run python -m docs.generate."""
    assert page.PAGE.read_text(encoding="utf-8") == page.page()
