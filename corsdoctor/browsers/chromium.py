"""Chromium, and with it Chrome, Edge, Opera, Brave. Recorded: Chromium 156 on Debian 12."""

from __future__ import annotations

from corsdoctor.browsers.profile import Profile

CHROMIUM = Profile(
    name="chromium",
    title="Chromium",
    safelisted_client_hints=frozenset(
        {"device-memory", "downlink", "dpr", "ect", "rtt", "save-data", "viewport-width", "width"}
    ),
    high_bytes_are_unsafe=False,
    range_unit_ignores_case=False,
    upload_listener_needs_body=True,
    preflight_repeats_after_redirect=False,
    preflight_origin_ignores_redirects=False,
    preflight_names_dropped_authorization=False,
    wildcard_covers_authorization=True,
    max_age_default=5,
    max_age_cap=7200,
    redirect_to_get=frozenset({(301, "POST"), (302, "POST"), (303, "*")}),
    fonts_use_cors=True,
    same_site_needs_registrable_domain=True,
    data_url_has_length=False,
)
