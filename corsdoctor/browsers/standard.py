"""The Fetch Standard, and nothing else."""

from __future__ import annotations

from corsdoctor.browsers.profile import Profile

STANDARD = Profile(
    name="standard",
    title="the Standard",
    safelisted_client_hints=frozenset(),
    high_bytes_are_unsafe=False,
    range_unit_ignores_case=False,
    upload_listener_needs_body=False,
    preflight_repeats_after_redirect=False,
    preflight_origin_ignores_redirects=False,
    preflight_names_dropped_authorization=False,
    wildcard_covers_authorization=False,
    max_age_default=5,
    max_age_cap=None,
    redirect_to_get=frozenset({(301, "POST"), (302, "POST"), (303, "*")}),
    fonts_use_cors=True,
    same_site_needs_registrable_domain=False,
    data_url_has_length=False,
)
