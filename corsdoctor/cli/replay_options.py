"""The options of replay: which requests of a capture, and how to share the file."""

from __future__ import annotations

from typing import Final

import click

from corsdoctor.cli.option import gathered, option
from corsdoctor.record import Record

_WHICH: Final = "Which requests"
_SHARE: Final = "Sharing the file"


class SelectFlags(Record):
    """The options that choose requests."""

    pattern: str | None
    origin: str | None
    entry: int | None
    blocked: bool


class ShareFlags(Record):
    """The options that write a copy of the file."""

    redact: str | None
    only: str | None


select = gathered(
    SelectFlags,
    "select",
    option(
        _WHICH,
        "--url",
        "pattern",
        metavar="PATTERN",
        common=True,
        help="Only requests whose URL matches; * stands for any characters.",
    ),
    option(
        _WHICH,
        "--origin",
        metavar="ORIGIN",
        common=True,
        help="Only requests of a page at this origin. In a transcript, it is also the origin of requests without an Origin header.",
    ),
    option(
        _WHICH,
        "--entry",
        type=click.IntRange(0),
        metavar="N",
        help="Only the request with this entry of the file; the first is 0.",
    ),
    option(_WHICH, "--blocked", is_flag=True, common=True, help="Show only what is blocked."),
)
share = gathered(
    ShareFlags,
    "share",
    option(
        _SHARE,
        "--redact",
        metavar="FILE.har",
        common=True,
        envvar=None,
        help="Write the HAR without its secrets, and judge what was written. Cookies, Authorization, tokens, logins in URLs and values "
        "that look random are replaced by others of the same shape, and bodies are left out. The verdicts stay the same.",
    ),
    option(
        _SHARE,
        "--only",
        type=click.Choice(["cors"]),
        metavar="cors",
        envvar=None,
        help="With --redact: leave out the entries that CORS does not concern.",
    ),
)
