"""The exit statuses. Scripts rely on these numbers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from enum import IntEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from corsdoctor.cli.messages import print_message

if TYPE_CHECKING:
    from corsdoctor.cli.options import FailFlags
    from corsdoctor.wrong_input import Mistakes


class ExitStatus(IntEnum):
    """0 to 4 report the result of the requests; the others, why there is no result."""

    OK = 0
    BLOCKED = 1
    USAGE = 2
    NO_ANSWER = 3
    UNSENT = 4
    INTERNAL = 70
    HUNG_UP = 129
    INTERRUPTED = 130
    BROKEN_PIPE = 141
    TERMINATED = 143


USUAL = ("blocked", "error", "unsent")
"""The levels that count by default."""
_STATUSES = {
    "blocked": ExitStatus.BLOCKED,
    "note": ExitStatus.BLOCKED,
    "error": ExitStatus.NO_ANSWER,
    "unsent": ExitStatus.UNSENT,
}
_ORDER = ("blocked", "note", "error", "unsent")


Counting = frozenset[str] | None
"""The levels that make a command fail; None if nothing does, not even that nothing was judged."""


def counted(
    flags: FailFlags, found: Mistakes, usual: Iterable[str] = USUAL, *, never: Mapping[str, str] = MappingProxyType({})
) -> Counting:
    """The levels that make a command fail: those of --fail-on, none with --exit-zero, otherwise the `usual` ones.

    `never` names the levels that this run cannot have, and says why.
    """
    from corsdoctor.levels import LEVELS
    from corsdoctor.reading import items  # --version must not load these
    from corsdoctor.wrong_input import nearest

    names = [name.strip() for value in flags.fail_on for name in items(value, ",")]
    for name in names:
        if name == "none":
            found.add("--fail-on", name, "is not a level; to exit with status 0 whatever is found, use --exit-zero")
        elif name not in LEVELS:
            found.add("--fail-on", name, nearest(name, LEVELS))
    if names and all(name in never for name in names):
        for name in dict.fromkeys(names):
            found.add(
                "--fail-on", name, f"never occurs here, because {never[name]}; add another level, such as blocked"
            )
    if flags.exit_zero and names:
        found.add("--exit-zero", "", "never fails, and --fail-on selects when to fail; use one of them")
    return None if flags.exit_zero else frozenset(names or usual)


def only_levels(only: str | None, found: Mistakes) -> frozenset[str] | None:
    """The levels of --only, of which an item must have one to be written; None if all are written."""
    from corsdoctor.levels import LEVELS
    from corsdoctor.reading import items
    from corsdoctor.wrong_input import nearest

    if only is None:
        return None
    wanted = set[str]()
    for name in items(only, ","):
        if name.strip() == "failures":
            wanted |= {"blocked", "error"}
        elif name.strip() in LEVELS:
            wanted.add(name.strip())
        else:
            found.add("--only", name, nearest(name, ("failures", *LEVELS)))
    return frozenset(wanted)


def unsent_never(*, send: bool) -> dict[str, str]:
    """For `counted`: with --send no request is left unsent."""
    return {"unsent": "--send sends each request"} if send else {}


def status(seen: Collection[str], counting: Counting) -> ExitStatus:
    """The status for the levels that were seen, of those that are `counting`: blocked and note before error before unsent.

    A run in which nothing was judged fails whatever is counting; a line on standard error says so.
    """
    from corsdoctor.levels import JUDGED

    if counting is None:
        return ExitStatus.OK
    counted = [level for level in _ORDER if level in seen and level in counting]
    if counted or JUDGED in seen:
        return _STATUSES[counted[0]] if counted else ExitStatus.OK
    if "unsent" in seen and "error" not in seen:
        why, ended = "the requests that would show it were not sent; --send sends them", ExitStatus.UNSENT
    elif seen:
        why, ended = "no response shows how a server treats these requests", ExitStatus.NO_ANSWER
    else:
        why, ended = "the input has no requests", ExitStatus.NO_ANSWER
    print_message(f"nothing was judged: {why} (--exit-zero exits with 0 anyway)")
    return ended
