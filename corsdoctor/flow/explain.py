"""Runs a flow, and adds the causes of what failed, as far as the responses show them."""

from __future__ import annotations

from collections.abc import Iterable

from corsdoctor.browsers.profile import Profile
from corsdoctor.causes.investigate import explained
from corsdoctor.flow.result import BrowserResult, StepResult
from corsdoctor.flow.run import Before, run_flow
from corsdoctor.flow.story import Flow
from corsdoctor.wire import Send


def explained_flow(
    flow: Flow, profiles: Iterable[Profile], send: Send, before: Before | None = None
) -> tuple[BrowserResult, ...]:
    """The results of run_flow(), with causes."""
    results = run_flow(flow, profiles, send, before)
    return tuple(result._replace(steps=tuple(map(_explained, result.steps))) for result in results)


def _explained(step: StepResult) -> StepResult:
    diagnosis = step.diagnosis if step.diagnosis.failure is None else explained((step.diagnosis,))[0]
    return step._replace(diagnosis=diagnosis, subresources=tuple(map(_explained, step.subresources)))
