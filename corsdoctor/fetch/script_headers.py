"""Which of the script's headers a request has, and which make fetch() throw.

https://fetch.spec.whatwg.org/#concept-headers-append
"""

from __future__ import annotations

from corsdoctor.fetch.headers import is_header_name, is_header_value, normalize
from corsdoctor.fetch.request import FetchParams
from corsdoctor.fetch.safelist import is_no_cors_safelisted_request_header, why_forbidden
from corsdoctor.masking import MASK
from corsdoctor.rule import FETCH, Failure, Rule
from corsdoctor.scenario import Api, Mode, Scenario
from corsdoctor.wire import Headers, ascii_lower

HEADER_IS_VALID = Rule(
    id="request-header-valid",
    title="Header names are tokens, and header values have no line breaks",
    failure=Failure(
        "The request header `{header}` has an invalid name or value",
        bare="A request header has an invalid name or value",
    ),
    spec=f"{FETCH}#concept-headers-append",
    step="2",
    what="A name is a token. A value has no NUL, CR or LF, and each of its characters fits into one byte.",
    why="Anything else could add a second header or request, so fetch() throws a TypeError.",
    fix="Correct the header in the script. Encode characters beyond U+00FF, for example with encodeURIComponent().",
    bad='headers: {"X Name": "1"}',
    good='headers: {"X-Name": "1"}',
)
HEADER_NOT_FORBIDDEN = Rule(
    id="request-header-not-forbidden",
    title="The script may set this header",
    failure=Failure(
        "The browser drops the request header {header}, which scripts may not set",
        bare="The browser drops a request header that scripts may not set",
    ),
    spec=f"{FETCH}#forbidden-request-header",
    step="",
    what="Some headers are reserved for the browser: Cookie, Host, Origin, Referer, Proxy-*, Sec-* and others.",
    why="Servers trust them because scripts cannot set them. The browser drops them without an error.",
    fix="Remove the header. The browser sets its own, or sends none.",
    bad='headers: {Cookie: "a=b"}',
    good='credentials: "include"',
    blocks=False,
)
NO_CORS_HEADER = Rule(
    id="no-cors-header-safelisted",
    title="In mode no-cors, a script sets only safelisted headers",
    failure=Failure(
        "The browser drops the request header {header}, because mode no-cors sends only safelisted headers",
        bare="The browser drops a request header, because mode no-cors sends only safelisted headers",
    ),
    spec=f"{FETCH}#concept-headers-append",
    step="3.4",
    what="Accept, Accept-Language, Content-Language and Content-Type are sent if their values are safelisted. All "
    "others are dropped.",
    why="Mode no-cors sends no preflight, so it sends nothing that requires one.",
    fix="Use mode cors, and make the server allow the header.",
    bad='fetch(url, {mode: "no-cors", headers: {"X-A": "1"}})',
    good='fetch(url, {mode: "cors", headers: {"X-A": "1"}})',
    blocks=False,
)


def script_headers(scenario: Scenario, mode: Mode, params: FetchParams) -> Headers | None:
    """The headers of the request; None if fetch() throws. https://fetch.spec.whatwg.org/#concept-headers-append"""
    trace = params.trace
    combine = scenario.api is Api.XHR or params.profile.header_lines_are_combined
    lines: list[tuple[str, str]] = []
    first: dict[str, int] = {}  # the place of the first line of each name
    said: dict[str, str] = {}
    for name, value in scenario.headers:
        value = normalize(value)
        if not is_header_name(name) or not is_header_value(value):  # append 2., validate 1.
            trace.failed(HEADER_IS_VALID, ((name, MASK),))  # the value may be a secret, whatever its name
            return None
        reason = why_forbidden(name, value)
        if reason is not None:  # validate 3.
            trace.note(
                HEADER_NOT_FORBIDDEN, ((name, value),), f"The browser drops the request header {{header}}: {reason}"
            )
            continue
        wanted = ascii_lower(name)
        whole = f"{said[wanted]}, {value}" if wanted in said else value
        if mode is Mode.NO_CORS and not is_no_cors_safelisted_request_header(name, whole, params.profile):  # append 3.
            trace.note(NO_CORS_HEADER, ((name, value),))
            continue
        said[wanted] = whole
        place = first.setdefault(wanted, len(lines))
        if place == len(lines):
            lines.append((name, value))
        elif combine:
            lines[place] = lines[place][0], whole
        else:
            lines.append((lines[place][0], value))
    return Headers(tuple(lines))
