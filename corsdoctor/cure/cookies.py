"""The cookies that browsers lose, why, and what helps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from corsdoctor.browsers import STANDARD
from corsdoctor.diagnose import Diagnosis
from corsdoctor.fetch.advice import COOKIE_CARRIED, COOKIE_SENT, COOKIE_STORED
from corsdoctor.fetch.cookies import (
    DELETED,
    LAX_BY_DEFAULT,
    NOT_SECURE,
    PARTITION_NOT_SECURE,
    STRICT_OR_LAX,
    WRONG_PREFIX,
)
from corsdoctor.record import Record
from corsdoctor.rule import Step, next_step
from corsdoctor.step_sentences import listed
from corsdoctor.url import is_potentially_trustworthy

_BY_ATTRIBUTES: Final = frozenset(
    cause.id for cause in (LAX_BY_DEFAULT, NOT_SECURE, PARTITION_NOT_SECURE, STRICT_OR_LAX)
)
OTHER_ATTRIBUTES_HELP: Final = _BY_ATTRIBUTES | {WRONG_PREFIX.id}
"""Why a browser loses a cookie that it would keep with other attributes, by id."""
_HTTPS: Final = "Serve the URL over https, because browsers accept Secure only there."


class LostCookie(Record):
    """A cookie that these browsers do not store, or may not send. `name` may be empty.

    `reasons` are sentences, with the browsers if there are several; `actions` sentences on what helps. `attributes_help` says whether SameSite=None
    and Secure are what is missing.
    """

    name: str
    browsers: tuple[str, ...]
    reasons: tuple[str, ...]
    actions: tuple[str, ...]
    attributes_help: bool
    stored: bool
    """Whether a response sets it, so that the browsers do not store it. Otherwise they may not send it."""


def lost_cookies(diagnoses: Iterable[Diagnosis]) -> tuple[LostCookie, ...]:
    """Those of the responses, and those that were to be sent, each once. One that a response deletes is not lost."""
    stored: dict[str, list[tuple[Diagnosis, Step]]] = {}
    sent: dict[str, list[tuple[Diagnosis, Step]]] = {}
    for diagnosis in (d for d in diagnoses if d.profile is not STANDARD):
        for step in diagnosis.notes:
            if step.rule is COOKIE_STORED and step.cause is not None and step.cause.id != DELETED.id:
                stored.setdefault(_name(step.evidence[0][1]), []).append((diagnosis, step))
            elif step.rule is COOKIE_CARRIED:
                sent.setdefault(_name(step.evidence[0][1]), []).append((diagnosis, step))
            elif step.rule is COOKIE_SENT:
                for pair in (diagnosis.scenario.cookie or "").split(";"):
                    sent.setdefault(_name(pair), []).append((diagnosis, step))
    return tuple(_lost(name, steps) for name, steps in (sent | stored).items())


def _name(pair: str) -> str:
    """The name of a cookie, "" if it has none. https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html"""
    name, equals, _ = pair.partition(";")[0].partition("=")
    return name.strip() if equals else ""


def _lost(name: str, steps: list[tuple[Diagnosis, Step]]) -> LostCookie:
    by_reason: dict[str, dict[str, None]] = {}
    for diagnosis, step in steps:
        known = step.cause is not None and step.rule is not COOKIE_SENT
        reason = step.cause.text if known and step.cause is not None else step.rule.what
        by_reason.setdefault(reason, {})[diagnosis.profile.title] = None
    helps = any(
        step.rule is COOKIE_SENT or (step.cause is not None and step.cause.id in _BY_ATTRIBUTES) for _, step in steps
    )
    url = steps[0][0].scenario.parsed_url
    insecure = url is not None and not is_potentially_trustworthy(url.origin)
    actions = [step.rule.fix if step.rule is COOKIE_SENT else next_step(step) for _, step in steps]
    return LostCookie(
        name,
        tuple(dict.fromkeys(diagnosis.profile.title for diagnosis, _ in steps)),
        tuple(f"{listed(t)}: {reason}" if len(by_reason) > 1 else reason for reason, t in by_reason.items()),
        tuple(dict.fromkeys((*actions, *((_HTTPS,) if helps and insecure else ())))),
        helps,
        all(step.rule is COOKIE_STORED for _, step in steps),
    )
