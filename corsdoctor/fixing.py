"""Adds the cure to reports, and the configuration of the server that was named or that the responses identify."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from corsdoctor.causes.by_cache import cache_of
from corsdoctor.causes.software import software
from corsdoctor.command_line import Reaching, command_line
from corsdoctor.cure import Cure, cure, through_a_proxy
from corsdoctor.errors import InvalidScenario, Mistake
from corsdoctor.fetch.headers import is_header_name
from corsdoctor.masking import mask_url
from corsdoctor.policy import Policy, merged
from corsdoctor.recipes import by_id
from corsdoctor.recipes.cookies import CookieSetting, cookie_setting
from corsdoctor.recipes.guess import is_behind_cloudflare
from corsdoctor.recipes.names import meant_by, read_name
from corsdoctor.recipes.prescription import Prescription, prescribe
from corsdoctor.recipes.recipe import Family, unwritable
from corsdoctor.report import Report
from corsdoctor.reports.secrets import mask_report, mask_scenario
from corsdoctor.scenario import Scenario
from corsdoctor.step_sentences import listed
from corsdoctor.url import parse
from corsdoctor.wire import Response, Send
from corsdoctor.wrong_input import did_you_mean, shown


def read_server(name: str) -> str:
    """The id of the recipe that `name` means; ValueError where none does."""
    recipe = read_name(name)
    if recipe is not None:
        return recipe.id
    meant = meant_by(name)
    hint = f"; {did_you_mean(*meant)}" if meant else ""
    raise ValueError(f"is not a known server{hint} (list: corsdoctor fix --list)")


def read_exposed(name: str) -> str:
    """`name` where it is the name of a response header that a script can be allowed to read; ValueError otherwise."""
    if name.lower() in ("set-cookie", "set-cookie2"):
        raise ValueError("no script can read this header, even if the server exposes it")
    if name == "*":
        raise ValueError("must be the name of a header that the script reads")
    if not is_header_name(name):
        raise ValueError("is not a valid header name")
    return name


def fixed(
    reports: Sequence[Report],
    server: str | None,
    expose: tuple[str, ...] = (),
    *,
    public: bool = False,
    minimal: bool = False,
    show_secrets: bool = False,
    ask: Send | None = None,
    transport: Reaching | None = None,
) -> list[Report]:
    """Requests to one server, each with its cure; all have one configuration, which allows them all.

    `server` is a recipe's id, None if the responses have to identify it; `expose` are names of response headers. With
    `public` the server is to allow every page; with `minimal` it allows what these requests need and nothing else. `ask` sends what browsers would send next; `transport` is how the server
    was reached, for the command that checks the cure. InvalidScenario if the server's configuration cannot hold a name.
    """
    cures: list[Cure] = []
    for report in reports:
        survey = not any(one.changes for one in cures)  # it is one server: what it allows is asked for once
        cures.append(
            cure(report.diagnoses, expose, public=public, minimal=minimal, ask=ask, survey=survey, probes=report.probes)
        )
    if not show_secrets:  # a server's answer may hold a secret of the request, and the configuration would repeat it
        masked = (mask_report(report._replace(cure=helps)).cure for report, helps in zip(reports, cures, strict=True))
        shown_policies = [None if helps is None else helps.policy for helps in masked]
        cures = [replace(helps, policy=policy) for helps, policy in zip(cures, shown_policies, strict=True)]
    prescription, why_none = _prescription(reports, cures, server, show_secrets=show_secrets)
    if server is not None and by_id(server).family is Family.PROXY:
        cures = [through_a_proxy(helps) for helps in cures]
    setting = _cookie_setting(reports, cures, server)
    shown = [
        report._replace(cure=helps, prescription=prescription, no_recipe=why_none, cookie_setting=setting)
        for report, helps in zip(reports, cures, strict=True)
    ]
    scenarios = (_to_check(report) if show_secrets else mask_scenario(_to_check(report)) for report in shown)
    return [
        report._replace(command=command_line(scenario, transport=transport, show_secrets=show_secrets))
        for report, scenario in zip(shown, scenarios, strict=True)
    ]


def _cookie_setting(reports: Sequence[Report], cures: Iterable[Cure], server: str | None) -> CookieSetting | None:
    """How the server sets the first cookie that its attributes make browsers lose; None if there is none."""
    name = next((lost.name for helps in cures for lost in helps.cookies if lost.attributes_help), None)
    url = reports[0].scenario.parsed_url
    if name is None or url is None:
        return None
    return cookie_setting(name, _answers(reports, url.host), None if server is None else by_id(server).id)


def _to_check(report: Report) -> Scenario:
    """The request that shows whether the cure works."""
    url = None if report.cure is None else report.cure.url
    return report.scenario if url is None else report.scenario._replace(url=url)


def _prescription(
    reports: Sequence[Report], cures: list[Cure], server: str | None, *, show_secrets: bool
) -> tuple[Prescription | None, str | None]:
    """The configuration, or why there is none where one was to be expected."""
    scenario = reports[0].diagnoses[0].scenario
    changes = [change for found in cures for change in found.changes]
    asked = changes[0].url if changes else scenario.url  # redirects may lead to the server that must change
    url = parse(asked if show_secrets else mask_url(asked))
    policies = [found.policy for found in cures if found.policy is not None]
    if server is not None and by_id(server).family is Family.PROXY:
        policies = policies or [Policy((str(scenario.origin),))]
    elif server is None and not any(found.needed for found in cures):
        return None, None
    if not policies or url is None or not url.is_http:
        return None, None
    policy, answers = merged(policies), _answers(reports, url.host)
    wrong = [Mistake(f"--{what}", shown(value), reason) for what, value, reason in unwritable(policy)]
    if wrong and server is not None:
        raise InvalidScenario(*wrong)
    if wrong:
        return None, f"No recipe: {wrong[0]}."
    used = {report.scenario.method for report in reports}
    cache, advice = _cached(reports)
    prescription = prescribe(policy, url, answers, server, used, cache)
    more = [text for text in (advice, _widened(cures, policy)) if text]
    if prescription is not None and more:
        prescription = replace(prescription, warnings=(*prescription.warnings, *more))
    if prescription is not None:
        return prescription, None
    return None, " ".join(
        filter(None, (advice, _BEHIND_CLOUDFLARE if is_behind_cloudflare(answers) else _UNKNOWN_SERVER))
    )


def _widened(cures: Sequence[Cure], policy: Policy) -> str:
    """Which URLs `policy` opens to every website, because it is that of other URLs too; empty if there are none."""
    if not policy.public or any(found.reflection is not None for found in cures):  # only of the first is it asked
        return ""
    of = [(found.policy.public, change.url) for found in cures if found.policy is not None for change in found.changes]
    public = {url for is_public, url in of if is_public}
    urls = dict.fromkeys(mask_url(url) for _, url in of if url not in public)
    return _WIDENED.format(urls=listed(urls)) if urls else ""


def _cached(reports: Iterable[Report]) -> tuple[str, str]:
    """The recipe's id of the cache that returned what was made for another request, and what to do there; empty if none did."""
    for diagnosis in (d for report in reports for d in report.diagnoses):
        step = diagnosis.failure
        if step is None or step.exchange is None or step.cause is None or step.cause.id != "cached-for-other":
            continue
        response = diagnosis.exchanges[step.exchange].response
        return "" if response is None else software(cache_of(response)).recipe, step.cause.fix
    return "", ""


_WIDENED = (
    "`*` is what the server allows at other URLs today. In one configuration for all, it also lets every website read "
    "{urls}, which it cannot do today: configure them separately."
)
_UNKNOWN_SERVER = "Could not identify the server. Choose one with --server NAME (list: corsdoctor fix --list)."
_BEHIND_CLOUDFLARE = (
    "The responses name only Cloudflare, which may be in front of any server. Choose the server behind it with --server NAME "
    "(list: corsdoctor fix --list), or add the headers in Cloudflare with --server cloudflare-workers."
)


def _answers(reports: Iterable[Report], host: str) -> list[Response]:
    """All responses of the host that is to be configured."""
    exchanges = (e for report in reports for d in report.diagnoses for e in d.exchanges)
    return list(dict.fromkeys(e.response for e in exchanges if e.response is not None and _host(e.request.url) == host))


def _host(url: str) -> str | None:
    parsed = parse(url)
    return None if parsed is None else parsed.host
