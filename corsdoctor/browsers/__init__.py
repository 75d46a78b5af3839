"""What differs between browsers, as data. Every profile states every field; there are no defaults.

A field exists because a recorded case shows it: the comment names one (tests/conformance/cases.jsonl). The algorithms
under `fetch/` read fields; they never ask for a browser's name.
"""

from __future__ import annotations

from corsdoctor.browsers.chromium import CHROMIUM
from corsdoctor.browsers.firefox import FIREFOX
from corsdoctor.browsers.profile import Profile
from corsdoctor.browsers.standard import STANDARD
from corsdoctor.browsers.webkit import WEBKIT

BROWSERS = (STANDARD, CHROMIUM, FIREFOX, WEBKIT)

__all__ = ["BROWSERS", "CHROMIUM", "FIREFOX", "STANDARD", "WEBKIT", "Profile", "by_name"]


def by_name(name: str) -> Profile:
    """The profile called `name`; KeyError where there is none."""
    return {p.name: p for p in BROWSERS}[name]
