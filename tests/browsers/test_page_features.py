"""What browsers print about Permissions-Policy, Document-Policy and Clear-Site-Data of a page, as it was recorded."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from corsdoctor.browsers import CHROMIUM, FIREFOX, WEBKIT
from corsdoctor.scenario.page import Page
from corsdoctor.url import parse
from corsdoctor.wire import Headers

PAGE = "https://app.example/a"
PERMISSIONS, FEATURES, DOCUMENT, DATA = "Permissions-Policy", "Feature-Policy", "Document-Policy", "Clear-Site-Data"


class Case(NamedTuple):
    """A header, and what Chromium and Firefox print about it."""

    name: str
    value: str
    chromium: tuple[str, ...] = ()
    firefox: tuple[str, ...] = ()


def because(header: str, *reasons: str) -> tuple[str, ...]:
    return tuple(f"Error with {header} header: {why}" for why in reasons)


def documents(*reasons: str, header: str = DOCUMENT) -> tuple[str, ...]:
    return tuple(f"{header} HTTP header: {why}" for why in reasons)


def data(*reasons: str, url: str = PAGE) -> tuple[str, ...]:
    return tuple(f"Clear-Site-Data header on '{url}': {why}" for why in reasons)


UNPARSED = "Parse of permissions policy failed because of errors reported by structured header parser."
NO_TOKEN = "Invalid allowlist item for feature camera. Allowlist item must be *, self, or quoted url."
OTHER = "Invalid allowlist item({}) for feature {}. Allowlist item must be *, self or quoted url."
TAIL = " Clearing channel IDs and HTTP authentication cache is currently not supported, as it breaks active network connections."
NONE = "No recognized types specified."
FORCED = "Clear-Site-Data header forced the clean up of “{}” data."
UNKNOWN = "Clear-Site-Data header found. Unknown value “{}”."
CASES = (
    Case(PERMISSIONS, ""),
    Case(PERMISSIONS, 'camera=*, geolocation=(self "https://a.example/p" "https://*.b.example");report-to=g, usb=()'),
    Case(PERMISSIONS, "camera=() , camera=(self)"),
    Case(PERMISSIONS, "geolocation=(), foo=()", because(PERMISSIONS, "Unrecognized feature: 'foo'.")),
    Case(PERMISSIONS, "writer=()", because(PERMISSIONS, "Origin trial controlled feature not enabled: 'writer'.")),
    *(
        Case(PERMISSIONS, value, because(PERMISSIONS, UNPARSED))
        for value in ("camera=(self", "camera 'none'", "camera=('self')", "Camera=()", "camera=(),", "camera=()\tusb=()", "=")
    ),
    *(Case(PERMISSIONS, f"camera{value}", because(PERMISSIONS, NO_TOKEN)) for value in ("", "=?0", "=1", "=(self 1)")),
    Case(PERMISSIONS, "camera=(none)", because(PERMISSIONS, OTHER.format("none", "camera"))),
    Case(PERMISSIONS, "usb=https://b.example", because(PERMISSIONS, OTHER.format("https://b.example", "usb"))),
    Case(PERMISSIONS, 'camera=("nonsense")', because(PERMISSIONS, "Unrecognized origin: 'nonsense'.")),
    Case(
        f"{PERMISSIONS}-Report-Only", "foo=(), camera=()", because(f"{PERMISSIONS}-Report-Only", "Unrecognized feature: 'foo'.")
    ),
    Case(FEATURES, "camera; usb 'self' https://b.example, midi *"),
    Case(
        FEATURES, "camera 'none'; foo *, usb x",
        because(FEATURES, "Unrecognized feature: 'foo'.", "Unrecognized origin: 'x'."),
    ),
    Case(DOCUMENT, "js-profiling, sync-xhr=?0, *;report-to=g"),
    Case(DOCUMENT, "foo, bar=?0", documents(*(f"Unrecognized document policy feature name {n}." for n in ("foo", "bar")))),
    Case(
        DOCUMENT, "=",
        documents("Parse of document policy failed because of errors reported by structured header parser."),
    ),
    *(
        Case(DOCUMENT, f"js-profiling={value}", documents(f"Parameter for feature js-profiling should be boolean, not {kind}."))
        for value, kind in (("1", "integer"), ("2.0", "decimal"), ("x", "token"), ('"s"', "string"), ("*", "token"))
    ),
    Case(
        DOCUMENT, "js-profiling=(a)",
        documents("Parameter for feature js-profiling should be single item, but got inner list."),
    ),
    Case(
        "Require-Document-Policy", "foo",
        documents("Unrecognized document policy feature name foo.", header="Require-Document-Policy"),
    ),
    Case(DATA, "", data(NONE)),
    Case(DATA, '"cache", "storage"', data('Cleared data types: "cache", "storage".'), (FORCED.format("cache"), FORCED.format("storage"))),
    Case(DATA, ' "cookies" ', data(f'Cleared data types: "cookies".{TAIL}'), (FORCED.format("cookies"),)),
    Case(
        DATA, '"*", "cookies"', data(f'Cleared data types: "cookies", "storage", "cache", "clientHints".{TAIL}'),
        tuple(FORCED.format(kind) for kind in ("cache", "cookies", "storage")),
    ),
    Case(DATA, '"prefetchCache"', data('Cleared data types: "prefetchCache".'), (UNKNOWN.format('"prefetchCache"'),)),
    Case(DATA, '"storage:foo"', data("Cleared data types: ."), (UNKNOWN.format('"storage:foo"'),)),
    Case(DATA, "cookies", data("Unrecognized type: cookies.", NONE), (UNKNOWN.format("cookies"),)),
    Case(
        DATA, '"cookies" "cache"', data('Unrecognized type: "cookies" "cache".', NONE), (UNKNOWN.format('"cookies""cache"'),)
    ),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.name}: {case.value}")
def test_what_is_printed(case: Case) -> None:
    assert printed((case.name, case.value)) == (sorted(case.chromium), sorted(case.firefox), [])


def test_two_policies_for_one_feature() -> None:
    both = (
        "Some features are specified in both Feature-Policy and Permissions-Policy header: camera. Values defined in "
        "Permissions-Policy header will be used."
    )
    said, _, _ = printed((FEATURES, "camera 'none'; usb *"), (PERMISSIONS, "camera=()"))
    assert said == list(because(FEATURES, both))


def test_data_are_cleared_only_for_trustworthy_pages() -> None:
    url = "http://app.example/a"
    assert printed((DATA, '"cookies"'), url=url) == (list(data("Not supported for insecure origins.", url=url)), [], [])
    assert printed((DATA, '"cache"'), url="http://localhost/")[1] == [FORCED.format("cache")]
    assert printed((DATA, '"cache"'), url="file:///a") == ([], [], [])


def printed(*headers: tuple[str, str], url: str = PAGE) -> tuple[list[str], ...]:
    address = parse(url)
    assert address is not None
    page = Page(address, Headers(headers))
    return tuple(sorted(profile.page_console(page)) for profile in (CHROMIUM, FIREFOX, WEBKIT))
