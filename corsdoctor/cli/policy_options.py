"""The options of `corsdoctor test`, and which of them exclude each other."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Final

import click

from corsdoctor.cli.option import Split, from_environment, gathered, option
from corsdoctor.cli.report_options import OutputFlags
from corsdoctor.scenario import Credentials
from corsdoctor.wrong_input import Mistakes

CASES: Final = "Which cases, and how"
_POLICY: Final = "Writing the policy"
_CAPTURES: Final = (".har", ".har.gz", ".harp", ".zip")


class RunFlags(SimpleNamespace):
    """Which cases are run, and how often; with `listing` they are only listed."""

    match: str | None
    old_match: str | None
    listing: bool
    fail_fast: bool
    repeat: int
    retry: int
    jobs: int


class WriteFlags(SimpleNamespace):
    """Whether to write a first policy for the URL `init`, or to change an existing one (`update`)."""

    init: str | None
    origin: tuple[str, ...]
    header: tuple[str, ...]
    credentials: str | None
    out: str | None
    force: bool
    update: bool


which_cases = gathered(
    RunFlags,
    "how",
    option(
        CASES,
        "-m",
        "--match",
        metavar="EXPR",
        common=True,
        help="Run only the cases whose ids match EXPR. EXPR is a part of an id, or several with and, or, not and parentheses, as in pytest: 'items and not (put or delete)'.",
    ),
    option(CASES, "-k", "old_match", metavar="EXPR", hidden=True, envvar=None, help="The old name of -m."),
    option(
        CASES,
        "--list",
        "listing",
        is_flag=True,
        common=True,
        envvar=None,
        help="List the cases and what each expects, without sending anything; with -q, only their ids. Variables of the policy "
        "may be unset, unless the policy cannot be read without them.",
    ),
    option(CASES, "--fail-fast", is_flag=True, common=True, help="Stop after the first failure."),
    option(
        CASES,
        "--repeat",
        type=click.IntRange(1, 1000),
        default=1,
        metavar="N",
        help="Run each case N times; it must pass every time [1].",
    ),
    option(
        CASES,
        "--retry",
        common=True,
        type=click.IntRange(0, 100),
        default=0,
        metavar="N",
        help="Retry a failed case up to N times [0]. The report names the cases that passed only then.",
    ),
    option(
        CASES,
        "--jobs",
        common=True,
        type=click.IntRange(1, 256),
        default=8,
        metavar="N",
        help="How many cases to run at the same time [8].",
    ),
)

writing_policy = gathered(
    WriteFlags,
    "writing",
    option(
        _POLICY,
        "--init",
        common=True,
        metavar="URL|FILE",
        envvar=None,
        help="Write a first policy that describes how this URL responds now, or what a capture (a HAR file, or what curl -v "
        "printed) shows to be allowed.",
    ),
    option(
        _POLICY,
        "--origin",
        multiple=True,
        type=Split(" "),
        metavar="ORIGIN",
        common=True,
        help="With --init: the origin of a page that uses the URL [all in a capture]; repeatable. The variable separates several with spaces.",
    ),
    option(
        _POLICY,
        "-H",
        "--header",
        multiple=True,
        metavar="'NAME: VALUE'",
        envvar=None,
        help="With --init: a header that the script sets; repeatable. A secret in it is written as a variable.",
    ),
    option(
        _POLICY,
        "--credentials",
        type=click.Choice([mode.value for mode in Credentials]),
        metavar="MODE",
        envvar=None,
        help="With --init: the only credentials mode to request the URL with [the default, and include].",
    ),
    option(
        _POLICY,
        "-o",
        "--output",
        "out",
        metavar="FILE",
        envvar=None,
        help="With --init: the file to write [cors.toml]; - is standard output.",
    ),
    option(_POLICY, "--force", is_flag=True, envvar=None, help="With --init: overwrite an existing file."),
    option(
        _POLICY,
        "--update",
        common=True,
        is_flag=True,
        envvar=None,
        help="Update FILE to match what the server does now. The changes are shown on standard error.",
    ),
)


def named_as_capture(path: str) -> bool:
    """Whether a file has a name of a HAR."""
    return path.lower().endswith(_CAPTURES)


def add_conflicts(found: Mistakes, file: str | None, how: RunFlags, writing: WriteFlags, output: OutputFlags) -> None:
    """Adds the mistakes of options that exclude each other."""
    of_init = {
        "--origin": bool(writing.origin) and not from_environment("origin"),
        "-H": bool(writing.header),
        "--credentials": writing.credentials is not None,
        "-o": writing.out is not None,
        "--force": writing.force,
    }
    of_reading = {
        "FILE": file is not None,
        "-m": how.match is not None,
        "--list": how.listing,
        "--update": writing.update,
    }
    for name in [name for name, given in (of_init if writing.init is None else of_reading).items() if given]:
        found.add(name, "", "requires --init" if writing.init is None else "cannot be used with --init")
    if writing.update and file is not None and named_as_capture(file):
        found.add("--update", "", "cannot be used with a capture; --init FILE writes a policy of it")
    if how.listing and writing.update:
        found.add("--list", "", "cannot be used with --update")
    if how.listing and output.format not in ((), ("text",)) and not from_environment("format"):
        found.add(
            "--format", " ".join(output.format), "cannot be used with --list, which writes text to standard output"
        )
