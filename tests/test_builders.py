"""Flags, batch lines, policies and Python build the same Scenario of the same fields, or refuse them alike."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any, Final

import pytest
from click.testing import CliRunner

from corsdoctor.api import Session
from corsdoctor.batch.line import Line
from corsdoctor.batch.read_line import BadLine, read_line
from corsdoctor.cli import corsdoctor, flags
from corsdoctor.cli.options import TransportFlags, request_flags
from corsdoctor.cli.selection import selection
from corsdoctor.errors import InvalidScenario
from corsdoctor.report import Report
from corsdoctor.reports.json_ import dumps
from corsdoctor.scenario import Api, Credentials, Mode, Redirect, Scenario
from corsdoctor.suite.mistakes import InvalidPolicy
from corsdoctor.suite.read import read
from corsdoctor.url import Origin
from corsdoctor.wrong_input import Mistakes

PAGE: Final = "https://app.example"
ORIGIN: Final = Origin("https", "app.example", None)
URL: Final = "https://api.example/items"
CSP: Final = "Content-Security-Policy"
VALUES: Final[dict[str, tuple[Any, ...]]] = {
    "method": ("GET", "PUT", "TRACE", "a b", "Cookie: a"),
    "headers": ([], [["X-A", "1"]], [["x y", "1"]], [["X-Token a", "1"]]),
    "credentials": tuple(map(str, Credentials)),
    "mode": tuple(map(str, Mode)),
    "redirect": tuple(map(str, Redirect)),
    "body": ("x", "ä"),
    "upload_listener": (True,),
    "cookie": ("a=b", "a\nb", "\u20ac", "a=b; SameSite=Lax; Secure", "a=b; c=d", "a=b; SameSite=no", "a; Secure"),
    "page": (f"{PAGE}/a/b", "https://other.example/", "ftp://app.example/", "app.example", "\u20ac"),
    "page_headers": ([["Referrer-Policy", "no-referrer"]], [["X-A", "a\nb"]], [["X-A", "\u20ac"]], [[CSP, "sandbox"]]),
    "permissions": ({"local-network": "granted"}, {"camera": "granted"}, {"local-network": "yes"}),
    "address_spaces": ({"api.example": "local", "[::1]:80": "public"}, {"a b": "local"}, {"a.example": "near"}),
    "user_agent": ("curl", "a\nb", "\u20ac"),
}
KEYS: Final = {
    "page_headers": "page-headers",
    "address_spaces": "address-spaces",
    "api": "as",
    "upload_listener": "upload-listener",
    "user_agent": "user-agent",
}
Made = Scenario | None
ASKED: Final = Scenario("about:blank", ORIGIN)


def cases() -> Iterator[dict[str, Any]]:
    """Each value of each field with each API, and each two fields with some."""
    singles = [{name: value} for name, values in VALUES.items() for value in values]
    for api, single in product(Api, [{}, *singles]):
        yield {"api": str(api), **single}
    for api, one, other in product((Api.FETCH, Api.XHR, Api.IMAGE), singles, singles):
        if list(one) < list(other):
            yield {"api": str(api), **one, **other}
    yield from ({"api": api} for api in ("img", "", "FETCH"))
    yield from ({"api": "fetch", name: "no such"} for name in ("credentials", "mode", "redirect"))


def by_line(given: dict[str, Any]) -> Made:
    data = dumps({"url": URL, "origin": PAGE, **given}, indent=None).encode()
    try:
        asked = read_line(Line(1, data), ASKED, has_origin=False)[1]
    except BadLine:
        return None
    assert isinstance(asked, Scenario)
    return asked


def by_flags(given: dict[str, Any]) -> Made:
    choices = {"api": Api, "credentials": Credentials, "mode": Mode, "redirect": Redirect}
    if any(given.get(name, next(iter(kind))) not in list(kind) for name, kind in choices.items()):
        return None  # click's choice
    elsewhere = ("headers", "body", "page_headers", "permissions", "address_spaces")
    typed = {name: value for name, value in given.items() if name not in elsewhere}
    typed["page_header"] = tuple(f"{name}: {value}" for name, value in given.get("page_headers", ()))
    for name in ("permission", "address_space"):
        typed[name] = tuple(f"{key}={value}" for key, value in given.get(f"{name}s", {}).items())
    header = tuple(f"{name}: {value}" for name, value in given.get("headers", ()))
    request = request_flags(**{"origin": PAGE, **typed}, header=header, data=given.get("body"))
    found = Mistakes()
    made = flags.scenarios([URL], request, TransportFlags(cert=None), found)
    return None if found.found else made[0]


def by_policy(given: dict[str, Any]) -> Made:
    case = {KEYS.get(name, name): value for name, value in given.items()}
    policy = {"case": [{"id": "a", "url": URL, "origin": PAGE, "expect": "allowed", **case}]}
    try:
        return read(policy, {}, lambda _: None).cases[0].scenario
    except InvalidPolicy:
        return None


def by_python(given: dict[str, Any], session: Session, monkeypatch: pytest.MonkeyPatch) -> Made:
    made: list[Scenario] = []

    def keep(scenario: Scenario, *_: object) -> Report:
        made.append(scenario)
        return Report(())

    monkeypatch.setattr("corsdoctor.api.session.report_on", keep)
    monkeypatch.setattr("corsdoctor.page_request.Pages.with_page", lambda _, scenario: scenario)
    arguments = {"as_" if name == "api" else name: value for name, value in given.items()}
    try:
        session.check(URL, origin=PAGE, **arguments)
    except InvalidScenario:
        return None
    return made[0]


def test_all_four_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch line has no POST of its own for a body: its method is GET unless it says otherwise, so the cases name one."""
    differing = []
    count = accepted = 0
    with Session() as session:
        for case in cases():
            given = (
                {"method": "POST", **case}
                if "body" in case and case["api"] in ("fetch", "xhr", "form", "keepalive")
                else case
            )
            made = (by_line(given), by_flags(given), by_policy(given), by_python(given, session, monkeypatch))
            count += 1
            accepted += made[0] is not None
            if given == {
                "api": "beacon",
                "method": "GET",
            }:  # only flags tell it from the default, which a beacon makes POST
                assert made[1] is None
            elif any(one != made[0] for one in made):
                differing.append((given, made))
    assert differing == []
    assert 100 < accepted < count - 100


