"""The cause that a header with several values has: two layers that both send it, or a configuration that sends its list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from corsdoctor.causes.known import CERTAIN, named
from corsdoctor.causes.software import software
from corsdoctor.fetch.headers import ACAO
from corsdoctor.sentence import Sentence

if TYPE_CHECKING:
    from corsdoctor.causes.situation import Situation
    from corsdoctor.rule import Cause

_HIDING: Final = {
    "apache": ("Header", "`Header unset {header}` before its `Header always set` line"),
    "caddy": ("header", "`header_down -{header}` to its reverse_proxy block"),
    "haproxy": ("http-response", "`http-response del-header {header}` before its `http-response add-header` line"),
    "nginx": ("add_header", "`proxy_hide_header {header};` to the location with proxy_pass"),
}
"""By a proxy's recipe: the directive with which it adds a header, and what removes that of the application."""


def of_layers(seen: Situation) -> Cause | None:
    """The list that a configuration sends as it is; or the layers, with what to do in the proxy that the response names."""
    response, cause = seen.response, seen.step.cause
    if response is None or cause is None or cause.id != "two-layers":
        return None
    header = seen.step.evidence[0][0]
    lines = response.headers.values(header)
    if len(lines) > 1:
        return _of_proxy(seen, cause, header, lines)
    origins = set(lines[0].replace(",", " ").split())
    if header != ACAO or len(origins) < 2 or "*" in origins:
        return None
    line = Sentence("Access-Control-Allow-Origin: {acao}", acao=lines[0])
    fix = "Only one origin may be sent: choose it from your list by the request's Origin, and send Vary: Origin."
    return named("two-layers", CERTAIN, "The header lists several origins, but only one is allowed.", line, fix=fix)


def _of_proxy(seen: Situation, cause: Cause, header: str, lines: tuple[str, ...]) -> Cause | None:
    who = next((mark.who for mark in seen.marks if software(mark.who).recipe in _HIDING), None)
    if who is None:
        return None
    directive, hiding = _HIDING[software(who).recipe]
    fix = (
        f"Let only one of the two layers add the header: either remove the `{directive}` line from {who}, or keep it and add "
        f"{hiding.format(header=header)}."
    )
    evidence = (Sentence("{name}: {value}", name=header, value=line) for line in lines)
    return cause._replace(fix=fix, evidence=(*evidence, f"headers or words of {who}"))
