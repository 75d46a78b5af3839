"""What real browsers did, beside what was predicted: in a sentence, and in full where they differ."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from corsdoctor.diagnose import Diagnosis
from corsdoctor.levels import compared
from corsdoctor.observed import Aspect, Difference, Observation, requests, verdict_seen
from corsdoctor.report import Report
from corsdoctor.reports.content import Content, Entry, Role, Row
from corsdoctor.reports.wording import WORDS, shortened
from corsdoctor.step_sentences import listed
from corsdoctor.visible import visible


def observed_sentences(report: Report) -> Iterator[tuple[str, Role]]:
    """Whether the browsers did what was predicted, a sentence for each answer to that."""
    found = compared(report)
    agree = [seen for seen, _, different in found if not different and seen.missing is None]
    unsent = [seen for seen in agree if seen.withheld]
    cured = [seen for seen in agree if seen.cured]
    whole = [seen for seen in agree if seen not in unsent and not seen.cured]
    if cured:
        yield f"Confirmed in {_titles(cured)}, with these responses in place of the server's.", Role.GOOD
    if whole:
        yield f"As predicted in {_titles(whole)}.", Role.GOOD
    if unsent:
        yield f"As predicted in {_titles(unsent)}, up to the request that was not sent.", Role.UNSURE
    for seen, predicted, different in found:
        if different:
            yield _difference(seen, predicted, different), Role.BAD
    for seen, _, _ in found:
        if seen.missing is not None:
            yield _absence(seen), Role.UNSURE


def observed_briefly(report: Report, chosen: Collection[Observation]) -> list[str]:
    """A sentence for each of these browsers, which differ or show nothing."""
    return [
        _absence(seen) if seen.missing is not None else _difference(seen, predicted, different)
        for seen, predicted, different in compared(report)
        if seen in chosen
    ]


def observed_in(report: Report, browser: str) -> list[str]:
    """What the real browsers of one profile did, beside its prediction: the title with the verdict, or why there is none."""
    return [
        f"{seen.title}: {'nothing observed' if seen.missing is not None else WORDS[verdict_seen(seen, predicted)]}"
        f"{', not as predicted' if different else '' if seen.missing is not None else ', as predicted'}"
        for seen, predicted, different in compared(report)
        if seen.browser == browser
    ]


def _difference(seen: Observation, predicted: Diagnosis, different: tuple[Difference, ...]) -> str:
    return f"Differs in {seen.title}: {_briefly(seen, predicted, different)}."


def _absence(seen: Observation) -> str:
    return f"Nothing observed in {seen.title}: {seen.missing}."


def observed_entries(report: Report) -> list[Entry]:
    """The same as entries of a report."""
    return [
        Entry("" if number else "Tried", text, role, whole=True)
        for number, (text, role) in enumerate(observed_sentences(report))
    ]


def add_observations(report: Report, shown: Content, *, everything: bool) -> None:
    """Both sides of what differs; with `everything`, also what each browser sent and printed."""
    for seen, predicted, different in compared(report):
        if different:
            shown.blank()
            shown.text(f"Different in {seen.title}", Role.STRONG)
            for one in different:
                shown.labelled(_side("Predicted", one.aspect, _lacking(one.predicted, one.observed)))
                shown.labelled(_side("Observed", one.aspect, _lacking(one.observed, one.predicted)))
        elif everything and seen.missing is None:
            shown.blank()
            shown.text(f"Observed in {seen.title} ({seen.version})", Role.STRONG)
            shown.rows(_rows("requests", requests(seen.exchanges, predicted.scenario)))
            shown.rows([] if seen.console is None else _rows("console", seen.console))


def _lacking(lines: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    """The lines that the other side lacks; all of them if only the order differs, or if nothing is left."""
    return tuple(line for line in lines if line not in others) or lines


def _side(label: str, aspect: Aspect, lines: tuple[str, ...]) -> Iterator[Entry]:
    for number, line in enumerate(lines or ("none",)):
        yield Entry("" if number else label, visible(line) if number else f"{aspect}: {visible(line)}", whole=True)


def _rows(label: str, lines: Iterable[str]) -> list[Row]:
    return [Row("-", f"{label}: {text}") for text in map(shortened, lines)] or [Row("-", f"{label}: none")]


def _briefly(seen: Observation, predicted: Diagnosis, different: tuple[Difference, ...]) -> str:
    if different[0].aspect is Aspect.VERDICT:
        was = WORDS[verdict_seen(seen, predicted)]
        return f"{was}, although corsdoctor predicted {WORDS[predicted.verdict]}"
    return (
        f"the {listed(str(one.aspect) for one in different)} {'is' if _is_one(different) else 'are'} not as predicted"
    )


def _is_one(different: tuple[Difference, ...]) -> bool:
    return len(different) == 1 and different[0].aspect is Aspect.CONSOLE


def _titles(found: Iterable[Observation]) -> str:
    return listed(seen.title for seen in found)
