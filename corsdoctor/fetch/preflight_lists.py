"""CORS-preflight fetch, 7.1 to 7.7: whether the lists in the preflight response allow the method and the headers.

https://fetch.spec.whatwg.org/#cors-preflight-fetch-0
"""

from __future__ import annotations

from collections.abc import Iterable

from corsdoctor.browsers.profile import Profile
from corsdoctor.fetch.headers import ACAH, ACAM, ACRH, ACRM, TOKEN, extract_header_list_values, listed_values
from corsdoctor.fetch.request import FetchParams, Request
from corsdoctor.fetch.safelist import NON_WILDCARD_NAME, Unsafe, is_cors_safelisted_method
from corsdoctor.record import Record
from corsdoctor.rule import FETCH, MISSING, Cause, Failure, Field, Rule
from corsdoctor.scenario import Credentials
from corsdoctor.wire import Response

METHOD_CASE = Cause(
    "case",
    "The method is listed in a different case. Browsers compare methods byte for byte.",
    failure=Failure(
        "Access-Control-Allow-Methods has the method {names} only in a different case",
        remark="has {names} only in a different case",
    ),
)
METHOD_PATCH = Cause(
    "patch",
    "Browsers do not change `patch` to `PATCH`, as they change `put` to `PUT`.",
    failure=Failure(
        "The script's method is `patch`, not `PATCH`, and Access-Control-Allow-Methods does not list `patch`",
        remark="does not list patch, which is not PATCH",
    ),
    fix='Write `method: "PATCH"` in the script, and add PATCH to Access-Control-Allow-Methods if it is not listed.',
)
WILDCARD_CREDENTIALS = Cause(
    "wildcard-with-credentials",
    "With credentials, `*` is not a wildcard but a name like any other.",
    failure=Failure(
        "`*` in {header} is not a wildcard for a request with credentials, so {names} {are} not allowed",
        remark="does not list {names}; with credentials, * is not a wildcard",
    ),
)
NOT_LISTED = Cause(
    "not-listed",
    "The header is present, but its list does not contain the name.",
)
NO_HEADER = Cause(
    "no-header",
    "The preflight response does not have the header.",
)
WILDCARD_AUTHORIZATION = Cause(
    "wildcard",
    "`*` does not include Authorization, which must be listed by name.",
    failure=Failure(
        "`*` in Access-Control-Allow-Headers does not include Authorization",
        remark="does not list Authorization; * does not include it",
    ),
)
ACAM_PARSES = Rule(
    id="acam-parses",
    title="Access-Control-Allow-Methods is a valid list of methods",
    failure=Failure(
        "Access-Control-Allow-Methods in {response} is not a valid list of methods: `{value}`",
        bare="Access-Control-Allow-Methods in {response} is not a valid list of methods",
        remark="is not a valid list of methods",
    ),
    spec=f"{FETCH}#cors-preflight-fetch-0",
    step="7.3",
    what="The value is a list of methods separated by commas, without quotation marks, semicolons or spaces inside "
    "a method.",
    why="A list that cannot be parsed allows nothing, so the preflight fails.",
    fix="Separate the methods with commas.",
    bad="Access-Control-Allow-Methods: GET; PUT",
    good="Access-Control-Allow-Methods: GET, PUT",
    passed="is a valid list of methods",
)
ACAH_PARSES = Rule(
    id="acah-parses",
    title="Access-Control-Allow-Headers is a valid list of header names",
    failure=Failure(
        "Access-Control-Allow-Headers in {response} is not a valid list of header names: `{value}`",
        bare="Access-Control-Allow-Headers in {response} is not a valid list of header names",
        remark="is not a valid list of header names",
    ),
    spec=f"{FETCH}#cors-preflight-fetch-0",
    step="7.3",
    what="The value is a list of header names separated by commas, without quotation marks, semicolons or spaces "
    "inside a name.",
    why="A list that cannot be parsed allows nothing, so the preflight fails.",
    fix="Separate the header names with commas.",
    bad='Access-Control-Allow-Headers: "X-A" X-B',
    good="Access-Control-Allow-Headers: X-A, X-B",
    passed="is a valid list of header names",
)
ACAM_LISTS_METHOD = Rule(
    id="acam-lists-method",
    title="Access-Control-Allow-Methods lists the method",
    failure=Failure(
        "The method {names} is not listed in Access-Control-Allow-Methods",
        missing="{response} has no Access-Control-Allow-Methods header, so the method {names} is not allowed",
        bare="The method is not listed in Access-Control-Allow-Methods",
        remark="does not list {names}",
    ),
    spec=f"{FETCH}#cors-preflight-fetch-0",
    step="7.5",
    what="A method other than GET, HEAD and POST must be listed, in the same case. Without credentials, `*` allows "
    "every method.",
    why="With this header the server says that it expects this method from other sites' pages.",
    fix="Add the method to Access-Control-Allow-Methods.",
    bad="Access-Control-Request-Method: PUT\n\nAccess-Control-Allow-Methods: GET, POST",
    good="Access-Control-Request-Method: PUT\n\nAccess-Control-Allow-Methods: GET, POST, PUT",
    causes=(METHOD_CASE, METHOD_PATCH, WILDCARD_CREDENTIALS, NOT_LISTED, NO_HEADER),
    passed="allows the method",
)
ACAH_LISTS_AUTHORIZATION = Rule(
    id="acah-lists-authorization",
    title="Access-Control-Allow-Headers lists Authorization",
    failure=Failure(
        "Authorization is not listed in Access-Control-Allow-Headers",
        missing="{response} has no Access-Control-Allow-Headers header, so the request header Authorization is not "
        "allowed",
        remark="does not list Authorization",
    ),
    spec=f"{FETCH}#cors-preflight-fetch-0",
    step="7.6",
    what="The Standard requires Authorization to be listed by name: `*` does not include it. Browsers still accept "
    "`*`.",
    why="A wildcard should not let every page send credentials that it holds.",
    fix="Add Authorization to Access-Control-Allow-Headers.",
    bad="Access-Control-Request-Headers: authorization\n\nAccess-Control-Allow-Headers: *",
    good="Access-Control-Request-Headers: authorization\n\nAccess-Control-Allow-Headers: *, Authorization",
    causes=(WILDCARD_AUTHORIZATION, WILDCARD_CREDENTIALS, NOT_LISTED, NO_HEADER),
    passed="allows Authorization",
)
ACAH_LISTS_HEADERS = Rule(
    id="acah-lists-headers",
    title="Access-Control-Allow-Headers lists every request header that requires permission",
    failure=Failure(
        "{names} {are} not listed in Access-Control-Allow-Headers",
        missing="{response} has no Access-Control-Allow-Headers header, so the request {headers} {are} not allowed",
        bare="A request header is not listed in Access-Control-Allow-Headers",
        remark="does not list {names}",
    ),
    spec=f"{FETCH}#cors-preflight-fetch-0",
    step="7.7",
    what="Each name in Access-Control-Request-Headers must be listed, in any case. Without credentials, `*` allows "
    "every name except Authorization.",
    why="With this header the server says that it expects these headers from other sites' pages.",
    fix="Add the name to Access-Control-Allow-Headers, or do not send the header.",
    bad="Access-Control-Request-Headers: x-api-key\n\nAccess-Control-Allow-Headers: Content-Type",
    good="Access-Control-Request-Headers: x-api-key\n\nAccess-Control-Allow-Headers: Content-Type, X-Api-Key",
    causes=(WILDCARD_CREDENTIALS, NOT_LISTED, NO_HEADER),
    passed="allows the request headers",
)


