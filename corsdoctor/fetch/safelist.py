"""Which methods and request headers a page may send without a preflight, and which it may never set.

https://fetch.spec.whatwg.org/#cors-safelisted-request-header
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from corsdoctor.browsers.profile import Profile, TypeReading
from corsdoctor.fetch.headers import HTTP_WHITESPACE, TOKEN, get_decode_and_split
from corsdoctor.pattern import Pattern
from corsdoctor.record import Record
from corsdoctor.wire import Headers, leading_type

MAX_VALUE_SIZE: Final = 128
SAFELISTED_TYPES: Final = ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain")
NO_CORS_SAFELISTED_NAMES: Final = frozenset({"accept", "accept-language", "content-language", "content-type"})
NON_WILDCARD_NAME: Final = "authorization"

_UNSAFE_BYTE = Pattern(r'[\x00-\x08\x0a-\x1f"():<>?@\[\\\]{}\x7f]')
_PARAMETER = Pattern(r';[\t\n\r ]*([^;=]*)(?:=(?:"((?:[^"\\]|\\.)*\\?)"?[^;]*|([^;]*)))?', re.S)
_QUOTED_STRING_TOKEN = Pattern(r"[\t -~\x80-\xff]*")
_NOT_LANGUAGE = Pattern(r"[^0-9A-Za-z *,\-.;=]")
_FORBIDDEN_METHODS = frozenset({"CONNECT", "TRACE", "TRACK"})
_NORMALIZED_METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"})
_METHOD_OVERRIDES = frozenset({"x-http-method", "x-http-method-override", "x-method-override"})
_FORBIDDEN_NAMES = frozenset(
    [
        "accept-charset",
        "accept-encoding",
        "access-control-request-headers",
        "access-control-request-method",
        "connection",
        "content-length",
        "cookie",
        "cookie2",
        "date",
        "dnt",
        "expect",
        "host",
        "keep-alive",
        "origin",
        "referer",
        "set-cookie",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "via",
    ]
)

MimeType = tuple[str, dict[str, str]]
"""(essence, parameters)"""


class Unsafe(Record):
    """A header line that requires a preflight: its value, and why, as a template with {header} and {value}."""

    value: str
    why: str


def is_cors_safelisted_method(method: str) -> bool:
    """https://fetch.spec.whatwg.org/#cors-safelisted-method"""
    return method in ("GET", "HEAD", "POST")


def is_forbidden_method(method: str) -> bool:
    """https://fetch.spec.whatwg.org/#forbidden-method"""
    return method.upper() in _FORBIDDEN_METHODS


def normalize_method(method: str) -> str:
    """`put` becomes `PUT`; `patch` stays. https://fetch.spec.whatwg.org/#concept-method-normalize"""
    return method.upper() if method.upper() in _NORMALIZED_METHODS else method


def why_forbidden(name: str, value: str) -> str | None:
    """Why a script cannot set this header, as a template with {header}, or None if it can.

    https://fetch.spec.whatwg.org/#forbidden-request-header
    """
    lower = name.lower()
    if lower in _FORBIDDEN_NAMES:  # 1.
        return "only the browser may set it"
    if lower.startswith(("proxy-", "sec-")):  # 2.
        return f"names that start with {lower.split('-')[0]}- are reserved for the browser"
    if lower in _METHOD_OVERRIDES:  # 3.
        for method in get_decode_and_split(value):
            if is_forbidden_method(method):
                return f"its value is the forbidden method {method.upper()}"
    return None  # 4.


def why_unsafe(name: str, value: str, profile: Profile) -> str | None:
    """Why (name, value) is not a CORS-safelisted request-header, as a template, or None if it is one.

    https://fetch.spec.whatwg.org/#cors-safelisted-request-header
    """
    lower = name.lower()
    if lower in profile.uncounted_request_headers:
        return None
    hint = dict(profile.safelisted_value_patterns).get(lower)
    if lower not in _BY_NAME and hint is None:
        return "the header {header} is not safelisted"
    if len(value) > MAX_VALUE_SIZE:  # 1.
        return f"the value of {{header}} is {len(value)} bytes long (at most {MAX_VALUE_SIZE} are safelisted)"
    if hint is not None:
        return None if re.fullmatch(hint, value) else "the value of {header} is not safelisted: `{value}`"
    return _BY_NAME[lower](value, profile)  # 2.


@lru_cache(maxsize=16)  # a replay asks a few times in a row
def cors_unsafe_request_header_names(headers: Headers, profile: Profile) -> dict[str, Unsafe]:
    """Lower-case name -> its first unsafe line, sorted by name. Empty where no header requires a preflight.

    https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names
    """
    unsafe: dict[str, Unsafe] = {}
    potentially: list[tuple[str, str]] = []
    size = 0
    for name, value in headers:  # 4.
        reason = why_unsafe(name, value, profile)
        if reason is not None:
            unsafe.setdefault(name.lower(), Unsafe(value, reason))
        else:
            potentially.append((name.lower(), value))
            size += len(value)
    limit = profile.safelisted_total_size
    if limit is not None and size > limit:  # 5.
        why = f"the safelisted headers are {size} bytes long in total (at most {limit} are safelisted)"
        for name, value in potentially:
            unsafe.setdefault(name, Unsafe(value, why))
    return dict(sorted(unsafe.items()))  # 6.


