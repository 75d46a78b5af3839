"""Kinds: what a console message is about that looks like CORS and is not, how it differs, and what to do.

A kind is a row here; the words that tell it are rows of console/others.py, which name the kind by its id. A case of a kind
has an id behind a slash, and its own row. JSON has `kind` and `case`.
"""

from __future__ import annotations

from typing import Final

from corsdoctor.kinds.csp import CSP
from corsdoctor.kinds.loading import LOADING
from corsdoctor.kinds.message_kind import MessageKind
from corsdoctor.kinds.policies import POLICIES
from corsdoctor.kinds.reading import READING
from corsdoctor.kinds.servers import SERVERS
from corsdoctor.message import Message

__all__ = ["KINDS", "MessageKind", "of"]

KINDS: Final = (*CSP, *POLICIES, *LOADING, *SERVERS, *READING)
_BY_ID: Final = {kind.id: kind for kind in KINDS}


def of(message: Message) -> MessageKind | None:
    """The kind of a message, None if it is about CORS."""
    if message.kind is None:
        return None
    return _BY_ID[message.kind if message.case is None else f"{message.kind}/{message.case}"]