class AllowedLists(Record):
    """The methods and the header names that a preflight response allows, and whether they cover the request."""

    methods: tuple[str, ...]
    names: tuple[str, ...]
    cover: bool


def allowed_lists(
    request: Request, unsafe: dict[str, Unsafe], response: Response, params: FetchParams
) -> AllowedLists | None:
    """What the response allows; None if its lists can't be parsed.

    One browser judges the method before it reads the header names.
    """
    methods = extract_header_list_values(ACAM, response.headers)  # 7.1
    names = extract_header_list_values(ACAH, response.headers)  # 7.2
    early = params.profile.judges_method_before_parsing_headers
    if not _parses(ACAM_PARSES, ACAM, methods, (request.method,), response, params):  # 7.3
        return None
    listed = _or_own_method(_known(methods), request, params.profile)  # 7.4
    if early and not _allows_method(request, listed, response, params):
        return None
    if not _parses(ACAH_PARSES, ACAH, names, _spelled(unsafe, request), response, params):
        return None
    lower = frozenset(name.lower() for name in _known(names) or ())
    cover = (early or _allows_method(request, listed, response, params)) and _allows_headers(
        request, unsafe, lower, response, params
    )
    return AllowedLists(listed, tuple(sorted(lower)), cover)


def _parses(
    rule: Rule,
    header: str,
    values: tuple[str, ...] | ValueError | None,
    wanted: tuple[str, ...],
    response: Response,
    params: FetchParams,
) -> bool:
    if isinstance(values, ValueError):
        value: str = values.args[0]
        meant = TOKEN.findall(response.headers.get(header) or "")
        known = {name.lower() for name in meant} if header == ACAH else meant
        remedy = ((header, _with(meant, *(w for w in wanted if (w.lower() if header == ACAH else w) not in known))),)
        evidence = ((header, value), (Field.WANTED, ", ".join(wanted) or "a list of names"))
        params.trace.failed(rule, evidence, remedy=remedy, missing=tuple(wanted))
        return False
    if values is not None:
        params.trace.passed(rule, ((header, ", ".join(values)),))
    return True


