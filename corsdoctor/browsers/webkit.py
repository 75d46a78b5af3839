"""WebKit, and with it Safari and every browser on iOS. Recorded: WebKitGTK 2.50 on Debian 12.

WebKitGTK uses another network library than Safari does. What that library decides (which methods a redirect turns
into GET) may be otherwise in Safari.
"""

from __future__ import annotations

from corsdoctor.browsers.profile import Profile

WEBKIT = Profile(
    name="webkit",
    title="WebKit",
    safelisted_client_hints=frozenset(),
    high_bytes_are_unsafe=False,
    range_unit_ignores_case=True,
    upload_listener_needs_body=False,
    preflight_repeats_after_redirect=True,
    preflight_origin_ignores_redirects=False,
    preflight_names_dropped_authorization=True,
    wildcard_covers_authorization=True,
    max_age_default=5,
    max_age_cap=600,
    redirect_to_get=frozenset({(301, "POST"), (302, "POST"), (303, "*")}),
    fonts_use_cors=False,
    same_site_needs_registrable_domain=False,
    data_url_has_length=False,
)
