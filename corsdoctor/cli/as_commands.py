"""--print: the requests of a report as commands of another tool, in place of the report."""

from __future__ import annotations

from corsdoctor.browsers import BROWSERS
from corsdoctor.command_line import Reaching, Shell, users_shell
from corsdoctor.command_line.tools import TOOLS
from corsdoctor.egress import without_cookies
from corsdoctor.report import Item, Report
from corsdoctor.reports.exchanges import exchanges_of
from corsdoctor.reports.wording import masked_in
from corsdoctor.step_sentences import listed
from corsdoctor.visible import visible
from corsdoctor.wire import Exchange, Hold, Withheld


class AsCommands:
    """The commands of `tool` for each exchange, below a comment that says which it is.

    `transport` says how the server is reached; a proxy's user and password are masked unless `show_secrets`.
    """

    def __init__(self, tool: str, transport: Reaching | None, *, show_secrets: bool) -> None:
        self._tool, self._transport, self._show_secrets = tool, transport, show_secrets
        in_cmd = tool in ("curl", "httpie") and users_shell() is Shell.CMD
        self._comment = "//" if tool == "fetch" else "rem" if in_cmd else "#"
        self._count = 0
        self._masked = ""

    def begin(self) -> str:
        return ""

    def add(self, item: Item) -> str:
        if not isinstance(item, Report):
            return self._said(f"line {item.line}: {item.reason}")
        found = exchanges_of(item)
        if not found:
            return self._said(f"{item.scenario.method} {item.scenario.url}: browsers send nothing")
        return "".join(self._written(exchange, tuple(places), item) for exchange, places in found)

    def end(self) -> str:
        return f"{self._comment} {self._masked}\n" if self._masked else ""

    def _written(self, exchange: Exchange, browsers: tuple[str, ...], report: Report) -> str:
        what = "Preflight request" if exchange.is_preflight else "Request"
        asked = [diagnosis.profile for diagnosis in report.diagnoses]
        if len(browsers) < len(asked):
            names = (profile.title for profile in BROWSERS if profile.name in browsers)
            what += f" of {listed(names)}"
        withheld = exchange.answer if isinstance(exchange.answer, Withheld) and not report.planned else None
        if withheld is not None:
            what += f", which corsdoctor did not send: {withheld.why}"
            if withheld.hold is Hold.SECRETS_ELSEWHERE:
                return self._said(what)
        request = exchange.request
        if exchange.response is not None and exchange.response.cookie_withheld:
            what += ", without your cookie, because you did not name this origin"
            request = without_cookies(request, report.scenario)
        tool = TOOLS[self._tool]
        command = tool(request, transport=self._transport, show_secrets=self._show_secrets)
        if command is None:
            return self._said(f"{what}: no command of {self._tool} can hold it in this shell")
        self._masked = self._masked or masked_in([command])
        return f"{self._said(what)}{command}\n"

    def _said(self, what: str) -> str:
        """A comment of one line."""
        self._count += 1
        return f"{self._comment} {self._count}. {visible(what)}\n"
