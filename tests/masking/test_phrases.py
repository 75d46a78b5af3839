"""What is masked where a secret and its name stand together without an equals sign, and what is left alone."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from corsdoctor.masking import mask_body, mask_header, mask_name, mask_named, mask_text, mask_url

EVERYWHERE = [
    ('["token","Se1"]', '["token","***"]'),
    ("[ 'token' , 'secret' ]", "[ 'token' , '***' ]"),
    ('[["token","Se1"],["a","b"]]', '[["token","***"],["a","b"]]'),
    ('{"pair":["token","Se1"]}', '{"pair":["token","***"]}'),
    ('["Authorization","Bearer abc"]', '["Authorization","***"]'),
    ('["token",["a"]]', '["token",["a"]]'),
    ('{"type":"password","value":"Se1"}', '{"type":"password","value":"***"}'),
    ('{"value":"Se1","x":1,"name":"pin"}', '{"value":"***","x":1,"name":"pin"}'),
    ('{"name":"pin","x":"}","value":1}', '{"name":"pin","x":"}","value":1}'),
    ('{"field":"otp","val":12}', '{"field":"otp","val":***}'),
    ("'password' => 'Se1'", "'password' => '***'"),
    ("cfg['password'] = 'Se1';", "cfg['password'] = '***';"),
    ("name eq 'bob' and password eq 'S''e' or x", "name eq 'bob' and password eq '***' or x"),
    ("(password ne Se1)", "(password ne ***)"),
    ('token like "Se1"', 'token like "***"'),
    ("password is 'Se1'", "password is '***'"),
    ("password~'Se1'", "password~'***'"),
    ("eq(password,'Se1')", "eq(password,'***')"),
    ('<input name="password" value="S e">', '<input name="password" value="***">'),
    ("<input value='S e' name='password'>", "<input value='***' name='password'>"),
    ("<INPUT type=hidden Name=csrf VALUE=Se1 />", "<INPUT type=hidden Name=csrf VALUE=*** />"),
    ('<input type="password" name="p" value="Se1"', '<input type="password" name="p" value="***"'),
    ('<meta content="Se1" name="csrf-token">', '<meta content="***" name="csrf-token">'),
    ('<input name="password" value="Se1', '<input name="password" value="***'),
    ('<entry key="password">Se1</entry>', '<entry key="password">***</entry>'),
    ("<a><password>Se1</password></a>", "<a><password>***</password></a>"),
    ("<key>password</key> <string>Se1</string>", "<key>***</key> <string>***</string>"),
    ("&lt;password&gt;Se1&lt;/password&gt;", "&lt;password&gt;***&lt;/password&gt;"),
    ("password&#61;Se1", "password&#61;***"),
    ("password&#x3D;Se1", "password&#x3D;***"),
    ("&#112;assw&#0111;rd=Se1", "&#112;assw&#0111;rd=***"),
    ("as bob:S,e@db.example:5432", "as ***@db.example:5432"),
    ("bob:a@b@host", "***@host"),
    ("(bob:Se1@10.0.0.1)", "(***@10.0.0.1)"),
    (":Se1@[::1]", "***@[::1]"),
    ("x=bob:Se1@host", "x=***@host"),
    ("curl -u bob:Se1 x", "curl -u bob:*** x"),
    ("curl --proxy-user 'bob:Se1' x", "curl --proxy-user 'bob:***' x"),
    ("x --token Se1", "x --token ***"),
    ("x --cookie 'a=Se1; b=abc'", "x --cookie 'a=***; b=***'"),
    ("say Cookie: sid=Se1; theme=dark7", "say Cookie: sid=***; theme=***"),
    ("headers = { Authorization = \"Digest a='abc', b\" }", 'headers = { Authorization = "***" }'),
    ("x --password 'S e' --y", "x --password '***' --y"),
    ('x --password "S e" --y', 'x --password "***" --y'),
    ("the password 'S e' is wrong", "the password '***' is wrong"),
    ('passphrase "S e"', 'passphrase "***"'),
    ("failed, token: a1b2c3d4.", "failed, token: ***"),
    ("got Authorization: Bearer abc here", "got Authorization: Bearer *** here"),
    ('an Authorization: Digest username="bob", response="x"', "an Authorization: Digest ***"),
    ("with Bearer a1b2c3d4, then", "with Bearer ***, then"),
    ("with Basic Ym86cA== then", "with Basic *** then"),
    ("with Basic dTpw then", "with Basic *** then"),
    ('<field name="pin" value="12">Yours</field>', '<field name="pin" value="***">Yours</field>'),
    ("is -----BEGIN RSA PRIVATE KEY-----a b-----END RSA", "is -----BEGIN RSA PRIVATE KEY-----***-----END RSA"),
    ("is -----BEGIN PRIVATE KEY-----a b", "is -----BEGIN PRIVATE KEY-----***"),
    ("with token=Bearer abc here", "with token=Bearer *** here"),
    ("name=password&value=Se1&a=b", "name=password&value=***&a=b"),
]

IN_LINES = [  # in free text
    ("token\tSe1", "token\t***"),
    ("a\tb\ntoken\tSe1\tx\nc\td", "a\tb\ntoken\t***\tx\nc\td"),
    (".host\tTRUE\t/\tsession\tSe1\nx", ".host\tTRUE\t/\tsession\t***\nx"),
    ("a\nAuthorization: Basic abc\nb", "a\nAuthorization: Basic ***\nb"),
    ('"Cookie: a=1; b=2"', '"Cookie: a=***; b=***"'),
]

BODIES = [
    ("user: bob\npassword: Se1\nhost: b", "user: bob\npassword: ***\nhost: b"),
    ("[db]\nuser = bob\npassword = Se1\nhost = b", "[db]\nuser = bob\npassword = ***\nhost = b"),
    ('{"headers":["Authorization: Bearer abc"]}', '{"headers":["Authorization: Bearer ***"]}'),
    ('{"a":"[\\"token\\",\\"Se1\\"]"}', '{"a":"[\\"token\\",\\"***\\"]"}'),
    ('{"name":"session","value":{"a":"}"},"b":1}', '{"name":"session","value":***,"b":1}'),
    ('["token","Se1', '["token","***'),
]

PLAIN = [
    "Unexpected token '<', \"<!DOCTYPE \"... is not valid JSON",
    'missing token "x", secret "my-tls" not found',
    "Invalid password: must contain at least 8 characters",
    "the token: base64 is wrong; key: sha256sum9; status code: HTTP2xxx",
    "see token: http://a.example/b1",
    "see From:bob@mail.example, mailto:bob@mail.example, email:bob@mail.example",
    "git@github.com:owner/repo.git, nginx:1.25@sha256:0123, npm:react@18.2.0, at 10:30@noon, 3:@x",
    "a{color:red}@media screen{b:c}p{color:red;}@media",
    "Bearer token missing, Basic authentication required, Basic HTTP/1.1, Bearer realm1234=\"x\"",
    "send Authorization: Bearer <token>, Authorization, Authorization: none",
    '{"required":["password","email"]}',
    '["token"]',
    '["token","id","name"]',
    '["id","name"]',
    '{"type":"token","value":"x"}',
    '{"name":"theme","value":"dark"}',
    '{"name":"token","title":"x"}',
    "name eq 'bob' and key eq 'a' and token eq null and token eq",
    "use --key FILE or --credentials include or --token --other, -- token x",
    "docker run -u 1000:1000 image",
    "<input name='email' value='bob'><input name='password'><p>Your session has expired</p>",
    '<form name="auth" action="/x"><label id="password">Password</label></form>',
    "<p>see <code>a b</code>",
    "see redirect-keeps-authorization: it leads elsewhere, method-is-token: it has a space",
    "headers['access-control-allow-credentials'] = { value: 'true' }, 'supports_credentials' => true. Yes",
    "<token> is a placeholder, <token/> too, 5 < 6",
    "<name>name</name><string>x</string>",
    "-----BEGIN PUBLIC KEY-----a-----END",
    "id\tname\ta token\tx\ty",
    "name=a&value=b",
]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), [*EVERYWHERE, *((t, t) for t in PLAIN)])
def test_in_every_kind_of_value(text: str, wanted: str) -> None:
    for mask in (mask_text, lambda value: mask_header("X-Note", value)):
        assert mask(text) == wanted
        assert mask(wanted) == wanted
    assert text == wanted or mask_body(f"- {wanted}") == mask_body(f"- {text}")


@pytest.mark.parametrize(("text", "wanted"), EVERYWHERE)
def test_in_a_query(text: str, wanted: str) -> None:
    encoded = mask_url(f"http://x/?a={quote(text, safe='')}&b=c")
    assert encoded.startswith("http://x/?a=")
    for secret in ("Se1", "S e", "abc", "a1b2", "Ym86", "S''e", "S,e"):
        assert secret in wanted or quote(secret, safe="") not in encoded


@pytest.mark.parametrize(("text", "wanted"), IN_LINES)
def test_in_lines(text: str, wanted: str) -> None:
    assert mask_text(text) == wanted
    assert mask_text(wanted) == wanted


@pytest.mark.parametrize(("text", "wanted"), BODIES)
def test_in_bodies(text: str, wanted: str) -> None:
    assert mask_body(text) == wanted
    assert mask_body(wanted) == wanted


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("Authorization: Bearer abc", "Authorization: Bearer ***"),
        ("cookie: a=1; b=2", "cookie: a=***; b=***"),
        ("X-Api-Key: 1", "X-Api-Key: ***"),
        ("cookie: none", "cookie: none"),
        ("my-token:8080", "my-token:8080"),
        ("session: none", "session: none"),
    ],
)
def test_a_header_in_a_header(value: str, wanted: str) -> None:
    assert mask_header("X-Note", value) == wanted


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("http://x/a%2F%2Fbob:Se1@h/", "http://x/***@h/"),
        ("http://x/?n=%2F%2Fbob%3ASe1%40h", "http://x/?n=%2F%2F***%40h"),
        ("http://x/bob:Se1@h/y", "http://x/***@h/y"),
        ("http://x/?n=bob:Se1@h&b", "http://x/?n=***@h&b"),
        ("http://x/?n=token%09Se1", "http://x/?n=token%09***"),
        ("http://x/?$filter=password+eq+'Se1'", "http://x/?$filter=password+eq+'***'"),
        ("http://x/?a=Bearer+a1b2c3d4", "http://x/?a=Bearer+***"),
        ("http://x/?next=%252Fa%253Ftoken%253DSe1", "http://x/?next=%252Fa%253Ftoken%253D***"),
        ("http://x/?resource=acct:bob@h", "http://x/?resource=acct:bob@h"),
        ("http://x/react@18.2.0/a:b", "http://x/react@18.2.0/a:b"),
        ("http://x/@52.5,13.4", "http://x/@52.5,13.4"),
        ("http://x/?name=a&value=b&$select=password&$top=1", "http://x/?name=a&value=b&$select=password&$top=1"),
    ],
)
def test_in_urls(url: str, wanted: str) -> None:
    assert mask_url(url) == wanted
    assert mask_url(wanted) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Cookie: a", "Cookie: ***"),
        ("token=a", "token=***"),
        ("X-Token a", "X-Token ***"),
        ("X-Note: a", "X-Note: ***"),
        ("bearer a", "bearer ***"),
        ("GNAP a", "GNAP ***"),
        ("Digest a/b", "Digest ***"),
        ('{"pin":"a"}', '{"pin":***'),
        ("to authorization: digest a", "to authorization: digest ***"),
        ("X-Token,a", "X-Token,***"),
        ("X-Token;a", "X-Token;***"),
        ("X-Token\uff1aa", "X-Token\uff1a***"),
        ("token->a", "token->***"),
        ("X-Token%3A a", "X-Token%3A ***"),
        *(
            (text, text)
            for text in ("", "GET", "get it", "X-Api-Key", "X-Note:a", "token", "GET: ", "a=b", "Bearer ", "\u20ac")
        ),
    ],
)
def test_a_header_or_a_login_in_place_of_something_else(text: str, wanted: str) -> None:
    assert mask_named(text) == wanted
    assert mask_named(wanted) == wanted


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("X-Note:a", "X-Note:***"),
        ("X-Note\ta", "X-Note\t***"),
        ("bob:a", "bob:***"),
        ("a=b", "a=***"),
        ("X-Token a", "X-Token ***"),
        *((name, name) for name in ("", "GET", "get it", "X-Api-Key", "GET: ", "GET,PUT", "\u20ac")),
    ],
)
def test_a_method_or_a_name_that_holds_a_value(name: str, wanted: str) -> None:
    assert mask_name(name) == wanted
    assert mask_name(wanted) == wanted
