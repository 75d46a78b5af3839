"""What WebKit prints about a page's own headers and markup. Recorded: WebKitGTK 2.50.

Left out: import maps.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from corsdoctor.browsers.page_policies import (
    DIRECTIVES,
    NONE,
    NOT_IN_MARKUP,
    REQUIRED,
    SCRIPT,
    TRUSTED_TYPES,
    SentPolicy,
    metas_of,
    sent_policies,
    wrong_flags,
    wrong_policy_names,
    wrong_sources,
)
from corsdoctor.browsers.page_wordings import DUPLICATE, REPORTS, UNKNOWN, about_flags, about_paths
from corsdoctor.scenario import REFERRER_POLICIES
from corsdoctor.scenario.markup import metas
from corsdoctor.sentence import Sentence

if TYPE_CHECKING:
    from corsdoctor.scenario.page import Page

SOURCE: Final = "The source list for Content Security Policy directive '{name}' contains an invalid source: '{word}'. It will be ignored.{more}"
NOT_ALONE: Final = " Note that 'none' has no effect unless it is the only expression in the source list."
LETTERS: Final = (
    "The value for Content Security Policy directive '{name}' contains an invalid character: '{word}'. Non-whitespace characters "
    "outside ASCII 0x21-0x7E must be percent-encoded, as described in RFC 3986, section 2.1: "
    "http://tools.ietf.org/html/rfc3986#section-2.1."
)
SINK: Final = "Invalid sink group in 'require-trusted-types-for' Content Security Policy directive: ''."
POLICY_NAME: Final = "Invalid policy name in 'trusted-types' Content Security Policy directive: {word}.{more}"
NOT_ALONE_TYPE: Final = " Note that 'none' has no effect unless it is the only expression."
IN_MARKUP: Final = "The Content Security Policy directive '{name}' is ignored when delivered via an HTML meta element."
NO_REPORTS: Final = (
    "The Content Security Policy '{text}' was delivered in report-only mode, but does not specify a 'report-to'; the policy will "
    "have no effect. Please either add a 'report-to' directive, or deliver the policy via the 'Content-Security-Policy' header."
)
FRAME_OPTIONS: Final = (
    "The X-Frame-Option '{text}' supplied in a <meta> element was ignored. X-Frame-Options may only be provided by an HTTP header "
    "sent with the document."
)
PLUGIN: Final = "Invalid plugin type in 'plugin-types' Content Security Policy directive: '{word}'."
NO_PLUGINS: Final = "'plugin-types' Content Security Policy directive is empty; all plugins will be blocked."
COOKIE: Final = (
    "The Set-Cookie meta tag is obsolete and was ignored. Use the HTTP header Set-Cookie or document.cookie instead."
)
REFERRER: Final = (
    "Failed to set referrer policy: The value '{value}' is not one of 'no-referrer', 'no-referrer-when-downgrade', 'same-origin', "
    "'origin', 'strict-origin', 'origin-when-cross-origin', 'strict-origin-when-cross-origin' or 'unsafe-url'."
)
OLD_POLICIES: Final = frozenset({"", "always", "default", "never"})
_KNOWN: Final = (DIRECTIVES | {"plugin-types", "prefetch-src"}) - {"manifest-src"}
_NOT_IN_REPORTS: Final = ("frame-ancestors", "sandbox", "upgrade-insecure-requests")


def page_console(page: Page) -> tuple[str, ...]:
    """The messages, in no order that counts."""
    lines = [line for policy in sent_policies(page) for line in _of_policy(policy)]
    lines += [Sentence(FRAME_OPTIONS, text=meta.content) for meta in metas_of(page, "x-frame-options")]
    lines += [COOKIE for _ in metas_of(page, "set-cookie")]
    return (*lines, *_of_referrer(page))


def _of_policy(policy: SentPolicy) -> Iterator[str]:
    if policy.in_markup and policy.report_only:
        return
    names = policy.named()
    yield from (Sentence(DUPLICATE, name=name) for name in policy.duplicates())
    for name, words in names.items():
        if name not in _KNOWN:
            yield Sentence(UNKNOWN, name=name)
        elif policy.in_markup and name in NOT_IN_MARKUP:
            yield Sentence(IN_MARKUP, name=name)
        elif policy.report_only and name in _NOT_IN_REPORTS:
            yield Sentence(REPORTS, name=name)
        elif name == "plugin-types":
            yield from _of_plugins(words)
        elif name == REQUIRED and any(word.lower() != SCRIPT for word in words):
            yield SINK
        elif name == TRUSTED_TYPES:
            yield from _of_policy_names(words)
        elif name == "sandbox" and (wrong := wrong_flags(words)):
            yield about_flags(wrong)
    if policy.report_only and names and not names.keys() & {"report-uri", "report-to"}:
        yield Sentence(NO_REPORTS, text=policy.text)
    for name, words in policy.source_lists():
        if name in _KNOWN:
            yield from _of_sources(name, words)


def _of_plugins(words: tuple[str, ...]) -> Iterator[str]:
    """Messages about the obsolete list of the types that plugins may have."""
    if not words:
        yield NO_PLUGINS
    yield from (Sentence(PLUGIN, word=word) for word in words if word.count("/") != 1)


def _of_policy_names(words: tuple[str, ...]) -> Iterator[str]:
    """Messages about names that are in quotes or not ASCII; other invalid names it ignores."""
    for word in wrong_policy_names(words):
        if not word.isascii():
            yield Sentence(LETTERS, name=TRUSTED_TYPES, word=word)
        elif word.lower() == NONE:
            yield Sentence(POLICY_NAME, word=word, more=NOT_ALONE_TYPE)
        elif word.startswith("'"):
            yield Sentence(POLICY_NAME, word=f"'{word}'", more="")


def _of_sources(name: str, words: tuple[str, ...]) -> Iterator[str]:
    for word in wrong_sources(words):
        if word.isascii():
            yield Sentence(SOURCE, name=name, word=word, more=NOT_ALONE if word.lower() == NONE else "")
        else:
            yield Sentence(LETTERS, name=name, word=word)
    yield from about_paths(name, words)
    for word in words:
        if word.lower() == "'strict-dynamic'" and not name.startswith(("script-src", "default-src")):
            yield Sentence(SOURCE, name=name, word=word, more="")


def _of_referrer(page: Page) -> Iterator[str]:
    value = page.headers.get("Referrer-Policy")
    if value is not None and not any(
        token.lower() in REFERRER_POLICIES for token in page.headers.elements("Referrer-Policy")
    ):
        yield Sentence(REFERRER, value=value)
    for meta in metas(page.head):
        if meta.name == "referrer" and meta.content.lower() not in (*OLD_POLICIES, *REFERRER_POLICIES):
            yield Sentence(REFERRER, value=meta.content)