def _known(values: tuple[str, ...] | ValueError | None) -> tuple[str, ...] | None:
    return None if isinstance(values, ValueError) else values


def _with(listed: Iterable[str], *missing: str) -> str:
    """The list with the missing items added."""
    return ", ".join(dict.fromkeys((*listed, *missing)))


def _useful(listed: Iterable[str], request: Request) -> list[str]:
    """The items of a list that the fix keeps: with credentials, `*` grants nothing."""
    return [value for value in listed if value != "*" or request.credentials is not Credentials.INCLUDE]


def _spelled(names: Iterable[str], request: Request) -> tuple[str, ...]:
    """Lower-case names as the script wrote them."""
    written = {name.lower(): name for name, _ in request.first_headers}
    return tuple(written.get(name, name) for name in names)


def _or_own_method(methods: tuple[str, ...] | None, request: Request, profile: Profile) -> tuple[str, ...]:
    """7.4: where the header is absent, a preflight for an upload listener or a stream grants the method."""
    if methods is None and request.use_cors_preflight and profile.upload_listener_grants_method:
        return (request.method,)
    return methods or ()


def _allows_method(request: Request, listed: tuple[str, ...], response: Response, params: FetchParams) -> bool:
    if is_cors_safelisted_method(request.method):
        return True
    got = response.headers.get(ACAM)
    include = request.credentials is Credentials.INCLUDE
    if request.method not in listed and (include or "*" not in listed):  # 7.5
        params.trace.failed(
            ACAM_LISTS_METHOD, ((ACAM, _shown(got)), (Field.WANTED, request.method)),
            _why_method(request.method, listed, got), _method_remedy(request, listed), (request.method,),
        )  # fmt: skip
        return False
    granted = "" if got is not None else "is missing, but this browser does not require it here"
    params.trace.passed(ACAM_LISTS_METHOD, ((ACAM, _shown(got)), (ACRM, request.method)), granted)
    return True


def _allows_headers(
    request: Request, unsafe: dict[str, Unsafe], names: frozenset[str], response: Response, params: FetchParams
) -> bool:
    trace, got = params.trace, _shown(response.headers.get(ACAH))
    star = "*" in names and request.credentials is not Credentials.INCLUDE
    covers = params.profile.wildcard_covers_authorization
    if NON_WILDCARD_NAME in unsafe and NON_WILDCARD_NAME not in names:  # 7.6
        if not covers:
            trace.failed(
                ACAH_LISTS_AUTHORIZATION, ((ACAH, got), (Field.WANTED, NON_WILDCARD_NAME)),
                WILDCARD_AUTHORIZATION if star else _why_names(names, response), _remedy(request, (NON_WILDCARD_NAME,), response), (NON_WILDCARD_NAME,),
            )  # fmt: skip
            return False
        if star:
            trace.note(
                ACAH_LISTS_AUTHORIZATION, ((ACAH, got),),
                "The Standard requires {header} to list Authorization by name, but browsers still accept `*`",
            )  # fmt: skip
    missing = [name for name in unsafe if name not in names and not star]
    if missing:  # 7.7
        trace.failed(
            ACAH_LISTS_HEADERS, ((ACAH, got), (Field.WANTED, ", ".join(missing))),
            _why_names(names, response), _remedy(request, missing, response), tuple(missing),
        )  # fmt: skip
        return False
    if unsafe:
        trace.passed(ACAH_LISTS_HEADERS, ((ACAH, got), (ACRH, ",".join(unsafe))))
    return True


def _remedy(request: Request, missing: Iterable[str], response: Response) -> tuple[tuple[str, str], ...]:
    """The received list of names with the missing ones, all in their original spelling."""
    listed = listed_values(ACAH, response.headers)
    return ((ACAH, _with(_useful(listed, request), *_spelled(missing, request))),)


def _shown(value: str | None) -> str:
    return MISSING if value is None else value


def _method_remedy(request: Request, listed: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """The received list of methods with the missing one; nothing for `patch`, which nginx and Node.js refuse."""
    return () if request.method == "patch" else ((ACAM, _with(_useful(listed, request), request.method)),)


def _why_method(method: str, listed: tuple[str, ...], got: str | None) -> Cause:
    if method == "patch":
        return METHOD_PATCH
    if got is None:
        return NO_HEADER
    if method.upper() in (m.upper() for m in listed):
        return METHOD_CASE
    return WILDCARD_CREDENTIALS if "*" in listed else NOT_LISTED


def _why_names(names: frozenset[str], response: Response) -> Cause:
    if ACAH not in response.headers:
        return NO_HEADER
    return WILDCARD_CREDENTIALS if "*" in names else NOT_LISTED
