"""Which method a script's request has, and which make fetch() throw.

https://fetch.spec.whatwg.org/#dom-request, 25. and 32.1
"""

from __future__ import annotations

from corsdoctor.fetch.headers import TOKEN
from corsdoctor.fetch.safelist import is_cors_safelisted_method, is_forbidden_method, normalize_method
from corsdoctor.rule import FETCH, Failure, Field, Rule, Trace
from corsdoctor.scenario import Mode, Scenario

METHOD_IS_TOKEN = Rule(
    id="method-is-token",
    title="The method is a valid token",
    failure=Failure("The method is invalid: `{method}`", bare="The method is invalid"),
    spec=f"{FETCH}#dom-request",
    step="25.2",
    what="A method consists of letters, digits and some special characters, without spaces.",
    why="Anything else would break the request line, so fetch() throws a TypeError.",
    fix="Correct the method in the script.",
    bad='fetch(url, {method: "GET /"})',
    good='fetch(url, {method: "GET"})',
)
METHOD_NOT_FORBIDDEN = Rule(
    id="method-not-forbidden",
    title="The method is one that scripts may use",
    failure=Failure("Scripts may not use the method {method}", bare="Scripts may not use this method"),
    spec=f"{FETCH}#forbidden-method",
    step="25.2",
    what="CONNECT, TRACE and TRACK are forbidden, in upper and lower case.",
    why="They could open tunnels, or return headers that the script must not see. No response header changes this.",
    fix="Use another method.",
    bad='fetch(url, {method: "TRACE"})',
    good='fetch(url, {method: "GET"})',
)
NO_CORS_METHOD = Rule(
    id="no-cors-method-safelisted",
    title="In mode no-cors, the method is GET, HEAD or POST",
    failure=Failure(
        "Mode no-cors does not allow the method {method}",
        bare="Mode no-cors does not allow this method",
    ),
    spec=f"{FETCH}#dom-request",
    step="32.1",
    what='With `mode: "no-cors"`, fetch() throws a TypeError for every other method.',
    why="Mode no-cors sends only what a form or an image could always send, so it sends no preflight.",
    fix="Use mode cors, and make the server allow the method.",
    bad='fetch(url, {mode: "no-cors", method: "PUT"})',
    good='fetch(url, {mode: "cors", method: "PUT"})',
)


def script_method(scenario: Scenario, mode: Mode, trace: Trace) -> str | None:
    """The method of the request; None if fetch() throws."""
    method = scenario.method
    if TOKEN.fullmatch(method) is None:  # 25.2
        trace.failed(METHOD_IS_TOKEN, ((Field.METHOD, method),))
        return None
    if is_forbidden_method(method):
        trace.failed(METHOD_NOT_FORBIDDEN, ((Field.METHOD, method),))
        return None
    method = normalize_method(method)  # 25.3
    if mode is Mode.NO_CORS and not is_cors_safelisted_method(method):  # 32.1
        trace.failed(NO_CORS_METHOD, ((Field.METHOD, method),))
        return None
    return method
