"""The bodies of the lab's answers, so that elements which are allowed to load them also can."""

from __future__ import annotations

import base64
import wave
from io import BytesIO
from typing import Final

PNG: Final = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAAC0lEQVR42mNgAAIAAAUAAen63NgAAAAASUVORK5CYII="
)
"""One transparent pixel."""
FONT: Final = base64.b64decode(
    "AAEAAAAKAIAAAwAgT1MvMkE4Qd0AAAEoAAAAYGNtYXAADACUAAABkAAAADRnbHlmLhAuDgAAAcwAAAAsaGVhZC9bENAAAACsAAAANmhoZWEFFgH2AAAA5AAAACRobXR4Al"
    "gAAAAAAYgAAAAGbG9jYQAWAAsAAAHEAAAABm1heHAABAAFAAABCAAAACBuYW1lyMHOfgAAAfgAAABOcG9zdAAoAAAAAAJIAAAAJgABAAAAAQAAx1X5I18PPPUAAwPoAAAA"
    "AOcoZv4AAAAA5yhm/gAAAAAB9AH0AAAAAwACAAAAAAAAAAEAAAMg/zgAAAJYAAAAZAH0AAEAAAAAAAAAAAAAAAAAAAABAAEAAAACAAMAAQAAAAAAAgAAAAAAAAAAAAAAAA"
    "AAAAAAAwJYAZAABQAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABAAAAAAAAAAAAAAAAPz8/PwAAAEEAQQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAg"
    "AAACWAAAAAAAAAAAAAIAAAADAAAAFAADAAEAAAAUAAQAIAAAAAQABAABAAAAQf//AAAAQf///8AAAQAAAAAAAAALABYAAAABAAAAAAH0AfQAAgAAMSERAfQB9AAAAQAAAA"
    "AB9AH0AAIAADEhEQH0AfQAAAAABAA2AAEAAAAAAAEAAQAAAAEAAAAAAAIABwABAAMAAQQJAAEAAgAIAAMAAQQJAAIADgAKT1JlZ3VsYXIATwBSAGUAZwB1AGwAYQByAAAA"
    "AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAACAAAAJAAA"
)
"""A TrueType font whose only letter, A, is a square."""
SCRIPT: Final = b"self.lab = true;\n"
STYLE: Final = b".lab { color: green }\n"
EVENTS: Final = b"data: from the lab\n\n"
CAPTIONS: Final = b"WEBVTT\n\n00:00.000 --> 00:01.000\nfrom the lab\n"
SHAPES: Final = b'<svg xmlns="http://www.w3.org/2000/svg"><circle id="lab" r="9"/></svg>\n'
DOCUMENT: Final = b"<!doctype html><title>lab</title><script>parent.postMessage(location.pathname, '*')</script>\n"
"""It posts its path to the page around it when it is shown, which no event says."""


def _sound() -> bytes:
    """Fifty milliseconds of silence."""
    written = BytesIO()
    with wave.open(written, "wb") as file:
        file.setparams((1, 1, 8000, 0, "NONE", ""))
        file.writeframes(bytes([128]) * 400)
    return written.getvalue()


SOUND: Final = _sound()
