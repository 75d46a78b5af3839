"""The exchanges of one diagnosis as blocks of annotated lines: what was sent and received, and how each rule judged it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from corsdoctor.diagnose import Diagnosis, Verdict
from corsdoctor.fetch.headers import ACAC, ACAH, ACAM, ACAO, ACEH, ACMA, ACRH, ACRM, CORP, REDIRECT_STATUSES
from corsdoctor.fetch.preflight_due import PREFLIGHT_NEEDED
from corsdoctor.fetch.preflight_lists import ACAH_PARSES, ACAM_PARSES
from corsdoctor.record import Record
from corsdoctor.report import Report
from corsdoctor.reports.content import Role, Row
from corsdoctor.reports.wording import shortened
from corsdoctor.rule import MISSING, Field, Outcome, Step
from corsdoctor.scenario import Credentials
from corsdoctor.step_sentences import explained, listed, remark
from corsdoctor.url import parse
from corsdoctor.wire import Certificate, Exchange, Kind, NoAnswer, Response

PASS_MARK: Final = "✓"
FAIL_MARK: Final = "✗"
MARKS: Final = {
    Verdict.ALLOWED: (PASS_MARK, Role.GOOD),
    Verdict.OPAQUE: ("○", Role.UNSURE),
    Verdict.UNKNOWN: ("?", Role.UNSURE),
    Verdict.UNSENT: ("?", Role.UNSURE),
    Verdict.PENDING: ("?", Role.UNSURE),
    Verdict.ERROR: (FAIL_MARK, Role.BAD),
    Verdict.BLOCKED: (FAIL_MARK, Role.BAD),
}
_ASKED: Final = frozenset({"origin", "cookie", ACRM.lower(), ACRH.lower()})
_PREFLIGHT_ANSWER: Final = (ACAO, ACAC, ACAM, ACAH, ACMA)
_ACTUAL_ANSWER: Final = (ACAO, ACAC, ACEH, CORP)


class Block(Record):
    """One exchange. `key` identifies it, whatever the browser; `why` is why a preflight was due; `asked` and `answered`
    are the lines of the request and of what came; `brief` is the exchange in one line; `failed` says that a rule was
    broken at it.
    """

    key: tuple[str, ...]
    title: str
    why: str
    asked: tuple[Row, ...]
    answered: tuple[Row, ...]
    steps: tuple[Step, ...] = ()
    brief: Row | None = None
    failed: bool = False

    @property
    def rows(self) -> tuple[Row, ...]:
        """All lines."""
        return self.asked + self.answered


def mark(report: Report) -> tuple[str, Role]:
    """The sign of a report's verdict and its role; "!" if browsers disagree."""
    return MARKS[report.verdict] if len({d.verdict for d in report.diagnoses}) == 1 else ("!", Role.UNSURE)


def reasons(diagnosis: Diagnosis, exchange: int) -> str:
    """Why exchange number `exchange` is a preflight request; empty if it is not one."""
    before = exchange - 1 if exchange else None
    for step in diagnosis.steps:
        if step.rule is PREFLIGHT_NEEDED and step.exchange == before:
            return listed(explained(step, shortened))
    return ""


def blocks(diagnosis: Diagnosis, *, planned: bool, everything: bool) -> list[Block]:
    """The replay of one diagnosis; with `everything` no header is left out."""
    seen: Counter[tuple[str, ...]] = Counter()
    made, hops = [], 0
    for index, exchange in enumerate(diagnosis.exchanges):
        key = (exchange.kind, exchange.request.method, exchange.request.url)
        made.append(_block(diagnosis, index, exchange, hops, (*key, str(seen[key])), planned, everything))
        seen[key] += 1
        hops += exchange.kind is Kind.ACTUAL
    return made


def _block(
    diagnosis: Diagnosis,
    index: int,
    exchange: Exchange,
    hops: int,
    key: tuple[str, ...],
    planned: bool,
    everything: bool,
) -> Block:
    steps = tuple(s for s in diagnosis.steps if s.exchange == index and s.rule is not PREFLIGHT_NEEDED)
    failed = any(s.outcome is Outcome.FAIL for s in steps)
    asked = (
        Row(">", f"{exchange.request.method} {_target(diagnosis, exchange)}"),
        *_certificate(diagnosis, exchange),
        *(_line(exchange, n, v) for n, v in exchange.request.headers if everything or n.lower() in _ASKED),
    )
    answered = [Row(" ", "required response")] if planned and exchange.response is not None else []
    answered += _answer(diagnosis, exchange, steps, planned, everything)
    if diagnosis.verdict is Verdict.BLOCKED and failed and exchange.is_preflight:
        answered.append(Row("-", f"The {exchange.request.headers.get(ACRM)} is never sent."))
    why = reasons(diagnosis, index) if exchange.is_preflight else ""
    brief = _brief(asked[0].text, exchange.response)
    return Block(key, _title(exchange.kind, hops), why, asked, tuple(answered), steps, brief, failed)


