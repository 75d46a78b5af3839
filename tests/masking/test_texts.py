"""What is masked in headers, bodies and free text, and what is left alone."""

from __future__ import annotations

import pytest

from corsdoctor.masking import mask_body, mask_header, mask_text, secrets_in_body, secrets_in_header

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"

HEADERS = [
    ("Authorization", "Bearer a", "Bearer ***"),
    ("Authorization", "  bearer\ta b ", "  bearer\t*** "),
    ("Authorization", "my secret", "***"),
    ("Authorization", "Token a b c", "Token ***"),
    ("Authorization", 'Digest username="bob", response="a"', "Digest ***"),
    ("Authorization", "Bearer", "***"),
    ("Proxy-Authorization", "Basic a", "Basic ***"),
    ("X-Forwarded-Authorization", "Basic a", "Basic ***"),
    ("Authentication", "a", "***"),
    ("Cookie", "a=1; theme=dark;b = 2 ; bare;;=x; q=y=z", "a=***; theme=***;b = *** ; ***;;=***; q=***"),
    ("Set-Cookie", "sid=1; Path=/; HttpOnly; SameSite=None", "sid=***; Path=/; HttpOnly; SameSite=None"),
    ("Set-Cookie", "bare", "***"),
    (
        "Sec-WebSocket-Protocol",
        "graphql-transport-ws, graphql-ws, v12.stomp",
        "graphql-transport-ws, graphql-ws, v12.stomp",
    ),
    ("Sec-WebSocket-Protocol", "access_token, s3cret, chat", "access_token, ***, chat"),
    ("Sec-WebSocket-Protocol", "bearer,s3cret", "bearer,***"),
    (
        "sec-websocket-protocol",
        "base64url.bearer.authorization.k8s.io.czNjcmV0, v4.channel.k8s.io",
        "***, v4.channel.k8s.io",
    ),
    ("Sec-WebSocket-Protocol", "chat, eyJhbGciOiJIUzI1NiJ9.e30.c2VjcmV0", "chat, ***"),
    ("Set-Cookie", "a=b=c;Secure", "a=***;Secure"),
    ("Set-Cookie", "a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT", "a=***; Expires=Wed, 21 Oct 2026 07:28:00 GMT"),
    ("Set-Cookie", "a=1; Path=/, b=2; Secure", "a=***; Path=/, b=***; Secure"),
    ("Set-Cookie", "a=1; Path=/?token=b; c", "a=***; Path=/?token=***; ***"),
    ("Set-Cookie", "a=1; b=2; c", "a=***; b=***; ***"),
    ("X-Api-Key", " 1 ", " *** "),
    ("X-CSRF-Token", "1", "***"),
    ("DPoP", "1", "***"),
    ("X-Pin", "1", "***"),
    ("Location", "//bob:p@host/x", "//***@host/x"),
    ("Location", "/x?token=a b", "/x?token=***"),
    ("Location", "/x;token=a/y", "/x;token=***/y"),
    ("Refresh", "0; url='//bob:p@host/?token=a b", "0; url='//***@host/?token=***"),
    ("Refresh", "5", "5"),
    ("Link", '<bob:p@host/x>; rel="a", </y?token=a b>', '<***@host/x>; rel="a", </y?token=***>'),
    ("X-Callback", "http://x/?token=a b", "http://x/?token=***"),
    ("X-Debug", f"jwt is {JWT}", "jwt is ***"),
    ("Report-To", '{"url":"/r?token=a","max_age":1}', '{"url":"/r?token=***","max_age":1}'),
    ("Access-Control-Allow-Origin", "http://bob:p@app.example", "http://***@app.example"),
]

PLAIN_HEADERS = [
    ("X-Api-Key", ""),
    ("Cookie", ""),
    ("Authorization", " "),
    ("Access-Control-Allow-Headers", "authorization, x-api-key, x-csrf-token"),
    ("Access-Control-Allow-Credentials", "true"),
    ("Access-Control-Request-Headers", "authorization,x-pin"),
    ("Vary", "Origin, Cookie, Authorization"),
    ("Origin", "https://app.example"),
    ("Host", "token:8080"),
    ("Idempotency-Key", "7f3a"),
    ("WWW-Authenticate", 'Bearer realm="api", error="invalid_token"'),
    ("Content-Security-Policy", "default-src 'self' https://a.example; img-src *"),
    ("Cache-Control", "max-age=0, private, s-maxage=1"),
    ("Content-Type", "multipart/form-data; boundary=abc"),
    ("Date", "Wed, 21 Oct 2026 07:28:00 GMT"),
    ("X-Powered-By", "Company2.Product.Services 1.22.333"),
    ("X-Exit", "code=1 key=2"),
]

TEXTS = [
    ("GET http://bob:p@host/?token=a, then", "GET http://***@host/?token=***, then"),
    ("at 'http://x/?token=a b' from", "at 'http://x/?token=***' from"),
    ("at “http://x/?token=a'b” (Reason: c).", "at “http://x/?token=***” (Reason: c)."),
    ("see <http://x/?token=a b>, (http://y/?token=c).", "see <http://x/?token=***>, (http://y/?token=***)."),
    ("'http://x/?token=a'b", "'http://x/?token=***"),
    ("http:\n/\n/bob:p@host/", "http:\n/\n/***@host/"),
    ("http://bob:p\nw@host/", "http://***@host/"),
    ("9http://bob:p@host/ +http:bob:p@host", "9http://***@host/ +http:***@host"),
    ("1foo://bob:p@host/", "1foo://***@host/"),
    ("a:b://bob:p@host/", "a:b://***@host/"),
    ("token=a password = 'b c' pin=!", "token=*** password = '***' pin=***"),
    ("/cb?code=a&key=b", "/cb?code=***&key=***"),
    (f"is ({JWT}).", "is (***)."),
    ("> Authorization: Bearer a b\n> Cookie: a=1; b=2\nx", "> Authorization: Bearer ***\n> Cookie: a=***; b=***\nx"),
    ("curl -H 'Authorization: Bearer a' -H \"X-Pin: 1", "curl -H 'Authorization: Bearer ***' -H \"X-Pin: ***"),
]

