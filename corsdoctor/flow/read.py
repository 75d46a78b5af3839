"""Reads a flow from the value that JSON, TOML or YAML makes of it. All mistakes are found at once, each with its path.

An unknown key is a mistake. What has a default may be absent or null.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

from corsdoctor.errors import CorsDoctorError
from corsdoctor.fetch.cookie_jar import ThirdParty
from corsdoctor.fetch.presets import PRESETS
from corsdoctor.flow.story import Flow, FlowRequest, Visit
from corsdoctor.reading import utf8
from corsdoctor.reading_networks import read_address_spaces, read_permissions
from corsdoctor.request_fields import refused
from corsdoctor.request_object import READERS as OF_A_REQUEST
from corsdoctor.request_object import one_of, read_flag, read_headers, read_text, read_url, read_value
from corsdoctor.scenario import JUST_MADE, REFERRER_POLICIES, Api, Credentials, Init, PreloadAs, Scenario
from corsdoctor.scenario.address_space import Network
from corsdoctor.scenario.page import LOCAL_DOCUMENTS, Client, Frame, Page, WorkerType
from corsdoctor.url import URL, parse
from corsdoctor.value_path import Path, dotted
from corsdoctor.wire import Headers
from corsdoctor.wrong_input import nearest, shown

APIS: Final = (
    "fetch", "xhr", "keepalive", "beacon", "eventsource", "websocket", "image", "webgl", "media", "video", "track", "script", "module",
    "import", "worker", "module-worker", "import-scripts", "sw-script", "importmap", "stylesheet", "font", "css-import",
    "css-image", "css-mask", "css-shape", "css-cursor", "svg-image", "svg-use", "preload", "prefetch", "modulepreload",
    "manifest", "icon", "iframe", "object", "form", "cookie",
)  # fmt: skip
"""What a flow can ask with."""
_NAMES: Final = {"css-shape": Api.SHAPE}  # where Api has another name
_CACHES: Final = ("default", "no-store", "reload", "no-cache", "force-cache", "only-if-cached")
_REFUSED_MODES: Final = ("navigate", "websocket")
_OWN_SCHEME: Final = re.compile(r"[a-z][a-z0-9+-]*:(?![0-9/])", re.I)
_PRIORITIES: Final = ("high", "low", "auto")

_MODULES: Final = frozenset({Api.MODULE, Api.MODULE_WORKER})

_Readers = Mapping[str, Callable[[object], Any]]


class InvalidFlow(CorsDoctorError):
    """A flow with mistakes: the path of each, and what would be right."""

    def __init__(self, *mistakes: tuple[Path, str]) -> None:
        super().__init__("; ".join(": ".join(part for part in (dotted(path), why) if part) for path, why in mistakes))
        self.mistakes = mistakes


def read_flow(given: object) -> Flow:
    """The flow that `given` describes; raises InvalidFlow with all its mistakes."""
    reader = _Reader()
    flow = reader.flow(given)
    if reader.wrong:
        raise InvalidFlow(*reader.wrong)
    return flow


class _Reader:
    """Collects mistakes while it reads."""

    def __init__(self) -> None:
        self.wrong: list[tuple[Path, str]] = []
        self.network = Network()

    def flow(self, given: object) -> Flow:
        of = self._values(given, (), _OF_A_FLOW, ("visits",))
        self.network = Network(of.get("permissions", {}), of.get("address_spaces", {}))
        visits = tuple(self._visit(one, ("visits", i)) for i, one in enumerate(of.get("visits", ())))
        return Flow(
            tuple(visit for visit in visits if visit is not None), of.get("third_party_cookies", ThirdParty.DEFAULT), of.get("id"),
        )  # fmt: skip

    def _visit(self, given: object, path: Path) -> Visit | None:
        of = self._values(given, path, _OF_A_VISIT, ("page",))
        url: URL | None = of.get("page")
        if url is None:
            return None
        page = Page(url, Headers(of.get("headers", ())), of.get("head", ""))
        frame = self._frame(of["frame"], (*path, "frame"), url) if "frame" in of else None
        requests = [
            self._request(one, (*path, "requests", i), Client(page, frame, network=self.network), url.href)
            for i, one in enumerate(of.get("requests", ()))
        ]
        return Visit(page, tuple(request for request in requests if request is not None))

    def _frame(self, given: object, path: Path, page: URL) -> Frame | None:
        of = self._values(given, path, _OF_A_FRAME, ("url",))
        url: str = of.get("url", "about:srcdoc")
        if url not in LOCAL_DOCUMENTS:
            parsed = parse(url, page.href)
            if parsed is None or not parsed.is_http:
                local = ", ".join(sorted(LOCAL_DOCUMENTS))
                self.wrong.append(((*path, "url"), f"{shown(url)!a} is not an http or https URL, nor one of {local}"))
            else:
                url = parsed.href
        return Frame(url, Headers(of.get("headers", ())), of.get("sandbox"), of.get("allow"))

    def _request(
        self, given: object, path: Path, client: Client, base: str, inherited: Credentials | None = None
    ) -> FlowRequest | None:
        """`inherited` is the credentials mode of the module that asks, which is that of all modules that it imports."""
        api = given.get("api", "fetch") if isinstance(given, dict) else "fetch"
        of = self._values(given, path, _OF_A_REQUEST, ("cookie",) if api == "cookie" else ("url",))
        if api not in APIS:
            why = f"{shown(str(api))!a} is unknown; {nearest(str(api), APIS)}"
            self.wrong.append(((*path, "api"), why))
            return None
        asks_with = None if api == "cookie" else _NAMES.get(api) or Api(api)
        if "frame" in of:
            client = client._replace(frame=self._frame(of["frame"], (*path, "frame"), client.page.url))
        client = client._replace(worker=of.get("worker", client.worker))
        text: str = of.get("url", base)
        resolved = parse(text, base)
        url = text if resolved is None or text == JUST_MADE else resolved.href
        init = Init(**{key: of[key] for key in Init._fields if key in of})._replace(
            referrer=None if base == client.page.url.href else base
        )
        if of.get("mode") in _REFUSED_MODES:
            init = init._replace(refused_mode=of.pop("mode"))
        scenario = Scenario(
            url, client.origin, client=client, init=init, api=asks_with or Api.FETCH, streamed=of.get("stream", False),
            preload_as=of.get("as"),
            **{"method": PRESETS[asks_with or Api.FETCH].method, **{key: of[key] for key in _SCENARIO if key in of}},
        )  # fmt: skip
        if scenario.api in _MODULES and scenario.credentials is None:
            scenario = scenario._replace(credentials=inherited)
        if asks_with is not None:
            for field, _, reason in refused(scenario):
                self.wrong.append(((*path, field.name), reason))
        inherited = scenario.credentials if scenario.api in _MODULES else None
        subresources = [
            self._request(one, (*path, "subresources", i), client, url, inherited)
            for i, one in enumerate(of.get("subresources", ()))
        ]
        return FlowRequest(
            scenario, of.get("wait", 0.0), of.get("cookie") if api == "cookie" else None,
            tuple(one for one in subresources if one is not None),
        )  # fmt: skip

    def _values(self, given: object, path: Path, readers: _Readers, needed: Collection[str]) -> dict[str, Any]:
        """What each key of the object says; a key that is null counts as absent."""
        values: dict[str, Any] = {}
        if not isinstance(given, dict):
            self.wrong.append((path, "must be an object" if path else "a flow must be an object"))
            return values
        for key, value in given.items():
            read = readers.get(key)
            if read is None:
                self.wrong.append(((*path, str(key)), f"unknown key; {nearest(str(key), readers)}"))
            elif value is not None:
                try:
                    values[key] = read(value)
                except ValueError as e:
                    self.wrong.append(((*path, key), str(e)))
        for key in needed:
            if given.get(key) is None:
                self.wrong.append(((*path, key), "is missing"))
        return values


def _url(value: object) -> str:
    """A URL as a script has it: any scheme will do, as browsers have an answer to all of them."""
    return read_text(value) if isinstance(value, str) and _OWN_SCHEME.match(value) else read_url(value)


def _mode(value: object) -> object:
    return value if value in _REFUSED_MODES else OF_A_REQUEST["mode"](value)


def _page(value: object) -> URL:
    url = parse(read_text(value))
    if url is None or not (url.is_http or url.scheme == "file"):
        raise ValueError("must be the URL of the page, with http:, https: or file:")
    return url


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise ValueError("must be a list")
    return value


def _visits(value: object) -> list[object]:
    visits = _list(value)
    if not visits:
        raise ValueError("is empty: add the pages that the user visits")
    return visits


def _object(value: object) -> object:
    return value


def _id(value: object) -> str | int:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise ValueError("must be a string or an integer")
    return value


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 1e9:
        raise ValueError("must be a number of seconds")
    return float(value)


def _among(names: tuple[str, ...]) -> Callable[[object], str]:
    def read(value: object) -> str:
        text = read_text(value)
        if text not in names:
            raise ValueError(f"{shown(text)!a} is unknown; {nearest(text, names)}")
        return text

    return read


def _response_headers(value: object) -> tuple[tuple[str, str], ...]:
    """Header lines with the bytes of UTF-8 as their values."""
    return tuple((name, utf8(text).decode("latin-1")) for name, text in read_headers(value))


def _cookie(value: object) -> str:
    """What a script sets document.cookie to, as the bytes of UTF-8 in which it is sent."""
    return utf8(read_text(value)).decode("latin-1")


def _scalar_values(value: object) -> str:
    """A string in which a lone surrogate is replaced. https://webidl.spec.whatwg.org/#idl-USVString"""
    return utf8(read_text(value)).decode("utf-8", "replace")


