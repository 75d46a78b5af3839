"""The requests of `fix --from FILE`. All requests of a fix are for one server, which gets one configuration."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from corsdoctor.cli.flow_recognition import is_flow_file
from corsdoctor.cli.from_options import refuse_beside_requests, scenarios
from corsdoctor.cli.options import FromFlags, SeveralRequestFlags, TransportFlags
from corsdoctor.cure.cookies import OTHER_ATTRIBUTES_HELP
from corsdoctor.diagnose import Verdict
from corsdoctor.errors import InvalidScenario
from corsdoctor.opening import opened
from corsdoctor.reading import read_url
from corsdoctor.report import FlowReport, Report
from corsdoctor.results_file import Planned, Requested, read_requests
from corsdoctor.scenario import Scenario
from corsdoctor.url import parse
from corsdoctor.wire import Send
from corsdoctor.wrong_input import Mistakes

if TYPE_CHECKING:
    from corsdoctor.browsers import Profile
    from corsdoctor.flow.story import Flow

_START: Final = 20_000
"""The number of bytes that show whether a file is a command."""
_OTHERS: Final = (".toml", ".yaml", ".yml", ".json", ".jsonl")


def requests_from(path: str, urls: Sequence[str], found: Mistakes) -> list[Requested]:
    """The requests in the file `path`; with `urls` only those to their server. Mistakes are added to `found`."""
    refuse_beside_requests(found)
    try:
        requests = read_requests(path)
        servers = {server_of(read_url(url, None)) for url in urls}
    except InvalidScenario as e:
        found.found += e.mistakes
        return []
    except ValueError as e:
        found.add("URL", urls[0], str(e))
        return []
    chosen = [request for request in requests if not servers or server_of(request.scenario.url) in servers]
    if not chosen:
        found.add("--from", path, "no request in it is for this server" if servers else "it has no request to fix")
    elif not any(isinstance(one, Planned) or one.verdict is Verdict.BLOCKED for one in chosen):
        found.add("--from", path, "no request in it is blocked, so there is nothing to fix")
    return chosen


def scenarios_from(
    path: str, request: SeveralRequestFlags, transport: TransportFlags, found: Mistakes
) -> tuple[list[Scenario], TransportFlags] | None:
    """The requests of the command or script in the file `path`, and how to reach the server; None if it is not one."""
    from corsdoctor.captures.commands.language import leading_language  # what a policy need not load

    if Path(path).suffix.lower() in _OTHERS:
        return None
    try:
        with opened(path) as stream:
            text = stream.read(_START).decode("utf-8", "replace")
    except (OSError, ValueError):  # which is reported where the file is read
        return None
    if leading_language(text) is None:
        return None
    for name, values in (("--origin", request.origin), ("--method", request.method)):
        if len(values) > 1:
            found.add(name, "", "a command has one page and one method: give it once")
    first, method = next(iter(request.origin), None), next(iter(request.method), None)
    given = FromFlags(source=path, from_curl=None, from_fetch=None, allow_files=False)
    return scenarios((), request.from_(first, method), transport, given, found)


def flow_from(path: str, found: Mistakes) -> Flow | None:
    """The flow in the file `path`; None if it is not one."""
    if not is_flow_file(path):
        return None
    from corsdoctor.flow_file import load_flow  # what a policy need not load

    refuse_beside_requests(found)
    return load_flow(path)


def failing_steps(flow: Flow, profiles: Iterable[Profile], send: Send) -> tuple[Report, ...]:
    """What to_fix() chooses of the flow; every request if none is blocked."""
    from corsdoctor.flow.explain import explained_flow

    report = FlowReport(flow, explained_flow(flow, profiles, send))
    return to_fix(report) or report.reports()


def to_fix(report: FlowReport) -> tuple[Report, ...]:
    """The requests that a browser blocks, all of one server, and those to it whose response sets a cookie that is lost."""
    reports = report.reports()
    blocked = [one.scenario.url for one in reports if one.verdict is Verdict.BLOCKED]
    found = Mistakes()
    check_one_server(blocked, found, "URL")
    found.raise_if_any()
    servers = set(map(server_of, blocked))
    losing = {
        number
        for browser in report.browsers
        for number, step in enumerate(browser.steps)
        if any(reason in OTHER_ATTRIBUTES_HELP for _, reason in step.all_cookies.refused)
    }
    return tuple(
        one
        for number, one in enumerate(reports)
        if one.verdict is Verdict.BLOCKED or (number in losing and server_of(one.scenario.url) in servers)
    )


def check_one_server(urls: Iterable[str], found: Mistakes, field: str) -> None:
    """Adds a mistake if the URLs are not all of one server."""
    servers = list(dict.fromkeys(server for url in urls if (server := server_of(url)) is not None))
    if len(servers) > 1:
        hint = "add the URL of one of them" if field == "--from" else "run corsdoctor fix for each"
        found.add(field, "", f"the requests are for {len(servers)} servers ({', '.join(servers[:3])}): {hint}")


def server_of(url: str) -> str | None:
    """The origin of `url`, None if the URL is not valid."""
    parsed = parse(url)
    return None if parsed is None else str(parsed.origin)
