"""The shape of a browser's profile."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Profile:
    """One browser, or the Standard itself. Durations are in seconds."""

    name: str
    title: str

    # --- CORS-safelisted request-headers
    safelisted_client_hints: frozenset[str]
    """Lower-case names of hints that never need a preflight (safelist/089)."""
    high_bytes_are_unsafe: bool
    """Whether bytes from 0x80 up count as CORS-unsafe request-header bytes (safelist/020)."""
    range_unit_ignores_case: bool
    """Whether `Range: Bytes=0-1` is safelisted as `bytes=0-1` is (safelist/081)."""

    # --- when a preflight is sent
    upload_listener_needs_body: bool
    """Whether an upload listener matters only where there is a body to upload (upload/015)."""
    preflight_repeats_after_redirect: bool
    """Whether a request that was preflighted once is preflighted at every later hop too (redirect/052)."""
    preflight_origin_ignores_redirects: bool
    """Whether a preflight names the page's origin where the actual request says `null` (redirect/009)."""
    preflight_names_dropped_authorization: bool
    """Whether a later hop's preflight asks for `authorization` after the header was dropped (redirect/105)."""

    # --- how a preflight's answer is judged
    wildcard_covers_authorization: bool
    """Whether `Access-Control-Allow-Headers: *` covers `Authorization` (headers/037)."""
    max_age_default: int
    """How long a preflight is remembered where Access-Control-Max-Age says nothing usable."""
    max_age_cap: int | None
    """The longest time a preflight is remembered, None without a limit."""

    # --- redirects
    redirect_to_get: frozenset[tuple[int, str]]
    """(status, method) pairs for which the next request is a GET, "*" for any method but GET and HEAD (redirect/033)."""

    # --- elements
    fonts_use_cors: bool
    """Whether a cross-origin font is requested in mode `cors` (as-font/001)."""

    # --- Cross-Origin-Resource-Policy
    same_site_needs_registrable_domain: bool
    """Whether two ports of one IP address are cross-site to Cross-Origin-Resource-Policy (as-script/059)."""

    # --- what a script may read
    data_url_has_length: bool
    """Whether the response of a data: URL shows a Content-Length (url/004)."""
