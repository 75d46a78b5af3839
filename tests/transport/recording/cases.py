"""Answers that leave a connection in an odd state: what the server sends, and what the page asks for.

A play is what the server does after one request: text to send, milliseconds to wait, or how the connection ends. The
plays of a case belong to the requests on the first connection; every other request is answered by `OK`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

CORS = "Access-Control-Allow-Origin: *\r\nAccess-Control-Allow-Methods: *\r\nAccess-Control-Allow-Headers: *\r\n"
OK = f"HTTP/1.1 200 OK\r\n{CORS}Content-Length: 2\r\n\r\nok"
PAUSE = 80  # milliseconds between two requests of a page, where it waits


class End(Enum):
    """How the server ends a connection."""

    CLOSE = "close"
    RESET = "reset"


Play = tuple[str | int | End, ...]


@dataclass(frozen=True)
class Case:
    """`methods` are the page's requests, one after the other; each one but GET and HEAD needs a preflight."""

    id: str
    plays: tuple[Play, ...]
    methods: tuple[str, ...] = ("GET", "GET")
    pause: int = 0


def head(status: int, *lines: str) -> str:
    """The head of an answer that CORS allows."""
    return f"HTTP/1.1 {status} x\r\n{CORS}" + "".join(f"{line}\r\n" for line in lines) + "\r\n"


def chunk(text: str) -> str:
    """`text` as one chunk."""
    return f"{len(text):x}\r\n{text}\r\n"


def first(name: str, *play: str | int | End, methods: tuple[str, ...] = ("GET", "GET")) -> Iterator[Case]:
    """The play as the answer to a preflight, to a request that another one follows at once, and to one that another
    one follows after a pause."""
    if methods == ("GET", "GET"):
        yield Case(f"{name}/preflight", (play,), ("PUT",))
    yield Case(f"{name}/next", (play,), methods)
    yield Case(f"{name}/idle", (play,), methods, PAUSE)


def when(text: str, rest: str, delays: tuple[int, ...] = (0, 2, 10, 20)) -> Iterator[tuple[str, Play]]:
    """`rest` in the packet of `text`, or later."""
    for delay in delays:
        yield f"{delay}ms", (text, delay, rest) if delay else (text + rest,)


def _no_content() -> Iterator[Case]:
    for size in (2, 4, 5, 72):
        body = "{" + " " * (size - 2) + "}"
        for framing, lines, sent in (
            ("bare", (), body),
            ("length", (f"Content-Length: {size}",), body),
            ("chunked", ("Transfer-Encoding: chunked",), chunk(body) + "0\r\n\r\n"),
        ):
            for delay, play in when(head(204, *lines), sent):
                yield from first(f"204/{framing}/{size}/{delay}", *play)
    yield from first("204/length/2/never", head(204, "Content-Length: 2"))
    yield from first("204/length/72/never", head(204, "Content-Length: 72"))
    yield from first("204/length/0", head(204, "Content-Length: 0"))
    yield from first("204/chunked/never", head(204, "Transfer-Encoding: chunked"))
    for delay, play in when(head(204, "Transfer-Encoding: chunked"), "0\r\n\r\n", (0, 10)):
        yield from first(f"204/chunked/empty/{delay}", *play)
    yield from first("204/clean", head(204))


def _other_bodiless() -> Iterator[Case]:
    for size in (2, 4, 5, 72):
        body = "{" + " " * (size - 2) + "}"
        for framing, lines in (("bare", ()), ("length", (f"Content-Length: {size}",))):
            for delay, play in when(head(304, *lines), body, (0, 10)):
                yield Case(f"304/{framing}/{size}/{delay}/next", (play,))
                yield Case(f"304/{framing}/{size}/{delay}/idle", (play,), pause=PAUSE)
            for delay, play in when(head(200, *lines), body, (0, 10)):
                yield from first(f"head/{framing}/{size}/{delay}", *play, methods=("HEAD", "GET"))
    yield from first("head/length/never", head(200, "Content-Length: 9"), methods=("HEAD", "GET"))
    yield from first("head/chunked/never", head(200, "Transfer-Encoding: chunked"), methods=("HEAD", "GET"))
    for delay, play in when(head(200, "Transfer-Encoding: chunked"), "0\r\n\r\n", (0, 10)):
        yield from first(f"head/chunked/empty/{delay}", *play, methods=("HEAD", "GET"))
    yield Case("304/length/never/next", ((head(304, "Content-Length: 9"),),))


