"""`corsdoctor explain`: console messages, or a rule or kind, in plain words."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from contextlib import ExitStack, closing
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import click

from corsdoctor.cli import options, report_options, terminal
from corsdoctor.cli.command import Command, offering
from corsdoctor.cli.exit_status import ExitStatus
from corsdoctor.cli.explain_input import Given, exists, is_file
from corsdoctor.cli.messages import print_message
from corsdoctor.cli.option import mistakes, option
from corsdoctor.errors import InvalidScenario, Mistake
from corsdoctor.pattern import Pattern

if TYPE_CHECKING:
    from corsdoctor.console.counted import Counted
    from corsdoctor.message import Message
    from corsdoctor.reports.explanation import Explained
    from corsdoctor.transport.live import Live
    from corsdoctor.url import Origin

_RULE: Final = Pattern(r"[a-z0-9]+(?:-[a-z0-9]+)+")
_RESPONSE: Final = "HTTP/"  # what a transcript of a response has, and a console's message does not
_FORMATS: Final = ("text", "json", "jsonl", "markdown")


@click.command(cls=Command)
@click.argument("words", metavar="[TEXT|RULE|KIND|FILE|-]...", nargs=-1, shell_complete=offering("rules"))
@option(
    "What to try",
    "--replay",
    is_flag=True,
    common=True,
    help="Run the check for each message now, and report whether the problem still exists. Only GET, HEAD and OPTIONS "
    "are sent.",
)
@option(
    "What to try",
    "--origin",
    metavar="ORIGIN",
    common=True,
    help="The page's origin, for messages that do not name it: those of Firefox, and some of WebKit.",
)
@options.transport
@option(
    "Report",
    "--format",
    "form",
    type=click.Choice(_FORMATS),
    envvar="CORSDOCTOR_EXPLAIN_FORMAT",
    metavar="FORMAT",
    common=True,
    help="text [text], markdown for an issue, json, or jsonl with one line for each message. Equal messages are reported "
    "once, with their count.",
)
@report_options.color
@option("Report", "--show-secrets", is_flag=True, help="Show passwords and tokens in URLs instead of masking them.")
def explain(
    words: tuple[str, ...],
    replay: bool,
    origin: str | None,
    transport: options.TransportFlags,
    form: str | None,
    color: str | None,
    show_secrets: bool,
) -> ExitStatus:
    """Explain messages from a browser's console, or a rule or kind.

    TEXT is copied from the console: one message or a whole log, including the prefixes of a log. A FILE or - (standard
    input) may have any size. A text or a file with what curl -v printed is judged as by 'corsdoctor replay'. RULE is the id of a
    rule, as reports show it, and KIND what only looks like CORS; 'corsdoctor rules' lists them.

    \b
    corsdoctor explain "Access to fetch at 'https://api.example/' from origin ..."
    corsdoctor explain console.log --format jsonl
    corsdoctor explain acao-matches-origin

    Exit status: 0 something was recognized; 1 nothing about CORS, nor anything that looks like it, was found; 2 wrong
    usage; 3 the input can't be read.
    """
    wrong = mistakes()
    if wrong:
        raise InvalidScenario(*wrong)
    form = form or "text"
    if not words and sys.stdin is not None and sys.stdin.isatty():
        raise click.UsageError(
            "TEXT is missing: give a console message in quotes, a rule's name, a file, or - for standard input"
        )
    if len(words) == 1 and _is_id(words[0].lower()) and not exists(words[0]):
        from corsdoctor.cli.explain_page import print_page  # what a message need not load

        print_page(words[0].lower(), form, color)
        return ExitStatus.OK
    page = _page(origin)
    with ExitStack() as stack:
        from corsdoctor.console.counted import counted

        read = Given(words, stack)
        messages = read.messages()
        live = _live(transport, stack) if replay else None
        shown = (lambda message: message) if show_secrets else _masked
        found = counted(messages, shown)
        certificate = transport.cert is not None
        explained = (_explained(one, page, live, shown, certificate=certificate) for one in found)
        if _print(explained, form, color):
            return ExitStatus.OK
    transcript = None if replay or form not in ("text", "markdown") else read.transcript()
    if transcript is not None:
        from corsdoctor.cli.explain_transcript import judge  # what a message need not load

        judge(transcript, origin, form, color, show_secrets=show_secrets)
        return ExitStatus.OK
    return _nothing_found(words)


def _is_id(word: str) -> bool:
    """Whether a word is the id of a kind, or has the form of a rule's."""
    if " " in word:
        return False
    from corsdoctor.kinds.table import KINDS

    return _RULE.compiled.fullmatch(word) is not None or any(kind.id == word for kind in KINDS)


