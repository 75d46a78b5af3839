"""The fields of a request, with their names on the command line, in a batch line, in a policy and in Python.

Each of the four makes a Scenario of these fields, and refuses what the API that makes the request cannot set.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from corsdoctor.fetch.presets import PRESETS
from corsdoctor.masking import mask_name
from corsdoctor.reading import read_url
from corsdoctor.record import Record
from corsdoctor.scenario import Api, Credentials, Mode, PreloadAs, Redirect, Scenario
from corsdoctor.url import URL, Origin, parse, parse_origin, same_origin

if TYPE_CHECKING:
    from corsdoctor.scenario.page import Client


class RequestField(Record):
    """One field of a Scenario. `name` is its attribute there and its key in a batch line.

    `option`, `key` (in a policy) and `argument` (in Python) are its other names. `choices` are its values if they are few;
    `is_header_value` says that its value is sent as the value of one header line.
    """

    name: str
    option: str
    key: str
    argument: str
    choices: type[StrEnum] | None = None
    is_header_value: bool = False


FIELDS: Final = (
    RequestField("method", "--method", "method", "method"),
    RequestField("headers", "--header", "headers", "headers"),
    RequestField("credentials", "--credentials", "credentials", "credentials", Credentials),
    RequestField("mode", "--mode", "mode", "mode", Mode),
    RequestField("redirect", "--redirect", "redirect", "redirect", Redirect),
    RequestField("api", "--as", "as", "as_", Api),
    RequestField("preload_as", "--as-preload", "as-preload", "as_preload", PreloadAs),
    RequestField("upload_listener", "--upload-listener", "upload-listener", "upload_listener"),
    RequestField("body", "--data", "body", "body"),
    RequestField("cookie", "--cookie", "cookie", "cookie", is_header_value=True),
    RequestField("user_agent", "--user-agent", "user-agent", "user_agent", is_header_value=True),
)
ORIGIN: Final = RequestField("origin", "--origin", "origin", "origin")
COOKIE_JAR: Final = RequestField("cookie_jar", "--cookie-jar", "cookie-jar", "cookie_jar")
"""The file of the cookies that the browser has stored; a Scenario has those of its site in `held`."""
PAGE_FIELDS: Final = (
    RequestField("page", "--page", "page", "page"),
    RequestField("page_headers", "--page-header", "page-headers", "page_headers"),
    RequestField("permissions", "--permission", "permissions", "permissions"),
    RequestField("address_spaces", "--address-space", "address-spaces", "address_spaces"),
)
"""What is known of the page: its URL, the headers of its response, the user's answers, and where hosts are. client_of() makes
a Client of it."""
BY_NAME: Final = {field.name: field for field in FIELDS}


class InvalidPage(ValueError):
    """What is wrong with a page: the field and its value."""

    def __init__(self, field: RequestField, value: str, reason: str) -> None:
        super().__init__(reason)
        self.field, self.value = field, value


def default_method(body: bytes | str | None) -> str:
    """The method of a request for which none is named: POST with a body, GET without."""
    return "GET" if body is None else "POST"


def refused(asked: Scenario, *, names_method: bool = True) -> Iterator[tuple[RequestField, str, str]]:
    """(field, value, reason) for everything that the API cannot set, and for a header in place of a name.

    Without `names_method` the method is only the default, which is not reported as a further mistake.
    """
    method, names = mask_name(asked.method), [mask_name(name) for name, _ in asked.headers]
    if method != asked.method:
        yield BY_NAME["method"], method, "this is a name with its value, not a method"
        return
    wrong = [shown for shown, (name, _) in zip(names, asked.headers, strict=True) if shown != name]
    if wrong:
        yield BY_NAME["headers"], ", ".join(wrong), "a header name cannot contain a value"
        return
    preset = PRESETS[asked.api]
    if asked.preload_as is not None and asked.api is not Api.PRELOAD:
        yield BY_NAME["preload_as"], asked.preload_as, "only <link rel=preload> has the attribute as"
    if asked.api is Api.WEBSOCKET:
        yield from _refused_by_websocket(asked, names_method=names_method)
        return
    if asked.api is Api.BEACON:
        yield from _refused_by_beacon(asked, names_method=names_method)
        return
    if asked.api is Api.FORM:
        yield from _refused_by_form(asked, names, names_method=names_method)
    elif not preset.scripted:
        why = f"{preset.what} cannot set it; only fetch() and XMLHttpRequest can"
        if asked.method != "GET" and names_method:
            yield BY_NAME["method"], asked.method, why
        if asked.headers:
            yield BY_NAME["headers"], ", ".join(names), why
        if asked.body is not None:
            yield BY_NAME["body"], "", why
    if asked.mode is not None and asked.mode not in preset.modes:
        yield BY_NAME["mode"], asked.mode, f"{preset.what} supports only {_any_of(preset.modes)}"
    if asked.credentials is not None and asked.credentials not in preset.credentials:
        yield BY_NAME["credentials"], asked.credentials, f"{preset.what} supports only {_any_of(preset.credentials)}"
    if asked.redirect is not Redirect.FOLLOW and asked.api not in (Api.FETCH, Api.KEEPALIVE):
        why = f"{preset.what} always follows redirects; only fetch() supports other modes"
        yield BY_NAME["redirect"], asked.redirect, why
    if asked.upload_listener and asked.api is not Api.XHR:
        yield BY_NAME["upload_listener"], "", "only XMLHttpRequest has upload listeners"


def _refused_by_form(
    asked: Scenario, names: list[str], *, names_method: bool
) -> Iterator[tuple[RequestField, str, str]]:
    if asked.method not in ("GET", "POST") and names_method:
        yield BY_NAME["method"], asked.method, "a <form> sends only GET or POST"
    if names:
        yield BY_NAME["headers"], ", ".join(names), "a <form> cannot set it; only fetch() and XMLHttpRequest can"
    if asked.body is not None and asked.method != "POST":
        yield BY_NAME["body"], "", "a <form> has a body only with the method POST"


def _refused_by_websocket(asked: Scenario, *, names_method: bool) -> Iterator[tuple[RequestField, str, str]]:
    why = "a WebSocket cannot set it"
    if asked.method != "GET" and names_method:
        yield BY_NAME["method"], asked.method, "a WebSocket always begins with GET"
    others = [name for name, _ in asked.headers if name.lower() != "sec-websocket-protocol"]
    if others:
        yield (
            BY_NAME["headers"],
            ", ".join(others),
            f"{why}; a script can only name subprotocols (Sec-WebSocket-Protocol)",
        )
    if asked.body is not None:
        yield BY_NAME["body"], "", "a WebSocket handshake has no body"
    if asked.credentials not in (None, Credentials.INCLUDE):
        yield BY_NAME["credentials"], asked.credentials, "a WebSocket always sends cookies"
    if asked.mode is not None:
        yield BY_NAME["mode"], asked.mode, why
    if asked.redirect is not Redirect.FOLLOW:
        yield BY_NAME["redirect"], asked.redirect, "a WebSocket never follows redirects"
    if asked.upload_listener:
        yield BY_NAME["upload_listener"], "", "only XMLHttpRequest has upload listeners"


def _refused_by_beacon(asked: Scenario, *, names_method: bool) -> Iterator[tuple[RequestField, str, str]]:
    what = PRESETS[asked.api].what
    if asked.method != "POST" and names_method:
        yield BY_NAME["method"], asked.method, f"{what} always sends a POST request"
    others = [name for name, _ in asked.headers if name.lower() != "content-type"]
    if others:
        yield BY_NAME["headers"], ", ".join(others), f"{what} cannot set it; Content-Type is the type of its Blob"
    if asked.credentials not in (None, Credentials.INCLUDE):
        yield BY_NAME["credentials"], asked.credentials, f"{what} always sends cookies"
    if asked.mode is not None:
        yield BY_NAME["mode"], asked.mode, f"the Content-Type of the body determines the mode of {what}"
    if asked.redirect is not Redirect.FOLLOW:
        yield BY_NAME["redirect"], asked.redirect, f"{what} always follows redirects; only fetch() supports other modes"
    if asked.upload_listener:
        yield BY_NAME["upload_listener"], "", "only XMLHttpRequest has upload listeners"


def with_url(asked: Scenario, url: str) -> Scenario:
    """`asked` for `url`, with the method that its API always has.

    A URL with ws: or wss: is opened as a WebSocket, unless another API than fetch() is named.
    """
    if asked.api is Api.BEACON:
        return asked._replace(url=url, method="POST" if asked.method == "GET" else asked.method)
    is_websocket = asked.api is Api.FETCH and url.lstrip().lower().startswith(("ws:", "wss:"))
    return asked._replace(url=url, api=Api.WEBSOCKET if is_websocket else asked.api)


def from_report(request: Mapping[str, Any]) -> Scenario:
    """The request that the `request` of a report in JSON describes. KeyError, TypeError or ValueError if it is none."""
    origin = parse_origin(request["origin"])
    if origin is None:
        raise ValueError("no origin")
    credentials, mode = request["credentials"], request["mode"]
    return Scenario(
        str(request["url"]),
        origin,
        str(request["method"]),
        tuple((str(name), str(value)) for name, value in request["headers"]),
        None if credentials is None else Credentials(credentials),
        None if mode is None else Mode(mode),
        Redirect(request["redirect"]),
        api=Api(request["api"]),
        preload_as=None if request.get("preload_as") is None else PreloadAs(request["preload_as"]),
        upload_listener=bool(request["upload_listener"]),
        client=_client(request["page"]) if "page" in request else None,
    )


def _client(page: Mapping[str, Any]) -> Client:
    from corsdoctor.scenario.address_space import AddressSpace, Network, Permission
    from corsdoctor.scenario.page import Client, Page
    from corsdoctor.wire import Headers

    url = parse(page["url"])
    if url is None:
        raise ValueError("no page")
    headers = Headers(tuple((str(name), str(value)) for name, value in page["headers"]))
    permissions = {
        str(origin): {str(name): Permission(answer) for name, answer in of.items()}
        for origin, of in page.get("permissions", {}).items()
    }
    spaces = {str(host): AddressSpace(space) for host, space in page.get("address_spaces", {}).items()}
    return Client(Page(url, headers, str(page["head"]), requested=True), network=Network(permissions, spaces))


def read_page(text: str) -> URL:
    """The URL of a page."""
    url = parse(read_url(text, None))
    if url is None or not url.is_http:
        raise ValueError("the URL of a page begins with https: or http:; for a page of a file use the origin null")
    return url


def client_of(said: Mapping[str, Any], origin: Origin | None) -> Client | None:
    """The page that the values of PAGE_FIELDS in `said` describe, or the one at the root of `origin`; None without either.

    Without headers, a page whose URL is given is still to be requested. Raises InvalidPage.
    """
    from corsdoctor.scenario.address_space import Network
    from corsdoctor.scenario.page import Client, Page
    from corsdoctor.wire import Headers

    url: URL | None = said.get("page")
    if url is not None and origin is not None and not same_origin(url.origin, origin):
        raise InvalidPage(
            ORIGIN, str(origin), f"is not the origin of the page, which is {url.origin}: give one of the two"
        )
    if url is None and origin is not None and origin.scheme not in ("http", "https"):
        first = next(field for field in PAGE_FIELDS if field.name in said)
        lacks = "has no headers" if first.name == "page_headers" else "needs no permission for the local network"
        raise InvalidPage(first, "", f"a page with the origin {origin} {lacks}")
    at = url or (None if origin is None else parse(f"{origin}/"))
    if at is None:
        return None
    page = Page(at, Headers(said.get("page_headers", ())), unread=url is not None and "page_headers" not in said)
    return Client(page, network=Network({str(at.origin): said.get("permissions", {})}, said.get("address_spaces", {})))


def on_page(asked: Scenario, said: Mapping[str, Any], origin: Origin | None) -> Scenario:
    """`asked` from the page that `said` describes, which takes what `said` leaves out from the page of `asked`.

    `origin` is the origin that was given with `said`, None if none was. Raises InvalidPage.
    """
    old = asked.client
    if not said and (old is None or origin is None):
        return asked
    if old is None:
        given, at = dict(said), None if "page" in said and origin is None else asked.origin
    else:
        permissions = next(iter(old.network.permissions.values()))
        kept = {
            "page_headers": old.page.headers.pairs,
            "permissions": permissions,
            "address_spaces": old.network.spaces,
        }
        given = {**{name: value for name, value in kept.items() if value}, **said}
        at = origin or (None if "page" in said else old.page.url.origin)
        if not given:
            return asked._replace(client=None)
    client = client_of(given, at)
    assert client is not None  # there is a page or an origin
    if old is not None and origin is None and "page" not in said:
        unread = old.page.unread and "page_headers" not in said
        client = client._replace(page=client.page._replace(url=old.page.url, head=old.page.head, unread=unread))
    return asked._replace(client=client, origin=client.origin)


def from_page(url: str, client: Client | None) -> str:
    """`url`, absolute if it is relative to the page."""
    found = None if client is None or "://" in url else parse(url, client.page.url.href)
    return url if found is None else found.href


def with_cookie(values: dict[str, Any]) -> dict[str, Any]:
    """The fields of a Scenario, where a cookie with attributes is one that the browser holds."""
    cookie = values.get("cookie")
    if cookie is None:
        return values
    is_text = isinstance(cookie, str)
    return {**values, "cookie": cookie if is_text else None, "held": () if is_text else (cookie,)}


def _any_of(values: Iterable[str]) -> str:
    return " or ".join(values)
