"""Real middlewares and proxies in their many settings: real browsers do with their responses what is predicted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from corsdoctor.browsers import by_name
from corsdoctor.diagnose import diagnose
from corsdoctor.observed import differences
from corsdoctor.scenario import Credentials, Scenario
from corsdoctor.transport.live import Live
from corsdoctor.transport.options import TransportOptions
from corsdoctor.url import Origin
from corsdoctor.witness.witnesses import Witness
from tests.audit.estate import APP
from tests.cli.real_servers import SERVERS
from tests.witness.real import witnessing

pytestmark = [pytest.mark.browsers]
PAGES = (Origin("https", APP.removeprefix("https://")), Origin("https", "evil.example"))


@pytest.fixture(scope="module", params=["chromium", "firefox"])
def witness(request: pytest.FixtureRequest) -> Iterator[Witness]:
    with witnessing(request.param) as started:
        yield started


@pytest.mark.parametrize("id", SERVERS)
def test_browsers_do_what_is_predicted(id: str, witness: Witness, tmp_path: Path) -> None:
    profile, unlike, count = by_name(witness.program.browser), {}, 0
    with SERVERS[id].start(tmp_path) as server, Live(TransportOptions()) as live:
        for path in SERVERS[id].expected:
            for page in PAGES:
                simple = Scenario(f"{server}{path}", page, credentials=Credentials.INCLUDE)
                for scenario in (simple, simple._replace(method="PUT", headers=(("X-Requested-With", "fetch"),))):
                    predicted = diagnose(scenario, profile, live.send)
                    seen = witness.observe(scenario, live.send, predicted)
                    assert seen.missing is None, seen.missing
                    unlike[path, str(page), scenario.method] = differences(predicted, seen)
                    count += 1
    assert count == 4 * len(SERVERS[id].expected)
    assert {request: found for request, found in unlike.items() if found} == {}
