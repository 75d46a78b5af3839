"""What was probably meant by an argument in the place of a URL that is none. Loaded only after such a mistake."""

from __future__ import annotations

from typing import Final

from corsdoctor.cli.kinds_of_input import BY_URL, KINDS, Given
from corsdoctor.cli.sample import sampled_file
from corsdoctor.command_line import quoted
from corsdoctor.wrong_input import shown_path

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def meant_by_url(text: str) -> str | None:
    """What `text` is instead of a URL, and the options or the command that take it; None if that is not known."""
    if text.upper() in _METHODS:
        return f"this is a method: did you mean `-X {text.upper()}`?"
    given = sampled_file(text) or Given("argument", text)
    if given.source == "file" and not given.text.strip():
        return "this file is empty"
    for kind in KINDS:
        ways = kind.commands.get(given.source, ())
        if ways and ways != (BY_URL,) and kind.recognizes(given):
            what = "this file contains" if given.source == "file" else "this contains"
            name = quoted([shown_path(given.name)])
            meant = " or ".join(f"`corsdoctor {way.written(name)}`" for way in ways)
            return f"{what} {kind.what}: did you mean {meant}?"
    return None
