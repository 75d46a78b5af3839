"""The report as HTML: what stands in it, that it needs nothing else, and that nothing but its own scripts can run."""

from __future__ import annotations

import gzip
import json
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable
from hashlib import sha256
from html.parser import HTMLParser

import pytest

from corsdoctor.browsers import BROWSERS
from corsdoctor.diagnose import diagnose_all
from corsdoctor.hints import with_hints
from corsdoctor.report import Item, Problem, Report
from corsdoctor.reports import write
from corsdoctor.reports.html.writer import CHUNK, Html
from corsdoctor.reports.secrets import mask_report
from corsdoctor.reports.writer import Style
from corsdoctor.scenario import Scenario
from corsdoctor.suite.judge import Judged, judge
from corsdoctor.url import Origin
from corsdoctor.wire import Headers, Response
from tests.reports.cases import CASES, ITEMS
from tests.reports.runs import ALLOWED, BATCH, TEST, checked

ATTACK = "\"'></svg></script></title></pre></textarea><script>document.title=1</script><img src=x onerror=document.title=1><a href=javascript:document.title=1>"


def one(item: Item, style: Style = Style()) -> str:  # noqa: B008 (a named tuple)
    return write("html", [item], style)


def opened(items: Iterable[Item]) -> tuple[list[list[str]], list[str]]:
    """The rows of a file with several items, and the HTML that its script shows of each."""
    text = write("html", items, Style(), several=True)
    rows = re.findall(r'<script type="application/json" class="rows">(.*?)</script>', text)
    details = re.findall(r'<script type="text/plain" class="details">([\w+/=]*)</script>', text)
    return (
        [row for some in rows for row in json.loads(some)],
        [html for some in details for html in json.loads(gzip.decompress(b64decode(some)))],
    )


