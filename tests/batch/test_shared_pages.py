"""Pages that several threads need at once."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event

import pytest

from corsdoctor.batch.shared_pages import SharedPages
from corsdoctor.request_fields import client_of, read_page
from corsdoctor.scenario import Scenario
from corsdoctor.wire import Answer, FailureKind, Headers, Kind, NoAnswer, Response, WireRequest

THREADS = 4
GONE = NoAnswer(FailureKind.REFUSED, "refused")


class Site:
    """Answers a request for the page once all other threads wait for it."""

    def __init__(self, *answers: Answer) -> None:
        self._answers, self.asked, self.waited = list(answers), 0, Event()

    def send(self, kind: Kind, request: WireRequest) -> Answer:
        assert (kind, request.url) == (Kind.PAGE, "https://app.example/a")
        self.asked += 1
        assert self.waited.wait(120)
        return self._answers.pop(0)


def asked() -> Scenario:
    client = client_of({"page": read_page("https://app.example/a")}, None)
    assert client is not None
    return Scenario("https://api.example/", client.origin, client=client)


def at_once(pages: SharedPages, site: Site, monkeypatch: pytest.MonkeyPatch) -> list[Future[Scenario]]:
    """What each thread gets, if all need the page at the same time."""
    waiting = []

    class Watched(Future[None]):
        def result(self, timeout: float | None = None) -> None:
            waiting.append(self)
            if len(waiting) == THREADS - 1:
                site.waited.set()
            return super().result(timeout)

    monkeypatch.setattr("corsdoctor.batch.shared_pages.Future", Watched)
    with ThreadPoolExecutor(THREADS) as pool:
        return [pool.submit(pages.with_page, asked()) for _ in range(THREADS)]


def test_a_page_that_several_threads_need_is_requested_once(monkeypatch: pytest.MonkeyPatch) -> None:
    site = Site(Response(200, Headers((("Referrer-Policy", "no-referrer"),))))
    pages = SharedPages(site.send)
    found = [future.result() for future in at_once(pages, site, monkeypatch)]
    assert found == [pages.with_page(asked())] * THREADS
    assert site.asked == 1


def test_a_failure_is_that_of_all_who_wait_and_the_next_one_tries_again(monkeypatch: pytest.MonkeyPatch) -> None:
    site = Site(GONE, Response(200, Headers(())))
    pages = SharedPages(site.send)
    failed = [str(future.exception()) for future in at_once(pages, site, monkeypatch)]
    assert failed == ["page https://app.example/a: no response: refused"] * THREADS
    assert site.asked == 1
    assert pages.with_page(asked()).client is not None
    assert site.asked == 2


def test_a_request_without_a_page_waits_for_nothing() -> None:
    plain = asked()._replace(client=None)
    assert SharedPages(Site().send).with_page(plain) == plain
