"""What to review in a policy that was written from what a server does, because it may include a fault of the server."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from corsdoctor.rule import next_step
from corsdoctor.scenario import Credentials, Scenario
from corsdoctor.step_sentences import sentence
from corsdoctor.suite.server_errors import blocks_every_page
from corsdoctor.suite.write import Trial, side_of
from corsdoctor.url import Origin


def review_notes(trials: Sequence[Trial], pages: Collection[Origin]) -> Iterator[str]:
    """One line for each thing to review; `pages` are the origins that the user intends to allow."""
    if not any(d.exchanges for trial in trials for d in trial.diagnoses):
        first = trials[0].diagnoses[0]
        failure = "" if first.failure is None else sentence(first.failure, first.exchanges)
        why = "" if first.failure is None else f": {failure}. {next_step(first.failure).rstrip('.')}"
        yield f"no request was sent, so nothing is known about the server{why}"
        return
    yield from _statuses(trials)
    for origin in dict.fromkeys(trial.scenario.origin for trial in trials):
        asked = [trial for trial in trials if trial.scenario.origin == origin]
        if origin in pages:
            blocked = [one.scenario for one in asked if "deny" in map(side_of, one.diagnoses)]
            if blocked:
                yield (
                    f"{origin} is blocked today ({_requests(blocked)}), and the policy expects that: "
                    "change the policy if it must be allowed"
                )
        else:
            let_in = [
                one.scenario
                for one in asked
                if one.scenario.credentials is Credentials.INCLUDE and "allow" in map(side_of, one.diagnoses)
            ]
            if let_in:
                yield (
                    f"{origin}, which is not listed, is allowed today ({_requests(let_in)}), and the policy expects that: "
                    "change the policy if it must be blocked"
                )


def _statuses(trials: Sequence[Trial]) -> Iterator[str]:
    found = [
        {
            e.response.status
            for d in one.diagnoses
            for e in d.exchanges
            if e.response is not None and blocks_every_page(e.response)
        }
        for one in trials
    ]
    bad = sum(map(bool, found))
    if bad:
        statuses = " or ".join(map(str, sorted(set().union(*found))))
        yield (
            f"{bad} of {len(trials)} requests got status {statuses}, which says little about who is allowed: "
            "check that the URL is correct and the server works"
        )


def _requests(scenarios: Sequence[Scenario]) -> str:
    asked = (
        f"{one.method} with cookies" if one.credentials is Credentials.INCLUDE else one.method for one in scenarios
    )
    return ", ".join(dict.fromkeys(asked))
