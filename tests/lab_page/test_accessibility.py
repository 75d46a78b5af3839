"""axe-core finds nothing in the pages of the lab and in the HTML reports, in any width and color scheme."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from corsdoctor.lab_page.server import LabPage
from corsdoctor.report import Item
from corsdoctor.reports import write
from corsdoctor.reports.writer import Style
from tests.lab_page.driven import Page, browsing
from tests.recipes.contract import need
from tests.reports.runs import BATCH, TEST, checked
from tests.witness.real import need_browser

pytestmark = [pytest.mark.browsers]
AXE = Path(__file__).parent.parent / "reports" / "node" / "node_modules" / "axe-core" / "axe.min.js"
OPEN_ALL = """(async () => {
  for (const details of [...document.querySelectorAll("details")].slice(0, 60)) details.open = true;
  for (const row of [...document.querySelectorAll("tbody button")].slice(0, 10)) row.click();
  const some = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
  while (document.querySelector(".scene[open]:not([data-filled])")) await some(20);
  await some(200);
  return "";
})()"""
FOUND = """axe.run(document).then(({violations}) => JSON.stringify(violations.map(
  ({id, nodes}) => [id, nodes.length, nodes[0].html, nodes[0].failureSummary])))"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    need_browser("chromium")
    need(AXE.exists(), "npm's axe-core, see tests/reports/node/package.json")
    with browsing("chromium", tmp_path_factory.mktemp("chromium")) as opened:
        yield opened


@pytest.fixture(scope="module")
def urls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    folder = tmp_path_factory.mktemp("reports")
    reports: dict[str, list[Item]] = {"one": [checked("trailing-slash")], "many": [*BATCH, *TEST]}
    for name, items in reports.items():
        text = write("html", items, Style(), several=name == "many")
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    with LabPage() as running:
        yield {
            "scenes": f"{running.origin}/",
            "playground": f"{running.origin}/playground",
            "report": (folder / "one.html").as_uri(),
            "report of many": (folder / "many.html").as_uri(),
        }


def violations(page: Page) -> list[list[str]]:
    page.evaluate(f"{AXE.read_text(encoding='utf-8')}; Promise.resolve('')")
    found: list[list[str]] = json.loads(page.evaluate(FOUND))
    return found


def test_axe_finds_what_is_wrong(page: Page) -> None:
    page.open("data:text/html,<title>x</title><main><h1>x</h1><img src=x></main>")
    assert [rule for rule, *_ in violations(page)] == ["html-has-lang", "image-alt"]


@pytest.mark.parametrize("colors", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1400])
@pytest.mark.parametrize("name", ["scenes", "playground", "report", "report of many"])
def test_axe_finds_nothing(name: str, width: int, colors: str, page: Page, urls: dict[str, str]) -> None:
    page.look(width, colors)
    page.open(urls[name])
    page.evaluate(OPEN_ALL)
    assert violations(page) == []
