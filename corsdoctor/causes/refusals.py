"""Causes by which a CORS layer refuses a request. Each has the fix with the value that its configuration lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corsdoctor.causes.evidence import evidence
from corsdoctor.causes.known import LIKELY, named
from corsdoctor.causes.software import software
from corsdoctor.sentence import Sentence
from corsdoctor.step_sentences import listed

if TYPE_CHECKING:
    from corsdoctor.causes.marks import Seen
    from corsdoctor.causes.situation import Situation
    from corsdoctor.rule import Cause, Certainty


def origin_refused(seen: Situation, certainty: Certainty, text: str, *more: str) -> Cause:
    """The page's origin is refused."""
    fix = Sentence("Add {page} to the allowlist of the server's CORS configuration.", page=seen.page)
    return named("origin-refused", certainty, text, *evidence(seen, *more), fix=fix)


def method_refused(seen: Situation, certainty: Certainty, text: str, *more: str) -> Cause:
    """The method is refused."""
    fix = Sentence("Add {method} to the allowed methods of the server's CORS configuration.", method=seen.method)
    return named("method-refused", certainty, text, *evidence(seen, *more), fix=fix)


def headers_refused(seen: Situation, certainty: Certainty, text: str, *more: str) -> Cause:
    """A request header is refused, one of those that the preflight request asks for."""
    fix = ""
    if seen.unsafe_names:
        them = "them" if len(seen.unsafe_names) > 1 else "it"
        template = f"Add {{names}} to the allowed headers of the server's CORS configuration, or do not send {them}."
        fix = Sentence(template, names=listed(seen.unsafe_names))
    return named("headers-refused", certainty, text, *evidence(seen, *more), fix=fix)


def configuration_of(mark: Seen) -> str:
    """The CORS configuration that the mark is of."""
    if software(mark.who).is_store:
        return "The bucket's CORS configuration"  # stores say the same as Amazon S3 does
    return f"The CORS configuration of {mark.who}" if mark.who else "The server's CORS configuration"


def refused(seen: Situation, mark: Seen) -> Cause:
    """Something is refused, and nothing says whether that is the origin, the method or a header."""
    parts = {} if seen.page_is_allowed else {"origin-refused": ("origin", seen.page)}
    if seen.in_preflight or not parts:
        parts["method-refused"] = ("method", seen.method)
    if seen.in_preflight and seen.unsafe_names:
        parts["headers-refused"] = (header_or_headers(seen), listed(seen.unsafe_names))
    values = {f"value{i}": value for i, (_, value) in enumerate(parts.values())}
    several = listed(f"the {what} {{value{i}}}" for i, (what, _) in enumerate(parts.values()))
    text = Sentence(f"{configuration_of(mark)} refuses {several.replace(' and ', ' or ')}.", **values)
    fix = Sentence(f"In the server's CORS configuration, allow {several}.", **values)
    return named(next(iter(parts)), LIKELY, text, *evidence(seen, mark.words), fix=fix)


def header_or_headers(seen: Situation) -> str:
    """`request header`, in the number of those that the preflight request asks for."""
    return "request headers" if len(seen.unsafe_names) > 1 else "request header"
