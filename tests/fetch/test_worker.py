"""The scripts of workers and service workers, importScripts(), import(), and import maps with a src."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from corsdoctor.browsers import CHROMIUM, FIREFOX, STANDARD, WEBKIT, Profile
from corsdoctor.diagnose import Verdict
from corsdoctor.fetch.element import ELEMENT_STATUS, ELEMENT_TYPE, NOSNIFF
from corsdoctor.fetch.http_fetch import REDIRECT_ALLOWED
from corsdoctor.fetch.main_fetch import SAME_ORIGIN_MODE
from corsdoctor.fetch.worker import IMPORT_MAP_INLINE, SECURE_CONTEXT, WORKER_HAS_COEP
from corsdoctor.flow.read import read_flow
from corsdoctor.flow.run import run_flow
from corsdoctor.rule import Rule
from corsdoctor.scenario import Api, Credentials, Scenario
from corsdoctor.scenario.page import Client, Page
from corsdoctor.url import Origin, parse
from corsdoctor.wire import Answer, Headers
from tests.fetch.asking import ANY, API, APP, HOME, Lines, answer, ask, blamed, hop

JS = ("Content-Type", "text/javascript")
TEXT = ("Content-Type", "text/plain")
REACHED = {("same-origin-mode", "worker-script"), ("same-origin-mode", "service-worker-script")}
WORKERS = (Api.WORKER, Api.MODULE_WORKER)


@dataclass(frozen=True, slots=True)
class Case:
    id: str
    api: Api
    rule: Rule | None
    answers: tuple[Answer, ...] = (answer(200, JS),)
    url: str = HOME
    profile: Profile = STANDARD


CASES = (
    *(Case(f"{api} at home", api, None) for api in (*WORKERS, Api.SW_SCRIPT)),
    *(Case(f"{api} elsewhere", api, SAME_ORIGIN_MODE, url=API) for api in (*WORKERS, Api.SW_SCRIPT)),
    *(Case(f"{api} redirected away", api, SAME_ORIGIN_MODE, (hop(API), answer(200, JS))) for api in WORKERS),
    *(Case(f"{api} redirected at home", api, None, (hop("/b"), answer(200, JS))) for api in WORKERS),
    *(Case(f"{api} from a data: URL", api, None, url="data:text/javascript,1") for api in WORKERS),
    *(Case(f"{api} from a data: URL of text", api, None, url="data:text/plain,1") for api in WORKERS),
    *(Case(f"{api} not found", api, ELEMENT_STATUS, (answer(404, JS),)) for api in (*WORKERS, Api.SW_SCRIPT)),
    Case("sw redirected", Api.SW_SCRIPT, REDIRECT_ALLOWED, (hop("/b"), answer(200, JS))),
    *(
        Case(f"{api} that is text, {profile.name}", api, rule, (answer(200, TEXT),), profile=profile)
        for api, profile, rule in (
            (Api.WORKER, STANDARD, ELEMENT_TYPE), (Api.WORKER, CHROMIUM, None), (Api.WORKER, WEBKIT, ELEMENT_TYPE),
            (Api.MODULE_WORKER, CHROMIUM, ELEMENT_TYPE), (Api.MODULE_WORKER, WEBKIT, None),
            (Api.SW_SCRIPT, CHROMIUM, ELEMENT_TYPE), (Api.IMPORT_SCRIPTS, CHROMIUM, ELEMENT_TYPE),
        )
    ),
    Case("nosniff", Api.WORKER, NOSNIFF, (answer(200, TEXT, ("X-Content-Type-Options", "nosniff")),), profile=CHROMIUM),
    Case("an image", Api.MODULE_WORKER, ELEMENT_TYPE, (answer(200, ("Content-Type", "image/png")),), profile=WEBKIT),
    Case("importScripts() elsewhere", Api.IMPORT_SCRIPTS, None, url=API),
    Case("import() with CORS", Api.IMPORT, None, (answer(200, JS, *ANY),), API),
    Case("import() of text", Api.IMPORT, ELEMENT_TYPE, (answer(200, TEXT, *ANY),), API),
    Case("an import map", Api.IMPORTMAP, IMPORT_MAP_INLINE, url=API),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_scripts_of_workers(case: Case) -> None:
    diagnosis = ask(Scenario(case.url, APP, api=case.api), *case.answers, profile=case.profile)
    assert (diagnosis.failure and diagnosis.failure.rule) is case.rule
    if case.rule is SAME_ORIGIN_MODE:
        assert blamed(diagnosis.failure) in REACHED
    loaded = Verdict.OPAQUE if case.api is Api.IMPORT_SCRIPTS and case.url == API else Verdict.ALLOWED
    assert diagnosis.verdict is (loaded if case.rule is None else Verdict.BLOCKED)


def test_a_service_worker_is_requested_with_its_header() -> None:
    [exchange] = ask(Scenario(HOME, APP, api=Api.SW_SCRIPT), answer(200, JS)).exchanges
    assert exchange.request.headers.get("Service-Worker") == "script"
    assert exchange.request.headers.get("Sec-Fetch-Dest") == "serviceworker"


def test_only_a_secure_context_registers_service_workers() -> None:
    failure = ask(Scenario("/sw.js", Origin("http", "app.example"), api=Api.SW_SCRIPT), answer(200, JS)).failure
    assert failure is not None
    assert failure.rule is SECURE_CONTEXT


@pytest.mark.parametrize("credentials", [Credentials.OMIT, Credentials.INCLUDE])
def test_a_module_worker_has_a_credentials_mode(credentials: Credentials) -> None:
    asked = Scenario(HOME, APP, api=Api.MODULE_WORKER, credentials=credentials, cookie="a=b")
    [exchange] = ask(asked, answer(200, JS)).exchanges
    assert ("Cookie" in exchange.request.headers) is (credentials is Credentials.INCLUDE)


@pytest.mark.parametrize(
    ("page", "script", "rule"),
    [
        ((), (), None),
        ((("Cross-Origin-Embedder-Policy", "require-corp"),), (), WORKER_HAS_COEP),
        (
            (("Cross-Origin-Embedder-Policy", "require-corp"),),
            (("Cross-Origin-Embedder-Policy", "x"),),
            WORKER_HAS_COEP,
        ),
        (
            (("Cross-Origin-Embedder-Policy", "require-corp"),),
            (("Cross-Origin-Embedder-Policy", "credentialless"),),
            None,
        ),
    ],
)
@pytest.mark.parametrize("api", [Api.WORKER, Api.SW_SCRIPT])
def test_the_script_of_a_worker_has_the_embedder_policy(
    api: Api, page: Lines, script: Lines, rule: Rule | None
) -> None:
    url = parse(HOME)
    assert url is not None
    asked = Scenario(HOME, APP, api=api, client=Client(Page(url, Headers(page))))
    for profile in (STANDARD, CHROMIUM, FIREFOX, WEBKIT):
        if profile.knows_credentialless:
            diagnosis = ask(asked, answer(200, JS, *script), profile=profile)
            assert (diagnosis.failure and diagnosis.failure.rule) is (rule if api is Api.WORKER else None)


@pytest.mark.parametrize(("worker", "verdict"), [("classic", Verdict.OPAQUE), ("module", Verdict.BLOCKED)])
def test_only_a_classic_worker_imports_scripts(worker: str, verdict: Verdict) -> None:
    asked = {"url": API, "api": "import-scripts", "worker": worker}
    flow = read_flow({"visits": [{"page": f"{APP}/", "requests": [asked]}]})
    [result] = run_flow(flow, (STANDARD,), lambda *_: answer(200, JS))
    assert result.steps[0].verdict is verdict
