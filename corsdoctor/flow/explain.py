"""Adds the causes of what failed to the results of a flow, as far as the responses show them."""

from __future__ import annotations

from collections.abc import Iterable

from corsdoctor.causes.investigate import explained
from corsdoctor.flow.result import BrowserResult, StepResult


def explained_flow(results: Iterable[BrowserResult]) -> tuple[BrowserResult, ...]:
    """The same results, with causes."""
    return tuple(result._replace(steps=tuple(map(_explained, result.steps))) for result in results)


def _explained(step: StepResult) -> StepResult:
    diagnosis = step.diagnosis if step.diagnosis.failure is None else explained((step.diagnosis,))[0]
    return step._replace(diagnosis=diagnosis, subresources=tuple(map(_explained, step.subresources)))
