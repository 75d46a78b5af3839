"""What is quoted of a response as evidence, and who wrote it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from corsdoctor.causes.cors_layers import REFUSALS
from corsdoctor.causes.marks import Means
from corsdoctor.sentence import Sentence

if TYPE_CHECKING:
    from corsdoctor.causes.situation import Situation
    from corsdoctor.wire import Response

_APPLICATIONS: Final = frozenset(
    {
        "Express", "Django", "Flask", "Rails", "Spring", "Werkzeug", "ASP.NET Web API", "Keycloak",
        "Python's http.server", "a Go server", "the proxy or a Go server", "Tomcat", "Jetty",
        *(refusal.who for refusal in REFUSALS if not refusal.hosted),
    }
)  # fmt: skip


def status_line(response: Response) -> str:
    """`status 404 Not Found`."""
    template = "status {status} {text}" if response.reason else "status {status}"
    return Sentence(template, status=str(response.status), text=response.reason)


def author(seen: Situation) -> str:
    """Who wrote the response, as a sentence; empty where nothing proves that."""
    wrote = next((m.who for m in seen.marks if m.who and m.means is not Means.PASSED), None)
    if wrote is None or wrote in _APPLICATIONS or seen.response is None:
        return ""
    return f" This {seen.response.status} comes from {wrote}, not from your application."


def evidence(seen: Situation, *more: str) -> tuple[str, ...]:
    """The status line of the response, `more`, and whose headers or words the response has."""
    assert seen.response is not None
    who = ", ".join(dict.fromkeys(mark.who for mark in seen.marks if mark.who))
    return (status_line(seen.response), *more, *((f"headers or words of {who}",) if who else ()))
