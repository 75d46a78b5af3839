"""The files that corsdoctor audit writes beside its report: the policy that was found, and a page that proves its findings."""

from __future__ import annotations

from pathlib import Path

from corsdoctor.report import AuditReport
from corsdoctor.wrong_input import Mistakes

_OPTION = "--write-policy"


def add_wrong_proof(found: Mistakes, out: str, urls: int) -> None:
    """Adds what prevents writing the proof to `out`."""
    if Path(out).suffix != ".html":
        found.add("--proof", out, "the proof is a page: choose a name that ends in .html")
    elif Path(out).exists():
        found.add("--proof", out, "already exists: give another name")
    if urls != 1:
        found.add("--proof", out, "needs exactly one URL")


def write_proof(report: AuditReport, out: str) -> None:
    """Writes the page, if there is something to prove. Raises UnwritableOutput."""
    from corsdoctor.cli.messages import print_message
    from corsdoctor.errors import UnwritableOutput
    from corsdoctor.reports.proof_page import proof_page, provable

    if not any(map(provable, report.findings)):
        print_message(f"did not write {out}: there is no finding that a page could prove")
        return
    try:
        with Path(out).open("x", encoding="utf-8", newline="\n") as file:
            file.write(proof_page(report))
    except OSError as error:
        raise UnwritableOutput(out, error.strerror or str(error), "the proof") from error
    print_message(f"wrote {out}: open it from an origin that it names; it sends nothing but the request to the URL")


def add_wrong_policy(found: Mistakes, out: str, urls: int, header: tuple[str, ...], cookie: str | None) -> None:
    """Adds what prevents writing the policy to `out`."""
    from corsdoctor.cli.policy_init import add_wrong_output

    add_wrong_output(found, out, force=False, option=_OPTION)
    if urls != 1:
        found.add(_OPTION, out, "needs exactly one URL")
    if header or cookie is not None:
        found.add(
            _OPTION,
            out,
            "cannot be used with --header or --cookie; for requests with headers, use corsdoctor test --init -H",
        )


def write_found_policy(report: AuditReport, out: str) -> None:
    """Writes the policy. Raises UnreadableInput if nothing in it is certain, and UnwritableOutput."""
    from corsdoctor.cli.policy_init import write_policy
    from corsdoctor.errors import UnreadableInput
    from corsdoctor.suite.write import first
    from corsdoctor.suite.write_audited import trials

    notes = [f"{one.weakness.id}: {one.origin}" for one in report.findings if one.origin and one.browsers]
    try:
        text = first(report.asked.url, list(trials(report.explored, report.asked)), notes)
    except ValueError as error:
        raise UnreadableInput(_OPTION, str(error)) from None
    write_policy(text, out, f"{report.explored.sent} requests", notes, force=False)
