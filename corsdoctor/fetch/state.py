"""What a browser remembers from one request to the next, and the time.

A plain check has none of it. flow/run.py makes one for each browser and flow, and reads after each request what became of
the cookies.
"""

from __future__ import annotations

from corsdoctor.browsers.profile import Profile
from corsdoctor.fetch.cookie_jar import CookieJar, ThirdParty
from corsdoctor.fetch.http_cache import HttpCache
from corsdoctor.fetch.preflight_cache import PreflightCache
from corsdoctor.fetch.preloads import Preloads
from corsdoctor.record import Record
from corsdoctor.rule import Cause
from corsdoctor.url import URL


class Login(Record):
    """A login that a server accepted at `url`: it is for the paths below `directory`, and for one partition."""

    url: URL
    directory: str
    partition: str
    value: str


class CookieLog:
    """The names of the cookies that were sent and stored, and (name, reason) of those that were not."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.stored: list[str] = []
        self.refused: list[tuple[str, str]] = []
        self.unsent: list[tuple[str, str, Cause]] = []
        """The cookies that a request did not carry: the pair, the URL, and why."""


class State:
    """One browser profile. `now` is in seconds from when it was made."""

    def __init__(self, profile: Profile, third_party_cookies: ThirdParty = ThirdParty.DEFAULT) -> None:
        self.profile = profile
        self.jar = CookieJar(profile.cookies)
        self.preflights = PreflightCache(
            separates_credentials=profile.preflights_separate_credentials,
            wildcard_covers_authorization=profile.remembered_wildcard_covers_authorization,
        )
        self.http_cache = HttpCache()
        self.preloads = Preloads()
        self.logins: list[Login] = []
        self.third_party_cookies = third_party_cookies
        self.now = 0.0
        self.preflight_spared = False
        """Whether the preflight cache spared a preflight of the latest request."""
        self.cookies = CookieLog()
