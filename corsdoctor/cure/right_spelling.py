"""The request to the URL as the server spells it, with the answers that are known or that may be asked for."""

from __future__ import annotations

from corsdoctor.causes.final_url import at_final_url
from corsdoctor.causes.investigate import explained
from corsdoctor.causes.probe import Probe, ProbeKind
from corsdoctor.cure.answers import Answers
from corsdoctor.diagnose import Diagnosis


def rightly_spelled(diagnoses: tuple[Diagnosis, ...], answers: Answers) -> tuple[Diagnosis, ...]:
    """How the browsers treat it; () if the spelling is right already, or if no server answered there."""
    there = explained(at_final_url(diagnoses, answers.asking))
    return there if any(exchange.response is not None for d in there for exchange in d.exchanges) else ()


def as_probes(there: tuple[Diagnosis, ...]) -> tuple[Probe, ...]:
    """The exchanges there as probes of the final URL."""
    return tuple(Probe(ProbeKind.FINAL_URL, exchange) for d in there for exchange in d.exchanges)
