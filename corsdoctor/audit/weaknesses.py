"""What can be wrong with a server's policy: one text of each kind for every weakness.

The ids are permanent. A fix is what the owner of the server does, whatever the server is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from enum import StrEnum
from typing import Final

from corsdoctor.audit.candidates import Trick
from corsdoctor.record import Record


class Attacker(StrEnum):
    """Who can have an origin that a server allows."""

    ANYBODY = "Anyone"
    ON_THE_NETWORK = "Anyone on the user's network"
    ON_A_SUBDOMAIN = "Whoever controls a subdomain"
    ON_ANOTHER_PORT = "Whoever runs a service on another port of that host"
    ON_THE_MACHINE = "A program on the user's machine"
    IN_THE_NETWORK = "A device in the user's network"
    WITH_AN_EXTENSION = "A browser extension"


class Weakness(Record):
    """One kind of mistake. `cwe` is its number in the Common Weakness Enumeration.

    `impact` is a template for `who`, `what` (the response, or the response with the user's cookies) and `origin`.
    """

    id: str
    title: str
    cwe: int
    what: str
    impact: str
    fix: str
    attacker: Attacker | None = None


_READS: Final = "{who} can serve a page at {origin} that reads {what}."
_EXACT: Final = "Compare the whole Origin header with a list of the origins that you trust, and send it back only if it is one of them."
_PATTERN: Final = (
    f"{_EXACT} If it must be a pattern, anchor it at both ends and escape each dot: ^https://app\\.example\\.com$."
)

REFLECTED: Final = Weakness(
    "any-origin-allowed", "Only trusted origins are allowed", 942,
    "The server sends the Origin header of every request back in Access-Control-Allow-Origin.",
    "Any website that the user visits can read {what}.", _EXACT, Attacker.ANYBODY,
)  # fmt: skip
NULL_ORIGIN: Final = Weakness(
    "null-origin-allowed", "The origin null is not allowed", 942,
    "The server allows the origin null, which every website can get with a sandboxed frame or a data: URL.",
    "Any website can open a sandboxed frame, whose origin is null, that reads {what}.",
    "Remove null from the allowed origins. Local files and sandboxed frames should be served from an origin of their own.",
    Attacker.ANYBODY,
)  # fmt: skip
PREFIX: Final = Weakness(
    "origin-prefix-allowed", "The end of the origin is compared too", 942,
    "The server allows each origin that begins with an allowed one.", _READS, _PATTERN, Attacker.ANYBODY,
)  # fmt: skip
SUFFIX: Final = Weakness(
    "origin-suffix-allowed", "The beginning of the origin is compared too", 942,
    "The server compares only the end of the host: it allows names that end like an allowed one, without a dot between them.", _READS,
    f"{_PATTERN} To allow subdomains, require the dot: the host ends with .example.com.", Attacker.ANYBODY,
)  # fmt: skip
MIDDLE: Final = Weakness(
    "origin-middle-ignored", "The middle of the origin is compared too", 942,
    "The server allows an origin that begins and ends like an allowed one, with more in between.", _READS, _PATTERN, Attacker.ANYBODY,
)  # fmt: skip
SUBSTRING: Final = Weakness(
    "origin-substring-allowed", "The origin is compared as a whole", 942,
    "The server allows each origin that contains an allowed host somewhere.", _READS, _PATTERN, Attacker.ANYBODY,
)  # fmt: skip
TRUNCATED: Final = Weakness(
    "origin-part-allowed", "Parts of an allowed origin are not allowed", 942,
    "The server allows an origin that is only a part of an allowed one: the comparison is the wrong way round, or lacks an anchor.",
    _READS, _EXACT, Attacker.ANYBODY,
)  # fmt: skip
DOT: Final = Weakness(
    "origin-dot-unescaped", "Dots in the pattern of origins are escaped", 942,
    "The dots in the server's pattern match any character.", _READS, _PATTERN, Attacker.ANYBODY,
)  # fmt: skip
CHARACTER: Final = Weakness(
    "origin-character-allowed", "No other character ends the host", 942,
    "The server's pattern lets a special character end the host, but browsers accept some of these characters in host names.",
    _READS, _PATTERN, Attacker.ANYBODY,
)  # fmt: skip
TLD: Final = Weakness(
    "origin-tld-ignored", "The top-level domain is compared too", 942,
    "The server allows the same name under another top-level domain.", _READS, _PATTERN, Attacker.ANYBODY,
)  # fmt: skip
LOOKALIKE: Final = Weakness(
    "lookalike-origin-allowed", "Names with other letters are not allowed", 942,
    "The server takes letters with accents for those without, so that an internationalized name passes for an allowed one.", _READS,
    "Compare the Origin header as it is, with xn-- in its names. Do not decode or normalize it.", Attacker.ANYBODY,
)  # fmt: skip
TENANT: Final = Weakness(
    "hosting-origin-allowed", "Other customers of the hosting service are not allowed", 942,
    "The server allows names at a hosting service that other customers can get.", _READS,
    "Allow only your own names there, each in full.", Attacker.ANYBODY,
)  # fmt: skip
PLAYGROUND: Final = Weakness(
    "playground-origin-allowed", "Public playgrounds are not allowed", 942,
    "The server allows a website on which anyone can run scripts.", _READS,
    "Remove it from the allowed origins in production.", Attacker.ANYBODY,
)  # fmt: skip
INSECURE: Final = Weakness(
    "insecure-origin-allowed", "Origins without TLS are not allowed", 942,
    "The server allows an origin on http, whose pages can be changed on their way.", _READS,
    "Allow only https origins. Compare the scheme with the rest of the origin.", Attacker.ON_THE_NETWORK,
)  # fmt: skip
SUBDOMAINS: Final = Weakness(
    "subdomains-allowed", "Only subdomains that are needed are allowed", 942,
    "The server allows every subdomain, also forgotten and user-made ones.", _READS,
    "List the subdomains that need access, or make sure that none of them can be taken over.", Attacker.ON_A_SUBDOMAIN,
)  # fmt: skip
INNER_DOT: Final = Weakness(
    "subdomain-dot-unescaped", "Every dot of a subdomain is escaped", 942,
    "The server's pattern for origins has a dot within the subdomain that is not escaped, so it matches any character.", _READS, _PATTERN,
    Attacker.ON_A_SUBDOMAIN,
)  # fmt: skip
PORT: Final = Weakness(
    "port-ignored", "The port is compared too", 942,
    "The server allows other ports of an allowed host.", _READS, _EXACT, Attacker.ON_ANOTHER_PORT,
)  # fmt: skip
LOCALHOST: Final = Weakness(
    "localhost-allowed", "Origins on the user's own machine are not allowed", 942,
    "The server allows http://localhost, which development servers and other programs on the user's machine have.", _READS,
    "Allow localhost only on development servers.", Attacker.ON_THE_MACHINE,
)  # fmt: skip
PRIVATE: Final = Weakness(
    "private-address-allowed", "Addresses of local networks are not allowed", 942,
    "The server allows an address of local networks, which in another network is another device.", _READS,
    "Allow addresses of local networks only on development servers.", Attacker.IN_THE_NETWORK,
)  # fmt: skip
ADDRESS: Final = Weakness(
    "ip-address-allowed", "Pages at any IP address are not allowed", 942,
    "The server allows every IP address as an origin, and anyone can rent a server with one.", _READS,
    "Allow IP addresses only on development servers, and only those of the local network, each in full.",
    Attacker.ANYBODY,
)  # fmt: skip
FILE: Final = Weakness(
    "file-origin-allowed", "The origin file:// is not allowed", 942,
    "The server allows file://, the origin of local files in some apps.", _READS,
    "Let the app serve its files from an origin of its own.", Attacker.ON_THE_MACHINE,
)  # fmt: skip
EXTENSION: Final = Weakness(
    "extension-origin-allowed", "Unknown browser extensions are not allowed", 942,
    "The server allows the origin of an extension that it cannot know.", _READS,
    "Allow extensions by their full origin.", Attacker.WITH_AN_EXTENSION,
)  # fmt: skip
INTERNAL: Final = Weakness(
    "internal-host-open", "A server in a local network does not allow every origin", 942,
    "The server is in a local network or on this machine, and allows every origin.",
    "Any website can read {what} in the browser of a user who can reach this server. Chromium and Firefox ask the user first "
    "(Local Network Access); WebKit does not.",
    "Allow only the origins that need this server.", Attacker.ANYBODY,
)  # fmt: skip
PREFLIGHT: Final = Weakness(
    "any-origin-may-write", "Preflight responses allow only trusted origins", 352,
    "The server's preflight response lets an origin that may not read responses send requests with credentials.",
    "{who} can send {method} requests with the user's cookies. It cannot read the responses.", _EXACT, Attacker.ANYBODY,
)  # fmt: skip
MAY_POST: Final = "{who} can send {method} requests with the user's cookies. Whether it can read the responses is not known: no {method} request was sent."
"""The impact of PREFLIGHT where responses to other methods show nothing."""
WILDCARD_CREDENTIALS: Final = Weakness(
    "wildcard-with-credentials", "Credentials are not combined with *", 942,
    "The server sends Access-Control-Allow-Origin: * with Access-Control-Allow-Credentials: true, which browsers do not accept.",
    "No website can read responses to requests with cookies, so this harms nobody, but it cannot work either.",
    "Remove Access-Control-Allow-Credentials, or send the trusted origin in place of *.",
)  # fmt: skip
VARY: Final = Weakness(
    "vary-origin-missing", "Responses that depend on the origin say so", 524,
    "The Access-Control-Allow-Origin header depends on the Origin header, but not every response has Vary: Origin.",
    "A cache may give a page the response that was meant for another origin, which the browser then blocks. An attacker can cause this on "
    "purpose.",
    "Send Vary: Origin with every response, also where the origin is not allowed or missing.",
)  # fmt: skip
TWICE: Final = Weakness(
    "header-sent-twice", "Access-Control-Allow-Origin is sent once", 1188,
    "The response has several Access-Control-Allow-Origin headers, probably because two layers, such as a proxy and the application, send "
    "one each.",
    "No browser accepts it, so no website can read the response.",
    "Let only one of them send CORS headers.",
)  # fmt: skip
PREFLIGHT_NEEDS_LOGIN: Final = Weakness(
    "preflight-needs-login", "Preflight requests need no login", 1188,
    "The server asks for a login in response to a preflight request, which never has credentials.",
    "No website can send a request that needs a preflight, not even one with the user's login.",
    "Answer OPTIONS before the login is checked.",
)  # fmt: skip

BY_TRICK: Final = {
    Trick.STRANGER: REFLECTED, Trick.NULL: NULL_ORIGIN, Trick.PREFIX: PREFIX, Trick.HYPHEN: PREFIX, Trick.SUFFIX: SUFFIX, Trick.ANY_NAME: SUFFIX, Trick.AROUND: MIDDLE,
    Trick.SUBSTRING: SUBSTRING, Trick.TRUNCATED: TRUNCATED, Trick.DOT: DOT, Trick.INNER_DOT: INNER_DOT, Trick.TLD: TLD, Trick.CHARACTER: CHARACTER,
    Trick.LOOKALIKE: LOOKALIKE, Trick.TENANT: TENANT, Trick.HOSTED: TENANT, Trick.PLAYGROUND: PLAYGROUND, Trick.INSECURE: INSECURE,
    Trick.SUBDOMAIN: SUBDOMAINS, Trick.SIBLING: SUBDOMAINS, Trick.PORT: PORT, Trick.LOCALHOST: LOCALHOST,
    Trick.LOCALHOST_PREFIX: PREFIX, Trick.PRIVATE: PRIVATE, Trick.ADDRESS: ADDRESS, Trick.FILE: FILE, Trick.EXTENSION: EXTENSION,
}  # fmt: skip
WEAKNESSES: Final = (
    *dict.fromkeys(BY_TRICK.values()), INTERNAL, PREFLIGHT, WILDCARD_CREDENTIALS, VARY, TWICE, PREFLIGHT_NEEDS_LOGIN,
)  # fmt: skip
_IMPLIES: Final = {
    REFLECTED: frozenset(BY_TRICK.values()) - {REFLECTED},
    MIDDLE: {LOOKALIKE},
    SUFFIX: {MIDDLE, TRUNCATED, SUBDOMAINS, DOT, INNER_DOT, LOOKALIKE},
    SUBSTRING: {PREFIX, SUFFIX, MIDDLE, TRUNCATED, SUBDOMAINS, DOT, INNER_DOT, CHARACTER, PORT},
    SUBDOMAINS: {INNER_DOT},
    DOT: {INNER_DOT},
    PREFIX: {MIDDLE, PORT, CHARACTER, TLD, LOOKALIKE},
    TLD: {TRUNCATED},
    ADDRESS: {PRIVATE},
}
_OF_CUSTOMERS: Final = frozenset({SUFFIX, TRUNCATED, LOOKALIKE})
"""What the name of another customer shows too, where the allowed origin is that of a customer."""


def implied(found: Collection[Trick]) -> set[Weakness]:
    """What follows from the origins that are allowed: a server that allows any host with a certain end allows subdomains too."""
    return implied_by(BY_TRICK[trick] for trick in found) | (_OF_CUSTOMERS if Trick.TENANT in found else set())


def implied_by(found: Iterable[Weakness]) -> set[Weakness]:
    """What follows from these weaknesses."""
    return {other for weakness in found for other in _IMPLIES.get(weakness, ())}
