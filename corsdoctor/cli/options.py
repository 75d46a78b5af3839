"""The options that several commands share, and their names in code.

Each has a help text that describes what a browser does with it, and an environment variable. A command gets the options
of a kind as one value, such as `RequestFlags` or `TransportFlags`. (They are not dataclasses, because each of those takes a
millisecond at every start.) option.py says how an option is declared and checked, report_options.py has those of the report.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from types import SimpleNamespace
from typing import Any, Final, cast

import click

from corsdoctor.cli.command import REQUEST, offering
from corsdoctor.cli.option import Decorated, Seconds, Split, gathered, names_of, option
from corsdoctor.scenario import Api, Credentials, Mode, PreloadAs, Redirect


class RequestFlags(SimpleNamespace):
    """The request of the page's script, as typed; None for an option that was not given."""

    origin: str | None
    method: str | None
    header: tuple[str, ...]
    data: str | None
    credentials: str | None
    cookie: str | None
    mode: str | None
    redirect: str | None
    api: str | None
    preload_as: str | None
    upload_listener: bool
    user_agent: str | None
    browser: tuple[str, ...]
    page = cast("str | None", None)  # where a command has --page
    page_header = cast("tuple[str, ...]", ())
    cookie_jar = cast("str | None", None)
    permission = cast("tuple[str, ...]", ())
    address_space = cast("tuple[str, ...]", ())


class PageRequestFlags(RequestFlags):
    """The same, with --page."""

    page: str | None
    page_header: tuple[str, ...]
    cookie_jar: str | None
    permission: tuple[str, ...]
    address_space: tuple[str, ...]


class SeveralRequestFlags(PageRequestFlags):
    """The same, with several origins and methods."""

    origin: tuple[str, ...]  # type: ignore[assignment]
    method: tuple[str, ...]  # type: ignore[assignment]

    def from_(self, origin: str | None, method: str | None = None) -> RequestFlags:
        """The same, with one of each."""
        return RequestFlags(**{**vars(self), "origin": origin, "method": method})


class FixFlags(SimpleNamespace):
    """The options of a fix."""

    server: str | None
    expose: tuple[str, ...]
    minimal: bool
    source: str | None


class FromFlags(SimpleNamespace):
    """Where the requests stand, as typed; None for an option that was not given."""

    source: str | None
    from_curl: str | None
    from_fetch: str | None
    allow_files: bool

    @property
    def given(self) -> bool:
        """Whether one of them is given."""
        return (self.source, self.from_curl, self.from_fetch) != (None, None, None)


class TransportFlags(SimpleNamespace):
    """How to reach the server, as typed."""

    insecure: bool
    cacert: str | None
    cert: str | None
    key: str | None
    proxy: str | None
    resolve: tuple[str, ...]
    http2: bool
    connect_timeout: float | None
    max_time: float | None


class FailFlags(SimpleNamespace):
    """The options that decide about the exit status, as typed."""

    fail_on: tuple[str, ...]
    exit_zero: bool


_FEW: Final = 8


class _Word(click.Choice[str]):
    """One of several words, in upper or lower case; of many, an error names only the nearest if one is near."""

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if len(self.choices) > _FEW and value.lower() not in self.choices:
            from corsdoctor.wrong_input import closest, did_you_mean, shown  # what a right word need not load

            near = closest(value, self.choices)
            if near is not None:
                self.fail(f"{shown(value)!r} is unknown; {did_you_mean(near)}", param, ctx)
        return super().convert(value, param, ctx)


def _choice(kind: type[StrEnum]) -> click.Choice[str]:
    return _Word([member.value for member in kind], case_sensitive=False)


def _or(kind: type[StrEnum]) -> str:
    *most, last = kind
    return f"{', '.join(most)} or {last}"


def request_flags(**given: Any) -> RequestFlags:
    """The flags of a request for which only these options were given."""
    several = {"header": (), "browser": ()}
    return RequestFlags(**{**dict.fromkeys(names_of(RequestFlags)), **several, **given})


_REQUEST = REQUEST
_CONNECTION = "Connection (as in curl; a browser has its own settings)"
_STATUS = "Exit status"

_origin = {
    "metavar": "ORIGIN",
    "common": True,
    "help": "The page's origin, scheme://host[:port], or null for a sandboxed page. Browsers send it in the Origin header.",
}
_METHOD: Final = "The method [GET, or POST with --data]. Every method except GET, HEAD and POST triggers a preflight. Browsers change put to PUT, but not patch to PATCH."


def _browser(section: str, text: str) -> Callable[[Decorated], Decorated]:
    return option(
        section, "--browser", shell_complete=offering("browsers"), multiple=True, type=Split(","), metavar="NAME[,NAME]", common=True, help=text
    )  # fmt: skip


