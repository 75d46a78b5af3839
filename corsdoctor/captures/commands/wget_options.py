"""GNU Wget's options, and the arguments of a command line as options with their values.

https://www.gnu.org/software/wget/manual/wget.html#Invoking
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from corsdoctor.captures.commands.parsed import NotUnderstood
from corsdoctor.captures.commands.words import Word, value_of
from corsdoctor.record import Record

_VALUED_NAMES: Final = """
accept accept-regex append-output backups base bind-address body-data body-file ca-certificate ca-directory certificate
certificate-type ciphers compression config connect-timeout crl-file cut-dirs default-page directory-prefix dns-timeout domains
exclude-directories exclude-domains execute follow-tags ftp-password ftp-user header hsts-file http-password http-user ignore-tags
include-directories input-file level limit-rate load-cookies local-encoding max-redirect method output-document output-file
password pinnedpubkey post-data post-file prefer-family private-key private-key-type progress proxy-password proxy-user quota
read-timeout referer regex-type reject reject-regex rejected-log remote-encoding report-speed restrict-file-names
retry-on-http-error save-cookies secure-protocol start-pos timeout tries use-askpass user user-agent wait waitretry warc-dedup
warc-file warc-header warc-max-size warc-tempdir
"""
_FLAG_NAMES: Final = """
adjust-extension ask-password auth-no-challenge background backup-converted cache check-certificate clobber content-disposition
content-on-error continue convert-file-only convert-links cookies debug delete-after directories dns-cache follow-ftp
force-directories force-html ftps-clear-data-connection ftps-fallback-to-ftp ftps-implicit ftps-resume-ssl glob help
host-directories hsts http-keep-alive https-only if-modified-since ignore-case ignore-length inet4-only inet6-only iri
keep-session-cookies mirror netrc page-requisites parent passive-ftp preserve-permissions protocol-directories proxy quiet
random-wait recursive relative remove-listing retr-symlinks retry-connrefused save-headers server-response show-progress
span-hosts spider strict-comments timestamping trust-server-names unlink use-server-timestamps verbose version warc-cdx
warc-compression warc-digests warc-keep-log xattr
"""
_WITH_VALUE: Final = frozenset(_VALUED_NAMES.split())
_FLAGS: Final = frozenset(_FLAG_NAMES.split())
_LONG: Final = (*_WITH_VALUE, *_FLAGS, *(f"no-{name}" for name in _FLAGS), "no-config")
_SHORT: Final = {
    "O": "output-document", "o": "output-file", "a": "append-output", "e": "execute", "i": "input-file", "B": "base",
    "t": "tries", "T": "timeout", "w": "wait", "Q": "quota", "P": "directory-prefix", "U": "user-agent", "l": "level",
    "A": "accept", "R": "reject", "D": "domains", "I": "include-directories", "X": "exclude-directories",
    "b": "background", "c": "continue", "d": "debug", "E": "adjust-extension", "F": "force-html", "h": "help",
    "H": "span-hosts", "k": "convert-links", "K": "backup-converted", "L": "relative", "m": "mirror", "N": "timestamping",
    "p": "page-requisites", "q": "quiet", "r": "recursive", "S": "server-response", "v": "verbose", "V": "version",
    "x": "force-directories", "4": "inet4-only", "6": "inet6-only",
}  # fmt: skip
_NO: Final = frozenset("cdHpv")  # -nv and its kin


class Given(Record):
    """One option as given: its long name, its value (None for a flag), and whether a flag is on; an argument is a `url`."""

    name: str
    value: Word | None = None
    on: bool = True


def options(arguments: tuple[Word, ...]) -> Iterator[Given]:
    """The options in order. Raises NotUnderstood for one that Wget does not have, or that lacks its value."""
    left = iter(arguments)
    for word in left:
        if word.text == "--":
            yield from (Given("url", one) for one in left)
        elif word.text.startswith("--"):
            yield _long(word, left)
        elif word.text.startswith("-") and len(word.text) > 1:
            yield from _short(word, left)
        else:
            yield Given("url", word)


def set_by(command: Word) -> Given | None:
    """The option that `-e NAME=VALUE` sets, None if it is none that matters.

    https://www.gnu.org/software/wget/manual/wget.html#Wgetrc-Commands
    """
    written, equals, value = command.text.partition("=")
    name = written.strip().lower().replace("_", "-")
    rest = command.rest(len(written) + len(equals) + len(value) - len(value.lstrip()))
    if name in ("http-proxy", "https-proxy") or name in _WITH_VALUE:
        return Given(name, rest)
    return Given(name, on=value.strip().lower() in ("on", "yes", "1")) if name in _FLAGS else None


def _long(word: Word, left: Iterator[Word]) -> Given:
    text, equals, value = word.text[2:].partition("=")
    names = [text] if text in _LONG else [name for name in _LONG if text and name.startswith(text)]
    if len(names) != 1:
        raise NotUnderstood(f"Wget has no option --{text}", word.spot)
    (name,) = names
    if name in _WITH_VALUE:
        return Given(
            name, word.rest(len(word.text) - len(value)) if equals else value_of(f"Wget's option --{text}", word, left)
        )
    return Given(name.removeprefix("no-"), on=not name.startswith("no-"))


def _short(word: Word, left: Iterator[Word]) -> Iterator[Given]:
    letters = iter(enumerate(word.text[1:], 1))
    for at, letter in letters:
        if letter == "n":
            if any(one not in _NO for _, one in letters) or word.text.endswith("n"):
                break
            return
        name = _SHORT.get(letter)
        if name is None:
            break
        if name in _WITH_VALUE:
            rest = word.rest(at + 1)
            yield Given(name, rest if rest.text else value_of(f"Wget's option -{letter}", word, left))
            return
        yield Given(name)
    else:
        return
    raise NotUnderstood(f"Wget has no option {word.text[:20]}", word.spot)