PLAIN_TEXTS = [
    "",
    "The token: it is missing, error=invalid_token, exit code=1, key=2.",
    "No 'Access-Control-Allow-Origin' header is present on http://localhost:8080/a, bob@mail.example.",
    "Access-Control-Allow-Credentials: true",
    "X-Note: token",
    "(Reason: CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 200.",
    "contains a username and password, which is disallowed",
    "http:// and // and http: and 'http:",
]

BODIES = [
    ("token=a&b=c", "token=***&b=c"),
    ("b=c&password=a b'\"<d&e=f", "b=c&password=***&e=f"),
    ("a=b\r\npassword=c d\r\ne=f", "a=b\r\npassword=***\r\ne=f"),
    ("password=a\nb", "password=***"),
    ("url=http%3A%2F%2Fbob%3Ap%40host%2F%3Ftoken%3Da&b=c", "url=http%3A%2F%2F***%40host%2F%3Ftoken%3D***&b=c"),
    ('{"token": "a", "b": "c"}', '{"token": "***", "b": "c"}'),
    ('{"token" : "a\\"b\\\\", "b": 1}', '{"token" : "***", "b": 1}'),
    ('{"pin":1234,"otp":[1,"]"],"session":{"a":{"b":"}"}},"c":1}', '{"pin":***,"otp":***,"session":***,"c":1}'),
    ('{"token":"a', '{"token":"***'),
    ('{"session":{"a":1', '{"session":***'),
    ('{"to\\u006ben":"a"}', '{"to\\u006ben":"***"}'),
    ('{"a":"{\\"token\\":\\"b\\\\\\"c\\"}"}', '{"a":"{\\"token\\":\\"***\\"}"}'),
    ('{"a":"{\\"token\\":\\"b"}', '{"a":"{\\"token\\":\\"***"}'),
    ("{'token': 'a'}", "{'token': '***'}"),
    ('{"url":"http:\\/\\/bob:p@host\\/?token=a","b":1}', '{"url":"http:\\/\\/***@host\\/?token=***","b":1}'),
    ('{"url":"/x?token=a","b":1}', '{"url":"/x?token=***","b":1}'),
    ('{"name": "pin", "value": "1", "a": 2}', '{"name": "pin", "value": "***", "a": 2}'),
    ('{"key":"otp","value":1}', '{"key":"otp","value":***}'),
    (f'["{JWT}"]', '["***"]'),
    ('{login(password: "a b", x: 1)}', '{login(password: "***", x: 1)}'),
    ("<a><Password>b c</Password><ns:pin x='y'>1</ns:pin></a>", "<a><Password>***</Password><ns:pin x='y'>***</ns:pin></a>"),
    ("<password>a", "<password>***"),
    ('<a password="b c" d="e"/>', '<a password="***" d="e"/>'),
    ('--x\r\nContent-Disposition: form-data; name="pin"\r\n\r\n1 2\r\n--x--', '--x\r\nContent-Disposition: form-data; name="pin"\r\n\r\n***\r\n--x--'),
]  # fmt: skip

PLAIN_BODIES = [
    "",
    '{"credentials":"include"}',
    '{"key": "Vary", "value": "Origin"}',
    '{"tokens": 1, "token": null, "sort_key": "a", "password": }',
    "a=b&c=d",
    "<a><password/><b>c</b></a>",
    '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--',
    '--x\r\nContent-Disposition: form-data; name="pin"',
]


@pytest.mark.parametrize(("name", "value", "wanted"), [*HEADERS, *((n, v, v) for n, v in PLAIN_HEADERS)])
def test_headers(name: str, value: str, wanted: str) -> None:
    assert mask_header(name, value) == wanted
    assert mask_header(name.upper(), wanted) == wanted
    assert bool(secrets_in_header(name, value)) == (value != wanted)


@pytest.mark.parametrize(("text", "wanted"), [*TEXTS, *((t, t) for t in PLAIN_TEXTS)])
def test_free_text(text: str, wanted: str) -> None:
    assert mask_text(text) == wanted
    assert mask_text(wanted) == wanted


@pytest.mark.parametrize(("body", "wanted"), [*BODIES, *((b, b) for b in PLAIN_BODIES)])
def test_bodies(body: str, wanted: str) -> None:
    assert mask_body(body) == wanted
    assert mask_body(wanted) == wanted
    assert bool(secrets_in_body(body)) == (body != wanted)


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        (secrets_in_header("Authorization", "Basic Ym9iOnB3"), ("Ym9iOnB3", "bob:pw", "pw")),
        (secrets_in_header("Authorization", "Basic ?"), ("?",)),
        (secrets_in_header("X-Auth-Token", "Bearer abc"), ("Bearer abc", "abc")),
        (secrets_in_header("Cookie", "a=%41; b"), ("%41", "A", "b")),
        (secrets_in_header("Location", "//bob:pw@host/?token=***"), ("pw",)),
        (secrets_in_header("Location", "//abc@host/"), ("abc",)),
    ],
)
def test_secrets_are_listed_as_another_value_may_repeat_them(found: tuple[str, ...], wanted: tuple[str, ...]) -> None:
    assert found == wanted
