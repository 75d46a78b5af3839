"""Permissions-Policy: the headers of the page and of the frame, and the attribute `allow`."""

from __future__ import annotations

import pytest

from corsdoctor.browsers import CHROMIUM, FIREFOX
from corsdoctor.fetch.permissions_policy import is_allowed_to_use
from corsdoctor.scenario.page import Client, Frame, Page
from corsdoctor.url import parse
from corsdoctor.wire import Headers

PAGE = parse("https://app.example/page")
OTHER = "https://widget.example/"
NAMES = ("loopback-network", "local-network-access")


def client(policy: str | None = None, frame: Frame | None = None, header: str = "Permissions-Policy") -> Client:
    assert PAGE is not None
    return Client(Page(PAGE, Headers(() if policy is None else ((header, policy),))), frame)


@pytest.mark.parametrize(
    ("policy", "allowed"),
    [
        (None, True), ("camera=()", True), ("loopback-network=()", False), ("loopback-network=(self)", True),
        ("loopback-network=self", True), ("loopback-network=*", True), ("loopback-network=(*)", True),
        ('loopback-network=("https://widget.example")', False), ('loopback-network=("https://app.example")', True),
        ("local-network-access=()", False), ("local-network-access=(), loopback-network=*", False),
        ("loopback-network", False), ("loopback-network=(", True), ("loopback-network=();report-to=x, camera=*", False),
        ("loopback-network=*, loopback-network=()", False), ("LOOPBACK-network=()", True), ("", True), ("a" * 50_000, True),
        ("loopback-network=() , camera=*", False), ("loopback-network=() ;x", True), ("loopback-network=();" + " " * 50_000 + '"', True),
    ],
)  # fmt: skip
def test_the_header_of_the_page(policy: str | None, allowed: bool) -> None:
    assert is_allowed_to_use(client(policy), NAMES, CHROMIUM) is allowed
    assert is_allowed_to_use(client(policy), NAMES, FIREFOX)


def test_the_older_header() -> None:
    older = client("loopback-network 'none'", header="Feature-Policy")
    assert not is_allowed_to_use(older, NAMES, CHROMIUM)
    assert is_allowed_to_use(client("loopback-network 'self'", header="Feature-Policy"), NAMES, CHROMIUM)


@pytest.mark.parametrize(
    ("allow", "allowed"),
    [
        (None, False), ("", False), ("loopback-network", True), ("loopback-network 'src'", True), ("loopback-network *", True),
        ("loopback-network 'none'", False), ("loopback-network 'self'", False), (f"loopback-network {OTHER}", True),
        ("loopback-network https://else.example", False), ("camera; local-network-access;", True), ("LOOPBACK-network", False),
        ("loopback-network 'none'; loopback-network *", False),
    ],
)  # fmt: skip
def test_the_attribute_of_a_frame_of_another_origin(allow: str | None, allowed: bool) -> None:
    assert is_allowed_to_use(client(frame=Frame(OTHER, allow=allow)), NAMES, CHROMIUM) is allowed


def test_the_page_must_allow_the_frame_too() -> None:
    frame = Frame(OTHER, allow="loopback-network")
    assert not is_allowed_to_use(client("loopback-network=(self)", frame), NAMES, CHROMIUM)
    assert is_allowed_to_use(client(f'loopback-network=(self "{OTHER}")', frame), NAMES, CHROMIUM)
    excluded = frame._replace(headers=Headers((("Permissions-Policy", "loopback-network=()"),)))
    assert not is_allowed_to_use(client(frame=excluded), NAMES, CHROMIUM)


@pytest.mark.parametrize(
    ("frame", "chromium", "firefox"),
    [
        (Frame("/inner"), True, True), (Frame("about:srcdoc", allow="loopback-network 'none'"), True, True),
        (Frame("/inner", sandbox=frozenset()), False, True), (Frame("about:srcdoc", sandbox=frozenset()), False, True),
        (Frame("data:"), False, False), (Frame("data:", allow="loopback-network"), True, True),
        (Frame("/inner", sandbox=frozenset(), allow="loopback-network"), True, True),
        (Frame(OTHER, allow="local-network-access"), True, False),
    ],
)  # fmt: skip
def test_a_frame_of_the_page_itself(frame: Frame, chromium: bool, firefox: bool) -> None:
    assert is_allowed_to_use(client(frame=frame), NAMES, CHROMIUM) is chromium
    assert is_allowed_to_use(client(frame=frame), NAMES, FIREFOX) is firefox
