"""What Chromium prints about a page's own headers and markup. Recorded: Chromium 156.

Left out: import maps, inline scripts, and headers for reports; that a script assigns a string where the page requires a Trusted
Type, because a flow does not say how a script names its URL.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from corsdoctor.browsers.chromium_features import features_console
from corsdoctor.browsers.chromium_policies import policies_console
from corsdoctor.browsers.page_policies import (
    DIRECTIVES,
    KEYWORDS,
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
from corsdoctor.url import is_potentially_trustworthy

if TYPE_CHECKING:
    from corsdoctor.scenario.page import Page

PLUGINS: Final = (
    "The Content-Security-Policy directive 'plugin-types' has been removed from the specification. If you want to block plugins, "
    "consider specifying \"object-src 'none'\" instead."
)
SOURCE: Final = "The source list for the Content Security Policy directive '{name}' contains an invalid source: '{word}'. It will be ignored."
ANCESTOR: Final = (
    "The Content-Security-Policy directive 'frame-ancestors' does not support the source expression '{word}'"
)
NOT_ALONE: Final = (
    "The Content-Security-Policy directive '{name}' contains the keyword 'none' alongside with other source expressions. The "
    "keyword 'none' must be the only source expression in the directive value, otherwise it is ignored."
)
LETTERS: Final = (
    "The value for the Content-Security-Policy directive '{name}' contains one or more invalid characters. In a source "
    "expression, non-whitespace characters outside ASCII 0x21-0x7E must be Punycode-encoded, as described in RFC 3492 "
    "(https://tools.ietf.org/html/rfc3492), if part of the hostname and percent-encoded, as described in RFC 3986, section 2.1 "
    "(http://tools.ietf.org/html/rfc3986#section-2.1), if part of the path."
)
EMPTY: Final = (
    "The Content Security Policy directive 'upgrade-insecure-requests' should be empty, but was delivered with a value of "
    "'{value}'. The directive has been applied, and the value ignored."
)
IN_MARKUP: Final = "The Content Security Policy directive '{name}' is ignored when delivered via a <meta> element."
REPORT_ONLY_IN_MARKUP: Final = (
    "The report-only Content Security Policy '{text}' was delivered via a <meta> element, which is disallowed. The policy has "
    "been ignored."
)
FRAME_OPTIONS: Final = (
    "X-Frame-Options may only be set via an HTTP header sent along with a document. It may not be set inside <meta>."
)
COOKIE: Final = "Blocked setting the `{text}` cookie from a `<meta>` tag."
OLD_POLICIES: Final = ("always", "default", "never", "origin-when-crossorigin")
REFERRER: Final = "Failed to set referrer policy: {why} The referrer policy has been left unchanged."
NOT_ONE: Final = "The value '{value}' is not one of {all}, or 'unsafe-url'."
ONE_TOKEN: Final = "A policy specified by a meta element must contain only one token."
OPENER: Final = (
    "The Cross-Origin-Opener-Policy header has been ignored, because the URL's origin was untrustworthy. It was defined either in "
    "the final response or a redirect. Please deliver the response using the HTTPS protocol. You can also use the 'localhost' "
    "origin instead. See https://www.w3.org/TR/powerful-features/#potentially-trustworthy-origin and "
    "https://html.spec.whatwg.org/#the-cross-origin-opener-policy-header."
)
NAME: Final = (
    "The Content-Security-Policy directive name '{name}' contains one or more invalid characters. Only ASCII alphanumeric "
    "characters or dashes '-' are allowed in directive names."
)
SINK: Final = "Invalid expression in 'require-trusted-types-for' Content Security Policy directive: {word}.{hint}\n"
SINK_HINT: Final = " Did you mean 'script'?"
NO_SINK: Final = (
    "'require-trusted-types-for' Content Security Policy directive is empty; The directive has no effect.\n"
)
POLICY_NAME: Final = "The value of the Content Security Policy directive 'trusted_types' contains an invalid policy: {word}. It will be ignored.{more}"
NOT_ALONE_TYPE: Final = " Note that 'none' has no effect unless it is the only expression in the directive value."
OPENER_POLICIES: Final = ("same-origin", "same-origin-allow-popups", "noopener-allow-popups")
_OWN_KEYWORDS: Final = ("'inline-speculation-rules'",)
_OWN_DIRECTIVES: Final = ("fenced-frame-src", "treat-as-public-address")


def page_console(page: Page) -> tuple[str, ...]:
    """The messages, in no order that counts."""
    lines = [line for policy in sent_policies(page) for line in _of_policy(policy)]
    lines += [FRAME_OPTIONS for _ in metas_of(page, "x-frame-options")]
    lines += [Sentence(COOKIE, text=meta.content) for meta in metas_of(page, "set-cookie")]
    opener = (page.headers.get("Cross-Origin-Opener-Policy") or "").partition(";")[0].strip()
    if opener in OPENER_POLICIES and page.url.is_http and not is_potentially_trustworthy(page.url.origin):
        lines.append(OPENER)
    return (*lines, *_of_referrer(page), *features_console(page), *policies_console(page))


def _of_policy(policy: SentPolicy) -> Iterator[str]:
    if policy.in_markup and policy.report_only:
        yield Sentence(REPORT_ONLY_IN_MARKUP, text=policy.text)
        return
    yield from (Sentence(DUPLICATE, name=name) for name in policy.duplicates())
    for name, words in policy.named().items():
        if name == "plugin-types":
            yield PLUGINS
        elif not (name.isascii() and name.replace("-", "").isalnum()):
            yield Sentence(NAME, name=name)
        elif name not in DIRECTIVES and name not in _OWN_DIRECTIVES:
            yield Sentence(UNKNOWN, name=name)
        elif policy.in_markup and name in NOT_IN_MARKUP:
            yield Sentence(IN_MARKUP, name=name)
        elif policy.report_only and name in ("sandbox", "upgrade-insecure-requests"):
            yield Sentence(REPORTS, name=name)
        elif name == "upgrade-insecure-requests" and words:
            yield Sentence(EMPTY, value=" ".join(words))
        elif name == "sandbox" and (wrong := wrong_flags(words)):
            yield about_flags(wrong)
        elif name in (REQUIRED, TRUSTED_TYPES):
            yield from _of_trusted_types(name, words)
    for name, words in policy.source_lists():
        yield from _of_sources(name, words)


def _of_sources(name: str, words: tuple[str, ...]) -> Iterator[str]:
    if name == "frame-ancestors":
        yield from (Sentence(ANCESTOR, name=name, word=word) for word in words if word.lower() in KEYWORDS - {"'self'"})
    for word in wrong_sources(words):
        if word.lower() in _OWN_KEYWORDS and name != "frame-ancestors":
            continue
        if word.lower() == NONE:
            yield Sentence(NOT_ALONE, name=name)
        elif not word.isascii():
            yield Sentence(LETTERS, name=name)
        else:
            yield Sentence(ANCESTOR if name == "frame-ancestors" else SOURCE, name=name, word=word)
    yield from about_paths(name, words)


def _of_trusted_types(name: str, words: tuple[str, ...]) -> Iterator[str]:
    if not all(map(str.isascii, words)):
        yield Sentence(LETTERS, name=name)
    elif name == TRUSTED_TYPES:
        for word in wrong_policy_names(words):
            bare = word.lower() == NONE
            yield Sentence(
                POLICY_NAME, word=word if bare else f"'{word}'", more=Sentence(NOT_ALONE_TYPE) if bare else ""
            )
    else:
        for word in words:
            if word != SCRIPT:
                yield Sentence(SINK, word=word, hint=SINK_HINT if word == SCRIPT.strip("'") else "")
        if SCRIPT not in words:
            yield NO_SINK


def _of_referrer(page: Page) -> Iterator[str]:
    value = page.headers.get("Referrer-Policy")
    if value is not None and not any(
        token.lower() in REFERRER_POLICIES for token in page.headers.elements("Referrer-Policy")
    ):
        yield _wrong_policy(value, REFERRER_POLICIES)
    for meta in metas(page.head):
        if meta.name == "referrer" and "," in meta.content:
            yield Sentence(REFERRER, why=ONE_TOKEN)
        elif meta.name == "referrer" and meta.content.lower() not in (*OLD_POLICIES, *REFERRER_POLICIES):
            yield _wrong_policy(meta.content, (*OLD_POLICIES, *REFERRER_POLICIES))


def _wrong_policy(value: str, known: tuple[str, ...]) -> str:
    return Sentence(REFERRER, why=Sentence(NOT_ONE, value=value, all=", ".join(f"'{name}'" for name in known[:-1])))
