"""Causes by which a CORS layer refuses a request. Each names what is refused, and the fix what its configuration lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from corsdoctor.causes.evidence import evidence
from corsdoctor.causes.known import CERTAIN, LIKELY, named
from corsdoctor.causes.refused_headers import refused_headers
from corsdoctor.causes.software import software
from corsdoctor.causes.vendor_fixes import allowed_origin, bucket_rule
from corsdoctor.sentence import Sentence
from corsdoctor.step_sentences import listed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from corsdoctor.causes.marks import Seen
    from corsdoctor.causes.situation import Situation
    from corsdoctor.rule import Cause, Certainty

ORIGIN, METHOD, HEADERS = "origin-refused", "method-refused", "headers-refused"
_ALLOW: Final = {
    ORIGIN: "Add {page} to the allowlist of the server's CORS configuration.",
    METHOD: "Add {method} to the allowed methods of the server's CORS configuration.",
}


def refused(seen: Situation, certainty: Certainty, ids: tuple[str, ...], text: str, *more: str) -> Cause:
    """The cause where the parts of the request that `ids` name are refused. `text` has {parts} in their place."""
    said = Sentence(text, parts=_parts(seen, ids, "and", at_least="at least one of "))
    return named(ids[0], certainty, said, *evidence(seen, *more), fix=_fix(seen, ids))


def without_cors(seen: Situation, mark: Seen, words: str) -> Cause:
    """The software of the mark says, by these words, that CORS is not configured."""
    of_bucket = software(mark.who).is_store
    text = f"CORS is not configured for this {'bucket' if of_bucket else 'URL'}."
    return named("not-configured", CERTAIN, text, *evidence(seen, words), fix=bucket_rule(seen) if of_bucket else "")


def configuration_of(mark: Seen) -> str:
    """The CORS configuration that the mark is of."""
    if software(mark.who).is_store:
        return "The bucket's CORS configuration"  # stores say the same as Amazon S3 does
    if software(mark.who).is_service:
        return mark.who
    return f"The CORS configuration of {mark.who}" if mark.who else "The server's CORS configuration"


def refused_somehow(seen: Situation, mark: Seen) -> Cause:
    """Something is refused, and nothing says whether that is the origin, the method or a header."""
    ids = [] if seen.page_is_allowed else [ORIGIN]
    ids += [METHOD] if seen.in_preflight or not ids else []
    ids += [HEADERS] if seen.in_preflight and any(refused_headers(seen)) else []
    text = Sentence(f"{configuration_of(mark)} refuses {{parts}}.", parts=_parts(seen, ids, "or"))
    return named(ids[0], LIKELY, text, *evidence(seen, mark.words), fix=_fix(seen, ids))


def _fix(seen: Situation, ids: Iterable[str]) -> str:
    first, *others = ids
    in_service = allowed_origin(seen) if first == ORIGIN and not others else ""
    if in_service:
        return in_service
    if others:
        return Sentence(
            "In the server's CORS configuration, allow {parts}.", parts=_parts(seen, (first, *others), "and")
        )
    if first != HEADERS:
        return Sentence(_ALLOW[first], page=seen.page, method=seen.method)
    if not seen.unsafe_names:
        return ""
    proven, left = refused_headers(seen)
    names = proven or left
    template = (
        f"Add {{names}} to the allowed headers of the server's CORS configuration, or do not send {_them(names)}."
    )
    if proven and left:
        template += " The configuration may also lack {left}."
        return Sentence(template, names=listed(names), left=listed(left))
    return Sentence(template, names=listed(names))


def _parts(seen: Situation, ids: Iterable[str], conjunction: str, at_least: str = "") -> Sentence:
    """`the origin https://app.example, the method PUT and the request header x-a`.

    `at_least` stands before several headers of which nothing shows which ones it is.
    """
    values = {f"part{i}": _part(seen, id, at_least) for i, id in enumerate(ids)}
    *most, last = (f"{{{name}}}" for name in values)
    return Sentence(f"{', '.join(most)} {conjunction} {last}" if most else last, **values)


def _part(seen: Situation, id: str, at_least: str) -> Sentence:
    if id == ORIGIN:
        return Sentence("the origin {page}", page=seen.page)
    if id == METHOD:
        return Sentence("the method {method}", method=seen.method)
    if not seen.unsafe_names:
        return Sentence("a request header")
    proven, left = refused_headers(seen)
    names = proven or left
    return Sentence(f"{'' if proven else at_least}the request header{_s(names)} {{names}}", names=listed(names))


def _them(names: tuple[str, ...]) -> str:
    return "them" if len(names) > 1 else "it"


def _s(names: tuple[str, ...]) -> str:
    return "s" if len(names) > 1 else ""
