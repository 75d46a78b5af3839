"""What a page's own headers and markup say, as far as browsers print something about it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from corsdoctor.record import Record
from corsdoctor.scenario.markup import Meta, metas
from corsdoctor.scenario.page import Page
from corsdoctor.wire import ascii_lower, ascii_words

CSP: Final = "content-security-policy"
REPORT_ONLY: Final = f"{CSP}-report-only"
NONE: Final = "'none'"
SOURCE_LISTS: Final = frozenset(
    {"base-uri", "child-src", "connect-src", "default-src", "font-src", "form-action", "frame-ancestors", "frame-src", "img-src",
     "manifest-src", "media-src", "object-src", "script-src", "script-src-attr", "script-src-elem", "style-src",
     "style-src-attr", "style-src-elem", "worker-src"}
)  # fmt: skip
DIRECTIVES: Final = SOURCE_LISTS | {
    "block-all-mixed-content", "report-to", "report-uri", "require-trusted-types-for", "sandbox", "trusted-types",
    "upgrade-insecure-requests",
}  # fmt: skip
"""Those that every browser knows, with few exceptions."""
NOT_IN_MARKUP: Final = ("frame-ancestors", "report-uri", "sandbox")
SANDBOX_FLAGS: Final = frozenset(
    f"allow-{what}"
    for what in (
        "downloads", "forms", "modals", "orientation-lock", "pointer-lock", "popups", "popups-to-escape-sandbox", "presentation",
        "same-origin", "scripts", "storage-access-by-user-activation", "top-navigation",
        "top-navigation-by-user-activation", "top-navigation-to-custom-protocols",
    )
)  # fmt: skip
UNSAFE_INLINE: Final = "'unsafe-inline'"
STRICT_DYNAMIC: Final = "'strict-dynamic'"
KEYWORDS: Final = frozenset(
    {"'self'", UNSAFE_INLINE, "'unsafe-eval'", "'unsafe-hashes'", STRICT_DYNAMIC, "'report-sample'", "'trusted-types-eval'",
     "'wasm-unsafe-eval'"}
)  # fmt: skip
NONCE_OR_HASH: Final = re.compile(r"'(?:nonce|sha256|sha384|sha512)-[A-Za-z0-9+/_-]+={0,2}'", re.I)
_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]*:", re.I)
_POLICY_NAME: Final = re.compile(r"[A-Za-z0-9#=_/@.%-]+")
TRUSTED_TYPES: Final = "trusted-types"
REQUIRED: Final = "require-trusted-types-for"
SCRIPT: Final = "'script'"
"""The only thing that the directive require-trusted-types-for can name."""
HOST: Final = re.compile(  # which cannot be an IPv6 address
    r"(?:[a-z][a-z0-9+.-]*://)?(?:\*|(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?)(?P<port>:(?:[0-9]+|\*))?"
    r"(?P<path>/[^ ]*)?",
    re.I,
)


class SentPolicy(Record):
    """A Content-Security-Policy as it was sent: its directives in order, duplicates included.

    The `text` of a policy after another one begins with a space, as in a header whose lines are combined (csp/two-reports/001).
    """

    text: str
    directives: tuple[tuple[str, tuple[str, ...]], ...]
    report_only: bool
    in_markup: bool

    def named(self) -> dict[str, tuple[str, ...]]:
        """The first directive of each name, which is the one that counts."""
        named: dict[str, tuple[str, ...]] = {}
        for name, words in self.directives:
            named.setdefault(name, words)
        return named

    def duplicates(self) -> Iterator[str]:
        """The name of each directive that repeats an earlier one."""
        seen: set[str] = set()
        for name, _ in self.directives:
            if name in seen:
                yield name
            seen.add(name)

    def source_lists(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The directives that list sources."""
        yield from ((name, words) for name, words in self.named().items() if name in SOURCE_LISTS)


def sent_policies(page: Page) -> Iterator[SentPolicy]:
    """The policies of the response and of the markup."""
    for header, report_only in ((CSP, False), (REPORT_ONLY, True)):
        lines = page.headers.values(header)
        for text in ", ".join(lines).split(",") if lines else ():
            yield _read(text, report_only=report_only, in_markup=False)
    for meta in metas(page.head):
        if meta.http_equiv in (CSP, REPORT_ONLY):
            yield _read(meta.content.strip(), report_only=meta.http_equiv == REPORT_ONLY, in_markup=True)


def _read(text: str, *, report_only: bool, in_markup: bool) -> SentPolicy:
    tokens = [ascii_words(token) for token in text.split(";")]
    directives = tuple((ascii_lower(words[0]), tuple(words[1:])) for words in tokens if words)
    return SentPolicy(text, directives, report_only, in_markup)


def is_source(word: str) -> bool:
    """https://w3c.github.io/webappsec-csp/#grammardef-source-expression"""
    known = word.lower() in KEYWORDS or NONCE_OR_HASH.fullmatch(word) or _SCHEME.fullmatch(word) or HOST.fullmatch(word)
    return bool(known)


def wrong_sources(words: tuple[str, ...]) -> list[str]:
    """The words of a list that are not sources; 'none' alone is a valid list."""
    alone = len(words) == 1
    return [word for word in words if not is_source(word) and not (alone and word.lower() == NONE)]


def wrong_paths(words: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """The paths of a list that have a query or a fragment, with the character that begins it."""
    for word in words:
        match = HOST.fullmatch(word)
        path = (match["path"] or "") if match is not None else ""
        mark = next((char for char in path if char in "?#"), None)
        if mark is not None:
            yield path, mark


def wrong_policy_names(words: tuple[str, ...]) -> list[str]:
    """The words of the directive trusted-types that are not names of policies; 'none' alone is a valid list.

    https://www.w3.org/TR/trusted-types/#trusted-types-csp-directive
    """
    alone = len(words) == 1
    known = ("*", "'allow-duplicates'", NONE) if alone else ("*", "'allow-duplicates'")
    return [word for word in words if word.lower() not in known and _POLICY_NAME.fullmatch(word) is None]


def wrong_flags(words: tuple[str, ...]) -> list[str]:
    """The words of the directive sandbox that are not flags."""
    return [word for word in words if word.lower() not in SANDBOX_FLAGS]


def metas_of(page: Page, http_equiv: str) -> Iterator[Meta]:
    """The <meta> elements that set what the header would."""
    yield from (meta for meta in metas(page.head) if meta.http_equiv == http_equiv)
