"""Which quirk decided: shown by the recorded case that each field of a profile is there for."""

from __future__ import annotations

from pathlib import Path

import pytest

from corsdoctor.browsers import BROWSERS, FIREFOX, STANDARD, WEBKIT, Profile
from corsdoctor.browsers.quirks import QUIRKS
from corsdoctor.diagnose import Diagnosis, Verdict, diagnose_all, withholding
from corsdoctor.quirk import Quirk, deciding_quirks
from corsdoctor.scenario import Scenario
from corsdoctor.url import Origin
from corsdoctor.wire import Headers, Response
from tests.conformance.replay import HERE, load, scenario_of, sender_of

CASES = load(HERE / "cases.jsonl")
RECORDED = (
    Path(__file__).parent / "transport" / "recording",
    Path(__file__).parent / "conformance" / "certificates",
    Path(__file__).parent / "conformance" / "world",
)
DECIDES_NOTHING = {
    "preflight_names", "single_request_headers", "preflight_names_repeat", "preflight_origin_ignores_redirects",
    "no_cors_origin_becomes_null", "origin_header_survives_redirect", "own_origin_elements_send_origin",
    "opaque_page_sends_origin", "elements_drop_userinfo", "redirect_restores",
}  # fmt: skip
"""What changes only the headers of a request, in its case."""
MITIGATES = {
    "first_userinfo_passes", "redirected_userinfo_passes", "orb_spares_own_origin", "orb_blocks_plain_text",
}  # fmt: skip
"""What takes back a part of another quirk, so that in its case the browser does what the Standard says."""


def diagnosed(id: str) -> tuple[Diagnosis, ...]:
    return diagnose_all(scenario_of(CASES[id]), BROWSERS, sender_of(CASES[id]))


def decided(diagnoses: tuple[Diagnosis, ...]) -> set[tuple[str, str]]:
    return {(quirk.browser, quirk.field) for quirk in deciding_quirks(diagnoses)}


def test_a_quirk_knows_its_sentence_and_its_case() -> None:
    quirk = Quirk("WebKit", "fonts_use_cors")
    assert quirk.sentence().startswith("WebKit loads fonts")
    assert quirk.sentence(["Chromium", "WebKit"]).startswith("Chromium and WebKit load fonts")
    assert quirk.case == "as-font/001"


def test_every_field_has_a_sentence() -> None:
    assert {*Profile._fields} - {"name", "title", "console", "page_console"} == QUIRKS.keys()
    for sentence, _ in QUIRKS.values():
        assert "{browser}" in sentence
        assert not sentence.endswith(".")


@pytest.mark.parametrize("field", QUIRKS)
def test_every_case_is_recorded(field: str) -> None:
    case = QUIRKS[field][1]
    if case in CASES or not case:
        return
    files = [path for folder in RECORDED for path in folder.iterdir() if path.suffix in (".jsonl", ".py")]
    assert any(case in path.read_text(encoding="utf-8") for path in files)


@pytest.mark.parametrize(
    "field", [f for f, (_, case) in QUIRKS.items() if case in CASES and f not in DECIDES_NOTHING | MITIGATES]
)
def test_the_recorded_case_follows_from_its_field(field: str) -> None:
    """At least in one browser that has another value than the Standard; never in one that has the same."""
    found = {browser for browser, decisive in decided(diagnosed(QUIRKS[field][1])) if decisive == field}
    differing = {p.title for p in BROWSERS if getattr(p, field) != getattr(STANDARD, field)}
    assert found
    assert found <= differing


def test_browsers_that_agree_with_the_standard_have_none() -> None:
    assert decided(diagnosed("origin/003")) == set()


@pytest.mark.parametrize("browser", [FIREFOX, WEBKIT])
def test_the_standard_need_not_be_among_the_browsers(browser: Profile) -> None:
    case = "redirect/052"
    alone = tuple(d for d in diagnosed(case) if d.profile is browser)
    assert (browser.title, "preflight_repeats_after_redirect") in decided(alone)


def test_a_request_that_was_not_sent_has_no_quirk_of_its_own() -> None:
    """Its response is assumed, for the browser as for the Standard."""
    response = Response(204, Headers((("Access-Control-Allow-Origin", "*"), ("Access-Control-Allow-Methods", "PUT"))))
    scenario = Scenario("https://api.example/", Origin("https", "app.example"), "PUT")
    unsent = diagnose_all(scenario, BROWSERS, withholding(lambda *_: response))
    assert {d.verdict for d in unsent} == {Verdict.UNSENT}
    assert decided(unsent) == set()
