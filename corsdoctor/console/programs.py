"""What programs that are not browsers say of a network failure: looked for where nothing else was found.

An exception begins with a name that one library has. Its reason follows, often in another exception below it: one failure, told
once. No log is searched for them, because a server's log is full of such lines, and none is about a page.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Final

from corsdoctor.console.normalize import NormalizedText
from corsdoctor.console.other import Other
from corsdoctor.console.reasons import Found
from corsdoctor.console.words import Words
from corsdoctor.message import PROGRAM, Message
from corsdoctor.pattern import Pattern

_HEAD: Final = 4  # characters of fixed words, at least, that each beginning has
_MOST: Final = 100  # beginnings that are looked at: each takes a few microseconds, and a long stack repeats one failure
_WITHIN: Final = 1500  # characters in which the reason follows
_ANY, _CERTIFICATE, _REFUSED, _NAME, _TLS, _TIMEOUT, _CLOSED, _NODE = (
    "network",
    *(f"network/{case}" for case in ("certificate", "refused", "name", "tls", "timeout", "closed", "node")),
)
_GO: Final = "(?=dial |x509: |tls: |net/http: |read tcp |remote error: |context deadline|proxyconnect |http: server|EOF|unexpected EOF)"
_STARTS: Final = {
    _ANY: (
        # Python: requests, urllib3, urllib, httpx, aiohttp
        r"HTTPSConnectionPool\(host=", r"HTTPConnectionPool\(host=", r"requests\.exceptions\.(?:ConnectionError|ProxyError|ChunkedEncodingError)",
        r"urllib3\.exceptions\.(?:MaxRetryError|NewConnectionError|ProtocolError|ProxyError)", r"urllib\.error\.URLError: ", r"<urlopen error ",
        r"httpx\.(?:Connect|Read|Write|Proxy|RemoteProtocol)Error", r"httpcore\.(?:Connect|Read|Write|Proxy|RemoteProtocol)Error",
        r"aiohttp\.client_exceptions\.Client(?:Connect|OS|ProxyConnection)\w{0,30}Error", r"Cannot connect to host [\w.-]{1,253}:\d{1,5} ssl:",
        r"Failed to establish a new connection: ", r"All connection attempts failed",
        # Java and Kotlin
        r"java\.net\.(?:Connect|NoRouteToHost|PortUnreachable)Exception", r"java\.net\.SocketException: ", r"org\.apache\.http\.conn\.\w{4,40}Exception", r"Connect to [\w.-]{1,253}:\d{1,5} \[[^\]]{1,300}\] failed: ",
        r"I/O error on (?:GET|POST|PUT|PATCH|DELETE|HEAD) request for \"(?P<url>https?://[^\"\s]{1,2000})\"",
        # Go
        r"dial tcp (?=\[?[\w.:-]{1,253}\]?(?::\d{1,5})?:|lookup )", r"dial tcp: ",
        *(rf"{verb} \"?(?P<url>https?://[^\s\"]{{1,2000}}?)\"?: {_GO}" for verb in ("Get", "Post", "Put", "Head", "Delete", "Patch")),
        # .NET; a WebAssembly app in a browser has the same exceptions, with the browser's words
        *(rf"{name}: (?!TypeError|NetworkError|Load failed|Response status code|.{{0,80}}Failed to fetch)" for name in (r"System\.Net\.Http\.HttpRequestException", r"HttpRequestException")),
        r"System\.Net\.WebException: (?!The remote server returned an error)", r"System\.Net\.Sockets\.SocketException(?: \(|: )", r"Unable to connect to the remote server",
        # Dart, Rust, Ruby, PHP, Git
        r"SocketException: (?:Connection|OS Error|Network is|No route)", r"error sending request for url \((?P<url>https?://[^)\s]{1,2000})\)", r"error trying to connect: ",
        r"tcp connect error: ", r"Errno::E(?:HOSTUNREACH|TIMEDOUT)", r"Faraday::ConnectionFailed", r"SocketError: (?=Failed to open|\(?Hostname)",
        r"fatal: unable to access '(?P<url>https?://[^'\s]{1,2000})'",
    ),
    _REFUSED: (
        r"ConnectionRefusedError: \[", r"Errno::ECONNREFUSED", r"connectex: No connection could be made", r"No connection could be made because the target machine actively refused it",
        r"Connection refused: no further information", r"Connection refused \((?:os error|Connection refused)", r"wget: can't connect to remote host",
    ),
    _NAME: (
        r"java\.net\.UnknownHostException", r"socket\.gaierror: ", r"SocketError: getaddrinfo", r"SocketException: Failed host lookup", r"php_network_getaddresses: ",
        r"wget: unable to resolve host address", r"lookup [\w.-]{1,253} on [\w.:\[\]]{1,60}:53: ", r"System\.Net\.Sockets\.SocketException: No such host is known",
    ),
    _CERTIFICATE: (
        r"sun\.security\.validator\.ValidatorException: ", r"java\.security\.cert\.Cert\w{4,40}Exception", r"PKIX path (?:building|validation) failed",
        r"unable to find valid certification path", r"Trust anchor for certification path not found", r"ssl\.SSLCertVerificationError: ", r"x509: certificate",
        r"x509: cannot validate certificate", r"The remote certificate (?:is|was) (?:invalid|rejected)", r"HandshakeException: Handshake error in client \(OS Error: CERTIFICATE_VERIFY_FAILED",
        r"SSL certificate problem: ",
    ),
    _TLS: (
        r"requests\.exceptions\.SSLError", r"urllib3\.exceptions\.SSLError", r"ssl\.SSL(?:EOF|ZeroReturn)?Error: ", r"\[SSL: [A-Z0-9_]{4,60}\] ", r"javax\.net\.ssl\.SSL\w{0,20}Exception",
        r"http: server gave HTTP response to HTTPS client", r"The SSL connection could not be established", r"HandshakeException: ", r"Faraday::SSLError", r"OpenSSL::SSL::SSLError",
    ),
    _TIMEOUT: (
        r"requests\.exceptions\.(?:Connect|Read)?Timeout", r"urllib3\.exceptions\.\w{0,20}TimeoutError", r"httpx\.(?:Connect|Read|Write|Pool)Timeout", r"httpcore\.(?:Connect|Read|Write|Pool)Timeout",
        r"aiohttp\.client_exceptions\.(?:ServerTimeout|ConnectionTimeout|SocketTimeout)Error", r"java\.net\.SocketTimeoutException", r"java\.net\.http\.Http(?:Connect)?TimeoutException",
        r"net/http: TLS handshake timeout", r"connectex: A connection attempt failed", r"Net::(?:Open|Read)Timeout", r"Faraday::TimeoutError",
    ),
    _CLOSED: (
        r"ConnectionResetError: ", r"http\.client\.RemoteDisconnected", r"aiohttp\.client_exceptions\.ServerDisconnectedError", r"Errno::ECONNRESET",
    ),
    _NODE: (
        r"connect ECONNREFUSED ", r"connect ETIMEDOUT ", r"connect EHOSTUNREACH ", r"connect ENETUNREACH ", r"AggregateError \[E(?:CONNREFUSED|TIMEDOUT|HOSTUNREACH|NETUNREACH)\]",
        *(rf"code: ?['\"]{code}['\"]" for code in ("ECONNREFUSED", "ENOTFOUND", "ECONNRESET", "ETIMEDOUT", "EAI_AGAIN", "EHOSTUNREACH")),
        r"DEPTH_ZERO_SELF_SIGNED_CERT", r"SELF_SIGNED_CERT_IN_CHAIN", r"UNABLE_TO_VERIFY_LEAF_SIGNATURE", r"UNABLE_TO_GET_ISSUER_CERT_LOCALLY", r"ERR_TLS_CERT_ALTNAME_INVALID",
        r"Hostname/IP does not match certificate's altnames", r"Client network socket disconnected before secure TLS connection was established",
        r"Error: unable to get local issuer certificate",
    ),
}  # fmt: skip
"""How a message begins, by what it means where no other reason follows."""
_EXITS: Final = {
    _NAME: (5, 6), _REFUSED: (7,), _CLOSED: (16, 18, 52, 55, 56, 92), _TIMEOUT: (28,), _TLS: (35,), _CERTIFICATE: (51, 58, 60, 77),
}  # fmt: skip
"""The exit statuses of curl, which PHP and R name too."""
_REASONS: Final = tuple(
    (case, Pattern(words))
    for case, words in (
        (_CERTIFICATE, r"CERTIFICATE_VERIFY_FAILED|certificate verify failed|self[- ]signed certificate|x509: c|PKIX path|certification path|CertificateException|CertPath"
         r"|SSL certificate problem|remote certificate (?:is|was)|unable to get local issuer|No subject alternative|doesn't match"),
        (_REFUSED, r"[Cc]onnection refused|ECONNREFUSED|actively refused|10061\)?|Couldn't connect to server|Connect call failed"),
        (_NAME, r"no such host|getaddrinfo|gaierror|Name or service not known|nodename nor servname|[Nn]ame ?[Rr]esolution|No address associated|UnknownHost|No such host|[Cc]ould ?n[o']t resolve|Failed host lookup"),
        (_TIMEOUT, r"[Tt]imed?[ -]?out|deadline exceeded|did not properly respond"),
        (_CLOSED, r"[Cc]onnection (?:was )?(?:reset|aborted|closed)|reset by peer|forcibly closed|closed connection without|RemoteDisconnected|prematurely|Server disconnected|Remote host (?:closed|terminated)|\bEOF\b"),
        (_TLS, r"SSLError|SSL connection|SSLException|SSL_connect|tls: |TLS handshake|HTTP response to HTTPS"),
    )
)  # fmt: skip
"""What may follow, the most telling first."""
_CODE: Final = Pattern(r"(?:\bexcept|\bcatch ?\(|\bthrows|\bimport|\brescue|\braise|\bnew|\brequire) ?\(?$")


def programs(normalized: NormalizedText) -> Iterator[tuple[int, Found]]:
    """All of them in a text: where each begins, what it says and where its line ends. What repeats another is left out."""
    text, found = normalized.text, set[tuple[str | None, str | None]]()
    for at in sorted(set(_heads().places(text)))[:_MOST]:
        for other in _by_beginning().get(text[at : at + _HEAD], ()):
            match = other.compiled.match(text, at)
            if match is None or _CODE.compiled.search(text, max(0, at - 20), at) is not None:
                continue
            url = match.groupdict().get("url")
            kind, case = _reason(other, text, at)
            if (found and case is None) or any(case == one and url in (None, of_one) for one, of_one in found):
                break
            found.add((case, url))
            detail = PROGRAM if case != "node" else ""
            yield at, (Message("", False, kind=kind, case=case, url=url, detail=detail), _end(normalized, match.end()))
            break


def _reason(other: Other, text: str, at: int) -> tuple[str, str | None]:
    """The kind and the case: that of the reason that follows, or else that of the beginning."""
    if other.case is not None and other.case != "tls":
        return other.kind, other.case
    follows = text[at : at + _WITHIN]
    kind = next((case for case, words in _REASONS if words.compiled.search(follows) is not None), None)
    if kind is None:
        return other.kind, other.case
    name, _, case = kind.partition("/")
    return name, case or None


def _end(normalized: NormalizedText, at: int) -> int:
    return normalized.line_end(at, min(len(normalized.text), at + _WITHIN))


@cache
def _table() -> tuple[Other, ...]:
    rows = [Other(kind, None, words) for kind, starts in _STARTS.items() for words in starts]
    for kind, numbers in _EXITS.items():
        for number in numbers:
            rows += [
                Other(kind, None, start)
                for start in (
                    rf"curl: \({number}\) ",
                    rf"cURL error {number}: ",
                    rf"curl error {number}: ",
                    rf"Curl error {number}: ",
                )
            ]
    return tuple(rows)


@cache
def _by_beginning() -> dict[str, list[Other]]:
    found: dict[str, list[Other]] = {}
    for other in _table():
        found.setdefault(other.start[:_HEAD], []).append(other)
    return found


@cache
def _heads() -> Words:
    return Words(sorted({other.start[:_HEAD] for other in _table()}))
