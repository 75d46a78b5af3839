"""What must change in a response, and the response with the change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from corsdoctor.fetch.headers import STATUS
from corsdoctor.recorded import Key
from corsdoctor.wire import Kind, Response

VARY: Final = "Vary"
Edits = Mapping[Key, Mapping[str, str]]  # for each answer, name -> value; an empty value leaves the header out


@dataclass(frozen=True, slots=True)
class Change:
    """What one answer must have. `response` is the answer that came, None if the request was never sent.

    `lines` are (name, value): all lines of that name are replaced by this one, none is left where the value is empty;
    only `Vary` is added to what is there. The name ":status" stands for the status.
    """

    kind: Kind
    method: str
    url: str
    response: Response | None
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class NotTried:
    """A request of the proof whose answer is assumed, and why: it was not sent, or the server `refused` it by CORS."""

    kind: Kind
    method: str
    url: str
    why: str
    refused: bool = False


def changed(response: Response, lines: Mapping[str, str]) -> Response:
    """The response with `lines`, as in a Change. With another status it has no body: the old one was that of the error."""
    headers, status = response.headers, response.status
    for name, value in lines.items():
        if name == STATUS:
            status = int(value)
            continue
        kept = headers if name == VARY else headers.delete(name)
        headers = kept.append(name, value) if value else kept
    if status == response.status:
        return response._replace(headers=headers)
    return response._replace(status=status, headers=headers.delete("Content-Type"), reason="", body=b"")
