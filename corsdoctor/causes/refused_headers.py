"""Which of the request headers a CORS layer refuses: by its words, by its list, or by preflight requests for some of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from corsdoctor.causes.marks import Means
from corsdoctor.causes.probe import ProbeKind
from corsdoctor.causes.situation import allows
from corsdoctor.fetch.headers import ACAH, ACRH, ACRM, listed_values
from corsdoctor.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corsdoctor.causes.situation import Situation
    from corsdoctor.wire import Response, WireRequest

_USUAL: Final = frozenset({"accept", "accept-language", "authorization", "content-language", "content-type"})
"""What most configurations allow."""


class RefusedHeaders(Record):
    """`proven` are refused. Nothing shows whether `open` are too; without `proven`, at least one of them is."""

    proven: tuple[str, ...] = ()
    open: tuple[str, ...] = ()


class _Tests(Record):
    """What preflight requests for `method` show: the names `allowed`, and sets of which at least one name is refused."""

    method: str
    allowed: frozenset[str]
    failed: tuple[frozenset[str], ...]


def refused_headers(seen: Situation) -> RefusedHeaders:
    """What is known of the headers, given that the server refuses at least one of them."""
    names = seen.unsafe_names
    known = _in_words(seen) or _not_listed(seen) or (names if len(names) == 1 else ())
    if known:
        return RefusedHeaders(known)
    tests = _tests(seen)
    if tests is None:
        return RefusedHeaders(open=names)
    proven = frozenset[str]().union(*(failed for failed in tests.failed if len(failed) == 1))
    left = frozenset(names) - proven - tests.allowed
    if not proven and tests.failed:
        left = min(tests.failed, key=len)
    return RefusedHeaders(tuple(n for n in names if n in proven), tuple(n for n in names if n in left))


def refuses_headers_too(seen: Situation) -> bool:
    """Whether the server refuses a header also in a preflight request whose method it allows."""
    tests = _tests(seen)
    return tests is not None and bool(tests.failed)


def next_preflight(seen: Situation) -> tuple[str, tuple[str, ...]] | None:
    """The method and the headers of the preflight request that shows most of what is open; None if none would."""
    names = seen.unsafe_names
    if not names or _in_words(seen) or _not_listed(seen):
        return None
    tests = _tests(seen)
    if tests is None or any(p.exchange.response is None for p in seen.probes if p.kind is ProbeKind.PREFLIGHT_LESS):
        return None
    proven = frozenset[str]().union(*(failed for failed in tests.failed if len(failed) == 1))
    divided = [failed for failed in tests.failed if not failed & proven]
    if divided:
        fewest = min(divided, key=len)
        unusual_first = sorted(fewest, key=lambda name: (name in _USUAL, names.index(name)))
        return tests.method, tuple(unusual_first[: len(unusual_first) // 2])
    untried = tuple(name for name in names if name not in proven | tests.allowed)
    return (tests.method, untried) if untried else None


def passes(answer: Response | None, page: str) -> bool:
    """Whether this response to a preflight request lets `page` go on."""
    return answer is not None and answer.is_ok and allows(answer, page)


def _in_words(seen: Situation) -> tuple[str, ...]:
    """The headers that the refusal names."""
    words = next((mark.value for mark in seen.marks if mark.means is Means.HEADERS), "")
    sentence = re.split(r"[.;] ", words)[0].lower()
    return tuple(name for name in seen.unsafe_names if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", sentence))


def _not_listed(seen: Situation) -> tuple[str, ...]:
    """The headers that the server's list lacks, where a response has a list that does not only repeat what was asked for."""
    for request, response in _preflights(seen):
        allowed = {name.lower() for name in listed_values(ACAH, response.headers)}
        if allowed - set(request.headers.elements(ACRH)) and "*" not in allowed:
            return tuple(name for name in seen.unsafe_names if name not in allowed)
    return ()


def _tests(seen: Situation) -> _Tests | None:
    """None if no method is known to pass without headers, so that the headers may have nothing to do with the failure."""
    names = frozenset(seen.unsafe_names)
    said = any(mark.means is Means.HEADERS for mark in seen.marks)
    if said or passes(seen.answer(ProbeKind.PREFLIGHT_BARE), seen.page):
        method, failed = seen.method, [names]
    elif passes(seen.answer(ProbeKind.PREFLIGHT_GET), seen.page):
        method, failed = "GET", []
    else:
        return None
    allowed = frozenset[str]()
    for probe in seen.probes:
        request, response = probe.exchange.request, probe.exchange.response
        if probe.kind is ProbeKind.PREFLIGHT_LESS and request.headers.get(ACRM) == method and response is not None:
            asked = frozenset(request.headers.elements(ACRH))
            if passes(response, seen.page):
                allowed |= asked
            else:
                failed.append(asked)
    return _Tests(method, allowed, tuple(left for one in failed if (left := one - allowed)))


def _preflights(seen: Situation) -> Iterator[tuple[WireRequest, Response]]:
    """The preflight requests of the page that were answered, the one that was judged last."""
    assert seen.exchange is not None
    exchanges = [*(probe.exchange for probe in seen.probes if probe.exchange.is_preflight), seen.exchange]
    for exchange in exchanges:
        if exchange.response is not None and exchange.request.headers.get("Origin") == seen.page:
            yield exchange.request, exchange.response