_asked = (
    option(_REQUEST, "-X", "--method", metavar="METHOD", common=True, help=_METHOD),
    option(_REQUEST, "-H", "--header", multiple=True, type=Split("\n"), metavar="'NAME: VALUE'", common=True, help="A header that the script sets; repeatable. 'Name;' sets an empty value. The variable has one header per line. Browsers drop headers that scripts may not set. Most others trigger a preflight."),
    option(_REQUEST, "-d", "--data", metavar="TEXT|@FILE", common=True, help="The body: text, @file, or @- for standard input, at most 16 MB. Browsers send text as text/plain unless the script sets a Content-Type."),
    option(_REQUEST, "--credentials", type=_choice(Credentials), metavar="MODE", common=True, help="When to send cookies and HTTP logins: omit, same-origin or include [same-origin for fetch()]. With include, the server must send Access-Control-Allow-Credentials: true, and * is not a wildcard."),
    option(_REQUEST, "--cookie", metavar="'NAME=VALUE; ...'", help="Cookies that the browser has stored for the URL's host. They are sent if --credentials allows it, and never with a preflight. One cookie with attributes, such as 'sid=1; SameSite=Lax; Secure', is sent only by the browsers that would send it."),
    option(_REQUEST, "--mode", type=_choice(Mode), metavar="MODE", help="The request's mode: cors, no-cors, same-origin, or navigate, which only frames, objects and forms have [cors for fetch()]. With no-cors, scripts cannot read the response. With same-origin, browsers block other origins."),
    option(_REQUEST, "--redirect", type=_choice(Redirect), metavar="MODE", help="How fetch() handles a redirect: follow, error or manual [follow]. Browsers check every redirect, and send Origin: null after some."),
    option(_REQUEST, "--as", "api", type=_choice(Api), metavar="API", common=True, help=f"What makes the request, such as fetch, xhr, image, script, font or form [fetch]. It is one of {_or(Api)}. It determines the mode and the credentials mode. A ws: or wss: URL is always a websocket. --mode cors is like a crossorigin attribute."),
    option(_REQUEST, "--as-preload", "preload_as", type=_choice(PreloadAs), metavar="WHAT", help=f"What a <link rel=preload> loads (--as preload), its attribute as: {_or(PreloadAs)} [fetch]."),
    option(_REQUEST, "--upload-listener", is_flag=True, help="The script listens for upload progress (--as xhr), which always triggers a preflight."),
    option(_REQUEST, "-A", "--user-agent", metavar="TEXT", help="The User-Agent header [Mozilla/5.0 (compatible; corsdoctor/...)]. Some servers respond differently to unknown browsers."),
    _browser(_REQUEST, "The browsers to replay: standard (the Fetch Standard), chromium, firefox, webkit [all]. Separate several with commas, or repeat the option. chrome, edge and safari work too."),
)  # fmt: skip
_page = (
    option(_REQUEST, "--page", metavar="URL", common=True, help="The page's URL, in place of --origin. The page is requested without cookies, and its policies count: Content-Security-Policy, Cross-Origin-Embedder-Policy, Referrer-Policy, in headers and in <meta> elements."),
    option(_REQUEST, "--page-header", multiple=True, type=Split("\n"), metavar="'NAME: VALUE'", help="A header of the page's response; repeatable. With it, the page is not requested. The variable has one header per line."),
    option(_REQUEST, "--cookie-jar", metavar="FILE", help="The cookies that the browser has stored: a file in Netscape format, such as curl -c writes. Each browser sends those for the URL's site that it would send. The format has no SameSite attribute."),
    option(_REQUEST, "--permission", multiple=True, type=Split(","), metavar="NAME=ANSWER[,...]", help="The user's answer to the browser's question whether the page may reach this machine (loopback-network) or the local network (local-network): granted, denied, or prompt where nobody answers [prompt]. With this option, --address-space or --page, browsers check it before they send the request."),
    option(_REQUEST, "--address-space", multiple=True, type=Split(","), metavar="HOST=SPACE[,...]", help="Where a host or host:port is: public, local (the network around this machine) or loopback (this machine) [by its address, and public for a name except localhost and .local]. Browsers ask the user before a public page may reach the others."),
)  # fmt: skip
request = gathered(RequestFlags, "request", option(_REQUEST, "--origin", **_origin), *_asked)
request_of_page = gathered(PageRequestFlags, "request", option(_REQUEST, "--origin", **_origin), *_page, *_asked)
browser_of_flow = _browser(
    _REQUEST, "The browsers to replay: standard (the Fetch Standard), chromium, firefox, webkit [all]. Separate several with commas, or repeat the option.",
)  # fmt: skip
browser_of_capture = _browser(
    "How to judge them",
    "The browsers to judge by: standard (the Fetch Standard), chromium, firefox, webkit [the one that recorded the file].",
)
request_of_several = gathered(
    SeveralRequestFlags,
    "request",
    option(_REQUEST, "--origin", multiple=True, type=Split(" "), metavar="ORIGIN", common=True, help="The page's origin, scheme://host[:port]; repeatable. The variable separates several with spaces. The configuration allows all of them. `*` allows every page, without cookies."),
    *_page,
    option(_REQUEST, "-X", "--method", multiple=True, type=Split(" "), metavar="METHOD", common=True, help=f"{_METHOD} Repeatable: the configuration allows all of them."),
    *_asked[1:],
)  # fmt: skip
server = option(
    "Fix",
    "--server",
    metavar="NAME",
    shell_complete=offering("servers"),
    common=True,
    help="The server or framework to configure [identified by its responses]; see 'corsdoctor fix --list'.",
)
fix = gathered(
    FixFlags,
    "fix",
    server,
    option("Fix", "--expose", multiple=True, type=Split(","), metavar="NAME[,NAME]", common=True, help="Response headers that the script reads. The seven that are always readable need not be named."),
    option("Fix", "--from", "source", metavar="FILE", common=True, help="Take the requests from this policy or these results. Results are what check, test or batch wrote with --format json or jsonl; their requests are not sent again. A URL selects the requests to its server. A command or a script of another tool works too, as in `corsdoctor check --from`; options take precedence over it."),
    option("Fix", "--minimal", is_flag=True, common=True, help="Allow only what these requests need. Otherwise the configuration also keeps what the server allows today, as far as it can be seen from outside."),
)  # fmt: skip

