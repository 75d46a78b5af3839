"""The pages of the lab in real browsers: every scene agrees with its prediction, and the pages' own scripts fail nowhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from threading import Event
from typing import Any

import pytest

from corsdoctor.cli.lab import NAMES
from corsdoctor.lab_page import server
from corsdoctor.lab_page.server import LabPage
from corsdoctor.witness.authority import Authority
from tests.lab_page.driven import SECONDS, Page, browsing
from tests.witness.real import need_browser

pytestmark = [pytest.mark.browsers]
RUN = """(async () => {
  document.getElementById("run").click();
  while (!document.documentElement.dataset.seconds) await new Promise((done) => setTimeout(done, 50));
  const listed = (agreed) => [...document.querySelectorAll(`.scene[data-agreed="${agreed}"]`)].map(
    (scene) => `${scene.id}: ${scene.querySelector(".observed").textContent}`);
  const count = document.getElementById("count").textContent;
  return JSON.stringify({good: listed(true).length, bad: listed(false), unseen: listed(null), count});
})()"""
PLAY = """(async () => {
  const until = async (text, id) => {
    while (!document.getElementById(id).textContent.includes(text)) await new Promise((done) => setTimeout(done, 50)); };
  await until("blocked", "verdicts");
  const field = document.querySelector("[name=preflight-headers]");
  field.value += "\\nAccess-Control-Allow-Headers: content-type";
  field.dispatchEvent(new Event("input", {bubbles: true}));
  await until("allowed", "verdicts");
  document.getElementById("run").click();
  await until("predicted.", "observed");
  return document.getElementById("observed").textContent;
})()"""

SHARED = """(async () => {
  const shown = (text) => document.getElementById("verdicts").textContent.includes(text) && document.getElementById("problem").hidden;
  const until = async (ready) => { while (!ready()) await new Promise((done) => setTimeout(done, 50)); };
  await until(() => shown("blocked"));
  location.hash = btoa(JSON.stringify({method: "GET", headers: "", body: ""}));
  await until(() => shown("allowed"));
  location.hash = "main";
  await new Promise((done) => setTimeout(done, 500));
  const kept = String(shown("allowed"));
  location.hash = "damaged";
  await until(() => document.querySelector("#result[data-old]"));
  return `${kept}: ${document.getElementById("problem").textContent}`;
})()"""
UNTIL = """(async () => {
  const body = document.getElementById("/cors/missing").querySelector(".body");
  while (!body.textContent.includes("%s")) await new Promise((done) => setTimeout(done, 20));
  return body.textContent.trim();
})()"""


@pytest.fixture(scope="module", params=["http", "https"])
def lab(request: pytest.FixtureRequest) -> Iterator[LabPage]:
    with LabPage(tls=Authority().context(*NAMES) if request.param == "https" else None) as running:
        yield running


@pytest.fixture(scope="module", params=["chromium", "firefox"])
def page(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    name: str = request.param
    need_browser(name)
    with browsing(name, tmp_path_factory.mktemp(name)) as opened:
        yield opened


def own_errors(page: Page, lab: LabPage) -> list[tuple[str, str, str]]:
    """The errors that are not about the requests of a scene: exceptions, and what the policies of the two pages block."""
    ours = ("lab.js", "run.js", "playground.js", "/api/")
    return [
        (level, text, script)
        for level, text, script in page.messages
        if level == "exception"
        or (level == "error" and any(f"{lab.origin}/{name}" in f"{text} {script}" for name in ours))
    ]


def test_every_scene_is_as_predicted(page: Page, lab: LabPage) -> None:
    page.open(f"{lab.origin}/")
    found = json.loads(page.evaluate(RUN))
    assert found["bad"] == []
    assert all("This browser has no WebGL." in scene for scene in found["unseen"])  # headless Firefox has none
    assert found["good"] >= 300
    assert f"{found['good']} of {found['good']} as predicted for " in found["count"]
    assert own_errors(page, lab) == []


def test_a_scene_that_is_opened_early_is_filled_later(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    arrives = Event()
    resources = server.resources

    class Late(dict[str, server.Resource]):
        def get(self, path: str, default: Any = None) -> Any:
            assert path != "/details.json" or arrives.wait(SECONDS)
            return super().get(path, default)

    monkeypatch.setattr(server, "resources", lambda places: Late(resources(places)))
    with LabPage() as running:
        page.open(f"{running.origin}/#/cors/missing")
        assert page.evaluate(UNTIL % "Loading") == "Loading…"
        arrives.set()
        text = page.evaluate(UNTIL % "The request")
        assert "Loading" not in text


def test_the_playground_is_as_predicted(page: Page, lab: LabPage) -> None:
    page.open(f"{lab.origin}/playground")
    assert page.evaluate(PLAY).endswith(": allowed. Predicted: allowed. ✓ as predicted.")
    assert own_errors(page, lab) == []


def test_a_link_that_is_opened_in_the_same_tab_fills_the_form(page: Page, lab: LabPage) -> None:
    page.open(f"{lab.origin}/playground")
    assert page.evaluate(SHARED) == "true: The link is damaged, so the form did not change."