def _line(exchange: Exchange, name: str, value: str) -> Row:
    """A line of the request."""
    kept = name == "Cookie" and exchange.response is not None and exchange.response.cookie_withheld
    return Row(">", f"{name}: {value}", "sent without your cookie" if kept else "")


def _certificate(diagnosis: Diagnosis, exchange: Exchange) -> Iterator[Row]:
    """Whether the server can see the client certificate, where there is one."""
    if diagnosis.scenario.certificate and exchange.request.url.startswith("https:"):
        which = "with" if exchange.request.certificate is Certificate.SHOWN else "without"
        yield Row(">", f"({which} the client certificate)")


def _title(kind: Kind, hops: int) -> str:
    if kind is Kind.ACTUAL:
        return f"Redirect {hops}" if hops else "Request"
    return f"Preflight for redirect {hops}" if hops else "Preflight"


def _brief(asked: str, response: Response | None) -> Row | None:
    if response is None:
        return None
    there = response.headers.get("Location") if response.status in REDIRECT_STATUSES else None
    to = f" → {there}" if there is not None else ""
    return Row(PASS_MARK, f"{asked} → {response.status} {response.reason}".rstrip() + to, role=Role.GOOD)


def _target(diagnosis: Diagnosis, exchange: Exchange) -> str:
    """Path and query if all exchanges go to one origin, which the first line of the report names; otherwise the URL."""
    urls = [parse(e.request.url) for e in diagnosis.exchanges]
    url = parse(exchange.request.url)
    if url is None or len({str(u.origin) for u in urls if u is not None}) > 1:
        return exchange.request.url
    return exchange.request.url.removeprefix(str(url.origin)) or exchange.request.url


def _answer(
    diagnosis: Diagnosis, exchange: Exchange, steps: tuple[Step, ...], planned: bool, everything: bool
) -> list[Row]:
    judged = [
        s
        for s in steps
        if s.outcome is Outcome.FAIL or (s.outcome is Outcome.PASS and s.rule not in (ACAM_PARSES, ACAH_PARSES))
    ]  # that a list can be read says nothing yet about what is in it
    answer = exchange.answer
    if isinstance(answer, Response):
        return _response(diagnosis, exchange.kind, answer, judged, planned, everything)
    if isinstance(answer, NoAnswer):
        return [Row(FAIL_MARK, "no response", role=Role.BAD)]
    return [Row("?", f"not sent: {answer.why}", role=Role.UNSURE)]


def _response(
    diagnosis: Diagnosis, kind: Kind, response: Response, judged: list[Step], planned: bool, everything: bool
) -> list[Row]:
    latest = {_label(s, response).lower(): s for s in judged if s.evidence}  # the last of several rules decides
    status = f"{response.status} {response.reason}".strip()
    if everything:
        status = f"HTTP/{response.http_version} {status}"
        status += f" ({response.elapsed * 1000:.0f} ms)" if response.elapsed is not None else ""
    rows = [_judged(status, latest.pop(Field.STATUS, None), diagnosis, planned)]
    shown: set[str] = set()
    for name, value in response.headers:
        lower = name.lower()
        step = latest.get(lower)
        needed = planned and lower == "content-type"
        if everything or needed or step is not None or _matters_in(lower, value, kind, response, diagnosis):
            row = _judged(f"{name}: {value}".strip(), step, diagnosis, planned)
            rows.append(row if lower not in shown else Row(row.mark, row.text, role=row.role))
            shown.add(lower)
    for label, step in latest.items():
        if label in shown:
            continue
        subject, value = step.evidence[0]
        if step.outcome is Outcome.FAIL:
            rows.append(Row(FAIL_MARK, f"{subject} is missing", role=Role.BAD))
        elif value == MISSING:
            rows.append(_judged(subject, step, diagnosis, planned))
    return rows


def _label(step: Step, response: Response) -> str:
    """What the step judged: a line of the response. If it judged the next request, that is the line that leads there."""
    label = step.evidence[0][0]
    next_request = isinstance(label, Field) and label is not Field.STATUS and response.status in REDIRECT_STATUSES
    return "Location" if next_request else label


def _judged(text: str, step: Step | None, diagnosis: Diagnosis, planned: bool) -> Row:
    """A line of a response, with the remark of the rule that judged it."""
    if step is None:
        return Row("<", text)
    beside = remark(step, diagnosis.exchanges, shortened)
    if step.outcome is Outcome.FAIL:
        return Row(FAIL_MARK, text, beside, Role.BAD)
    return Row("<", text, beside) if planned else Row(PASS_MARK, text, beside, Role.GOOD)


def _matters_in(lower: str, value: str, kind: Kind, response: Response, diagnosis: Diagnosis) -> bool:
    """Whether this response header is about CORS although no rule has judged it."""
    if lower == "location":
        return response.status in REDIRECT_STATUSES
    if lower == "vary":
        return kind is Kind.ACTUAL and "origin" in value.lower()
    if lower == ACAC.lower() and diagnosis.scenario.credentials is not Credentials.INCLUDE:
        return False
    return lower in {n.lower() for n in (_PREFLIGHT_ANSWER if kind is Kind.PREFLIGHT else _ACTUAL_ANSWER)}