_INSECURE = "Accept any certificate. Browsers do so only after the user confirms a warning."
_reaching = (
    option(_CONNECTION, "--cacert", metavar="FILE", help="Trust the certificate authorities in this PEM file instead of the default ones."),
    option(_CONNECTION, "-E", "--cert", metavar="FILE", help="A client certificate (PEM). It is shown as browsers show it: by the Standard and in Firefox only with credentials, so never with a preflight request; in Chromium and WebKit with every request."),
    option(_CONNECTION, "--key", metavar="FILE", help="The private key for --cert (PEM), if it is in a separate file."),
    option(_CONNECTION, "-x", "--proxy", metavar="[PROTOCOL://]HOST[:PORT]", help="Use this proxy: http [http], https, socks4, socks4a, socks5 or socks5h, as in curl. SOCKS requires corsdoctor[socks]. corsdoctor ignores HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and the system's proxy, which browsers use."),
    option(_CONNECTION, "--resolve", multiple=True, type=Split(" "), metavar="HOST:PORT:ADDRESS", help="Connect to this address instead of resolving the host name; repeatable (in an environment variable, separated by spaces)."),
    option(_CONNECTION, "--http2", is_flag=True, help="Offer HTTP/2 to https servers, as browsers do [HTTP/1.1]. Requires corsdoctor[http2]. No rule of CORS depends on the version of HTTP."),
    option(_CONNECTION, "--connect-timeout", type=Seconds(), help="The maximum time to establish a connection [10]. Browsers wait longer, then report the same error as for CORS."),
    option(_CONNECTION, "--max-time", type=Seconds(), help="The maximum time until the headers of a response arrive [30]. Browsers wait for minutes."),
)  # fmt: skip
transport = gathered(
    TransportFlags, "transport", option(_CONNECTION, "-k", "--insecure", is_flag=True, help=_INSECURE), *_reaching
)
transport_without_k = gathered(
    TransportFlags, "transport", option(_CONNECTION, "--insecure", is_flag=True, help=_INSECURE), *_reaching
)


def failing(usual: str) -> Callable[[Decorated], Decorated]:
    """The options that decide when to fail; `usual` are the levels that count by default, for the help."""
    return gathered(
        FailFlags,
        "failing",
        option(_STATUS, "--fail-on", shell_complete=offering("levels"), multiple=True, type=Split(","), metavar="LEVEL[,LEVEL]", help=f"What makes the exit status differ from 0: blocked, error (no response, or invalid input), unsent, note [{usual}]. Separate several with commas, or repeat the option. A run in which nothing was judged always fails."),
        option(_STATUS, "--exit-zero", is_flag=True, help="Exit with 0 whatever the result is, even if nothing was judged. Wrong usage still exits with 2."),
    )  # fmt: skip


probes = option(
    "Safety", "--probes", metavar="auto|always|N|0", help="How many further requests may be sent, to find the cause of a failure: at most 4 (auto), N, or none (0) [auto]. Probes are GET, HEAD and OPTIONS requests, and change no verdict. With always, they are sent for a request that passes too.",
)  # fmt: skip
send = option(
    "Safety", "--send", is_flag=True, common=True, help="Send the request even if it may change data. That is any method except GET, HEAD and OPTIONS.",
)  # fmt: skip
