"""Firefox. Recorded: Firefox 153 ESR on Debian 12."""

from __future__ import annotations

from corsdoctor.browsers.profile import Profile

FIREFOX = Profile(
    name="firefox",
    title="Firefox",
    safelisted_client_hints=frozenset(),
    high_bytes_are_unsafe=True,
    range_unit_ignores_case=False,
    upload_listener_needs_body=False,
    preflight_repeats_after_redirect=True,
    preflight_origin_ignores_redirects=True,
    preflight_names_dropped_authorization=False,
    wildcard_covers_authorization=True,
    max_age_default=5,
    max_age_cap=86400,
    redirect_to_get=frozenset({(301, "POST"), (302, "POST"), (303, "*")}),
    fonts_use_cors=True,
    same_site_needs_registrable_domain=False,
    data_url_has_length=True,
)