def _interim() -> Iterator[Case]:
    for status in (100, 102, 103, 199):
        for count in (1, 10, 1000, 20_000):
            flood = f"HTTP/1.1 {status} x\r\n\r\n" * count
            yield Case(f"interim/{status}/{count}/preflight", ((flood + OK,),), ("PUT",))
            yield Case(f"interim/{status}/{count}/next", ((flood + OK,),))
    switch = "HTTP/1.1 101 x\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n"
    yield from first("switching/alone", switch)
    yield from first("switching/closed", switch, End.CLOSE)
    yield from first("switching/then-200", switch + OK)
    yield from first("switching/with-cors", head(101, "Upgrade: x", "Connection: Upgrade"))


def _bodies() -> Iterator[Case]:
    for size in (2, 4, 5, 72):
        extra = "{" + " " * (size - 2) + "}"
        for delay, play in when(OK, extra, (0, 10)):
            yield from first(f"longer/{size}/{delay}", *play)
        for delay, play in when(head(200, "Transfer-Encoding: chunked") + chunk("ok") + "0\r\n\r\n", extra, (0, 10)):
            yield from first(f"chunked/trailing/{size}/{delay}", *play)
    for delay, play in when(OK, "\r\n", (0, 10)):
        yield from first(f"longer/line-end/{delay}", *play)
    for delay, play in when(OK, OK.replace("ok", "2!"), (0, 10)):
        yield from first(f"second-answer/{delay}", *play)
    yield from first("later/300ms", OK.removesuffix("ok"), 300, "ok")
    short = head(200, "Content-Length: 9") + "ok"
    yield from first("shorter/open", short)
    yield from first("shorter/closed", short, End.CLOSE)
    yield from first("shorter/reset", short, 10, End.RESET)
    chunked = head(200, "Transfer-Encoding: chunked") + chunk("ok")
    for name, play in {
        "no-number": (chunked + "zz\r\nok\r\n0\r\n\r\n",),
        "no-number-later": (head(200, "Transfer-Encoding: chunked"), 20, "zz\r\nok\r\n0\r\n\r\n"),
        "later": (head(200, "Transfer-Encoding: chunked"), 300, chunk("ok") + "0\r\n\r\n"),
        "negative": (chunked + "-1\r\nok\r\n0\r\n\r\n",),
        "no-line-end": (chunked.rstrip() + "0\r\n\r\n",),
        "empty-size": (chunked + "\r\n\r\n0\r\n\r\n",),
        "huge": (chunked + "ffffffffffffffffff\r\nok\r\n0\r\n\r\n",),
        "spaces": (chunked + "0  \r\n\r\n",),
        "trailer": (chunked + "0\r\nX-A: 1\r\n\r\n",),
        "open": (chunked,),
        "closed": (chunked, End.CLOSE),
        "reset": (chunked, 10, End.RESET),
        "no-last-line": (chunked + "0\r\n",),
    }.items():
        yield from first(f"chunks/{name}", *play)
    for name, lines in {
        "same": ("Content-Length: 2", "Content-Length: 2"),
        "different": ("Content-Length: 2", "Content-Length: 3"),
        "chunked-too": ("Content-Length: 3", "Transfer-Encoding: chunked"),
    }.items():
        yield from first(
            f"two-lengths/{name}", head(200, *lines) + (chunk("ok") + "0\r\n\r\n" if "too" in name else "ok")
        )


