"""docs/causes.md: every cause, from the tables that name them. `python -m docs.generate` writes it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from corsdoctor.catalogue import RULES
from corsdoctor.causes.known import KNOWN
from corsdoctor.causes.probe import MOST_PROBES, WORDS

PAGE: Final = Path(__file__).parent / "causes.md"
INTRODUCTION: Final = f"""\
# Causes

A rule says what failed, for example that the response has no Access-Control-Allow-Origin header. A cause says why. It is
decided after the verdict and never changes it, from the evidence of the whole run: the status, the headers and the first
64 KiB of the body of every response, both halves of a preflighted exchange, redirects, and probes.

A cause is `certain` if the evidence proves it, and `likely` if the evidence only points to it; its text then begins with
"Probably". In JSON, each step has the best `cause` and all `causes`, each with its `certainty` and its `evidence`.

## Probes

Where the responses leave the cause open, `check` and `fix` send at most {MOST_PROBES} further requests for a URL. They are GET, HEAD
and OPTIONS requests, carry the user's secrets only to the origin that the command names, and obey `--rate`. The report and
the JSON field `probes` list them. `--probes 0` sends none, `--probes N` at most N, and `--probes always` sends them for a
request that passes too. `plan` and `preflight` send none, `batch` and `test` only with the option. A presigned URL is
requested only with its own method and OPTIONS. A probe is one of these:

"""
_BY_VALUE: Final = """
## Causes that a value shows

The value of a header, or the error of the connection, names these causes. The page of each rule (`corsdoctor rules ID`) has
the details.

| cause | what it means | rules |
| --- | --- | --- |
"""


def page() -> str:
    """The whole page."""
    probes = "".join(f"- {words}\n" for words in WORDS.values())
    rows = "".join(f"| `{known.id}` | {known.means} | {known.proof} | {known.fix} |\n" for known in KNOWN)
    table = f"\n## Causes that the evidence shows\n\n| cause | what it means | what proves it | what to do |\n| --- | --- | --- | --- |\n{rows}"
    return INTRODUCTION + probes + table + _BY_VALUE + "".join(_by_value())


def _by_value() -> list[str]:
    decided = {known.id for known in KNOWN}
    found: dict[tuple[str, str], list[str]] = {}
    for rule in RULES:
        for cause in rule.causes:
            if cause.id not in decided:
                found.setdefault((cause.id, cause.text), []).append(f"`{rule.id}`")
    return [f"| `{id}` | {text} | {', '.join(rules)} |\n" for (id, text), rules in sorted(found.items())]


def write_page() -> None:
    """Writes the page."""
    PAGE.write_text(page(), encoding="utf-8")
