"""Masks secrets in what is added to a report: the cure, the configuration of a server, and the verdict on a policy's case."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from corsdoctor.reports.changing import changed, each

if TYPE_CHECKING:
    from corsdoctor.cure import Alternative, Change, Cure, ExcessGrant
    from corsdoctor.policy import Policy
    from corsdoctor.recipes.guess import Guess
    from corsdoctor.recipes.prescription import Prescription
    from corsdoctor.reports.masks import Masks
    from corsdoctor.suite.judge import Judged, Mismatch


def mask_cure(masks: Masks, cure: Cure) -> Cure:
    obstacle = cure.obstacle
    if obstacle is not None:
        diagnoses = each(obstacle.diagnoses, masks.diagnosis)
        obstacle = changed(obstacle, step=masks.step(obstacle.step), diagnoses=diagnoses)
    return changed(
        cure,
        changes=each(cure.changes, partial(mask_change, masks)),
        proof=each(cure.proof, masks.diagnosis),
        obstacle=obstacle,
        url=None if cure.url is None else masks.url(cure.url),
        not_tried=each(cure.not_tried, lambda one: changed(one, url=masks.url(one.url))),
        alternatives=each(cure.alternatives, partial(_alternative, masks)),
        excess_grants=each(cure.excess_grants, partial(_excess_grant, masks)),
        policy=None if cure.policy is None else _policy(masks, cure.policy, cure.kept),
        kept=tuple(name for name in cure.kept if masks.text(name) == name),
    )


def _policy(masks: Masks, policy: Policy, kept: Iterable[str]) -> Policy:
    """`policy` without what came from the server and holds a secret: a configuration can't show a part of a value."""
    secret = {name for name in kept if masks.text(name) != name}
    if not secret:
        return policy

    def without(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(name for name in names if name not in secret)

    return changed(
        policy, origins=without(policy.origins), methods=without(policy.methods), headers=without(policy.headers),
        expose=without(policy.expose),
    )  # fmt: skip


def mask_change(masks: Masks, change: Change) -> Change:
    response = None if change.response is None else masks.response(change.response)
    return changed(change, url=masks.url(change.url), response=response, lines=masks.pairs(change.lines))


def _alternative(masks: Masks, way: Alternative) -> Alternative:
    return changed(
        way,
        text=masks.sentence(way.text),
        scenario=masks.scenario(way.scenario),
        changes=each(way.changes, partial(mask_change, masks)),
    )


def _excess_grant(masks: Masks, grant: ExcessGrant) -> ExcessGrant:
    return changed(grant, value=masks.value(grant.name, grant.value), text=masks.sentence(grant.text))


def mask_prescription(masks: Masks, prescription: Prescription) -> Prescription:
    guess = None if prescription.guess is None else _guess(masks, prescription.guess)
    return changed(prescription, guess=guess, others=each(prescription.others, partial(_guess, masks)))


def _guess(masks: Masks, guess: Guess) -> Guess:
    return changed(guess, value=masks.value(guess.name, guess.value))


def mask_judged(masks: Masks, judged: Judged) -> Judged:
    return changed(
        judged,
        known=None if judged.known is None else masks.text(judged.known),
        expired=None if judged.expired is None else masks.text(judged.expired),
        mismatches=each(judged.mismatches, partial(_mismatch, masks)),
        earlier=each(judged.earlier, partial(_mismatch, masks)),
    )


def _mismatch(masks: Masks, mismatch: Mismatch) -> Mismatch:
    return changed(mismatch, step=None if mismatch.step is None else masks.step(mismatch.step))
