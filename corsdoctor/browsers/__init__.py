"""What differs between browsers, as data. Every profile states every field; there are no defaults.

A field exists because a recorded case shows it, which its docstring names where one does alone (tests/conformance).
The algorithms under `fetch/` read fields; they never ask for a browser's name.

The profiles are loaded when one is asked for: what needs only a browser's words does without them.

    profile, cookies     the fields; quirks has the sentence that a report prints for each, with its case
    standard, chromium, firefox, webkit    a value for every field
    *_console, *_templates    what the console says of a request (chromium_console, firefox_console, webkit_console),
                              and the templates (chromium_templates, firefox_templates, webkit_templates); worded
                              joins them by rule, facts is what they know
    *_page               what it says of a page: chromium_page, chromium_features, chromium_policies, firefox_page,
                         webkit_page; page_policies and structured_fields read the headers, page_wordings has what two
                         word alike
    chromium_header_map  the order of request headers that Chromium's messages show
    hosts                the characters that each sends in the host of an Origin header
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from corsdoctor.browsers.chromium import CHROMIUM
    from corsdoctor.browsers.firefox import FIREFOX
    from corsdoctor.browsers.profile import Profile
    from corsdoctor.browsers.standard import STANDARD
    from corsdoctor.browsers.webkit import WEBKIT

    BROWSERS: tuple[Profile, ...]

__all__ = ["BROWSERS", "CHROMIUM", "FIREFOX", "REAL", "STANDARD", "WEBKIT", "Profile", "by_name"]

REAL: Final = ("chromium", "firefox", "webkit")
"""The names of the profiles that a real browser can have."""
_NAMES: Final = ("standard", *REAL)


def __getattr__(name: str) -> Any:
    if name == "BROWSERS":
        return tuple(by_name(browser) for browser in _NAMES)
    if name.lower() in _NAMES and name.isupper():
        return by_name(name.lower())
    if name == "Profile":
        return import_module("corsdoctor.browsers.profile").Profile
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def by_name(name: str) -> Profile:
    """The profile called `name`; KeyError if there is none."""
    if name not in _NAMES:
        raise KeyError(name)
    profile: Profile = getattr(import_module(f"corsdoctor.browsers.{name}"), name.upper())
    return profile
