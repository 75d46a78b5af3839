"""Chromium, and with it Chrome, Edge, Opera, Brave. Recorded: Chromium 156 on Debian 12."""

from __future__ import annotations

from corsdoctor.browsers.profile import OpaqueOrigin, Profile
from corsdoctor.scenario import Api

CHROMIUM = Profile(
    name="chromium",
    title="Chromium",
    header_lines_are_combined=True,
    safelisted_value_patterns=(
        ("device-memory", r"[0-9]+(\.[0-9]+)?"),
        ("downlink", r"[0-9]+(\.[0-9]+)?"),
        ("dpr", r"[0-9]+(\.[0-9]+)?"),
        ("ect", r"slow-2g|2g|3g|4g"),
        ("intervention", r"(?s:.*)"),
        ("rtt", r"[0-9]+"),
        ("save-data", r"(?i:on)"),
        ("viewport-width", r"[0-9]+"),
        ("width", r"[0-9]+"),
    ),
    uncounted_request_headers=frozenset({"user-agent"}),
    high_bytes_are_unsafe=False,
    content_type_parameters_are_strict=False,
    range_pattern="bytes=([0-9]+)-([0-9]*)",
    range_limit=2**63 - 1,
    safelisted_total_size=1024,
    upload_listener_needs_body=True,
    preflight_repeats_after_redirect=False,
    preflight_remembers_headers=False,
    preflight_names_dropped_headers=False,
    preflight_names_repeat=False,
    preflight_origin_ignores_redirects=False,
    preflight_judged_first_by="redirect",
    upload_listener_grants_method=False,
    wildcard_covers_authorization=True,
    max_age_default=5,
    max_age_of_garbage=5,
    max_age_cap=7200,
    empty_lines_vanish=False,
    empty_location_is_none=True,
    location_bytes_are_mangled=False,
    delete_becomes_get_across_origins=False,
    origin_header_survives_redirect=False,
    proxy_status_is_error=True,
    fonts_use_cors=True,
    own_origin_elements_send_origin=frozenset(
        {Api.FONT, Api.IMAGE, Api.MODULE, Api.SCRIPT, Api.SHAPE, Api.STYLESHEET, Api.WEBGL}
    ),
    opaque_page_elements_send_origin=OpaqueOrigin.ALWAYS,
    refuses_userinfo=True,
    error_status_from=400,
    media_statuses=(200,),
    checks_type_of_cors_stylesheets=False,
    orb_blocks_never_sniffed=True,
    orb_blocks_nosniff=True,
    same_site_needs_registrable_domain=True,
    path_escapes_pipe=True,
    data_url_has_length=False,
    expose_wildcard_survives_garbage=False,
)
