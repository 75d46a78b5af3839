"""--severity and --fail-on of audit and lint: which findings are shown, and which make the exit status 1."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any, TypeVar

import click

from corsdoctor.audit.weigh import Severity
from corsdoctor.cli.option import gathered, option

_Command = TypeVar("_Command", bound=Callable[..., Any])
_LEVELS = tuple(str(severity) for severity in Severity)


class SeverityFlags(SimpleNamespace):
    """The two levels, as typed."""

    severity: str
    fail_on: str

    @property
    def least(self) -> Severity:
        """The least severity that is shown."""
        return Severity[self.severity.upper()]

    def fails(self, found: Iterable[Severity | None]) -> bool:
        """Whether one of the findings that are shown makes the run fail; None where nothing was found."""
        if self.fail_on == "none":
            return False
        least = Severity[self.fail_on.upper()]
        return any(severity is not None and severity >= least for severity in found)


def severities(variable: str) -> Callable[[_Command], _Command]:
    """The two options; the command gets them as `levels`. The environment variable `variable` is the default of --fail-on."""
    return gathered(
        SeverityFlags,
        "levels",
        option("Report", "--severity", type=click.Choice(_LEVELS), metavar="LEVEL", default="info", common=True, help="Report and count only findings of at least this severity: info, low, medium or high [info]."),
        option("Exit status", "--fail-on", type=click.Choice((*_LEVELS, "none")), metavar="LEVEL", default="low", envvar=variable, help="The least severity that makes the exit status 1: info, low, medium, high or none [low]."),
    )  # fmt: skip
