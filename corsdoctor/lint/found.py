"""What lint finds: a weakness at a place in a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from corsdoctor.audit.weaknesses import NULL_ORIGIN, REFLECTED, Weakness
from corsdoctor.audit.weigh import Severity, what_is_read
from corsdoctor.lint.patterns import Matching, beyond
from corsdoctor.record import Record
from corsdoctor.sentence import Sentence, whole

FIX_HEADER: Final = (
    "Compare the header with a list of the origins that you trust, and set it only if it is one of them."
)
"""For source that sends the header Origin back."""


class Found(Record):
    """A weakness that a file shows at `line`. `what` has the values of the file, `impact` the origin that shows it."""

    weakness: Weakness
    severity: Severity
    what: Sentence
    impact: str
    fix: str
    line: int
    column: int | None = None


class Linted(Record):
    """A file and what is wrong in it, by line. `language` is what it was read as; `cut` says that there are more findings."""

    file: str
    language: str
    findings: tuple[Found, ...]
    cut: bool = False

    @property
    def severity(self) -> Severity | None:
        """The worst severity, None if nothing was found."""
        return max((finding.severity for finding in self.findings), default=None)


def open_to(
    weakness: Weakness,
    what: Sentence,
    fix: str,
    line: int,
    *,
    credentials: bool,
    origin: str = "",
    column: int | None = None,
) -> Found:
    """The finding that a setting allows origins which it should not. It is high with credentials, otherwise low."""
    read = what_is_read(credentials=credentials)
    impact = weakness.impact.format(who=weakness.attacker, what=read, origin=origin)
    return Found(weakness, Severity.HIGH if credentials else Severity.LOW, what, impact, fix, line, column)


def open_to_null(program: str, line: int, column: int | None, *, credentials: bool) -> Found:
    """The finding that `program` allows the origin null."""
    what = whole(f"{program} allows the origin null, and every website can get it with a sandboxed frame.")
    return open_to(NULL_ORIGIN, what, NULL_ORIGIN.fix, line, credentials=credentials, column=column)


def open_to_all(program: str, fix: str, line: int, column: int) -> Found:
    """The finding that a function returns true for every origin, and `program` sends the origin back with credentials."""
    what = whole(f"This function allows every origin, and {program} allows credentials and sends the origin back.")
    return open_to(REFLECTED, what, fix, line, credentials=True, column=column)


def tested(program: str, source: str) -> Sentence:
    """What `of_pattern` is about: a function whose whole body is the test `source`."""
    return Sentence(
        "{program} allows the origins for which this is true: {source}", program=whole(program), source=source
    )


def of_pattern(
    expression: str, matching: Matching, about: Sentence, line: int, column: int | None = None, *, credentials: bool,
    ignore_case: bool = False,
) -> Iterator[Found]:  # fmt: skip
    """The findings about a regular expression of origins. `about` says what matches it, without a full stop."""
    for weakness, candidate in beyond(expression, matching, ignore_case=ignore_case).items():
        origin = str(candidate.origin)
        what = Sentence("{about}, which also matches {origin}.", about=about, origin=origin)
        yield open_to(weakness, what, weakness.fix, line, credentials=credentials, origin=origin, column=column)


def broken(weakness: Weakness, what: Sentence, fix: str, line: int, column: int | None = None) -> Found:
    """The finding that a setting does not do what it is meant for: nobody can abuse it, but pages fail."""
    return Found(weakness, Severity.LOW, what, weakness.impact, fix, line, column)
