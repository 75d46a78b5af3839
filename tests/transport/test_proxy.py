"""The proxy that a user names, and the one in the environment, which is only named."""

from __future__ import annotations

from time import monotonic

import pytest

from corsdoctor.errors import InvalidScenario
from corsdoctor.transport.outgoing import Outgoing
from corsdoctor.transport.proxy import naming_ignored_proxy, proxy_url
from corsdoctor.wire import FailureKind, Headers, NoAnswer, WireRequest

UNCONNECTED = {
    FailureKind.DNS, FailureKind.REFUSED, FailureKind.TIMEOUT, FailureKind.RESET, FailureKind.UNREACHABLE,
}  # fmt: skip


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for scheme in ("http", "https", "all", "no"):
        for name in (f"{scheme}_proxy", f"{scheme}_proxy".upper()):
            monkeypatch.delenv(name, raising=False)


def named(kind: FailureKind, url: str = "https://api.example/") -> str:
    """What is said of an answer of this kind."""
    outgoing = Outgoing(WireRequest("GET", url, Headers()), monotonic(), proxied=False)
    return str(naming_ignored_proxy(NoAnswer(kind, "why."), outgoing).detail)


@pytest.mark.parametrize("kind", FailureKind)
def test_an_ignored_proxy_is_named_only_where_it_would_have_helped(
    monkeypatch: pytest.MonkeyPatch, kind: FailureKind
) -> None:
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    said = "why. https_proxy is set, but corsdoctor uses a proxy only with --proxy."
    assert named(kind) == (said if kind in UNCONNECTED else "why.")


@pytest.mark.parametrize("name", ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"])
def test_each_variable_is_named(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert f"{name} is set" in named(FailureKind.REFUSED)
    assert ("is set" in named(FailureKind.REFUSED, "http://api.example/")) == ("all" in name.lower())
    monkeypatch.setenv("no_proxy", "api.example")
    assert "is set" not in named(FailureKind.REFUSED)


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("proxy.test", "http://proxy.test:1080"), ("proxy.test:81", "http://proxy.test:81"),
        ("http://proxy.test/", "http://proxy.test:1080"), ("https://proxy.test", "https://proxy.test:443"),
        ("https://proxy.test:81/", "https://proxy.test:81"), ("http://proxy.test?x", "http://proxy.test:1080"),
        ("socks5h://me:x@proxy.test", "socks5h://me:x@proxy.test:1080"),
    ],
)  # fmt: skip
def test_the_defaults_are_those_of_curl(text: str, url: str) -> None:
    assert str(proxy_url(text)) == url


@pytest.mark.parametrize(
    "text", ["ftp://me:Zq7x@Wv9@proxy.test", "http://me:Zq7x@Wv9@proxy.test/path", "http://me:Zq7x@Wv9@"]
)
def test_what_is_not_a_proxy_is_shown_without_its_password(text: str) -> None:
    with pytest.raises(InvalidScenario) as caught:
        proxy_url(text)
    [mistake] = caught.value.mistakes
    assert (mistake.field, mistake.value) == ("proxy", text.rpartition("@")[2])
    assert mistake.reason.startswith("must be [SCHEME://][user:password@]host[:port], with http, https, socks4")
    assert not any(secret in str(mistake) for secret in ("Zq7x", "Wv9"))
