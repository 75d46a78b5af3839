"""--rate, --rate-per-host, --retry-after and --timeout: how fast requests are sent, and how long the run may take."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, TypeVar

from corsdoctor.batch import RETRY_AFTER
from corsdoctor.cli.option import Amount, gathered, option

if TYPE_CHECKING:
    from corsdoctor.batch.rate import Rate

_Command = TypeVar("_Command", bound=Callable[..., Any])
_RATE = Amount("requests a second", 100_000, least=0.001)


class PaceFlags(SimpleNamespace):
    """How fast, in requests per second, and for how long, in seconds; None if there is no limit."""

    rate: float | None
    rate_per_host: float | None
    retry_after: float
    timeout: float | None

    @property
    def given(self) -> bool:
        """Whether any of them was set."""
        return (self.rate, self.rate_per_host, self.retry_after, self.timeout) != (None, None, RETRY_AFTER, None)

    @property
    def rates(self) -> Rate:
        """The two rates."""
        from corsdoctor.batch.rate import Rate  # what a single check need not load

        return Rate(self.rate, self.rate_per_host)


def pacing(section: str) -> Callable[[_Command], _Command]:
    """The four options in the section `section`; the command gets them as `pace`."""
    return gathered(
        PaceFlags,
        "pace",
        option(section, "--rate", type=_RATE, metavar="N", help="At most N requests per second, including preflights; 0.5 is one every two seconds [no limit]."),
        option(section, "--rate-per-host", type=_RATE, metavar="N", help="At most N requests per second to one host [no limit]."),
        option(section, "--retry-after", type=Amount("seconds", 86400, zero=True), default=RETRY_AFTER, metavar="SECONDS", help=f"If a server returns 429 with a Retry-After of at most SECONDS, wait that long and send the request once more [{RETRY_AFTER:g}; 0: never]. Only GET, HEAD and OPTIONS are sent again. Browsers do not send them again."),
        option(section, "--timeout", type=Amount("seconds", 31_536_000), metavar="SECONDS", help="The maximum time for the whole run [no limit]. The report names what is not finished by then, and the exit status is 3."),
    )  # fmt: skip
