"""Cross-Origin-Resource-Policy, which is not part of CORS: how the servers that often send it are made to send another value."""

from __future__ import annotations

from typing import Final

_HELMET: Final = ("helmet", 'app.use(helmet({ crossOriginResourcePolicy: { policy: "VALUE" } }));')
_NGINX: Final = (
    "nginx",
    "proxy_hide_header Cross-Origin-Resource-Policy;\nadd_header Cross-Origin-Resource-Policy VALUE always;",
)
_LINES: Final = {
    "apache": (
        "Apache httpd",
        "Header unset Cross-Origin-Resource-Policy\nHeader always set Cross-Origin-Resource-Policy VALUE",
    ),
    "caddy": ("the reverse_proxy of Caddy", "header_down Cross-Origin-Resource-Policy VALUE"),
    "express": _HELMET,
    "nestjs": _HELMET,
    "nginx": _NGINX,
}


def resource_policy(value: str, recipe: str | None) -> list[tuple[str, str]]:
    """(in what, the lines that set the header to `value`): for the server of `recipe`, or for those that send it most often."""
    found = [_LINES[recipe]] if recipe in _LINES else [_HELMET, _NGINX]
    return [(title, lines.replace("VALUE", value)) for title, lines in found]
