"""What a browser knows when it prints a console message: the facts of one failed request."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from corsdoctor.record import Record
from corsdoctor.scenario import Api, Mode, Redirect
from corsdoctor.wire import FailureKind

if TYPE_CHECKING:
    from corsdoctor.scenario.page import Page


NAMED_WITHOUT_FRAGMENT: Final = frozenset({"font-src", "img-src", "script-src-elem", "style-src-elem"})
"""The directives whose violations Chromium and WebKit report without the fragment of the URL (csp/fragment/001)."""


class Violation(Record):
    """A Content-Security-Policy that a request violates: the directive in its own words, the one that should have been there, the URL,
    and whether the policy only reports.
    """

    text: str
    effective: str
    report_only: bool = False
    url: str = ""

    @property
    def used(self) -> str:
        """The name of the directive."""
        return self.text.partition(" ")[0]


class Integrity(Record):
    """The hashes that a page expects of a body, and the hash of the body received: `metadata` is the attribute, `computed` the hash of the body in the
    strongest algorithm that the attribute names; both are "" where it names none. `wrong_lengths` counts expected hashes that
    do not have its length, `undecodable` those that are not base64.
    """

    metadata: str
    algorithm: str
    computed: str
    length: int
    wrong_lengths: int
    undecodable: int
    is_readable: bool


class Mixed(Record):
    """An http URL that an https page requests, and what becomes of it: "blocked", "upgraded" (or "upgraded by
    policy"), "kept", or "local" where it is known to lead to the local network. `blocks_all` says that the page has
    block-all-mixed-content."""

    url: str
    became: str
    blocks_all: bool = False


class LocalAccess(Record):
    """A request to a more private address space, `space`: its URL, whether it needs a permission, and the id of the cause for
    which it may not be sent, "" where it may.

    `target` is the script's targetAddressSpace, "" without one. `in_preflight` says that the preflight may not be sent,
    `has_window` that neither a worker nor a fetch() with keepalive makes the request. `delegated` says that the permission is
    that of the page around the frame. `page` and `initiator` name the page and the document, `secure` is of its origin.
    """

    url: str
    space: str
    needs_permission: bool
    cause: str
    target: str
    in_preflight: bool
    has_window: bool
    delegated: bool
    page: str
    initiator: str
    secure: bool


class Facts(Record):
    """One failure, for the browser's words.

    `rule` is the id of the rule that decided, "" where none did. `element` is the one whose rules for responses apply. `is_cors` says that the response tainting was "cors".
    `hops` counts the redirects that were followed, `came_from` is the URL of the hop before, "" at the first. `url` is
    the URL of the hop that failed, `first` the one that the script asked for, `target` the Location of a redirect that
    was not followed, as far as it was read. `page` is the page's origin, `origin` what the Origin header said. The
    Access-Control headers are as received, None if absent; `allow_origin_lines` counts the lines with exactly this spelling. `headers` are
    the names of the headers that the script set, as it spelled them and in its order, and `missing` those that were not allowed. `warned` are the
    URLs of preflights whose `*` covered Authorization. `unset` are the headers that the script could not set. `types`
    are the lines of Content-Type, `charset` is what an event stream names beside UTF-8. `status` is that of the
    response that failed, `error` why there was none. `canvas_tainted` says that an image loaded, but a canvas can't be
    read with it. `login_refused` says that the response asks for a login, and the browser does not ask the user. `integrity` is what the page expects of
    the body. `is_nosniff` is for X-Content-Type-Options of the response that failed, `is_data` says that it failed because its body is data, `is_empty` that it has no body, `odd_script_type` is the type of a script that
    runs although it is not one of JavaScript, `relaxed` are the referrer policies that tell another site more than the default,
    with the URLs. `violations` are those of the page's Content-Security-Policy. `page_url`, `document_url` and
    `mixed` are known in a flow: the URLs of the page and of the frame, and the mixed content of each hop. `in_worker` says that a worker makes the request, `in_flow` that
    messages about policies are wanted beside those about CORS. `value` is that of the header that failed. `local` is the last
    request to a more private address space. `ignored_integrity` says that the page names the integrity of what it loads, and the
    browser does not check it. `without_integrity` says for each Integrity-Policy that a script without integrity violates whether it only
    reports. `ignored_frame_options` is an X-Frame-Options that no browser knows. `unused_preload` is in what a preload of the URL differs from the request. `document_name` is how Firefox names the document that makes the request.
    `in_sandboxed_page` says that the page's policy sandboxes it.
    """

    rule: str
    api: Api
    element: Api
    mode: Mode
    redirect: Redirect
    in_preflight: bool
    is_redirect: bool
    hops: int
    is_cors: bool
    url: str
    first: str
    target: str
    page: str
    origin: str
    method: str
    allow_origin: str | None = None
    allow_origin_lines: int = 0
    allow_credentials: str | None = None
    allow_methods: str | None = None
    allow_headers: str | None = None
    missing: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    status: int | None = None
    error: FailureKind | None = None
    warned: tuple[str, ...] = ()
    unset: tuple[str, ...] = ()
    canvas_tainted: bool = False
    came_from: str = ""
    types: tuple[str, ...] = ()
    charset: str = ""
    login_refused: bool = False
    violations: tuple[Violation, ...] = ()
    in_worker: bool = False
    page_url: str = ""
    document_url: str = ""
    mixed: tuple[Mixed, ...] = ()
    in_flow: bool = False
    integrity: Integrity | None = None
    value: str = ""
    local: LocalAccess | None = None
    is_nosniff: bool = False
    is_data: bool = False
    is_empty: bool = False
    odd_script_type: str | None = None
    relaxed: tuple[tuple[str, str], ...] = ()
    ignored_integrity: bool = False
    without_integrity: tuple[bool, ...] = ()
    unused_preload: str = ""
    ignored_frame_options: str = ""
    document_name: str = ""
    in_sandboxed_page: bool = False


Console = Callable[[Facts], tuple[str, ...]]
PageConsole = Callable[["Page"], tuple[str, ...]]


def no_page_console(_page: Page) -> tuple[str, ...]:
    """The Standard's for pages."""
    return ()


def silent(_facts: Facts) -> tuple[str, ...]:
    """The console of the Standard, which has none."""
    return ()
