"""All rules, in the order in which a request meets them. A rule's words stand in the file of its algorithm."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from corsdoctor.rule import Rule

if TYPE_CHECKING:
    RULES: tuple[Rule, ...]

_ALGORITHMS: Final = (
    "request_constructor", "before_sending", "content_security_policy", "integrity_policy", "local_network_access", "main_fetch", "preloads", "data_url", "preflight_due", "preflight", "network", "login", "framing",
    "cors_check", "resource_policy", "redirect", "signature_integrity", "integrity", "element", "navigation", "websocket", "worker", "exposure", "advice",
)  # fmt: skip
_MOST_ASKED_FOR: Final = ("cors_check", "preflight")  # so that explaining their rules loads nothing else


def __getattr__(name: str) -> Any:
    if name == "RULES":
        return tuple(rule for algorithm in _ALGORITHMS for rule in _rules(algorithm))
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def by_id(rule_id: str) -> Rule:
    """The rule called `rule_id`; KeyError if there is none."""
    for algorithm in (*_MOST_ASKED_FOR, *_ALGORITHMS):
        for rule in _rules(algorithm):
            if rule.id == rule_id:
                return rule
    raise KeyError(rule_id)


def _rules(algorithm: str) -> tuple[Rule, ...]:
    rules: tuple[Rule, ...] = import_module(f"corsdoctor.fetch.{algorithm}").RULES
    return rules