def _tokens(value: object) -> frozenset[str]:
    return frozenset(read_text(value).lower().split())


_OF_A_FLOW: Final[_Readers] = {
    "id": _id, "visits": _visits, "permissions": read_permissions, "address_spaces": read_address_spaces, "third_party_cookies": one_of(ThirdParty),
}  # fmt: skip
_OF_A_VISIT: Final[_Readers] = {
    "page": _page, "headers": _response_headers, "head": read_text, "frame": _object, "requests": _list,
}  # fmt: skip
_OF_A_FRAME: Final[_Readers] = {"url": read_text, "headers": _response_headers, "sandbox": _tokens, "allow": read_text}
_SCENARIO: Final = ("method", "headers", "credentials", "mode", "redirect", "body", "upload_listener")
_OF_A_REQUEST: Final[_Readers] = {
    **{key: OF_A_REQUEST[key] for key in _SCENARIO},
    "url": _url,
    "mode": _mode,
    "api": read_text,
    "as": one_of(PreloadAs),
    "wait": _seconds,
    "frame": _object,
    "worker": one_of(WorkerType),
    "cache": _among(_CACHES),
    "integrity": read_text,
    "keepalive": read_flag,
    "priority": _among(_PRIORITIES),
    "referrer_policy": _among(("", *REFERRER_POLICIES)),
    "target_address_space": read_text,
    "username": _scalar_values,
    "password": _scalar_values,
    "body_type": read_value,
    "stream": read_flag,
    "subresources": _list,
    "cookie": _cookie,
}
