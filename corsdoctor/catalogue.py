"""All rules, in the order in which a request meets them. A rule's words stand in the file of its algorithm."""

from __future__ import annotations

from typing import Final

from corsdoctor.fetch import (
    advice,
    before_sending,
    cors_check,
    data_url,
    element,
    exposure,
    main_fetch,
    network,
    preflight,
    preflight_due,
    redirect,
    request_constructor,
    resource_policy,
)
from corsdoctor.rule import Rule

RULES: Final[tuple[Rule, ...]] = (
    *request_constructor.RULES,
    *before_sending.RULES,
    *main_fetch.RULES,
    *data_url.RULES,
    *preflight_due.RULES,
    *preflight.RULES,
    *network.RULES,
    *cors_check.RULES,
    *resource_policy.RULES,
    *redirect.RULES,
    *element.RULES,
    *exposure.RULES,
    *advice.RULES,
)
_BY_ID: Final = {rule.id: rule for rule in RULES}


def by_id(rule_id: str) -> Rule:
    """The rule called `rule_id`; KeyError where there is none."""
    return _BY_ID[rule_id]
