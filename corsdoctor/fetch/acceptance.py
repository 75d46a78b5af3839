"""Which responses a browser does not accept as HTTP, and which headers of the others it drops or renames."""

from __future__ import annotations

import re

from corsdoctor.browsers.profile import ContentLength, Profile, SeveralLocations
from corsdoctor.sentence import Sentence
from corsdoctor.wire import Answer, FailureKind, Headers, NoAnswer, Response


def as_taken(response: Response, profile: Profile) -> Answer:
    """The response as the browser reads it, or why the browser does not accept it."""
    if any(name[-1:] in (" ", "\t") for name, _ in response.headers):
        counted = [
            (name.rstrip(" \t"), value)
            for name, value in response.headers
            if profile.spaced_names_count or name[-1:] not in (" ", "\t")
        ]
        response = response._replace(headers=Headers(tuple(counted)))
    if sum(len(name) + len(value) + 4 for name, value in response.headers) > profile.largest_head:
        return NoAnswer(FailureKind.TOO_LARGE, "The response headers are larger than this browser accepts.")
    if any("\0" in value for _, value in response.headers):
        return NoAnswer(FailureKind.NOT_HTTP, "A response header contains a NUL byte, which no browser accepts.")
    locations = set(response.headers.values("Location"))
    if len(locations) > 1 and profile.several_locations is SeveralLocations.EQUAL:
        return NoAnswer(
            FailureKind.NOT_HTTP,
            "The response has several different Location headers, which this browser does not accept.",
        )
    if not _has_length(response.headers, profile):
        given = ", ".join(response.headers.values("Content-Length"))
        return NoAnswer(
            FailureKind.LENGTH,
            Sentence(
                "The Content-Length of the response is {given!a}, which this browser does not accept.", given=given
            ),
        )
    return response


def _has_length(headers: Headers, profile: Profile) -> bool:
    """Whether the browser takes a response with this Content-Length, or without one."""
    lines = headers.values("Content-Length")
    if not lines or (len(lines) == 1 and lines[0].isdecimal()):  # as nearly always
        return True
    match profile.content_length:
        case ContentLength.LAST_NO_NUMBER:
            return re.fullmatch(r"(?:[+-]?[0-9]+)?", lines[-1].strip(" \t")) is not None
        case ContentLength.DIFFERENT_UNLESS_CHUNKED if headers.get("Transfer-Encoding") == "chunked":
            return True
        case ContentLength.DIFFERENT | ContentLength.DIFFERENT_UNLESS_CHUNKED:
            return len({value.strip(" \t") for line in lines for value in line.split(",")}) <= 1
        case _:
            return True
