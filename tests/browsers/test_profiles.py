"""Every profile states every field, in a shape that the algorithms can use."""

from __future__ import annotations

import re

import pytest

from corsdoctor import browsers
from corsdoctor.browsers import BROWSERS, CHROMIUM, FIREFOX, STANDARD, WEBKIT, Profile, by_name
from corsdoctor.browsers.profile import NamedHeaders, OpaqueOrigin, PreflightOrder, TypeReading

EACH = pytest.mark.parametrize("profile", BROWSERS, ids=lambda p: p.name)


def test_the_standard_comes_first_and_each_name_once() -> None:
    assert BROWSERS == (STANDARD, CHROMIUM, FIREFOX, WEBKIT)
    assert [p.name for p in BROWSERS] == ["standard", "chromium", "firefox", "webkit"]


@EACH
def test_a_profile_is_found_by_its_name(profile: Profile) -> None:
    assert by_name(profile.name) is profile


@pytest.mark.parametrize("name", ["", "Chromium", "safari", "opera"])
def test_other_names_are_none(name: str) -> None:
    with pytest.raises(KeyError):
        by_name(name)


def test_the_package_has_nothing_else() -> None:
    with pytest.raises(AttributeError, match="OPERA"):
        _ = browsers.OPERA


def test_no_field_has_a_default() -> None:
    assert Profile._field_defaults == {}


@EACH
def test_names_are_in_lower_case(profile: Profile) -> None:
    names = {name for name, _ in profile.safelisted_value_patterns}
    for name in (*names, *profile.uncounted_request_headers, *profile.redirect_restores):
        assert name == name.lower()


@EACH
def test_patterns_compile(profile: Profile) -> None:
    assert re.compile(profile.range_pattern).groups == 2
    match = re.fullmatch(profile.range_pattern, "bytes=0-499")
    assert match is not None
    assert match.groups() == ("0", "499")
    for _, pattern in profile.safelisted_value_patterns:
        assert re.compile(pattern).pattern == pattern


@EACH
def test_statuses_and_limits_are_in_range(profile: Profile) -> None:
    assert 200 in profile.media_statuses
    assert 200 in profile.opaque_media_statuses
    assert {*profile.media_statuses, *profile.opaque_media_statuses, *profile.bodiless_statuses} <= set(range(200, 400))
    assert 300 <= profile.script_error_from <= 400
    assert 300 <= profile.stylesheet_error_from <= 400
    assert 0 <= profile.max_age_of_garbage <= 5
    assert profile.max_age_cap is None or profile.max_age_cap > 5


def test_each_way_is_used_by_a_browser() -> None:
    """Where a field has names for its values, each is used; another one would be dead code."""
    assert {p.preflight_names for p in BROWSERS} == set(NamedHeaders)
    assert {p.opaque_page_sends_origin for p in BROWSERS} == set(OpaqueOrigin)
    assert {p.preflight_judged_first_by for p in BROWSERS} == set(PreflightOrder)
    assert {p.type_reading for p in BROWSERS} == set(TypeReading)


def test_each_quirk_is_one_of_a_browser() -> None:
    """A field that is the same in every profile would be no difference."""
    same = {field for field in Profile._fields if len({repr(getattr(p, field)) for p in BROWSERS}) == 1}
    assert same == set()