def _page(origin: str | None) -> Origin | None:
    if origin is None:
        return None
    from corsdoctor.reading import read_origin
    from corsdoctor.wrong_input import shown

    try:
        return read_origin(origin)
    except ValueError as e:
        raise InvalidScenario(Mistake("--origin", shown(origin), str(e))) from None


def _live(transport: options.TransportFlags, stack: ExitStack) -> Live:
    from corsdoctor.cli import flags
    from corsdoctor.wrong_input import Mistakes

    found = Mistakes()
    live = flags.live(transport, found)
    found.raise_if_any()
    assert live is not None  # or there would have been a mistake
    return stack.enter_context(closing(live))


def _explained(
    counted: Counted,
    page: Origin | None,
    live: Live | None,
    shown: Callable[[Message], Message],
    *,
    certificate: bool,
) -> Explained:
    from corsdoctor.command_line import command_line
    from corsdoctor.console.reproduce import is_fixable, judge, scenario, unknown
    from corsdoctor.reports.explanation import MASKED, Explained

    message = counted.message
    request = scenario(message, page)
    missing, check, fix = unknown(message, page) if request is not None else (), None, None
    if request is not None:
        to_show = request._replace(url=shown(message._replace(url=request.url)).url or request.url)
        missing = missing if to_show.url == request.url else (*missing, MASKED)
        check = command_line(to_show, judge(message), send=False)
        fix = command_line(to_show, command="fix", send=False) if is_fixable(message, request.origin) else None
    elif message.server is not None:
        fix = _configuring(shown(message), page)
    replayed = None
    if live is not None:
        from corsdoctor.console.replay import replay

        if request is not None:
            request = request._replace(certificate=certificate)
        replayed = replay(message, request, page, judge(message), live.send)
    return Explained(shown(message), check, missing, replayed, fix, counted.times, counted.other_urls)


def _configuring(message: Message, page: Origin | None) -> str | None:
    """The command that prints the configuration of the server whose words these are; None if none can be printed."""
    from corsdoctor.causes.software import recipe_of
    from corsdoctor.command_line import quoted

    recipe = recipe_of(message.server or "")
    if recipe is None or message.cause == "not-a-preflight":
        return None
    words = ["corsdoctor", "fix", "URL", "--origin", message.origin or ("ORIGIN" if page is None else str(page))]
    if message.cause == "method-refused":
        words += ["-X", message.subject or "METHOD"]
    if message.cause == "headers-refused":
        for name in (message.subject or "HEADER").split(","):
            words += ["-H", f"{name.strip()}: 1"]
    return quoted([*words, "--server", recipe])


@lru_cache(maxsize=1024)
def _masked(message: Message) -> Message:
    """The message with its secrets masked: those in the URLs that it was recognized by, and those in the rest of the text."""
    from corsdoctor.masking import mask_text, mask_url

    masked = {url: mask_url(url) for url in (message.url, message.first, message.origin) if url is not None}
    text = message.text
    for url in sorted(masked, key=len, reverse=True):
        text = text.replace(url, masked[url])
    return message._replace(
        text=mask_text(text),
        url=None if message.url is None else masked[message.url],
        first=None if message.first is None else masked[message.first],
        origin=None if message.origin is None else masked[message.origin],
        subject=None if message.subject is None else mask_text(message.subject),
    )


def _print(explained: Iterable[Explained], form: str, color: str | None) -> bool:
    """Writes the messages; returns whether there were any."""
    from corsdoctor.reports import explanation

    if form in ("json", "jsonl"):
        from corsdoctor.reports.json_ import dumps
    style = terminal.style(color)
    number = 0
    for number, found in enumerate(explained, 1):
        if form == "json":
            click.echo(("[\n" if number == 1 else ",\n") + dumps(explanation.as_object(found), indent=2), nl=False)
        elif form == "jsonl":
            click.echo(dumps(explanation.as_object(found)))
        else:
            text = explanation.text(found, style) if form == "text" else explanation.markdown(found)
            click.echo(("\n" if number > 1 else "") + text, color=style.color)
    if form == "json":
        click.echo("\n]" if number else "[]")
    return number > 0


def _nothing_found(words: tuple[str, ...]) -> ExitStatus:
    what = "the text" if words and words != ("-",) else "standard input"
    if len(words) == 1 and is_file(words[0]):
        from corsdoctor.wrong_input import shown_path

        what = shown_path(words[0])
    hint = ""
    if len(words) == 1 and what == "the text" and " " not in words[0].strip():
        hint = ", and it is not the id of a rule (list: corsdoctor rules)"
    elif what != "the text" or any(_RESPONSE in word for word in words):
        hint = "; 'corsdoctor replay' reads HAR files and transcripts of curl"
    print_message(f"no message that corsdoctor knows was found in {what}{hint}")
    return ExitStatus.BLOCKED
