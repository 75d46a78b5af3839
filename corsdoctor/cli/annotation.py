"""A mistake that has a place in a file, as an annotation in a workflow of GitHub."""

from __future__ import annotations

import os
import re
from typing import Final

_PLACED: Final = re.compile(r"(?P<file>.+?), line (?P<line>\d+)(?:, column (?P<col>\d+))?: (?P<told>.*)", re.DOTALL)


def annotation(mistake: str) -> str | None:
    """The line that has the runner show `mistake` ("FILE, line N: ...") at its place; None where it names no file's line."""
    found = _PLACED.fullmatch(mistake)
    if found is None or not os.path.isfile(found["file"]):  # noqa: PTH113 (pathlib has to be loaded)
        return None
    from corsdoctor.reports.github import command

    where = {key: found[key] for key in ("file", "line", "col") if found[key] is not None}
    return command("error", found["told"], title="corsdoctor", **where)
