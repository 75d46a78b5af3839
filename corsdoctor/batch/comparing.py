"""Whether an answer in the file of --resume can be the one to a line, with the options of now."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from corsdoctor.batch.answer import Answer
from corsdoctor.diagnose import Verdict
from corsdoctor.masking import MASK
from corsdoctor.reading import matches
from corsdoctor.scenario import Scenario

if TYPE_CHECKING:
    from corsdoctor.browsers.profile import Profile


def misfit(answer: Answer, scenario: Scenario, profiles: Collection[Profile], *, send: bool) -> str | None:
    """How `answer`, in which secrets are masked, differs from one to `scenario`, "" in general; None if it does not."""
    if answer.url is None:
        return None  # anything may have gone wrong, or the answer does not repeat what was asked
    asked = (scenario.method, str(scenario.origin))
    if asked != (answer.method, answer.origin) or not matches(answer.url.split(MASK), scenario.url):
        return ""
    return _differing(answer, scenario, profiles, send=send)


def _differing(answer: Answer, scenario: Scenario, profiles: Collection[Profile], *, send: bool) -> str | None:
    """How the options that `answer` was made with differ from the current ones; None if they do not."""
    asked = [name for name, _ in answer.browsers]
    now = [profile.name for profile in profiles]
    if asked and {*asked} != {*now}:
        return f"it has {', '.join(asked)}, but --browser is now {', '.join(now)}"
    if send and any(verdict == Verdict.UNSENT for _, verdict in answer.browsers):
        return "the request was not sent, but --send is given now"
    how = answer.how
    if how is None:
        return None
    if not _same_headers(how["headers"], scenario.headers):
        return "the headers differ"
    for key in ("credentials", "mode", "redirect", "api", "preload_as", "upload_listener"):
        if key in how and how[key] != getattr(scenario, key):
            return f"{key} differs"
    return None


def _same_headers(answered: list[list[str]], asked: tuple[tuple[str, str], ...]) -> bool:
    """Whether `answered`, in which secrets are masked, can be `asked`."""
    return len(answered) == len(asked) and all(
        name == now and matches(value.split(MASK), text)
        for (name, value), (now, text) in zip(answered, asked, strict=True)
    )
