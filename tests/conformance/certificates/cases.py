"""Requests to servers that ask for a client certificate, and how each server asks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Server(StrEnum):
    """What a server does about client certificates."""

    OPTIONAL = "optional"  # asks for one and serves requests without it too
    REQUIRED = "required"  # ends the connection of a client without one
    NGINX = "nginx"  # ssl_verify_client on: 400 without one
    EXEMPT = "exempt"  # the same nginx, which answers OPTIONS without one


@dataclass(frozen=True)
class Step:
    """A request of the page; `api` is fetch, xhr, image or websocket."""

    method: str = "GET"
    credentials: str = "include"
    api: str = "fetch"


@dataclass(frozen=True)
class Case:
    """`steps` follow one another. `page` is how the page's origin is related to the server's."""

    id: str
    steps: tuple[Step, ...]
    server: Server = Server.OPTIONAL
    page: str = "same-site"  # or cross-site, same-origin


def _cases() -> Iterator[Case]:
    modes = ("omit", "same-origin", "include")
    for page in ("same-site", "cross-site", "same-origin"):
        for method, what in (("GET", "simple"), ("PUT", "preflight")):
            for mode in modes:
                yield Case(f"fetch/{page}/{what}/{mode}", (Step(method, mode),), page=page)
            for mode in modes[1:]:
                yield Case(f"xhr/{page}/{what}/{mode}", (Step(method, mode, "xhr"),), page=page)
        for mode in ("no-cors", *modes[1:]):
            yield Case(f"image/{page}/{mode}", (Step("GET", mode, "image"),), page=page)
    shown, bare = Step("GET", "include"), Step("GET", "omit")
    websocket = Step("GET", "include", "websocket")
    yield Case("websocket/first", (websocket,), page="cross-site")
    yield Case("websocket/after-fetch", (shown, websocket), page="cross-site")
    yield Case("connections/shown-then-preflight", (shown, Step("PUT", "include")))
    yield Case("connections/shown-then-bare", (shown, bare))
    yield Case("connections/bare-then-shown", (bare, shown))
    yield Case("connections/preflight-twice", (Step("PUT", "include"), Step("DELETE", "include")))
    for server in (Server.REQUIRED, Server.NGINX, Server.EXEMPT):
        for mode in modes:
            yield Case(f"{server}/simple/{mode}", (Step("GET", mode),), server)
            yield Case(f"{server}/preflight/{mode}", (Step("PUT", mode),), server)


CASES = tuple(_cases())
