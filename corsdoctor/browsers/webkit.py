"""WebKit, and with it Safari and every browser on iOS. Recorded: WebKitGTK 2.50 on Debian 12.

WebKitGTK uses another network library than Safari does. What that library decides (that a redirect turns DELETE into
GET, which bytes a Location has) may be otherwise in Safari.
"""

from __future__ import annotations

from corsdoctor.browsers.profile import NamedHeaders, OpaqueOrigin, Profile, SeveralLocations
from corsdoctor.browsers.webkit_console import console
from corsdoctor.scenario import Api

WEBKIT = Profile(
    name="webkit",
    title="WebKit",
    console=console,
    header_lines_are_combined=True,
    safelisted_value_patterns=(),
    uncounted_request_headers=frozenset(),
    high_bytes_are_unsafe=False,
    content_type_parameters_are_strict=False,
    range_pattern=r"(?i:bytes)=(\+?[0-9]+)-(\+?[0-9]*)",
    range_limit=2**64,
    safelisted_total_size=1024,
    upload_listener_needs_body=False,
    preflight_repeats_after_redirect=True,
    preflight_remembers_headers=False,
    preflight_names=NamedHeaders.FIRST,
    preflight_names_repeat=False,
    preflight_origin_ignores_redirects=False,
    preflight_judged_first_by="status",
    judges_method_before_parsing_headers=False,
    upload_listener_grants_method=False,
    wildcard_covers_authorization=True,
    max_age_default=5,
    max_age_of_garbage=5,
    max_age_cap=600,
    own_redirects_need_credentials=True,
    empty_lines_vanish=False,
    several_locations=SeveralLocations.JOINED,
    about_blank_loads=False,
    empty_location_is_none=False,
    error_mode_ignores_empty_location=True,
    manual_mode_parses_location=False,
    other_statuses_redirect=True,
    no_cors_origin_becomes_null=False,
    location_bytes_are_mangled=True,
    delete_becomes_get_across_origins=True,
    redirect_restores=frozenset({"content-encoding", "content-language", "content-location", "content-type"}),
    origin_header_survives_redirect=True,
    proxy_status_is_error=False,
    fonts_use_cors=False,
    own_origin_elements_send_origin=frozenset(
        {Api.IMAGE, Api.MEDIA, Api.MODULE, Api.SCRIPT, Api.SHAPE, Api.STYLESHEET, Api.WEBGL}
    ),
    opaque_page_elements_send_origin=OpaqueOrigin.NEVER,
    refuses_userinfo=False,
    script_error_from=400,
    stylesheet_error_from=300,
    media_statuses=tuple(range(200, 400)),
    opaque_media_statuses=tuple(range(200, 400)),
    bodiless_statuses=frozenset({204, 304}),
    eventsource_needs_utf8=False,
    checks_type_of_cors_stylesheets=True,
    orb_blocks_never_sniffed=False,
    orb_blocks_nosniff=False,
    xhr_serializes_content_type=True,
    same_site_needs_registrable_domain=False,
    path_escapes_pipe=False,
    percent_encoding_is_normalized=True,
    data_url_has_length=False,
    expose_wildcard_survives_garbage=False,
)
