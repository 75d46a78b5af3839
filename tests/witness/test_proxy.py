"""The proxy that browsers go through: what it answers itself, what it passes on, and what it refuses."""

from __future__ import annotations

import gzip
import http.client
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from corsdoctor.wire import Answer, BodyEnd, FailureKind, Framing, Headers, Kind, NoAnswer, Response, WireRequest
from corsdoctor.witness.authority import Authority
from corsdoctor.witness.proxy import Proxy, Recording

URL = "http://api.example/items"
PAGE = Response(200, Headers((("Content-Length", "4"),)), "OK", body=b"page")


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture
def proxy(authority: Authority) -> Iterator[Proxy]:
    with Proxy(authority) as running:
        yield running


def recording(proxy: Proxy, *answers: Answer) -> Recording:
    left = list(answers)
    proxy.recording = Recording({"http://app.example/": PAGE}, [URL], lambda _kind, _request: left.pop(0))
    return proxy.recording


def ask(proxy: Proxy, url: str, method: str = "GET", **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(proxy.address, timeout=90)
    try:
        connection.request(method, url, headers={"Proxy-Connection": "keep-alive", **headers})
        response = connection.getresponse()
        response.body = response.read()  # type: ignore[attr-defined]
        return response
    finally:
        connection.close()


def body(response: http.client.HTTPResponse) -> bytes:
    found: bytes = response.body  # type: ignore[attr-defined]
    return found


def test_the_page_is_served_and_not_recorded(proxy: Proxy) -> None:
    record = recording(proxy)
    assert body(ask(proxy, "http://app.example/")) == b"page"
    assert record.exchanges == ()


def test_a_request_is_recorded_without_what_is_for_the_proxy(proxy: Proxy) -> None:
    answer = Response(201, Headers((("X-A", "1"), ("X-A", "2"), ("Content-Length", "2"))), "Made", body=b"ok")
    record = recording(proxy, answer)
    response = ask(proxy, URL, Origin="http://app.example")
    assert (response.status, response.headers.get_all("X-A"), body(response)) == (201, ["1", "2"], b"ok")
    [exchange] = record.exchanges
    assert (exchange.kind, exchange.request.method, exchange.request.url) == (Kind.ACTUAL, "GET", URL)
    assert exchange.request.headers.get("Origin") == "http://app.example"
    assert "Proxy-Connection" not in exchange.request.headers
    assert exchange.answer is answer


def test_a_preflight_request_is_told_from_an_options_request(proxy: Proxy) -> None:
    record = recording(proxy, Response(204, Headers()), Response(204, Headers()))
    ask(proxy, URL, "OPTIONS", **{"Access-Control-Request-Method": "PUT"})
    ask(proxy, URL, "OPTIONS")
    assert [exchange.kind for exchange in record.exchanges] == [Kind.PREFLIGHT, Kind.ACTUAL]


def test_other_servers_are_reached_only_where_a_redirect_leads(proxy: Proxy) -> None:
    other = "http://other.example/"
    record = recording(proxy, Response(302, Headers((("Location", other), ("Content-Length", "0")))), PAGE)
    with pytest.raises(http.client.RemoteDisconnected):
        ask(proxy, other)
    ask(proxy, URL)
    assert body(ask(proxy, other)) == b"page"
    assert [exchange.request.url for exchange in record.exchanges] == [URL, other]


def test_a_request_without_a_response_is_sent_once_however_often_the_browser_tries(proxy: Proxy) -> None:
    record = recording(proxy, NoAnswer(FailureKind.RESET, "it was reset"))
    for _ in range(3):
        with pytest.raises(http.client.RemoteDisconnected):
            ask(proxy, URL)
    assert len(record.exchanges) == 1


def test_what_would_run_scripts_gets_no_body(proxy: Proxy) -> None:
    whole = Response(200, Headers((("Content-Length", "9"), ("Content-Encoding", "gzip"))), body=b"fetch('/')")
    proxy.recording = Recording({}, [URL], lambda _kind, _request: whole, empty=True)
    assert gzip.decompress(body(ask(proxy, URL))) == b""
    [exchange] = proxy.recording.exchanges
    assert exchange.response == whole._replace(body=b"")


@pytest.mark.parametrize("coding", ["gzip", "identity", "deflate", "br"])
def test_a_body_has_the_coding_that_its_header_says(proxy: Proxy, coding: str) -> None:
    recording(proxy, Response(200, Headers((("Content-Encoding", coding), ("Content-Length", "9"))), body=b"decoded"))
    response = ask(proxy, URL)
    said = response.headers.get("Content-Encoding")
    assert said == (None if coding == "br" else coding)  # what cannot be encoded again is sent as it is
    assert int(response.headers["Content-Length"]) == len(body(response))
    assert coding != "gzip" or gzip.decompress(body(response)) == b"decoded"


def test_chunks_stay_chunks_and_a_body_without_a_length_ends_with_the_connection(proxy: Proxy) -> None:
    chunked = Response(200, Headers((("Transfer-Encoding", "chunked"),)), body=b"ab")
    recording(proxy, chunked, chunked._replace(body=b""), Response(200, Headers(), body=b"ab"))
    assert body(ask(proxy, URL)) == b"ab"
    assert body(ask(proxy, URL)) == b""
    assert body(ask(proxy, URL)) == b"ab"


def test_a_body_that_was_cut_off_stays_cut_off(proxy: Proxy) -> None:
    cut = Response(200, Headers((("Content-Length", "9"),)), framing=Framing(end=BodyEnd.CUT), body=b"ab")
    recording(proxy, cut)
    with pytest.raises(http.client.IncompleteRead):
        ask(proxy, URL)


def test_chunks_that_were_cut_off_stay_cut_off(proxy: Proxy) -> None:
    chunked = Response(200, Headers((("Transfer-Encoding", "chunked"),)), framing=Framing(end=BodyEnd.CUT), body=b"ab")
    recording(proxy, chunked)
    with pytest.raises(http.client.IncompleteRead):
        ask(proxy, URL)


def test_all_requests_and_their_answers_are_waited_for(proxy: Proxy) -> None:
    begun, answered = threading.Event(), threading.Event()

    def send(_kind: Kind, _request: WireRequest) -> Answer:
        begun.set()
        answered.wait()
        return PAGE

    record = proxy.recording = Recording({}, [URL], send)
    assert not record.wait(0, 90)
    asking = threading.Thread(target=ask, args=(proxy, URL))
    asking.start()
    begun.wait()
    assert record.wait(1, 0.01)
    answered.set()
    record.wait(1, 90)
    assert [exchange.answer for exchange in record.exchanges] == [PAGE]
    asking.join()


@pytest.mark.parametrize("lengths", [("2", "3"), ("2, 5",)])
def test_lengths_that_contradict_each_other_are_passed_on(proxy: Proxy, lengths: tuple[str, ...]) -> None:
    recording(proxy, Response(200, Headers(tuple(("Content-Length", length) for length in lengths)), body=b"ab"))
    response = ask(proxy, URL)
    assert response.headers.get_all("Content-Length") == list(lengths)


def test_in_a_tunnel_the_proxy_is_the_server(proxy: Proxy, authority: Authority) -> None:
    proxy.recording = Recording({}, ["https://api.example:8443/"], lambda _kind, _request: PAGE)
    context = ssl.create_default_context(cadata=authority.der)
    connection = http.client.HTTPSConnection(proxy.address, timeout=90, context=context)
    connection.set_tunnel("api.example", 8443)
    connection.request(
        "PUT", "/items", body=iter([b"a", b"bc"]), headers={"Transfer-Encoding": "chunked"}, encode_chunked=True
    )
    assert connection.getresponse().read() == b"page"
    connection.close()
    [exchange] = proxy.recording.exchanges
    assert exchange.request.url == "https://api.example:8443/items"
    assert exchange.request.body == b"abc"


@pytest.mark.parametrize("host", ["api.example", "api.example."])
def test_a_certificate_names_the_host_without_a_final_dot(authority: Authority, host: str) -> None:
    client = ssl.create_default_context(cadata=authority.der)
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    server_side = authority.context(host).wrap_bio(to_server, to_client, server_side=True)
    client_side = client.wrap_bio(to_client, to_server, server_hostname="api.example")
    for side in (client_side, server_side, client_side, server_side):
        with suppress(ssl.SSLWantReadError):
            side.do_handshake()
    certificate = client_side.getpeercert()
    assert certificate is not None
    assert certificate["subjectAltName"] == (("DNS", "api.example"),)


def test_a_tunnel_without_tls_is_for_a_websocket_or_plain_http(proxy: Proxy) -> None:
    proxy.recording = Recording({}, ["http://api.example/"], lambda _kind, _request: PAGE)
    connection = http.client.HTTPConnection(proxy.address, timeout=90)
    connection.set_tunnel("api.example", 80)
    connection.request("GET", "/socket")
    assert connection.getresponse().read() == b"page"
    connection.close()
    [exchange] = proxy.recording.exchanges
    assert exchange.request == exchange.request._replace(method="GET", url="http://api.example/socket", body=None)


def test_while_no_request_runs_nothing_is_answered(proxy: Proxy) -> None:
    with pytest.raises(http.client.RemoteDisconnected):
        ask(proxy, URL)