class Elements(HTMLParser):
    """All elements and attributes of a page, and the text outside of its style and scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names, self.attributes, self.open = list[str](), list[tuple[str, str | None]](), list[str]()
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes += attrs
        if tag not in ("meta", "input", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] not in ("style", "script"):
            self.text += data


def test_golden(golden: Callable[[str, str], None]) -> None:
    text = one(checked("trailing-slash"))
    main = text[text.index("<main>") : text.index("</main>")]
    golden("check.html", re.sub("corsdoctor/[0-9.]+", "corsdoctor/0", main).rstrip())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_page_is_well_formed(case: object) -> None:
    page = Elements(one(case.report()))  # type: ignore[attr-defined]
    assert not page.open
    assert page.names.count("svg") == page.names.count("figure") >= 1
    assert page.names.count("h1") == page.names.count("main") == 1
    for profile in case.profiles:  # type: ignore[attr-defined]
        assert profile.title.removeprefix("the ") in page.text


def test_what_a_page_has() -> None:
    text = Elements(one(checked("trailing-slash"))).text
    for part in (
        "Blocked in Chromium, Firefox and WebKit",
        "Access-Control-Allow-Origin in the response (200) ends with a slash",
        "Evidence (certain)",
        "✗ acao-matches-origin",
        "acao-present: The response has an Access-Control-Allow-Origin header",
        "Firefox: Cross-Origin Request Blocked",
        "corsdoctor fix https://api.example/items --origin https://app.example",
        "https://fetch.spec.whatwg.org/#concept-cors-check",
    ):
        assert part in text


@pytest.mark.parametrize("several", [False, True])
def test_a_file_needs_nothing_else_and_runs_only_its_own_scripts(several: bool) -> None:
    text = write("html", [checked("trailing-slash")], Style(), several=several)
    page = Elements(text)
    assert not {"link", "img", "iframe", "object", "base", "form"} & set(page.names)
    sources = {name: value for name, value in page.attributes if name in ("src", "href", "style")}
    assert set(sources) <= {"href"}
    hrefs = [value for name, value in page.attributes if name == "href"]
    assert all(value == "#" or (value or "").startswith("https://fetch.spec.whatwg.org/") for value in hrefs)
    [policy] = re.findall(r'Content-Security-Policy" content="([^"]*)"', text)
    policy = policy.replace("&#39;", "'")
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    own = [*re.findall(r"<style>(.*?)</style>", text, re.S), *re.findall(r"<script>(.*?)</script>", text, re.S)]
    assert len(own) == (3 if several else 2)
    for code in own:
        assert f"'sha256-{b64encode(sha256(code.encode()).digest()).decode()}'" in policy


def attacked() -> list[Item]:
    """Items with script in every field that somebody else writes."""
    headers = Headers((("Access-Control-Allow-Origin", ATTACK), (f"X-{ATTACK}", ATTACK), ("Vary", ATTACK)))
    asked = Scenario(f"{ITEMS}?{ATTACK}", Origin("https", "app.example"), headers=(("X-A", ATTACK),))
    scenarios = (
        asked._replace(method=ATTACK),
        asked,
        asked._replace(url=f"{ATTACK}:{ATTACK}", origin=Origin("", label=ATTACK)),
    )
    reports = list(
        with_hints(
            Report(diagnose_all(asked, BROWSERS, lambda _kind, _request: Response(200, headers, ATTACK)), ATTACK)
            for asked in scenarios
        )
    )
    judged = Judged(ALLOWED, judge(ALLOWED, reports[1].diagnoses), known=ATTACK)
    return [*reports, reports[1]._replace(judged=judged, source=ATTACK), Problem(1, ATTACK, ATTACK, ATTACK)]


def test_a_hostile_value_is_text() -> None:
    harmless = Elements(one(checked("preflight-405")))
    for item in attacked():
        page = Elements(one(item))
        assert set(page.names) <= {*harmless.names, "h3", "small"}
        assert page.names.count("script") == 1
        assert not [name for name, _ in page.attributes if name.startswith("on")]
        assert "<script>document.title=1</script>" in page.text
    rows, details = opened(attacked())
    assert len(rows) == len(details) == 5
    assert f"X-{ATTACK}: {ATTACK}" in Elements(details[1]).text
    for html in details:
        assert not {"script", "img", "textarea", "title"} & set(Elements(html).names)


def test_a_problem_says_why() -> None:
    reason = "it " * 100
    assert f"✗ {reason}" in Elements(one(Problem(6, reason, source="requests.jsonl"))).text


def test_a_page_with_an_id_names_its_request() -> None:
    text = one(checked("trailing-slash")._replace(id="items"))
    assert "<h1>items <small>GET https://api.example/items from https://app.example</small></h1>" in text
    assert "<small>" not in one(checked("trailing-slash"))


def test_several_items_are_rows_and_details() -> None:
    rows, details = opened([*BATCH, *TEST])
    assert len(rows) == len(details) == len(BATCH) + len(TEST)
    assert rows[1] == [
        "failed", "slash", "https://app.example", "GET https://api.example/items",
        "Access-Control-Allow-Origin in the response (200) ends with a slash: `https://app.example/`. "
        "Blocked in Chromium, Firefox and WebKit", "acao-matches-origin",
    ]  # fmt: skip
    assert rows[0][1] == rows[0][3] == "GET https://api.example/items"
    assert rows[4][:4] == ["no answer", "line 6", "", ""]
    assert "ends with a slash" in Elements(details[1]).text
    assert (
        Elements(details[7]).text.strip().startswith("✗ Expected blocked, got allowed in Chromium, Firefox and WebKit")
    )
    assert "What the policy expects" in details[7]
    text = write("html", BATCH, Style(), several=True)
    assert '<script type="application/json" id="summary">"6 checked: 2 failed, 2 without' in text


def test_items_are_written_as_they_arrive() -> None:
    writer = Html(Style(), several=True)
    item = checked("allowed")
    assert writer.begin().startswith("<!DOCTYPE html>")
    texts = [writer.add(item) for _ in range(2 * CHUNK + 1)]
    assert [number for number, text in enumerate(texts, 1) if text] == [CHUNK, 2 * CHUNK]
    assert writer.end().count('class="rows"') == 1


def test_secrets_stay_masked() -> None:
    report = mask_report(checked("method-not-listed"))
    _, details = opened([report])
    assert "***" in details[0]
    for text in (one(report), details[0]):
        assert "t0ps3cret" not in text


def test_the_proxy_is_in_the_diagram() -> None:
    text = one(checked("allowed"), Style(proxy="proxy.example:3128"))
    assert ">proxy.example:3128</text>" in text
    assert 'class="proxy"' in text
    assert 'class="wide"' in text