def is_no_cors_safelisted_request_header(name: str, value: str, profile: Profile) -> bool:
    """https://fetch.spec.whatwg.org/#no-cors-safelisted-request-header"""
    return name.lower() in NO_CORS_SAFELISTED_NAMES and why_unsafe(name, value, profile) is None


def mime_essence(value: str) -> str | None:
    """`type/subtype` in lower case, None if `value` is not a MIME type. https://mimesniff.spec.whatwg.org/#parse-a-mime-type"""
    essence = value.split(";", 1)[0].strip(HTTP_WHITESPACE)
    kind, slash, subtype = essence.partition("/")
    if not slash or TOKEN.fullmatch(kind) is None or TOKEN.fullmatch(subtype) is None:
        return None
    return essence.lower()


def parse_mime_type(value: str) -> MimeType | None:
    """(essence, parameters) of `value`, None if it is not a MIME type. https://mimesniff.spec.whatwg.org/#parse-a-mime-type"""
    essence = mime_essence(value)
    if essence is None:
        return None
    parameters: dict[str, str] = {}
    for match in _PARAMETER.compiled.finditer(value.strip(HTTP_WHITESPACE)):  # 11.
        name, quoted = match[1].lower(), match[2]
        text = (match[3] or "").rstrip(HTTP_WHITESPACE) if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
        if not text and quoted is None:
            continue
        if TOKEN.fullmatch(name) and _QUOTED_STRING_TOKEN.compiled.fullmatch(text) and name not in parameters:
            parameters[name] = text
    return essence, parameters


def extract_mime_type(headers: Headers, profile: Profile) -> MimeType | None:
    """The MIME type that the lines of Content-Type say. https://fetch.spec.whatwg.org/#concept-header-extract-mime-type"""
    found: MimeType | None = None
    charset: str | None = None
    for value in get_decode_and_split(headers.get("Content-Type") or ""):  # 4., 6.
        record = parse_mime_type(value)  # 6.1
        if record is None and profile.type_reading is TypeReading.LENIENT:
            record = _as_it_stands(value, profile)
        if record is None or record[0] == "*/*":  # 6.2
            continue
        essence, parameters = record
        if found is None or essence != found[0]:  # 6.4
            charset = parameters.get("charset")
        elif charset is not None:  # 6.5
            parameters.setdefault("charset", charset)
        found = record  # 6.3
    if found is None and profile.type_reading is TypeReading.LAST_RESORT:
        return _as_it_stands(headers.get("Content-Type") or "", profile)
    return found


def _as_it_stands(value: str, profile: Profile) -> MimeType | None:
    """How some browsers read a Content-Type that is not a MIME type: `text/css x` as text/css."""
    essence = leading_type(value, profile.type_ends_at).lower()
    return (essence, {}) if "/" in essence and essence != "*/*" else None


def serialize_mime_type(essence: str, parameters: dict[str, str]) -> str:
    """https://mimesniff.spec.whatwg.org/#serialize-a-mime-type"""
    parts = [essence]
    for name, value in parameters.items():
        quoted = re.sub(r'(["\\])', r"\\\1", value)
        parts.append(f"{name}={value}" if TOKEN.fullmatch(value) else f'{name}="{quoted}"')
    return ";".join(parts)


def _unsafe_byte(value: str, profile: Profile) -> str | None:
    found = _UNSAFE_BYTE.compiled.search(value)
    if found is None and profile.high_bytes_are_unsafe:
        found = re.search(r"[\x80-\xff]", value)
    return f"the value of {{header}} contains the byte 0x{ord(found[0]):02X}" if found else None


def _why_accept(value: str, profile: Profile) -> str | None:
    return _unsafe_byte(value, profile)


def _why_language(value: str, _profile: Profile) -> str | None:
    found = _NOT_LANGUAGE.compiled.search(value)
    return f"the value of {{header}} contains the byte 0x{ord(found[0]):02X}" if found else None


def _why_content_type(value: str, profile: Profile) -> str | None:
    reason = _unsafe_byte(value, profile)  # 1.
    if reason is not None:
        return reason
    strict = profile.content_type_parameters_are_strict
    essence = mime_essence(value)  # 2.
    if essence is None and strict and ";" in value:
        essence = mime_essence(value.partition(" ")[0])
    if essence is None:  # 3.
        return "the Content-Type `{value}` is not a valid media type"
    if essence not in SAFELISTED_TYPES:  # 4.
        return "the Content-Type is {value}"
    parameters = value.split(";")[1:]
    if strict and ("," in value or (len(parameters) > 1 and not parameters[-1].strip())):
        return f"{profile.title} does not accept the parameters of the Content-Type `{{value}}`"
    return None


def _why_range(value: str, profile: Profile) -> str | None:
    match = re.fullmatch(profile.range_pattern, value)
    if match is None or (match[2] and int(match[1]) > int(match[2])):
        return "the Range `{value}` is not a single range such as bytes=0-499"
    if profile.range_limit is not None and max(int(match[1]), int(match[2] or 0)) >= profile.range_limit:
        return f"the Range `{{value}}` is larger than {profile.title} supports"
    return None


_BY_NAME = {
    "accept": _why_accept,
    "accept-language": _why_language,
    "content-language": _why_language,
    "content-type": _why_content_type,
    "range": _why_range,
}
