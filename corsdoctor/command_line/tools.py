"""A request on the wire -> the command of another tool that sends it: curl, fetch() of Node.js, HTTPie, PowerShell.

curl sends the same bytes. The others have an order of their own, and write Host, Connection and Content-Length themselves.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator
from math import ceil
from typing import Final

from corsdoctor.command_line import (
    Reaching,
    Shell,
    for_powershell,
    has_unprintable,
    printable,
    quoted,
    reaching,
    shown_proxy,
    users_shell,
)
from corsdoctor.visible import visible_json
from corsdoctor.wire import Headers, WireRequest, ascii_lower

_OWN: Final = frozenset({"connection", "content-length", "host", "transfer-encoding", "upgrade"})
"""Header lines that most tools write themselves."""
_POWERSHELL_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "TRACE", "OPTIONS", "MERGE", "PATCH"})
_BYTES: Final = re.compile("[\udc80-\udcff]")  # which HTTPie cannot read
_AMBIGUOUS: Final = re.compile(r"\\[:=@;]")  # which HTTPie takes for an escape


def curl(
    request: WireRequest,
    *,
    transport: Reaching | None = None,
    show_secrets: bool = False,
    exact: bool = True,
    shell: Shell | None = None,
) -> str | None:
    """The curl command that sends `request` and prints the whole response, None if `shell` cannot pass the body.

    If `exact`, it sends these header lines alone, and no others that curl has by default.
    """
    shell = shell or users_shell()
    usual = "GET" if request.body is None else "POST"
    words = ["curl", "-i", *(["-g"] if re.search(r"[\[\]{}]", request.url) else [])]
    if request.method == "HEAD":
        words.append("--head")
    elif request.method != usual or not exact:
        words += ["-X", request.method]
    words.append(request.url)
    if exact and request.url.startswith("https:") and not (transport is not None and transport.http2):
        words.append("--http1.1")
    headers = _without_wrong_length(request)
    for name, value in headers:
        words += ["-H", f"{name}: {_text(value)}" if value else f"{name};"]
    if exact:
        defaults = ("User-Agent", "Accept", *(() if request.body is None else ("Content-Type",)))
        words += [word for name in defaults if name not in headers for word in ("-H", f"{name}:")]
        words += ["--compressed"] if "Accept-Encoding" in headers else []
    words += [] if transport is None else reaching(transport, show_secrets=show_secrets)
    return _with_body(words, request.body, shell, ["--data-raw"], ["--data-binary", "@-"])


def httpie(
    request: WireRequest,
    *,
    transport: Reaching | None = None,
    show_secrets: bool = False,
    shell: Shell | None = None,
) -> str | None:
    """The HTTPie command that sends `request`, None if its words or `shell` cannot hold it."""
    headers = Headers(tuple((name, value) for name, value in request.headers if ascii_lower(name) not in _OWN))
    if any(_AMBIGUOUS.search(value) or _BYTES.search(_text(value)) for _, value in headers):
        return None
    piped = request.body is not None and printable(request.body) is None
    words = [
        "http",
        *([] if piped else ["--ignore-stdin"]),
        *_options_of_httpie(transport, show_secrets=show_secrets),
        request.method,
        request.url,
    ]
    for name, value in headers:
        escaped = f"\\{value}" if value[:1] in ("=", "@", ":", ";") else value
        words.append(f"{name}:{_text(escaped)}" if value else f"{name};")
    defaults = ("User-Agent", "Accept", "Accept-Encoding", *(() if request.body is None else ("Content-Type",)))
    words += [f"{name}:" for name in defaults if name not in headers]
    return _with_body(words, request.body, shell or users_shell(), ["--raw"], [])


def fetch(request: WireRequest, **_: object) -> str:
    """The call of fetch() that sends `request` from Node.js 18 or later. Browsers let no script set all of its headers."""
    options: dict[str, object] = {
        "method": request.method,
        "headers": [[name, value] for name, value in request.headers if ascii_lower(name) not in _OWN],
        "redirect": "manual",
    }
    lines = [f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in options.items()]
    if request.body is not None:
        try:
            body = json.dumps(request.body.decode())
            if "Content-Type" not in request.headers:  # or fetch() adds one to a string
                body = f"new TextEncoder().encode({body})"
        except UnicodeDecodeError:
            body = f'Buffer.from("{base64.b64encode(request.body).decode()}", "base64")'
        lines.append(f'  "body": {body}')
    call = ",\n".join(lines)
    return visible_json(f"await fetch({json.dumps(request.url)}, {{\n{call}\n}});")


def powershell(
    request: WireRequest, *, transport: Reaching | None = None, show_secrets: bool = False, **_: object
) -> str:
    """The command of PowerShell 7 that sends `request`."""
    joined: dict[str, tuple[str, str]] = {}
    for name, _value in request.headers:
        if ascii_lower(name) not in (*_OWN, "content-type", "user-agent"):
            joined.setdefault(ascii_lower(name), (name, request.headers.get(name) or ""))
    how = "-Method" if request.method in _POWERSHELL_METHODS else "-CustomMethod"
    words = ["Invoke-WebRequest", "-Uri", _literal(request.url), how, _literal(request.method)]
    if joined:
        words += [
            "-Headers",
            "@{ " + "; ".join(f"{_literal(n)} = {_literal(_text(v))}" for n, v in joined.values()) + " }",
        ]
    for name, option in (("User-Agent", "-UserAgent"), ("Content-Type", "-ContentType")):
        value = request.headers.get(name)
        words += [] if value is None else [option, _literal(_text(value))]
    if request.body is not None:
        words += ["-Body", f"([Convert]::FromBase64String('{base64.b64encode(request.body).decode()}'))"]
        text = printable(request.body)
        if text is not None:
            words[-1] = f"([Text.Encoding]::UTF8.GetBytes({_literal(text)}))"
    if transport is not None:
        words += ["-SkipCertificateCheck"] if transport.insecure else []
        proxy = shown_proxy(transport, show_secrets=show_secrets)
        words += [] if proxy is None else ["-Proxy", _literal(proxy)]
        words += [] if transport.max_time is None else ["-TimeoutSec", f"{ceil(transport.max_time)}"]
    return " ".join([*words, "-MaximumRedirection", "0", "-SkipHeaderValidation", "-SkipHttpErrorCheck"])


def _options_of_httpie(transport: Reaching | None, *, show_secrets: bool) -> Iterator[str]:
    if transport is None:
        return
    if transport.insecure or transport.cacert is not None:
        yield f"--verify={'no' if transport.insecure else transport.cacert}"
    yield from () if transport.cert is None else (f"--cert={transport.cert}",)
    yield from () if transport.key is None else (f"--cert-key={transport.key}",)
    proxy = shown_proxy(transport, show_secrets=show_secrets)
    yield from () if proxy is None else (f"--proxy=http:{proxy}", f"--proxy=https:{proxy}")
    yield from () if transport.max_time is None else (f"--timeout={transport.max_time:.10g}",)


def _without_wrong_length(request: WireRequest) -> Headers:
    """The headers, without a Content-Length that is not that of the body: secrets in it are masked."""
    fits = request.headers.get("Content-Length") in (None, str(len(request.body or b"")))
    return request.headers if fits else request.headers.delete("Content-Length")


def _with_body(words: list[str], body: bytes | None, shell: Shell, text: list[str], piped: list[str]) -> str | None:
    """The command of `words` with the body behind the options `text`, or in a pipe, which the options `piped` read."""
    before = ""
    if body is not None:
        told = printable(body)
        if told is None:
            escaped = re.sub(rb"[^\w .,;:/+=-]", lambda found: b"\\%03o" % ord(found[0]), body)
            before, words = f"printf '{escaped.decode('ascii')}' | ", [*words, *piped]
        else:
            words = [*words, *text, told]
    plain = not before and not any(has_unprintable(word) for word in words)
    return f"{before}{quoted(words, shell)}" if plain or shell is Shell.POSIX else None


def _text(value: str) -> str:
    """A header's value as a word: what are the bytes of UTF-8 becomes the text, other bytes become surrogates."""
    return value if value.isascii() else value.encode("latin-1").decode("utf-8", "surrogateescape")


def _literal(text: str) -> str:
    """A string of PowerShell."""
    written = for_powershell(text)
    return written if written.startswith("'") else f"'{written}'"


TOOLS: Final[dict[str, Callable[..., str | None]]] = {
    "curl": curl,
    "fetch": fetch,
    "httpie": httpie,
    "powershell": powershell,
}
"""By name, what prints a request as a command; None if the tool or the shell cannot hold it."""
