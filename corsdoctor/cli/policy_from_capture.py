"""corsdoctor test --init FILE.har writes a policy of what a capture shows to be allowed; corsdoctor test FILE.har tests it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from corsdoctor.browsers import BROWSERS
from corsdoctor.capture_file import opened_capture, read_capture
from corsdoctor.captures.group import Captured, grouped
from corsdoctor.captures.har import Har, NotHar
from corsdoctor.captures.judge import judge
from corsdoctor.captures.no_url import NO_URL
from corsdoctor.cli.exit_status import ExitStatus
from corsdoctor.cli.messages import print_message
from corsdoctor.cli.policy_init import add_wrong_output, write_policy
from corsdoctor.cli.policy_options import WriteFlags, named_as_capture
from corsdoctor.cli.reading import read_or_note
from corsdoctor.diagnose import Verdict
from corsdoctor.errors import UnreadableInput
from corsdoctor.policy_file import load
from corsdoctor.reading import read_origin
from corsdoctor.scenario import Credentials, Scenario
from corsdoctor.suite.write_allowed import MOST_PATHS, policy_of
from corsdoctor.wrong_input import Mistakes, shown_path

if TYPE_CHECKING:
    from corsdoctor.suite.case import Suite


def is_capture(text: str) -> bool:
    """Whether the value of --init is a file, or has the name of a HAR and is not a URL."""
    try:
        return Path(text).is_file() or ("://" not in text and named_as_capture(text))
    except (OSError, ValueError):  # too long a name, or a NUL in it
        return False


def write_from_capture(writing: WriteFlags, out: str) -> ExitStatus:
    """Writes a policy that expects what browsers allowed in the capture to `out`; nothing is sent.

    With origins in `writing`, only of their pages. Raises InvalidScenario for invalid arguments, UnreadableInput if the file
    cannot be read or nothing in it was allowed, and UnwritableOutput.
    """
    file = writing.init
    assert file is not None  # or nothing was to be written
    found = Mistakes()
    pages = [read_or_note(found, "--origin", text, read_origin) for text in writing.origin]
    if writing.header:
        found.add("-H", "", "cannot be used with a capture, which has the headers")
    add_wrong_output(found, out, force=writing.force)
    found.raise_if_any()
    mode = None if writing.credentials is None else Credentials(writing.credentials)
    policy, count, notes = _policy(file, {str(one) for one in pages}, mode)
    write_policy(policy, out, f"{count:,} allowed requests in {shown_path(file)}", notes, force=writing.force)
    return ExitStatus.OK


def cases_of(file: str, *, keep_unset: bool) -> Suite:
    """The cases of the policy that --init would write, with a note about what is in none of them."""
    text, _, notes = _policy(file, set(), None)
    for note in notes:
        print_message(note)
    return load(file, keep_unset=keep_unset, text=text)


def _policy(file: str, pages: set[str], mode: Credentials | None) -> tuple[str, int, list[str]]:
    """The text of the policy, the number of requests that it is of, and notes about those that it lacks.

    Raises UnreadableInput if the file cannot be read or nothing in it was allowed.
    """
    har = _read(file)
    requests = [one for one in grouped(har) if not pages or str(one.origin) in pages]
    allowed = list(_allowed(har, requests, mode))
    if not allowed:
        raise UnreadableInput(file, "no cross-origin request in it was allowed, so there is nothing to test")
    policy = policy_of(allowed)
    notes = []
    others = len(requests) - len(allowed)
    if others:
        notes.append(
            f"{others:,} of {len(requests):,} requests in the capture are blocked or unknown, and not in the policy: "
            "corsdoctor replay shows them"
        )
    if policy.left_out:
        notes.append(f"{policy.left_out:,} paths are not in the policy, which has at most {MOST_PATHS} of one kind")
    return policy.text, len(allowed), notes


def _allowed(har: Har, requests: Iterable[Captured], mode: Credentials | None) -> Iterator[tuple[Scenario, list[str]]]:
    """The requests that the browser allowed which made them, and the names of the browsers that allow them if some do not."""
    for request in requests:
        judged = judge(request, har, mode, ())
        if judged.verdict is Verdict.ALLOWED and request.url != NO_URL:
            everywhere = judge(request, har, mode or judged.mode or Credentials.SAME_ORIGIN, BROWSERS)
            allows = [d.profile.name for d in everywhere.diagnoses if d.verdict is Verdict.ALLOWED]
            yield judged.diagnoses[0].scenario, [] if len(allows) == len(BROWSERS) else allows


def _read(file: str) -> Har:
    try:
        with opened_capture(file) as chunks:
            return read_capture(chunks)
    except NotHar as error:
        raise UnreadableInput(file, str(error)) from None
    except OSError as error:
        raise UnreadableInput(file, error.strerror or "cannot be read") from None
