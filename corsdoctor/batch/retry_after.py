"""429 with Retry-After: the host is left alone for as long as it says, and the request is sent once more.

A browser does not do so; but a page doesn't send thousands of requests either, and its one would have been answered.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC
from time import time
from typing import Final

from corsdoctor.batch.rate import Pace
from corsdoctor.report import Retried
from corsdoctor.scenario import SAFE_TO_SEND
from corsdoctor.url import parse
from corsdoctor.wire import Answer, Headers, Kind, Response, Send, WireRequest

TOO_MANY_REQUESTS: Final = 429


def paced(send: Send, pace: Pace, longest: float, on_retry: Callable[[Retried], None]) -> Send:
    """A `send` that keeps to `pace`, and sends once more what is answered by 429 and a Retry-After.

    It does so after up to `longest` seconds (a longer wait is not begun; with 0, none), and only with methods that
    change no data: a server that answers 429 may have done something before. `on_retry` gets what was sent again.
    """

    def sending(kind: Kind, request: WireRequest) -> Answer:
        url = parse(request.url)
        host = "" if url is None else url.host
        pace.wait(host)
        answer = send(kind, request)
        if not isinstance(answer, Response) or answer.status != TOO_MANY_REQUESTS or not longest:
            return answer
        seconds = retry_after(answer.headers, time())
        if seconds is None or seconds > longest or request.method not in SAFE_TO_SEND:
            return answer
        pace.hold(host, seconds)
        on_retry(Retried(kind, request.method, request.url, round(seconds, 3)))
        pace.wait(host, seconds)
        return send(kind, request)

    return sending


def retry_after(headers: Headers, now: float) -> float | None:
    """The seconds that Retry-After asks for, None if it is missing or says nothing.

    https://www.rfc-editor.org/rfc/rfc9110#field.retry-after: a number of seconds or a date. That is compared with the
    server's own clock if it sends a Date, else with `now`, seconds since 1970.
    """
    values = headers.values("Retry-After")
    if len(set(values)) != 1:
        return None
    text = values[0].strip()
    if re.fullmatch(r"[0-9]{1,9}", text):
        return float(text)
    then = _date(text)
    if then is None:
        return None
    here = _date(headers.get("Date") or "")
    return max(0.0, then - (now if here is None else here))


def _date(text: str) -> float | None:
    """The seconds since 1970 of an HTTP-date, in any of its three forms; None if `text` is not one."""
    from email.utils import parsedate_to_datetime  # 5 ms, for most servers in vain

    try:
        date = parsedate_to_datetime(text)
        return (date if date.tzinfo is not None else date.replace(tzinfo=UTC)).timestamp()  # asctime names no zone
    except (ValueError, OverflowError, TypeError):
        return None
