"""Writes the file in the order in which items arrive: one report whole, or of several a table that opens each."""

from __future__ import annotations

import gzip
from base64 import b64encode
from typing import Any, Final

from corsdoctor.captures.no_url import with_phrase
from corsdoctor.levels import counts_as
from corsdoctor.report import AuditReport, Item, Problem, Report
from corsdoctor.reports.audit_text import headline as audit_headline
from corsdoctor.reports.faults import NAME_CELLS, name
from corsdoctor.reports.html.item import Result, audit_page, item_page, result_of
from corsdoctor.reports.html.pages import own, policy, rendered, text_of
from corsdoctor.reports.json_ import dumps
from corsdoctor.reports.layout import cut
from corsdoctor.reports.tally import Tally
from corsdoctor.reports.writer import Style
from corsdoctor.suite.outcome import CaseOutcome
from corsdoctor.version import __version__
from corsdoctor.visible import visible

CHUNK: Final = 100  # items whose details are unpacked together


class Html:
    """Writes one item as a page. Of several, writes rows, and packed details that the page's script unpacks when opened."""

    def __init__(self, style: Style, *, several: bool) -> None:
        self._proxy, self._several = style.proxy, several
        self._tally, self._audits = Tally(), 0
        self._rows = list[tuple[str, ...]]()
        self._details = list[str]()

    def begin(self) -> str:
        scripts = ("copy.js", "list.js") if self._several else ("copy.js",)
        head = rendered(
            "head.html.j2", policy=policy(*scripts), version=__version__, style=own("style.css")
        )  # fmt: skip
        return f"{head}\n{rendered('list.html.j2') if self._several else ''}"

    def add(self, item: Item) -> str:
        result = result_of(item)
        content = item_page(item, result, self._proxy)
        if not self._several:
            _, origin, request = _asked(item)
            asked = f"{request} from {origin}" if item.id is not None and origin else ""
            return f"{rendered('one.html.j2', title=name(item), asked=asked, content=content)}\n"
        became = self._tally.add(item)
        return self._row((str(became), *_asked(item), _result_text(item, result), _rules(item)), content)

    def add_audit(self, report: AuditReport) -> str:
        """An audit."""
        content = audit_page(report)
        if not self._several:
            return f"{rendered('one.html.j2', title=report.asked.url, asked='', content=content)}\n"
        self._audits += 1
        worst = "no answer" if not report.explored.answered else str(report.severity or "passed")
        ids = ", ".join(dict.fromkeys(finding.weakness.id for finding in report.findings))
        url = report.asked.url
        return self._row((worst, url, "", url, audit_headline(report), ids), content)

    def end(self) -> str:
        rest = self._flushed()
        if not self._several:
            return f"</main>\n{_script('copy.js')}</body>\n</html>\n"
        summary = f"{self._audits} audited" if self._audits else str(self._tally)
        told = f'<script type="application/json" id="summary">{_harmless(summary)}</script>\n'
        return f"{rest}</main>\n{told}{_script('copy.js')}{_script('list.js')}</body>\n</html>\n"

    def _row(self, row: tuple[str, ...], content: Any) -> str:
        self._rows.append(row)
        self._details.append(with_phrase(str(content)))
        return self._flushed() if len(self._rows) == CHUNK else ""

    def _flushed(self) -> str:
        """The rows and the details that are waiting."""
        if not self._rows:
            return ""
        packed = b64encode(gzip.compress(dumps(self._details).encode(), 6, mtime=0)).decode()
        text = (
            f'<script type="application/json" class="rows">{_harmless(self._rows)}</script>\n'
            f'<script type="text/plain" class="details">{packed}</script>\n'
        )
        self._rows, self._details = [], []
        return text


def _asked(item: Item) -> tuple[str, str, str]:
    """The name, the origin and the request of an item; without an id, its request is its name."""
    scenario = item.scenario
    if scenario is None:
        return name(item), "", ""
    request = cut(visible(f"{scenario.method} {scenario.url}"), NAME_CELLS)
    return request if item.id is None else name(item), str(scenario.origin), request


def _result_text(item: Item, result: Result) -> str:
    """The result, and what is worth knowing of it that no rule says."""
    texts = [result.headline, *(remark.first("note") for remark in result.remarks if remark.step is None)]
    if isinstance(item, Report) and item.observations and counts_as(item) is not CaseOutcome.FAILED:
        from corsdoctor.reports.observed_text import observed_sentences  # what a run without browsers need not load

        texts += [visible(text).removesuffix(".") for text, _ in observed_sentences(item)]
    return ". ".join(texts)


def _rules(item: Item) -> str:
    if isinstance(item, Problem):
        return ""
    return ", ".join(dict.fromkeys(d.failure.rule.id for d in item.diagnoses if d.failure is not None))


def _harmless(value: Any) -> str:
    """JSON that cannot end the element that it stands in."""
    return dumps(value).replace("<", "\\u003c")


def _script(name: str) -> str:
    return f"<script>{text_of(name)}</script>\n"
