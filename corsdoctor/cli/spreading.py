"""--shard, --resume and --dask: a run that is divided among machines, continued later, or done by a cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import closing
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, TypeVar

import click

from corsdoctor.cli.inputs import is_input
from corsdoctor.cli.option import gathered, option
from corsdoctor.cli.reading import make_or_note, read_or_note

if TYPE_CHECKING:
    from corsdoctor.batch.resume import Answered
    from corsdoctor.batch.shard import Shard
    from corsdoctor.cli.report_options import OutputFlags
    from corsdoctor.wrong_input import Mistakes

_Command = TypeVar("_Command", bound=Callable[..., Any])


class SpreadFlags(SimpleNamespace):
    """The three options as typed, None where they were not given."""

    shard: str | None
    resume: str | None
    dask: str | None

    def part(self, found: Mistakes) -> Shard | None:
        """The part of --shard."""
        if self.shard is None:
            return None
        from corsdoctor.batch.shard import read_shard  # what a run on one machine need not load

        return read_or_note(found, "--shard", self.shard, read_shard)

    def answered(self, found: Mistakes, output: OutputFlags, reads: Iterable[str]) -> Answered | None:
        """What the file of --resume answers; it is this run's own until the command ends."""
        if self.resume is None:
            return None
        if output.format or output.save is not None:
            other = "--format" if output.format else "--save"
            found.add("--resume", self.resume, f"appends JSON lines to this file and cannot be combined with {other}")
        if is_input(self.resume, reads):
            found.add("--resume", self.resume, "this file is the input; choose another name")
            return None
        return make_or_note(found, partial(_answered, self.resume))


def spreading(section: str, items: str, result: str) -> Callable[[_Command], _Command]:
    """The three options in the section `section`; the command gets them as `spread`. `items` names what the input has."""
    return gathered(
        SpreadFlags,
        "spread",
        option(
            section, "--shard", metavar="I/N",
            help=f"Process only part I of N, for example on N machines. All {items} of a host are in the same part, and the "
            f"results of all parts, sorted by line, are those of the whole {result}.",
        ),
        option(
            section, "--resume", metavar="FILE", common=True,
            help=f"Append the results to FILE (JSON lines), and skip the {items} that it already has results for. FILE is created "
            f"if it does not exist, so the same command starts the {result} and continues it. Only one run at a time can use it. "
            "Results may be out of order: sort them by line.",
        ),
        option(
            section, "--dask", metavar="ADDRESS",
            help="Use the workers of a Dask cluster (tcp://host:8786 is its scheduler). --jobs applies to each worker, and "
            f"--rate is divided by their number. All {items} of a host are processed by one worker at a time.",
        ),
    )  # fmt: skip


def _answered(path: str) -> Answered:
    from corsdoctor.batch.resume import Answered

    return click.get_current_context().with_resource(closing(Answered(path)))
