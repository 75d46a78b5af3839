"""What Firefox prints about a page's own headers and markup. Recorded: Firefox 153 ESR.

Left out: import maps, and the cookies that it rejects.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from corsdoctor.browsers.page_policies import (
    DIRECTIVES,
    KEYWORDS,
    NONCE_OR_HASH,
    NONE,
    NOT_IN_MARKUP,
    REQUIRED,
    SCRIPT,
    STRICT_DYNAMIC,
    TRUSTED_TYPES,
    UNSAFE_INLINE,
    SentPolicy,
    is_source,
    sent_policies,
    wrong_flags,
    wrong_policy_names,
    wrong_sources,
)
from corsdoctor.pattern import Pattern
from corsdoctor.sentence import Sentence
from corsdoctor.url import is_potentially_trustworthy, parse
from corsdoctor.wire import ascii_words

if TYPE_CHECKING:
    from corsdoctor.scenario.page import Page

POLICY: Final = "Content-Security-Policy: {why}"
UNKNOWN: Final = "Couldn’t process unknown directive ‘{name}’"
UNSUPPORTED: Final = "Not supporting directive ‘{name}’. Directive and values will be ignored."
DUPLICATE: Final = "Duplicate {name} directives detected.  All but the first instance will be ignored."
HOST: Final = "Couldn’t parse invalid host {word}"
SOURCE: Final = "Failed to parse unrecognized source {word}"
PORT: Final = "Couldn’t parse port in {word}"
NOT_ALONE: Final = "Ignoring unknown option 'none'"
BARE: Final = (
    "Interpreting {word} as a hostname, not a keyword. If you intended this to be a keyword, use ‘{word}’ (wrapped in single "
    "quotes)."
)
NOT_STRICT: Final = "Ignoring “{word}” within {name}: ‘strict-dynamic’ specified"
NOT_INLINE: Final = "Ignoring “{word}” within {name}: nonce-source or hash-source specified"
STRICT_ELSEWHERE: Final = "Ignoring source “strict-dynamic” (Only supported within script-src)."
STRICT_ALONE: Final = (
    "Keyword ‘strict-dynamic’ within “{name}” with no valid nonce or hash might block all scripts from loading"
)
LETTERS: Final = "Ignoring directive ‘{name}’ because the token contains invalid characters ‘{word}’"
FLAG: Final = "Couldn’t parse invalid sandbox flag ‘{word}’"
OBSOLETE: Final = (
    "Ignoring ‘block-all-mixed-content’ because mixed content display upgrading makes block-all-mixed-content obsolete."
)
IGNORED: Final = "Ignoring srcs for directive ‘upgrade-insecure-requests’"
IN_MARKUP: Final = "Ignoring source ‘{name}’ (Not supported when delivered via meta element)."
TOKEN: Final = "Received an invalid token for the ‘{name}‘ directive: {word}{more}"
EXPECTED: Final = "; expected ‘script‘"
NO_TOKENS: Final = "Received an invalid number of tokens for the ‘{name}‘ directive: 1; expected 1"
SANDBOX_REPORTS: Final = "Ignoring sandbox directive when delivered in a report-only policy ‘{text}’"
NO_REPORTS: Final = (
    "This site ({origin}) has a Report-Only policy without a report-uri directive nor a report-to directive. CSP will not block "
    "and cannot report violations of this policy."
)
NOSNIFF: Final = "X-Content-Type-Options header warning: value was “{value}”; did you mean to send “nosniff”?"
HSTS: Final = "Strict-Transport-Security: The site specified a header that {did}."
NO_AGE: Final = "did not include a ‘max-age’ directive"
WRONG_AGE: Final = "included an invalid ‘max-age’ directive"
SAME_SITE: Final = "Invalid “SameSite“ value for cookie “{name}”. The supported values are: “Lax“, “Strict“, “None“."
_BAD_PORT: Final = re.compile(r"(?:[a-z][a-z0-9+.-]*://)?[a-z0-9*.-]+:(?!//|[0-9*]).*", re.I)
CLEARED: Final = "Clear-Site-Data header forced the clean up of “{kind}” data."
UNKNOWN_DATA: Final = "Clear-Site-Data header found. Unknown value “{kind}”."
_CLEARED: Final = {'"cache"': "cache", '"cookies"': "cookies", '"storage"': "storage", '"*"': ""}
"""The types of data that it knows."""
_STILL_COUNT: Final = (STRICT_DYNAMIC, "'unsafe-eval'", "'unsafe-hashes'", "'wasm-unsafe-eval'")
"""The keywords that have an effect beside 'strict-dynamic'."""
_BARE_HOST: Final = Pattern(r"(?!')(?P<host>[a-z0-9*.-]*[a-z0-9-]|\*(?=:))(?P<rest>(?::[0-9*]+)?(?:/.*)?)", re.I)


def page_console(page: Page) -> tuple[str, ...]:
    """The messages, in no order that counts."""
    lines = [Sentence(POLICY, why=why) for policy in sent_policies(page) for why in _of_policy(policy, page)]
    nosniff = (page.headers.get("X-Content-Type-Options") or "").split(",")[0].strip(" \t")
    if nosniff and nosniff.lower() != "nosniff":
        lines.append(Sentence(NOSNIFF, value=nosniff))
    return (*lines, *_of_transport(page), *_of_cookies(page), *_of_data(page))


def _of_policy(policy: SentPolicy, page: Page) -> Iterator[str]:
    if policy.in_markup and policy.report_only:
        return
    names = policy.named()
    yield from (Sentence(DUPLICATE, name=name) for name in policy.duplicates())
    for name, words in names.items():
        if name == "reflected-xss":
            yield Sentence(UNSUPPORTED, name=name)
        elif name not in DIRECTIVES:
            yield Sentence(UNKNOWN, name=name)
        elif policy.in_markup and name in NOT_IN_MARKUP:
            yield Sentence(IN_MARKUP, name=name)
        elif name == "block-all-mixed-content":
            yield OBSOLETE
        elif name == "upgrade-insecure-requests" and words:
            yield IGNORED
        elif name == "sandbox" and policy.report_only:
            yield Sentence(SANDBOX_REPORTS, text="; ".join(_serialized(*one, page) for one in names.items()))
        elif name in (REQUIRED, TRUSTED_TYPES):
            yield from _of_trusted_types(name, words)
        elif name == "sandbox":
            yield from (Sentence(FLAG, word=word) for word in wrong_flags(words))
    if policy.report_only and names and not names.keys() & {"report-uri", "report-to"}:
        yield Sentence(NO_REPORTS, origin=str(page.url.origin))
    for name, words in policy.source_lists():
        yield from _of_sources(name, words)
        yield from _of_ignored_sources(name, words, page)


def _of_ignored_sources(name: str, words: tuple[str, ...], page: Page) -> Iterator[str]:
    """Sources that have no effect beside 'strict-dynamic', a nonce or a hash."""
    trusted = any(NONCE_OR_HASH.fullmatch(word) for word in words)
    inline = name.startswith(("default-src", "script-src", "style-src"))
    if trusted and inline and UNSAFE_INLINE in map(str.lower, words):
        yield Sentence(NOT_INLINE, word=UNSAFE_INLINE, name=name)
    if STRICT_DYNAMIC not in map(str.lower, words):
        return
    if name not in ("script-src", "script-src-elem", "default-src"):
        yield STRICT_ELSEWHERE
    if name == "default-src":
        return
    for word in words:
        if is_source(word) and word.lower() not in _STILL_COUNT and NONCE_OR_HASH.fullmatch(word) is None:
            yield Sentence(NOT_STRICT, word=written(word, page.url.scheme), name=name)
    if not trusted:
        yield Sentence(STRICT_ALONE, name=name)


def written(word: str, scheme: str) -> str:
    """A source as Firefox prints it: a host without a scheme gets that of the page."""
    host = _BARE_HOST.compiled.fullmatch(word)
    return f"{scheme}://{host['host'].lower()}{host['rest']}" if host else word


def _of_sources(name: str, words: tuple[str, ...]) -> Iterator[str]:
    yield from (Sentence(BARE, word=word) for word in words if f"'{word.lower()}'" in (NONE, *KEYWORDS))
    for word in wrong_sources(words):
        if word.lower() == NONE:
            yield NOT_ALONE
        elif not word.isascii():
            yield Sentence(LETTERS, name=name, word=word)
        elif word.count(":") == 1 and "://" not in word:
            yield Sentence(SOURCE, word=word)
        else:
            yield Sentence(PORT if _BAD_PORT.fullmatch(word) else HOST, word=word)


def _of_trusted_types(name: str, words: tuple[str, ...]) -> Iterator[str]:
    if name == REQUIRED and not words:
        yield Sentence(NO_TOKENS, name=name)
    wrong = wrong_policy_names(words) if name == TRUSTED_TYPES else [word for word in words if word != SCRIPT]
    for word in wrong:
        if not word.isascii():
            yield Sentence(LETTERS, name=name, word=word)
        elif word.lower() == NONE and name == TRUSTED_TYPES:
            yield NOT_ALONE
        else:
            yield Sentence(TOKEN, name=name, word=word, more=EXPECTED if name == REQUIRED else "")


def _serialized(name: str, words: tuple[str, ...], page: Page) -> str:
    resolved = [parse(word, page.url.href) if name == "report-uri" else None for word in words]
    return " ".join((name, *(word if url is None else url.href for word, url in zip(words, resolved, strict=True)))) + (
        "" if words else " "
    )


def _of_transport(page: Page) -> Iterator[str]:
    value = page.headers.get("Strict-Transport-Security")
    if value is None or page.url.scheme != "https":
        return
    said = {name.strip(" \t").lower(): age for name, _, age in (part.partition("=") for part in value.split(";"))}
    if "max-age" not in said:
        yield Sentence(HSTS, did=NO_AGE)
    elif not said["max-age"].strip(' \t"').isdecimal():
        yield Sentence(HSTS, did=WRONG_AGE)


def _of_cookies(page: Page) -> Iterator[str]:
    for line in page.headers.values("Set-Cookie"):
        pair, *attributes = line.split(";")
        named = {key.strip(" \t").lower(): value for key, _, value in (one.partition("=") for one in attributes)}
        site = named.get("samesite", "lax").strip(" \t").lower()
        if site not in ("lax", "strict", "none"):
            yield Sentence(SAME_SITE, name=pair.partition("=")[0].strip(" \t"))


def _of_data(page: Page) -> Iterator[str]:
    """Clear-Site-Data, which it ignores unless the page is trustworthy."""
    if not page.url.is_http or not is_potentially_trustworthy(page.url.origin):
        return
    cleared: dict[str, None] = {}
    for part in page.headers.elements("Clear-Site-Data"):
        kind = "".join(ascii_words(part))
        if kind in _CLEARED:
            cleared |= dict.fromkeys(_CLEARED.values() if kind == '"*"' else (_CLEARED[kind],))
        else:
            yield Sentence(UNKNOWN_DATA, kind=kind)
    yield from (Sentence(CLEARED, kind=kind) for kind in cleared if kind)
