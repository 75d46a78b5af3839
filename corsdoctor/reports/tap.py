"""The report as TAP, the Test Anything Protocol: a line for each item, with a YAML block if there is more to report.

Version 13, because all readers accept it: Perl's rejects 14, which adds nothing that is needed here.
https://testanything.org/tap-version-13-specification.html
"""

from __future__ import annotations

from collections.abc import Iterator

from corsdoctor.levels import counts_as
from corsdoctor.report import Item, Problem
from corsdoctor.reports.faults import console, faults, headline, name, place, remarks
from corsdoctor.reports.layout import cut
from corsdoctor.suite.outcome import CaseOutcome
from corsdoctor.visible import visible

_URL_CELLS = 2_000
_HASH = "\uff03"  # a `#` starts a directive, and not all readers support escapes, so a wide one is used
_BRACE = "\uff5b"  # some readers treat a line that ends in `{` as the start of a subtest
_DIRECTIVES = {CaseOutcome.KNOWN: "TODO", CaseOutcome.UNSENT: "SKIP"}


class Tap:
    """Streams. The plan is the last line."""

    def __init__(self) -> None:
        self._count = 0

    def begin(self) -> str:
        return "TAP version 13\n"

    def add(self, item: Item) -> str:
        self._count += 1
        became = counts_as(item)
        ok = "ok" if became in (CaseOutcome.PASSED, CaseOutcome.UNSENT) else "not ok"
        line = f"{ok} {self._count} - {plain(name(item))}"
        if became in _DIRECTIVES:
            line += f" # {_DIRECTIVES[became]} {plain(_reason(item))}"
        if line.endswith("{"):
            line = line[:-1] + _BRACE
        return "".join(f"{text}\n" for text in (line, *_diagnostics(item, became)))

    def end(self) -> str:
        return f"1..{self._count}\n"


def plain(text: str) -> str:
    """`text` without what would start a directive."""
    return text.replace("#", _HASH)


def _reason(item: Item) -> str:
    if isinstance(item, Problem) or item.judged is None or item.judged.known is None:
        return headline(item)
    return visible(item.judged.known)


def _diagnostics(item: Item, became: CaseOutcome) -> Iterator[str]:
    """The YAML block, with texts in single quotes, which every reader supports; nothing if there are no details."""
    took = 0.0 if isinstance(item, Problem) or item.judged is None else item.judged.seconds
    noted = remarks(item)
    detailed = became is not CaseOutcome.PASSED or noted
    if not detailed and not took:
        return
    yield "  ---"
    if detailed:
        yield f"  message: {quoted(headline(item))}"
        yield f"  outcome: {quoted(became)}"
        yield from _asked(item)
        for fault in faults(item)[:1]:
            yield f"  rule: {quoted(fault.id)}"
        yield from _block("why", [line for fault in faults(item) for line in fault.text.split("\n")])
        yield from _block("notes", [f"{remark.id}: {remark.first('note')}" for remark in noted])
        yield from _block("console", console(item) if became is not CaseOutcome.PASSED else [])
    if took:
        yield f"  duration_ms: {took * 1000:.3f}"
    yield "  ..."


def _asked(item: Item) -> Iterator[str]:
    at = place(item)
    if at is not None:
        yield f"  file: {quoted(at[0])}"
    if item.line is not None:
        yield f"  line: {item.line}"
    scenario = item.scenario
    if scenario is not None:
        yield f"  method: {quoted(scenario.method)}"
        yield f"  url: {quoted(cut(visible(scenario.url), _URL_CELLS))}"
        yield f"  origin: {quoted(str(scenario.origin))}"


def _block(key: str, lines: list[str]) -> Iterator[str]:
    """Lines that each start with a label. They are not a list, because Perl's reader parses `- 'a: b'` as a mapping."""
    if lines:
        yield f"  {key}: |"
        yield from (f"    {line}" for line in lines)


def quoted(text: str) -> str:
    """A string of YAML."""
    doubled = visible(text).replace("'", "''")
    return f"'{doubled}'"
