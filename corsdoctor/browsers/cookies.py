"""How browsers differ in the cookies that they store, as data."""

from __future__ import annotations

from corsdoctor.record import Record


class Cookies(Record):
    """Which cookies a browser stores. tests/conformance/cookies.jsonl has what was recorded."""

    lax_by_default: bool
    """Whether a cookie without SameSite counts as SameSite=Lax."""
    none_requires_secure: bool
    """Whether SameSite=None and Partitioned require Secure."""
    prefixes_count: bool
    """Whether the prefixes __Host- and __Secure- of a name require attributes."""
    secure_on_loopback: bool
    """Whether a Secure cookie is stored over http if the host is localhost or a loopback address."""
    sites_have_schemes: bool
    """Whether http and https of one host are two sites."""
    third_party_blocked: bool
    """Whether no cookie of a cross-site request is stored."""
    third_party_partitioned: bool
    """Whether the cookies of cross-site requests are stored and sent apart for each top-level site (cookies/stored-frame/001)."""
    partitioned_counts: bool
    """Whether the attribute Partitioned stores a cookie apart for each top-level site (cookies/initiator/002)."""
    later_same_site_counts: bool
    """Whether a second SameSite of a cookie counts that says None, or nothing known, after Strict or Lax (cookies/two-sites/001)."""
    ordered_by_domain: bool
    """Whether a request names cookies with the Domain of its host first, then those without Domain, then those of domains above
    (cookies/order/001)."""
    storage_access: str
    """What Sec-Fetch-Storage-Access says of third-party cookies, "" where the browser does not send it (cookies/stored/001)."""
    tainted_requests_have_storage_access: bool
    """Whether a request has it that redirects gave `Origin: null` (cookies/redirect/001)."""
    workers_have_storage_access: bool
    """Whether a worker's request has it (initiators/worker-do/006)."""
    preflights_have_storage_access: bool
    """Whether a preflight has it (auth/preflight-401/002)."""
    redirects_leave_the_site: bool
    """Whether a redirect by way of another site makes a request cross-site (cookies/redirect/006)."""
    redirects_home_leave_the_site: bool
    """Whether it does so even if it returns to the page's own origin (cookies/navigate-redirect/001, cookies/redirect-home/004)."""
    frames_have_the_site_of_their_url: bool
    """Whether a frame's site for SameSite is that of its URL, even if the frame is sandboxed (cookies/sent-frame/009)."""
    requests_home_are_same_site: bool
    """Whether a request to the host of the top-level page is same-site from any frame (cookies/sent-frame/018)."""
    top_level_decides_third_party: bool
    """Whether a frame's own site does not make its requests third-party, only the page's does (cookies/stored-frame/008)."""
    localhost_is_one_site: bool
    """Whether localhost and *.localhost are one site to SameSite (cookies/sent/033)."""
