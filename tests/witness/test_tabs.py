"""A page is opened once although pages take turns."""

from __future__ import annotations

from itertools import count

from corsdoctor.witness.browser import Tabs


def opened(keys: str) -> tuple[int, int]:
    """How many pages are opened for the requests of these pages, and in how many tabs."""
    numbers, tabs = count(1), Tabs()
    pages = sum(not tabs.of(key, lambda: str(next(numbers)))[1] for key in keys)
    return pages, next(numbers) - 1


def test_pages_that_take_turns_have_a_tab_each() -> None:
    assert opened("abcabcabc") == (3, 3)


def test_of_too_many_pages_most_are_opened_once() -> None:
    keys = "abcdefghijklmn"
    assert opened(keys * 3) == (14 + 2 * 3, 12)


def test_a_page_that_leaves_traces_is_opened_anew_in_its_tab() -> None:
    tabs, new = Tabs(), iter("12").__next__
    assert [tabs.of(key, new) for key in ("", "", "a", "", "a")] == [
        ("1", False), ("1", False), ("2", False), ("1", False), ("2", True),
    ]  # fmt: skip


def test_a_page_is_opened_again_once_the_tabs_are_gone() -> None:
    tabs, new = Tabs(), iter("12").__next__
    assert tabs.of("a", new) == ("1", False)
    tabs.clear()
    assert tabs.of("a", new) == ("2", False)