@pytest.mark.parametrize(
    ("key", "near"),
    [("as", "api"), ("as_", "api"), ("header", "headers"), ("data", "body"), ("user-agent", "user_agent"), ("cookies", "cookie")],
)  # fmt: skip
def test_a_key_of_another_builder_is_named_as_a_line_has_it(key: str, near: str) -> None:
    data = dumps({"url": URL, key: "x"}, indent=None).encode()
    with pytest.raises(BadLine, match=f"unknown key '{key}': did you mean `{near}`\\?"):
        read_line(Line(1, data), ASKED, has_origin=True)


def test_a_mistake_of_the_options_is_reported_as_theirs() -> None:
    defaults = Scenario("about:blank", ORIGIN, mode=Mode.NO_CORS)
    with pytest.raises(BadLine, match=r"mode: XMLHttpRequest supports only cors \(set by the options\)"):
        read_line(Line(1, dumps({"url": URL, "api": "xhr"}, indent=None).encode()), defaults, has_origin=True)


WHOLE_HEADERS: Final = (
    "Authorization: Bearer Se1", "Authorization:Bearer Se1", "Authorization Bearer Se1", "Cookie: a=Se1", "X-Pin=Se1",
    "'X-Note: Se1'", "Bearer Se1", "-H Authorization: Bearer Se1", '{"Authorization":"Bearer Se1"}', "sid=Se1; b=c",
)  # fmt: skip


@pytest.mark.parametrize("text", WHOLE_HEADERS)
@pytest.mark.parametrize("place", ["method", "name", "origin", "api", "KEY"])
def test_a_header_in_the_wrong_place_is_refused_without_its_value(place: str, text: str) -> None:
    given: dict[str, Any] = {"headers": {text: "1"}} if place == "name" else {text if place == "KEY" else place: text}
    told = []
    with pytest.raises(BadLine) as line:
        read_line(Line(1, dumps({"url": URL, "origin": PAGE, **given}, indent=None).encode()), ASKED, has_origin=True)
    told.append(str(line.value))
    case = {KEYS.get(name, name): value for name, value in given.items()}
    with pytest.raises(InvalidPolicy) as policy:
        read({"case": [{"id": "a", "url": URL, "origin": PAGE, "expect": "allowed", **case}]}, {}, lambda _: None)
    told.append(str(policy.value))
    if place != "KEY":
        python = {"as_" if name == "api" else name: value for name, value in given.items()}
        with Session() as session, pytest.raises(InvalidScenario) as arguments:
            session.check(URL, **{"origin": PAGE, **python})
        told.append(str(arguments.value))
    assert [one for one in told if "Se1" in one] == []


@pytest.mark.parametrize("text", WHOLE_HEADERS)
@pytest.mark.parametrize("args", [(URL, "-X"), (URL, "-H"), (URL, "--origin"), (URL, "--jobs"), (URL, "--as"), ()])
@pytest.mark.parametrize("command", ["check", "fix"])
def test_a_header_on_the_command_line(command: str, args: tuple[str, ...], text: str) -> None:
    page = () if "--origin" in args else ("--origin", PAGE)
    done = CliRunner().invoke(corsdoctor, [command, *page, *args, text])
    assert "Se1" not in done.stderr
    if args != (URL, "-H"):  # of these, some are headers
        assert "Se1" not in done.stdout
        assert done.exit_code == 2


@pytest.mark.parametrize("expression", ["Authorization: Bearer Se1", "X-Pin: a Se1"])
def test_a_header_as_selection(expression: str) -> None:
    with pytest.raises(ValueError, match="two words stand side by side"):
        selection(expression)
