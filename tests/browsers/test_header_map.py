"""The order of headers in Chromium's table: the cases fz-order/ of tests/conformance show what it decides."""

from __future__ import annotations

import pytest

from corsdoctor.browsers.chromium_header_map import header_map_order
from corsdoctor.scenario import Api

LONG = "X-Another-Extremely-Long-Header-Name-That-Goes-Beyond-48-Bytes"


@pytest.mark.parametrize("api", [Api.FETCH, Api.XHR])
@pytest.mark.parametrize("length", [1, 2, 3, 8, 9, 16, 17, 24, 25, 48, 49, 100])
def test_each_name_stands_in_it_once(api: Api, length: int) -> None:
    names = [f"{letter * (length - 1)}{end}" for letter, end in zip("ABCDEFGHIJ", "abcdefghij", strict=True)]
    order = header_map_order([*names, names[0].lower()], api, is_trustworthy=False)
    assert sorted(order) == sorted([*(name.lower() for name in names), "user-agent"])


def test_client_hints_take_places_and_only_xhr_keeps_the_order_of_the_script() -> None:
    names = ["x-foo", "x-bar", LONG]
    far = header_map_order(names, Api.FETCH, is_trustworthy=False)
    assert far == [LONG.lower(), "user-agent", "x-bar", "x-foo"]
    near = header_map_order(names, Api.FETCH, is_trustworthy=True)
    assert {*near} - {*far} == {"sec-ch-ua", "sec-ch-ua-mobile", "sec-ch-ua-platform"}
    assert header_map_order(names[::-1], Api.FETCH, is_trustworthy=True) == near
    collides = [
        name for name in map(str, range(200)) if header_map_order([name], Api.XHR, is_trustworthy=False)[0] == name
    ][:2]
    orders = [header_map_order(some, Api.XHR, is_trustworthy=False) for some in (collides, collides[::-1])]
    assert orders[0] != orders[1]
