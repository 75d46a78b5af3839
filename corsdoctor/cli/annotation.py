"""A mistake that has a place in a file, as an annotation in a workflow of GitHub."""

from __future__ import annotations

from corsdoctor.errors import Mistake


def annotation(mistake: Mistake) -> str | None:
    """The command that makes the runner show `mistake` at its place; None if it has no line in a file."""
    place = mistake.place
    if place is None or place.line is None:
        return None
    from corsdoctor.reports.github import command

    where = {"file": place.file, "line": place.line, "col": place.column}
    properties = {key: str(value) for key, value in where.items() if value is not None}
    return command("error", mistake.without_place, title="corsdoctor", **properties)
