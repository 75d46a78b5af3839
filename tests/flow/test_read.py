"""What a flow may say. All mistakes are reported at once, each with its path."""

from __future__ import annotations

from typing import Any

import pytest

from corsdoctor.fetch.cookie_jar import ThirdParty
from corsdoctor.flow.read import InvalidFlow, read_flow
from corsdoctor.scenario import Api, Credentials, Mode
from corsdoctor.scenario.address_space import AddressSpace, Network, Permission
from corsdoctor.scenario.page import WorkerType

PAGE = "https://app.example/a/page"


def flow_of(*requests: dict[str, Any], **of_the_visit: Any) -> dict[str, Any]:
    return {"visits": [{"page": PAGE, "requests": list(requests), **of_the_visit}]}


def test_what_is_absent_has_a_default() -> None:
    [visit] = read_flow({"visits": [{"page": PAGE}]}).visits
    assert (visit.page.url.href, len(visit.page.headers), visit.page.head, visit.requests) == (PAGE, 0, "", ())


def test_a_request() -> None:
    flow = read_flow(
        {
            "id": 7,
            **flow_of({"url": "items", "api": "xhr", "credentials": "include", "wait": 2, "headers": [["X-A", "1"]]}),
        }
    )
    [request] = flow.visits[0].requests
    asked = request.scenario
    assert (flow.id, request.wait, asked.url, str(asked.origin)) == (
        7,
        2.0,
        "https://app.example/a/items",
        "https://app.example",
    )
    assert (asked.api, asked.credentials, asked.headers) == (Api.XHR, Credentials.INCLUDE, (("X-A", "1"),))


def test_the_url_of_an_element_and_its_attribute() -> None:
    [request] = read_flow(flow_of({"url": "/a.png", "api": "image", "mode": "cors"})).visits[0].requests
    assert (request.scenario.api, request.scenario.mode) == (Api.IMAGE, Mode.CORS)


@pytest.mark.parametrize(
    ("frame", "origin"),
    [
        ({"url": "https://other.example/"}, "https://other.example"),
        ({"url": "/inner"}, "https://app.example"),
        ({"url": "about:srcdoc"}, "https://app.example"),
        ({"url": "blob:"}, "https://app.example"),
        ({"url": "data:"}, "null"),
        ({"url": "/inner", "sandbox": "allow-scripts"}, "null"),
        ({"url": "/inner", "sandbox": "Allow-Same-Origin allow-scripts"}, "https://app.example"),
    ],
)
def test_a_frame_has_its_origin(frame: dict[str, Any], origin: str) -> None:
    [request] = read_flow(flow_of({"url": "/r", "frame": frame})).visits[0].requests
    assert str(request.scenario.origin) == origin
    [request] = read_flow(flow_of({"url": "/r"}, frame=frame)).visits[0].requests
    assert str(request.scenario.origin) == origin
    client = request.scenario.client
    assert client is not None
    assert client.headers == client.page.headers
    assert client.url.scheme in ("https", "about", "blob", "data")


def test_a_shape_is_called_css_shape() -> None:
    [request] = read_flow(flow_of({"url": "/a.png", "api": "css-shape"})).visits[0].requests
    assert request.scenario.api is Api.SHAPE


def test_a_frame_of_another_server_has_headers_of_its_own() -> None:
    frame = {"url": "https://other.example/", "headers": {"Referrer-Policy": "origin"}, "allow": "local-network *"}
    [request] = read_flow(flow_of({"url": "/r", "frame": frame})).visits[0].requests
    client = request.scenario.client
    assert client is not None
    assert client.headers.get("Referrer-Policy") == "origin"
    assert str(client.top_level_origin) == "https://app.example"


def test_subresources_are_relative_to_what_asks_for_them() -> None:
    [request] = (
        read_flow(
            flow_of({"url": "/css/a.css", "api": "stylesheet", "subresources": [{"url": "b.woff", "api": "font"}]})
        )
        .visits[0]
        .requests
    )
    [font] = request.subresources
    assert (font.scenario.url, font.scenario.init.referrer) == (
        "https://app.example/css/b.woff", "https://app.example/css/a.css",
    )  # fmt: skip


