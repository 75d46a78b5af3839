"""The cure for programs, as schema.json beside this file describes it."""

from __future__ import annotations

from typing import Any

from corsdoctor.cure import Change, Cure
from corsdoctor.fetch.headers import STATUS
from corsdoctor.recipes.prescription import Prescription


def cure_object(cure: Cure) -> dict[str, Any]:
    """The cure as dicts, lists, strings, numbers, True, False and None."""
    obstacle, policy = cure.obstacle, cure.policy
    return {
        "needed": cure.needed,
        "warnings": list(cure.warnings),
        "obstacle": None
        if obstacle is None
        else {
            "rule": obstacle.step.rule.id,
            "browsers": [d.profile.name for d in obstacle.diagnoses],
            "next": obstacle.next,
            "cause": obstacle.first,
        },
        "changes": [_change(change) for change in cure.changes],
        "proof": {d.profile.name: str(d.verdict) for d in cure.proof},
        "policy": None
        if policy is None
        else {
            "origins": list(policy.origins),
            "methods": list(policy.methods),
            "headers": list(policy.headers),
            "credentials": policy.credentials,
            "expose": list(policy.expose),
            "max_age": policy.max_age,
        },
        "error_status": cure.error_status,
        "request_url": cure.url,
        "cookies": [
            {"name": one.name, "reasons": list(one.reasons), "actions": list(one.actions)} for one in cure.cookies
        ],
        "kept": list(cure.kept),
        "unseen": list(cure.unseen),
        "ways_out": [
            {"id": way.id, "text": way.text, "changes": [_change(change) for change in way.changes], "tried": way.tried}
            for way in cure.alternatives
        ],
        "not_tried": [{"kind": str(n.kind), "method": n.method, "url": n.url, "why": n.why} for n in cure.not_tried],
        "surplus": [{"name": s.name, "value": s.value, "text": s.text} for s in cure.excess_grants],
    }


def prescription_object(prescription: Prescription) -> dict[str, Any]:
    """The recipe as dicts, lists, strings and None."""
    recipe, guess = prescription.recipe, prescription.guess
    return {
        "server": recipe.id,
        "title": recipe.title,
        "guessed_from": None if guess is None else [guess.name, guess.value],
        "others": [other.recipe for other in prescription.others],
        "language": recipe.language,
        "text": prescription.written.text,
        "where": prescription.written.where,
        "rights": list(prescription.written.rights),
        "warnings": list(prescription.warnings),
        "proof": str(recipe.proof),
        "proved": recipe.proved,
    }


def _change(change: Change) -> dict[str, Any]:
    lines = dict(change.lines)
    status = lines.pop(STATUS, None)
    return {
        "kind": str(change.kind),
        "method": change.method,
        "url": change.url,
        "seen": change.response is not None,
        "status": None if status is None else int(status),
        "lines": [[name, value] for name, value in lines.items()],
    }