def _ends() -> Iterator[Case]:
    closing = OK.replace("Content-Length", "Connection: close\r\nContent-Length")
    yield from first("close-announced/open", closing)
    yield from first("close-announced/no-length/open", head(200, "Connection: close") + "ok")
    yield from first("close-announced/204/open", head(204, "Connection: close"))
    yield from first("no-length/open", head(200) + "ok")
    yield from first("no-length/closed", head(200) + "ok", End.CLOSE)
    yield from first("http-1.0/open", OK.replace("HTTP/1.1", "HTTP/1.0"))
    yield from first(
        "http-1.0/keep-alive",
        OK.replace("HTTP/1.1", "HTTP/1.0").replace("Content-L", "Connection: keep-alive\r\nContent-L"),
    )
    for end in End:
        for delay in (0, 2, 10):
            yield from first(f"ended/{end.value}/{delay}ms", OK, delay, end)
        for methods in (("PUT",), ("GET", "GET"), ("GET", "PUT"), ("POST",), ("GET", "HEAD")):
            plays = ((OK,), (end,)) if methods != ("GET", "PUT") else ((OK,), (OK,), (end,))
            yield Case(f"ended/{end.value}/as-request-arrives/{'-'.join(methods).lower()}", plays, methods)
        yield Case(f"ended/{end.value}/as-first-request-arrives/get", ((end,),))
        yield Case(f"ended/{end.value}/as-first-request-arrives/put", ((end,),), ("PUT",))
        yield Case(f"ended/{end.value}/in-status-line", ((OK,), ("HTTP/1.1 2", 10, end)))
        yield Case(f"ended/{end.value}/in-head", ((OK,), ("HTTP/1.1 200 x\r\nAccess-", 10, end)))
    gone = "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    for name, methods in (("preflight", ("PUT",)), ("next", ("GET", "GET"))):
        yield Case(f"408/as-request-arrives/{name}", ((OK,), (gone, End.CLOSE)), methods)
        yield Case(f"408/fresh/{name}", ((gone, End.CLOSE),), methods)
        for delay in (0, 2, 10):
            yield Case(f"408/{delay}ms/{name}", ((OK, delay, gone, End.CLOSE),), methods)
    yield Case("408/idle", ((OK, 10, gone, End.CLOSE),), pause=PAUSE)
    yield Case("408/idle-open", ((OK, 10, gone),), pause=PAUSE)


def _garbage() -> Iterator[Case]:
    for name, text in {
        "1": "{", "2": "{}", "4": "{  }", "5": "{   }", "72": "{" + " " * 70 + "}", "line-end": "\r\n", "four-line-feeds": "\n\n\n\n",
        "two-line-ends": "\r\n\r\n", "three-line-ends": "\r\n\r\n\r\n", "2-line-end": "{}\r\n", "5-line-end": "{   }\r\n", "last-chunk": "0\r\n\r\n",
    }.items():  # fmt: skip
        yield Case(f"garbage/fresh/{name}/next", ((text + OK,),))
        yield Case(f"garbage/fresh/{name}/preflight", ((text + OK,),), ("PUT",))
        yield Case(f"garbage/kept/{name}/next", ((OK,), (text + OK,)))
        yield Case(f"garbage/kept/{name}/preflight", ((OK,), (text + OK,)), ("PUT",))
    for name in ("next", "preflight"):
        methods = ("PUT",) if name == "preflight" else ("GET", "GET")
        yield Case(f"garbage/fresh/only/{name}", (("{}", End.CLOSE),), methods)
        yield Case(f"garbage/kept/only/{name}", ((OK,), ("{}", End.CLOSE)), methods)
        yield Case(
            f"garbage/kept/http-0.9/{name}", ((OK,), ("<html>hello, this is no HTTP</html>", End.CLOSE)), methods
        )


CASES = (*_no_content(), *_other_bodiless(), *_interim(), *_bodies(), *_ends(), *_garbage())