def test_the_rest() -> None:
    flow = read_flow(
        {
            **flow_of({"url": "blob:"}, {"api": "cookie", "cookie": "a=1"}, {"url": "/r", "worker": "module"}),
            "id": "x", "third_party_cookies": "blocked", "address_spaces": {"intranet.example": "local"},
            "permissions": {"https://app.example": {"local-network": "granted"}},
        }
    )  # fmt: skip
    assert flow.third_party_cookies is ThirdParty.BLOCKED
    blob, cookie, worked = flow.visits[0].requests
    assert blob.scenario.client is not None
    assert blob.scenario.client.network == Network(
        {"https://app.example": {"local-network": Permission.GRANTED}}, {"intranet.example": AddressSpace.LOCAL}
    )
    assert blob.scenario.url == "blob:"
    assert cookie.set_cookie == "a=1"
    assert worked.scenario.client is not None
    assert worked.scenario.client.worker is WorkerType.MODULE
    assert [s.url for s in flow.scenarios()] == ["blob:", "https://app.example/r"]


@pytest.mark.parametrize(
    ("given", "mistake"),
    [
        ({}, "visits: is missing"),
        ([], "a flow must be an object"),
        ({"visits": [], "id": True}, "id: must be a string or an integer"),
        ({"visits": {}}, "visits: must be a list"),
        ({"visits": []}, "visits: is empty: add the pages that the user visits"),
        ({"visits": [1]}, "visits[0]: must be an object"),
        ({"visits": [{}]}, "visits[0].page: is missing"),
        ({"visits": [], "visit": []}, "visit: unknown key; did you mean `visits`?"),
        ({"visits": [{"page": "app.example"}]}, "visits[0].page: must be the URL of the page, with http:, https: or file:"),
        ({"visits": [], "permissions": {"a": 1}}, "permissions: must be an object such as"),
        ({"visits": [], "permissions": {"https://a": {"camera": "granted"}}}, "permissions: 'camera' is unknown"),
        ({"visits": [], "address_spaces": []}, "address_spaces: must be an object such as"),
        ({"visits": [], "third_party_cookies": "some"}, "third_party_cookies: 'some' is unknown"),
        (flow_of({}), "visits[0].requests[0].url: is missing"),
        (flow_of({"api": "cookie"}), "visits[0].requests[0].cookie: is missing"),
        (flow_of({"url": "/", "api": "telepathy"}), "visits[0].requests[0].api: 'telepathy' is unknown"),
        (flow_of({"url": "/", "api": 1}), "visits[0].requests[0].api: must be a string"),
        (flow_of({"url": "/", "wait": -1}), "visits[0].requests[0].wait: must be a number of seconds"),
        (flow_of({"url": "/", "wait": True}), "visits[0].requests[0].wait: must be a number of seconds"),
        (flow_of({"url": "/", "keepalive": 1}), "visits[0].requests[0].keepalive: must be true or false"),
        (flow_of({"url": "/", "cache": "never"}), "visits[0].requests[0].cache: 'never' is unknown"),
        (flow_of({"url": "/", "frame": []}), "visits[0].requests[0].frame: must be an object"),
        (flow_of({"url": "/", "frame": {"url": "about:blank"}}), "visits[0].requests[0].frame.url: 'about:...' is not"),
        (flow_of({"url": "/a.png", "api": "image", "method": "PUT"}), "visits[0].requests[0].method: <img> cannot set it"),
        (flow_of({"url": "/", "subresources": [{}]}), "visits[0].requests[0].subresources[0].url: is missing"),
    ],
)  # fmt: skip
def test_mistakes(given: dict[str, Any], mistake: str) -> None:
    with pytest.raises(InvalidFlow) as e:
        read_flow(given)
    assert mistake in str(e.value)


def test_all_mistakes_are_reported_at_once() -> None:
    with pytest.raises(InvalidFlow) as e:
        read_flow(flow_of({"url": "/", "wait": "x"}, {"url": 1}, nonsense=True))
    assert len(e.value.mistakes) == 3


def test_texts_are_as_a_browser_sends_them() -> None:
    """A lone surrogate is replaced; cookies and header values are the bytes of UTF-8."""
    login = {"api": "xhr", "url": "/", "username": "\ud800", "password": "\u20ac"}
    flow = read_flow(flow_of(login, {"api": "cookie", "cookie": "a=\u20ac"}, headers=[["Set-Cookie", "b=\u20ac"]]))
    [visit] = flow.visits
    init = visit.requests[0].scenario.init
    assert (init.username, init.password) == ("\ufffd", "\u20ac")
    assert visit.requests[1].set_cookie == "a=\xe2\x82\xac"
    assert visit.page.headers.get("Set-Cookie") == "b=\xe2\x82\xac"
