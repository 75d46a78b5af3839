"""What lint finds: a weakness at a place in a file."""

# Without `from __future__ import annotations`: a named tuple compiles each annotation that is a string, which takes 6 us.

from collections.abc import Iterator
from typing import Final, NamedTuple

from corsdoctor.audit.weaknesses import Weakness
from corsdoctor.audit.weigh import Severity
from corsdoctor.lint.patterns import Matching, beyond
from corsdoctor.sentence import Sentence


class Found(NamedTuple):
    """A weakness that a file shows at `line`. `what` has the values of the file, `impact` the origin that shows it."""

    weakness: Weakness
    severity: Severity
    what: Sentence
    impact: str
    fix: str
    line: int
    column: int | None = None


class Linted(NamedTuple):
    """A file and what is wrong in it, by line. `language` is what it was read as; `cut` says that there are more findings."""

    file: str
    language: str
    findings: tuple[Found, ...]
    cut: bool = False

    @property
    def severity(self) -> Severity | None:
        """The worst severity, None if nothing was found."""
        return max((finding.severity for finding in self.findings), default=None)


_RESPONSE: Final = "the response"
_OWN_RESPONSE: Final = "the response to a request with the user's cookies"


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
    stake = _OWN_RESPONSE if credentials else _RESPONSE
    impact = weakness.impact.format(who=weakness.attacker, what=stake, origin=origin)
    return Found(weakness, Severity.HIGH if credentials else Severity.LOW, what, impact, fix, line, column)


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
