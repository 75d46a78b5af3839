"""What holds for every value: masking twice is masking once, plain values stay, and no secret survives anywhere."""

from __future__ import annotations

import time
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corsdoctor.masking import is_secret_name, mask_body, mask_header, mask_text, mask_url
from corsdoctor.masking.names import ANYWHERE, AT_THE_END, CODES, PAIRS, may_name_secrets

SIGNS = st.sampled_from(
    [
        "http:",
        "https:",
        "foo:",
        "//",
        "/",
        "\\",
        "@",
        ":",
        "?",
        "#",
        "&",
        ";",
        "=",
        "'",
        '"',
        "<",
        ">",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ".",
        "%",
        "%25",
        "%3D",
        "%2F",
        "%40",
        "\\u0026",
        "&amp;",
        "token",
        "code",
        "key",
        "a",
        "b1",
        "eyJ",
        "***",
        "Cookie:",
        "Bearer",
        "null",
        '\\"',
        "name=",
        "\n\n",
        "--",
    ]
)
NOISE = st.lists(SIGNS | st.text(max_size=2) | st.sampled_from(" \t\r\n\0"), max_size=14).map("".join)
SECRET = st.text("ABCDEFGHJKLMNPQRSTUVWXYZ23456789", min_size=8, max_size=12).map(lambda s: f"Q{s}Z")
WORDS = sorted({*ANYWHERE, *AT_THE_END, *CODES, *(word for pair in PAIRS for word in pair)})
PLAIN = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=8).filter(lambda s: not is_secret_name(s))
EMBEDDINGS = (
    "http://bob:{}@a.example/", "//{}@a.example/x", "http:bob:{}@a.example", "http://a.example/?token={}&a=1",
    "http://a.example/;pin={}/b", "http://a.example/#/b?otp={}", 'http://a.example/?a={{"password":"{}"}}',
    "http://a.example/?a=b;session[id]={}", "http://a.example/?a=http://b.example/?csrf={}", "/a?api_key=b'<\"{}",
    "http://a.example/eyJhbGciOi.{}/b", "http://a.example/?a=eyJhbGciOi.b.{}", "http://bob:a/{}@a.example/",
)  # fmt: skip


@given(NOISE)
def test_masking_twice_is_masking_once(value: str) -> None:
    for mask in (mask_url, mask_text, mask_body):
        once = mask(value)
        assert mask(once) == once
    for name in ("Authorization", "Cookie", "Set-Cookie", "Location", "Refresh", "Link", "X-Note", "X-Api-Key"):
        once = mask_header(name, value)
        assert mask_header(name, once) == once


@given(st.lists(PLAIN, min_size=2, max_size=4), st.lists(st.tuples(PLAIN, PLAIN), max_size=4), PLAIN)
def test_a_url_without_secrets_comes_back_unchanged(
    path: list[str], query: list[tuple[str, str]], fragment: str
) -> None:
    url = f"http://a.example/{'/'.join(path)}?{'&'.join(f'{n}={v}' for n, v in query)}#{fragment}"
    nested = f"http://b.example/?next={quote(url, safe='')}"
    for value in (url, nested, f"//a.example/?next={quote(nested, safe='')}"):
        assert mask_url(value) == mask_text(value) == mask_body(value) == mask_header("X-Note", value) == value


@given(SECRET, st.sampled_from(EMBEDDINGS), st.integers(0, 3))
def test_no_secret_survives(secret: str, embedding: str, depth: int) -> None:
    url = embedding.format(secret)
    for _ in range(depth):
        url = f"http://c.example/?next={quote(url, safe='')}"
    values = [mask_url(url), mask_body(f"a=1&next={quote(url, safe='')}")]
    values += [mask_header(name, url) for name in ("Location", "X-Note", "Access-Control-Allow-Origin")]
    values += [mask_header("Refresh", f"0; url={url}"), mask_header("Link", f"<{url}>; rel=a")]
    if depth or embedding.startswith("http"):
        values += [mask_text(f"at '{url}' from"), mask_text(f"see <{url}>."), mask_text(f"GET {url} failed")]
    for value in values:
        assert secret not in value


@given(
    st.lists(st.sampled_from("aceikmnoprstuwxyAKST_-.K\u017f\u0130\u0131 2") | st.sampled_from(WORDS), max_size=5).map(
        "".join
    )
)
def test_a_secret_name_is_never_overlooked(name: str) -> None:
    assert may_name_secrets(name) or not is_secret_name(name)


HOSTILE = (
    "a", "%25", "%5C%22", "=", "&", "?", "/", ":", "\\", '\\"', "'", '"', "<", "<a", " ", "\n", ".", "aaaaaa.", "eyJ.", "a=",
    "token=", "token=a&", "token: ", "http:", "http://", "http://a@", "http://:@", "http:http:@", "http://a:b ", "'http://",
    "(http://a ", "=//", ":\t", '"token":', '"token":"', '"token":{', "<token ", "<token>", "name=token\n\n", "a;", ",a=",
    "'token: a", "authorization: ", "\\u0041", "&quot;", "Aa", "-", "\u201c",
    "[", "['token','", '{"', "{'name':'pin','value':{", '<a "', "<a b=", "<token1>", "<key>token</key>", "token eq '", "++eq+/",
    "token~'", "password '", "--token '", "-u a:", "token: a1", "authorization: digest ", "bearer+", "bearer a1", "token\t",
    "a@", "bob:a,", "()http:http:@", "-----BEGIN PRIVATE KEY-----", "&#61;", "&lt;token&gt;", "name=token&value=", "cookie:a=",
    "cookie: a",
)  # fmt: skip


@pytest.mark.exhaustive
@pytest.mark.parametrize("piece", HOSTILE)
def test_time_grows_with_the_length_alone(piece: str) -> None:
    def seconds(length: int) -> float:
        value = (piece * length)[:length]
        begin = time.process_time()
        for mask in (mask_url, mask_text, mask_body, is_secret_name):
            mask(value)
        mask_header("Set-Cookie", value)
        return time.process_time() - begin

    short = min(seconds(2_000) for _ in range(3))
    bound = 64 * (short + 0.005)  # 16 would be linear, 256 quadratic
    assert any(seconds(32_000) < bound for _ in range(5)), "a busy machine is slow now and then, not five times"
