"""Which <meta> elements of a page count."""

from __future__ import annotations

import pytest

from corsdoctor.scenario.markup import MOST, Meta, metas

CSP = Meta("content-security-policy", "", "default-src 'self'")


@pytest.mark.parametrize(
    ("markup", "found"),
    [
        ("", ()),
        ("<p>no policy</p>", ()),
        ("<meta http-equiv=Content-Security-Policy content=\"default-src 'self'\">", (CSP,)),
        ("<META content='default-src &#39;self&#39;' HTTP-EQUIV='Content-Security-Policy' />", (CSP,)),
        ("<!doctype html><html><head><title>t</title><meta name=Referrer content=origin>", (Meta("", "referrer", "origin"),)),
        ("<meta name=referrer name=viewport content=origin content>", (Meta("", "referrer", "origin"),)),
        ("<meta charset=utf-8>", (Meta("", "", ""),)),
        ("</head><meta name=a content=b>", (Meta("", "a", "b"),)),
        ("<meta name=a><body><meta name=b>", (Meta("", "a", ""),)),
        ("<div></div><meta name=b>", ()),
        ("<!-- <meta name=a> --><script>'<meta name=a>'</script>", ()),
        ("<noscript><p><meta name=a></p></noscript></noscript><meta name=b>", (Meta("", "b", ""),)),
        (" " * MOST + "<meta name=a>", ()),
        ("<meta name=a", ()),
        ("<![endif]><![x[<![><meta name=a>", (Meta("", "a", ""),)),
        ("<meta name=a><![CDATA[x", (Meta("", "a", ""),)),
    ],
)  # fmt: skip
def test_metas(markup: str, found: tuple[Meta, ...]) -> None:
    assert metas(markup) == found
