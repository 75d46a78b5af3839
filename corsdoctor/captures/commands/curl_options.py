"""curl's options, and the arguments of a command line as options with their values. https://curl.se/docs/manpage.html"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from corsdoctor.captures.commands.parsed import NotUnderstood
from corsdoctor.captures.commands.words import Word, value_of
from corsdoctor.record import Record

_VALUED_NAMES: Final = """
abstract-unix-socket alt-svc aws-sigv4 cacert capath cert cert-type ciphers config connect-timeout connect-to continue-at
cookie cookie-jar create-file-mode crlfile curves data data-ascii data-binary data-raw data-urlencode delegation
dns-interface dns-ipv4-addr dns-ipv6-addr dns-servers doh-url dump-header ech egd-file engine etag-compare etag-save
expect100-timeout form form-string ftp-account ftp-alternative-to-user ftp-method ftp-port ftp-ssl-ccc-mode
happy-eyeballs-timeout-ms haproxy-clientip header hostpubmd5 hostpubsha256 hsts interface ip-tos ipfs-gateway json
keepalive-cnt keepalive-time key key-type knownhosts krb libcurl limit-rate local-port login-options mail-auth mail-from
mail-rcpt max-filesize max-redirs max-time netrc-file noproxy oauth2-bearer output output-dir parallel-max
parallel-max-host pass pinnedpubkey preproxy proto proto-default proto-redir proxy proxy-cacert proxy-capath proxy-cert
proxy-cert-type proxy-ciphers proxy-crlfile proxy-header proxy-key proxy-key-type proxy-pass proxy-pinnedpubkey
proxy-service-name proxy-tls13-ciphers proxy-tlsauthtype proxy-tlspassword proxy-tlsuser proxy-user proxy1.0 pubkey quote
random-file range rate referer request request-target resolve retry retry-delay retry-max-time sasl-authzid service-name
sigalgs socks4 socks4a socks5 socks5-gssapi-service socks5-hostname speed-limit speed-time stderr telnet-option
tftp-blksize time-cond tls-max tls13-ciphers tlsauthtype tlspassword tlsuser trace trace-ascii trace-config unix-socket
upload-file upload-flags url url-query user user-agent variable vlan-priority write-out
"""
_FLAG_NAMES: Final = """
anyauth append basic ca-native cert-status compressed compressed-ssh create-dirs crlf digest disable disable-eprt
disable-epsv disallow-username-in-url doh-cert-status doh-insecure dump-ca-embed eprt epsv fail fail-early fail-with-body
false-start follow form-escape ftp-create-dirs ftp-pasv ftp-pret ftp-skip-pasv-ip ftp-ssl-ccc ftp-ssl-control get globoff
haproxy-protocol head help http0.9 http1.0 http1.1 http2 http2-prior-knowledge http3 http3-only ignore-content-length
include insecure ipv4 ipv6 junk-session-cookies list-only location location-trusted mail-rcpt-allowfails manual metalink
mptcp negotiate netrc netrc-optional next alpn buffer clobber keepalive npn progress-meter sessionid ntlm ntlm-wb out-null
parallel parallel-immediate path-as-is post301 post302 post303 progress-bar proxy-anyauth proxy-basic proxy-ca-native
proxy-digest proxy-http2 proxy-insecure proxy-negotiate proxy-ntlm proxy-ssl-allow-beast proxy-ssl-auto-client-cert
proxy-tlsv1 proxytunnel raw remote-header-name remote-name remote-name-all remote-time remove-on-error retry-all-errors
retry-connrefused sasl-ir show-error show-headers silent skip-existing socks5-basic socks5-gssapi socks5-gssapi-nec ssl
ssl-allow-beast ssl-auto-client-cert ssl-no-revoke ssl-reqd ssl-revoke-best-effort sslv2 sslv3 styled-output
suppress-connect-headers tcp-fastopen tcp-nodelay tftp-no-options tls-earlydata tlsv1 tlsv1.0 tlsv1.1 tlsv1.2 tlsv1.3
tr-encoding trace-ids trace-time use-ascii verbose version xattr
"""
_WITH_VALUE: Final = frozenset(_VALUED_NAMES.split())
_FLAGS: Final = frozenset(_FLAG_NAMES.split())
_SHORT: Final = {
    "a": "append", "E": "cert", "K": "config", "C": "continue-at", "b": "cookie", "c": "cookie-jar", "d": "data",
    "q": "disable", "D": "dump-header", "f": "fail", "F": "form", "P": "ftp-port", "G": "get", "g": "globoff", "I": "head",
    "H": "header", "h": "help", "0": "http1.0", "i": "include", "k": "insecure", "4": "ipv4", "6": "ipv6",
    "j": "junk-session-cookies", "l": "list-only", "L": "location", "M": "manual", "m": "max-time", "n": "netrc", ":": "next",
    "N": "buffer", "o": "output", "Z": "parallel", "#": "progress-bar", "x": "proxy", "U": "proxy-user", "p": "proxytunnel",
    "Q": "quote", "r": "range", "e": "referer", "J": "remote-header-name", "O": "remote-name", "R": "remote-time",
    "X": "request", "S": "show-error", "s": "silent", "Y": "speed-limit", "y": "speed-time", "2": "sslv2", "3": "sslv3",
    "t": "telnet-option", "z": "time-cond", "1": "tlsv1", "T": "upload-file", "B": "use-ascii", "u": "user", "A": "user-agent",
    "v": "verbose", "V": "version", "w": "write-out",
}  # fmt: skip
_ALIASES: Final = {
    "data-ascii": "data",
    "location-trusted": "location",
    "show-headers": "include",
    "request-method": "request",
}


class Given(Record):
    """One option as given: its long name, its value (None for a flag), and whether a flag is on.

    An argument that is not an option is a `url`. `expanded` says that {{variables}} in the value are replaced.
    """

    name: str
    word: Word
    value: Word | None = None
    on: bool = True
    expanded: bool = False


def options(arguments: tuple[Word, ...]) -> Iterator[Given]:
    """The options in order. Raises NotUnderstood for one that curl does not have, or that lacks its value."""
    left, only_urls = iter(arguments), False
    for word in left:
        if only_urls or not word.text.startswith("-") or word.text == "-":
            yield Given("url", word, word)
        elif word.text == "--":
            only_urls = True
        elif word.text.startswith("--"):
            yield _long(word, left)
        else:
            yield from _short(word, left)


def _long(word: Word, left: Iterator[Word]) -> Given:
    text = word.text[2:]
    expanded = text.startswith("expand-")
    text = text.removeprefix("expand-")
    name = _full_name(text)
    if name in _WITH_VALUE:
        return Given(_ALIASES.get(name, name), word, value_of(f"curl's option --{text}", word, left), expanded=expanded)
    if name is None and text.startswith("no-"):
        name = _full_name(text[3:])
        if name in _FLAGS:
            return Given(_ALIASES.get(name, name), word, on=False)
        name = None
    if name is None:
        reason = f"curl has no option --{text.partition('=')[0]}"
        if _full_name(text.partition("=")[0]) in _WITH_VALUE:
            reason += " with `=`: its value is the next argument"
        raise NotUnderstood(reason, word.spot)
    return Given(_ALIASES.get(name, name), word)


def _full_name(text: str) -> str | None:
    """The option that `text` names: its whole name, or a beginning that no other option has."""
    if text in _WITH_VALUE or text in _FLAGS:
        return text
    found = [name for names in (_WITH_VALUE, _FLAGS) for name in names if text and name.startswith(text)]
    return found[0] if len(found) == 1 else None


def _short(word: Word, left: Iterator[Word]) -> Iterator[Given]:
    """The options of a word such as -sSLX, whose last one may have its value behind it."""
    for at, letter in enumerate(word.text[1:], 1):
        name = _SHORT.get(letter)
        if name is None:
            raise NotUnderstood(f"curl has no option -{letter}", word.rest(at).spot)
        if name in _WITH_VALUE:
            rest = word.rest(at + 1)
            yield Given(name, word, rest if rest.text else value_of(f"curl's option -{letter}", word, left))
            return
        yield Given(name, word, on=letter != "N")
