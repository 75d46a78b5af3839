"""What is masked in a URL, as a browser reads it, and what is left alone."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from corsdoctor.masking import mask_header, mask_text, mask_url, secrets_in_url

SECRET = "Zq7Xw9Kv2"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"
SIGNED = "ZXhhbXBsZQ.cGF5bG9hZA.c2lnbmF0dXJl"

USERINFO = [
    ("http:///bob:{}@host/", "http:///***@host/"),
    ("http:bob:{}@host", "http:***@host"),
    ("HTTPS:bob:{}@host", "HTTPS:***@host"),
    (r"http:\\bob:{}@host", r"http:\\***@host"),
    (r"http:/\/bob:{}@host", r"http:/\/***@host"),
    ("https:/bob:{}@host/", "https:/***@host/"),
    ("http:/\n/bob:{}@host", "http:/\n/***@host"),
    ("ht\ntp://b\tob:{}@host/", "ht\ntp://***@host/"),
    ("  http://bob:{}@host/", "  http://***@host/"),
    ("\x01\x1fHTTP://bob:{}@host/", "\x01\x1fHTTP://***@host/"),
    ("ws://bob:{}@host/", "ws://***@host/"),
    ("ftp://bob:{}@host", "ftp://***@host"),
    ("foo://bob:{}@host", "foo://***@host"),
    (r"foo://bob\{}@host", "foo://***@host"),
    ("//bob:{}@host/x", "//***@host/x"),
    (r"/\bob:{}@host", r"/\***@host"),
    (r"\\bob:{}@host/", r"\\***@host/"),
    ("/\t/bob:{}@host", "/\t/***@host"),
    ("//bob:{}@host:bad/", "//***@host:bad/"),
    ("http://bob:{}@host:99999/", "http://***@host:99999/"),
    ("http://bob:{}@ho st/", "http://***@ho st/"),
    ("http://bob:{}@[::1/", "http://***@[::1/"),
    ("http:bob:{}@host:bad", "http:***@host:bad"),
    ("http://bob:{}@/x", "http://***@/x"),
    ("http://bob:{}/x@host/", "http://***@host/"),
    ("http://bob:a?{}#x@host", "http://***@host"),
    ("http://bob:a b{}@host/", "http://***@host/"),
    ("http://bob:a'{}\"<@host/", "http://***@host/"),
    ("http://bob:a&{}@host/", "http://***@host/"),
    ("http://bob:a@b{}@host/", "http://***@host/"),
    ("http://{}@host/", "http://***@host/"),
    ("http://:{}@host/", "http://***@host/"),
    ("http://bob%3A{}@host/", "http://***@host/"),
    ("file://bob:{}@host/", "file://***@host/"),
    (r"file:\\bob:{}@host/", r"file:\\***@host/"),
    ("bob:{}@host/x", "***@host/x"),
    ("jdbc:postgresql://bob:{}@db/x", "jdbc:postgresql://***@db/x"),
    ("blob:http://bob:{}@host/1", "blob:http://***@host/1"),
    ("view-source:http://bob:{}@host/1", "view-source:http://***@host/1"),
    ("\u00a0http://bob:{}@host/", "\u00a0http://***@host/"),
    ("http://x/?next=http://bob:{}@host/", "http://x/?next=http://***@host/"),
    ("http://x/?next=http:bob:http:{}@host/", "http://x/?next=http:***@host/"),
    ("http://x/?next=http:bob:{}@host/", "http://x/?next=http:***@host/"),
    ("http://x/?next=//bob:{}@host/", "http://x/?next=//***@host/"),
    ("http://x/?next=http://bob:a/{}@host/", "http://x/?next=http://***@host/"),
    ("http://x/?next=http://bob:a b{}@host/", "http://x/?next=http://***@host/"),
    ("http://x/?next=http%3A%2F%2Fbob%3A{}%40host", "http://x/?next=http%3A%2F%2F***%40host"),
    ("http://x/?next=http%253A%252F%252Fbob%253A{}%2540host", "http://x/?next=http%253A%252F%252F***%2540host"),
    ("http://x/?u={{\"u\":\"http:\\/\\/bob:{}@host\\/\"}}", "http://x/?u={\"u\":\"http:\\/\\/***@host\\/\"}"),
    ("http://x/#http://bob:{}@host/", "http://x/#http://***@host/"),
    ("http://x/proxy/http://bob:{}@host/", "http://x/proxy/http://***@host/"),
]  # fmt: skip

PARAMETERS = [
    ("http://x/?token={}", "http://x/?token=***"),
    ("http://x?token={}#f", "http://x?token=***#f"),
    ("http://x/?a=1&API_KEY={}&b=2", "http://x/?a=1&API_KEY=***&b=2"),
    ("?token={}", "?token=***"),
    ("x/y?token={}", "x/y?token=***"),
    ("#access_token={}&t=1", "#access_token=***&t=1"),
    ("http://x/#/callback?token={}", "http://x/#/callback?token=***"),
    ("http://x/a;token={}/b?c", "http://x/a;token=***/b?c"),
    ("http://x/a;jsessionid={}?b=1", "http://x/a;jsessionid=***?b=1"),
    ("http://x/?a=1;token={}&b", "http://x/?a=1;token=***&b"),
    ("http://x/?token=a'{}", "http://x/?token=***"),
    ("http://x/?token=a<{}&b", "http://x/?token=***&b"),
    ('http://x/?token="a"{}', "http://x/?token=***"),
    ("http://x/?token=a {}&b", "http://x/?token=***&b"),
    ("http://x/?token=a\n{}", "http://x/?token=***"),
    ("http://x/?token=a={}", "http://x/?token=***"),
    ("http://x/?token=a?b/c;d={}", "http://x/?token=***"),
    ("http://x/?token=a%26{}%23&b", "http://x/?token=***&b"),
    ("http://x/?" + "n" * 90 + "_token={}", "http://x/?" + "n" * 90 + "_token=***"),
    ("http://x/?user[password]={}", "http://x/?user[password]=***"),
    ("http://x/?user%5Bpassword%5D={}", "http://x/?user%5Bpassword%5D=***"),
    ("http://x/?pass%77ord={}", "http://x/?pass%77ord=***"),
    ("http://x/?a=b&amp;token={}", "http://x/?a=b&amp;token=***"),
    ("http://x/?next=http://y/?token={}", "http://x/?next=http://y/?token=***"),
    ("http://x/?next=/y%3Ftoken%3D{}%26b%3D1", "http://x/?next=/y%3Ftoken%3D***%26b%3D1"),
    ("http://x/?next=/y%253Ftoken%253D{}%2526b%253D1", "http://x/?next=/y%253Ftoken%253D***%2526b%253D1"),
    ("http://x/?next=/y%3Ftoken%3Da%2526{}%26b%3D1", "http://x/?next=/y%3Ftoken%3D***%26b%3D1"),
    ("http://x/%3Ftoken%3Da%2F{}", "http://x/%3Ftoken%3D***"),
    ('http://x/?f={{"a":1,"token":"{}"}}', 'http://x/?f={"a":1,"token":"***"}'),
    ('http://x/?f={{"token":"a\\"{}"}}', 'http://x/?f={"token":"***"}'),
    ("http://x/?f=%7B%22token%22%3A%22{}%22%7D", "http://x/?f=%7B%22token%22%3A%22***%22%7D"),
    ("http://x/?f=token:{}&b", "http://x/?f=token:***&b"),
    ("http://x/sso?SAMLRequest={}&b", "http://x/sso?SAMLRequest=***&b"),
    ("http://x/sso?RelayState={}", "http://x/sso?RelayState=***"),
    ("/authorize?client_id=a&response_type=code&state={}", "/authorize?client_id=a&response_type=code&state=***"),
    ("/authorize?nonce={}&response_type=id_token", "/authorize?nonce=***&response_type=id_token"),
    ("/in?to=%2Fa%3Fresponse_type%3Dcode%26state%3D{}", "/in?to=%2Fa%3Fresponse_type%3Dcode%26state%3D***"),
    ("http://x/?f=to%5Cu006ben={}", "http://x/?f=to%5Cu006ben=***"),
    ("http://x/?f=&quot;token&quot;:&quot;{}&quot;", "http://x/?f=&quot;token&quot;:&quot;***&quot;"),
]  # fmt: skip

LEFT_ALONE = [
    "",
    "https://api.example/items?page=2#top",
    "https://api.example:8443/@x?tokens=1&zip-code=2",
    "https://api.example/a@b?email=bob@mail.example",
    "http://@host/",
    "http://:@host/",
    "http://host:99999/?email=bob@mail.example",
    "http://x/?next=http://y&email=bob@mail.example",
    "http://x/?next=http%3A%2F%2Fy%3A8080%2F&email=bob%40mail.example",
    "http://x/?callback=http://token:8080/a",
    "mailto:bob@mail.example",
    "foo:bar",
    "data:text/plain,bob@mail.example",
    "localhost:8080/a@b",
    "/v1/token:refresh",
    "/a//bob@mail.example",
    "http://x/?sort_key=a&public_key=b&page_token=c&next_token=d&token_type=e&signature_version=f",
    "http://x/issues?state=open&nonce=1",
    "/authorize?response_type=code&a/state=b&estate=c",
    "http://x/?token=&a=1",
    "http://x/?token&a=1",
    "http://x/?credentials=include",
    "http://x/jquery.slim.min.js?v=1.22.333-Beta.4",
    "http://x/Company2.Product.Services/MonkeyJar",
    "http://very-long-name.another-long-name.example-domain.test/",
    "http://x/?f={\"token\":null,\"tokens\":[1]}",
    "http://[::1]:8080/",
    "a%zz%2",
]  # fmt: skip


@pytest.mark.parametrize(("url", "wanted"), USERINFO + PARAMETERS)
def test_secrets_in_urls(url: str, wanted: str) -> None:
    full = url.format(SECRET)
    assert mask_url(full) == wanted
    assert mask_url(wanted) == wanted
    assert any(SECRET in secret for secret in secrets_in_url(full))
    for name in ("Location", "Referer"):
        assert mask_header(name, full) == wanted
    for name, value in (("Refresh", f"0; url={full}"), ("X-Url", full), ("Access-Control-Allow-Origin", full)):
        assert SECRET not in mask_header(name, value)
    if not full.startswith(("b", "/", "\\")):
        assert SECRET not in mask_text(f"Access to fetch at '{full}' from origin 'https://app.example'")


@pytest.mark.parametrize("token", [JWT, SIGNED, "eyJhbGciOiJub25lIn0", "eyJpdiI6+abc"])
@pytest.mark.parametrize(
    "url",
    [
        "http://x/{}/y",
        "http://x/a/{}",
        "http://x/a;v={}",
        "http://x/?a={}&b=1",
        "http://x/?{}",
        "http://x/#{}",
        "http://x/?next=http%3A%2F%2Fy%2F{}",
        "{}",
    ],
)
def test_tokens_are_known_by_their_shape(url: str, token: str) -> None:
    assert mask_url(url.format(token)) == url.format("***")
    assert mask_url(url.format(quote(token, safe=""))) == url.format("***")


@pytest.mark.parametrize("url", LEFT_ALONE)
def test_urls_without_secrets_are_left_alone(url: str) -> None:
    assert mask_url(url) == url
    assert secrets_in_url(url) == ()


def test_what_is_encoded_too_often_to_be_read_is_masked() -> None:
    secret = SECRET
    for _ in range(7):
        secret = quote(f"?a={secret}", safe="")
    masked = mask_url(f"http://x/?a=1&next={secret}&b=%25")
    assert SECRET not in masked
    assert masked.startswith("http://x/?a=1&next=%3F")
    assert masked.endswith("***&b=%25")


@pytest.mark.parametrize("length", [2048, 2049])
def test_a_value_is_masked_alike_whether_it_is_remembered_or_not(length: int) -> None:
    url = f"https://bob:{SECRET}@api.example/".ljust(length, "a")
    assert mask_url(url) == mask_header("Location", url) == url.replace(f"bob:{SECRET}", "***")
    assert secrets_in_url(url) == (SECRET,)
