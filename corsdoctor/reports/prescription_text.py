"""The configuration of a server for people: where it goes, what it allows, and what it gets right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from corsdoctor.cure import Cure
from corsdoctor.cure.granted import EVERY_NAME, ORIGINS, not_visible
from corsdoctor.fetch.headers import CORP
from corsdoctor.recipes.guess import IN_TEXT, Guess
from corsdoctor.recipes.prescription import COPY_HEADERS, Prescription
from corsdoctor.recipes.recipe import Family
from corsdoctor.recipes.resource_policy import resource_policy
from corsdoctor.report import Report
from corsdoctor.reports.content import Content, Entry, Role
from corsdoctor.reports.wording import capital, masked_in, remedy_line
from corsdoctor.step_sentences import listed

WARNING: Final = "!"
_ALLOWS: Final = "This allows what the request needs and nothing else."
_ADD: Final = "Add what other pages and requests need."
_KEEPS: Final = "This allows what the request needs, and keeps what the server allows today: {kept}. To leave that out, use --minimal."


def add_prescription(reports: Sequence[Report], page: Content) -> None:
    """The one configuration of all `reports`: where it goes, what it gets right, and the commands that check it."""
    cure, prescription = reports[0].cure, reports[0].prescription
    if cure is None:
        return
    if cure.lines_outside_policy:
        _add_beside(cure.lines_outside_policy, prescription, page)
    if prescription is None:
        if reports[0].no_recipe is not None:
            page.blank()
            page.text(reports[0].no_recipe)
            for text in _unseen(_cures(reports)):
                page.marked("-", Role.PLAIN, text)
        return
    recipe, made = prescription.recipe, prescription.written
    page.blank()
    page.text(recipe.title + _guessed(prescription), Role.STRONG)
    if prescription.seen and cure.changes and recipe.family is not Family.PROXY:
        page.text(f"{capital(_today(cure, prescription.seen))}. Make sure that nothing else sends them.")
    for warning in prescription.warnings:
        page.marked(WARNING, Role.BAD, warning)
    page.text(made.where, whole=True)
    page.blank()
    page.verbatim(made.text)
    page.blank()
    for text in (
        *([] if recipe.family is Family.PROXY else _allows(reports, named=recipe.id not in COPY_HEADERS)),
        *made.rights,
    ):
        page.marked("-", Role.PLAIN, text)
    page.blank()
    entries = [Entry("proof", recipe.proved, whole=True)]
    if prescription.others:
        names = listed(f"{other.recipe} ({_evidence(other)})" for other in prescription.others)
        entries.append(Entry("or", f"in {names}, but only in one of them", whole=True))
    page.labelled(entries)
    wanted = [report.command for report in reports if report.command is not None]
    if wanted and recipe.family is not Family.PROXY:
        page.blank()
        page.verbatim("\n".join(f"  $ {command}" for command in dict.fromkeys(wanted)))
        if masked := masked_in(wanted):
            page.marked(" ", Role.FAINT, masked)


def _allows(reports: Iterable[Report], *, named: bool) -> list[str]:
    """What the configuration allows, and what else the server may allow today. `named` says that it names each header."""
    cures = _cures(reports)
    kept = dict.fromkeys(name for cure in cures for name in cure.kept if not (named and name in EVERY_NAME))
    unseen = _unseen(cures)
    if kept:
        return [_KEEPS.format(kept=", ".join(kept)), *unseen]
    return [_ALLOWS, *unseen] if unseen else [f"{_ALLOWS} {_ADD}"]


def _cures(reports: Iterable[Report]) -> list[Cure]:
    return [report.cure for report in reports if report.cure is not None]


def _unseen(cures: Sequence[Cure]) -> list[str]:
    """What the server may allow besides what the responses show."""
    public = any(cure.policy is not None and cure.policy.public for cure in cures)
    hidden = dict.fromkeys(what for cure in cures for what in cure.hidden if not (public and what == ORIGINS))
    return [*dict.fromkeys(text for cure in cures for text in cure.unkept), *not_visible([*hidden])]


def _add_beside(lines: Iterable[tuple[str, str]], prescription: Prescription | None, page: Content) -> None:
    """The headers that no recipe contains, because they are not part of CORS, and where they are set."""
    page.blank()
    shown = capital(listed(f"`{remedy_line(line)}`" for line in lines))
    below = "" if prescription is None else ", so the configuration below does not contain it"
    page.text(f"{shown} is not part of CORS{below}. Set it where the response is created.")
    for value in (value for name, value in lines if name == CORP):
        for title, text in resource_policy(value, None if prescription is None else prescription.recipe.id):
            page.blank()
            page.text(f"In {title}:")
            page.verbatim(text)


def _today(cure: Cure, seen: tuple[str, ...]) -> str:
    """What sends CORS headers today."""
    twice = any(
        len(change.response.headers.values(name)) > 1
        for change in cure.changes
        if change.response is not None
        for name in seen
    )
    if twice:
        return "two places send CORS headers now, often a proxy and the application"
    return "the responses already have CORS headers"


def _guessed(prescription: Prescription) -> str:
    guess = prescription.guess
    if guess is None:
        return ""
    return f"{', perhaps, because of' if guess.shared else ', identified by'} {_evidence(guess)}"


def _evidence(guess: Guess) -> str:
    """What gave the server away."""
    return f"the words “{guess.value}”" if guess.name == IN_TEXT else f"{guess.name}: {guess.value}"
