"""A mark: where it is looked for, what it looks like, whose it is and what it means."""

from __future__ import annotations

from enum import StrEnum

from corsdoctor.record import Record


class Where(StrEnum):
    """Where a mark is looked for."""

    PAGE = "page"  # anywhere in the HTML, in lower case
    SCRIPT = "script"  # the same, in the page of a refusal that has little text: other pages contain the script too
    ERROR = "error"  # anywhere in the body of an error, in lower case
    PRINTED = "printed"  # what a program printed, as an expression: anywhere outside of elements that show code
    LAST = "last"  # the same, where little text follows
    PHRASE = "phrase"  # the beginning of a phrase, in lower case
    REASON = "reason"  # the beginning of the reason phrase


class Means(StrEnum):
    """What a mark says about the response: mostly the id of a cause."""

    PASSED = "passed"  # the software passed the response on
    WROTE = "wrote"  # the software wrote the response
    ORIGIN = "origin-refused"
    METHOD = "method-refused"
    HEADERS = "headers-refused"
    CSRF = "csrf"  # protection against forged requests
    CORS = "cors-refused"  # a CORS layer refused the request, and does not say why
    NO_CORS = "not-configured"
    NO_RULE = "no-rule"  # no CORS rule, or none that matches
    LOGIN = "authentication"
    SIGNATURE = "request-signature"
    BOT = "bot-challenge"
    CERTIFICATE = "client-certificate"
    RATE = "rate-limited"
    DEAD = "gateway-error"
    MISSING = "not-found"
    NO_OPTIONS = "no-options"
    NO_ROUTE = "no-route"  # a gateway has no route for this method and URL
    LARGE = "too-large"
    TLS = "plain-http-on-tls-port"
    HTTP2 = "speaks-http2"
    PAGE = "wrong-service"
    APP = "single-page-app"
    BLOCKED = "forbidden"
    HOST = "host-refused"  # the software serves other host names than that of the URL
    FAILED = "server-error"  # the application failed, whatever the status says
    DENIED = "denied"  # an object store denies access


class Mark(Record):
    """`where` is a Where or the name of a header, `pattern` a part of the text there, or an expression for headers, phrases and what is printed.

    `who` is a name of software, which software.py may know more about, or "" if the words are anybody's.
    """

    where: str
    pattern: str
    who: str
    means: Means


def table(*rows: tuple[str, str, str, Means]) -> tuple[Mark, ...]:
    """Rows as marks."""
    return tuple(Mark(*row) for row in rows)
