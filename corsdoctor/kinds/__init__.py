"""Kinds: what a console message is about that looks like CORS and is not, how it differs, and what to do.

A kind is a row of table.py; the words that tell it are rows of console/others.py, which name the kind by its id. A
case of a kind has an id behind a slash, and its own row. JSON has `kind` and `case`.

message_kind.py says what a kind is. The rows stand by subject: csp, loading, network, policies, reading, servers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from corsdoctor.message import PROGRAM

if TYPE_CHECKING:
    from corsdoctor.kinds.message_kind import MessageKind
    from corsdoctor.message import Message


def of(message: Message) -> MessageKind | None:
    """The kind of a message, None if it is about CORS."""
    if message.kind is None:
        return None
    from corsdoctor.kinds.table import BY_ID  # 2 ms, which a message about CORS does not need

    kind = BY_ID[message.kind if message.case is None else f"{message.kind}/{message.case}"]
    return kind.in_program() if message.detail == PROGRAM else kind
