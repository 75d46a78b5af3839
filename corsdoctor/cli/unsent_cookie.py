"""Reports on standard error that no request carried the value of --cookie, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from corsdoctor.cli.messages import print_message
from corsdoctor.fetch.presets import PRESETS
from corsdoctor.report import Item, Report
from corsdoctor.scenario import Credentials, Scenario
from corsdoctor.wire import Kind

_Item = TypeVar("_Item", bound=Item)


def warning_of_unsent_cookie(items: Iterable[_Item]) -> Iterator[_Item]:
    """The reports, unchanged. After the last one, a message is printed if no actual request carried the value of --cookie.

    A preflight never does, so there is no message if there was nothing else.
    """
    without: Scenario | None = None
    carried = False
    for item in items:
        if not isinstance(item, Report):
            yield item
            continue
        report, scenario = item, item.diagnoses[0].scenario
        if scenario.cookie is not None:
            sent = [e.request for d in report.diagnoses for e in d.exchanges if e.kind is Kind.ACTUAL]
            carried = carried or any("Cookie" in request.headers for request in sent)
            without = scenario if sent else without
        yield item
    if without is not None and not carried:
        print_message(f"--cookie: no request carried it{_why(without)}")


def _why(scenario: Scenario) -> str:
    preset = PRESETS[scenario.api]
    credentials = scenario.credentials or preset.credentials[0]
    if credentials is Credentials.INCLUDE:
        return ""
    elsewhere = ", and this is another origin" if credentials is Credentials.SAME_ORIGIN else ""
    helps = Credentials.INCLUDE in preset.credentials
    remedy = "--credentials include sends it" if helps else f"{preset.what} has no other"
    return f": credentials are {credentials}{elsewhere}; {remedy}"
