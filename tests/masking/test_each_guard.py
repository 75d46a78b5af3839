"""Each condition and each entry of a table in `corsdoctor.masking`, by a value that is masked otherwise without it."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from corsdoctor.masking import (
    mask_body,
    mask_header,
    mask_name,
    mask_named,
    mask_text,
    mask_url,
    secrets_in_body,
    secrets_in_header,
    secrets_in_url,
)
from corsdoctor.masking.names import is_secret, is_secret_name

SCHEMES = """
    api-key apikey AWS4-HMAC-SHA256 basic bearer digest DPoP genie-key geniekey GNAP hawk hmac HOBA jwt key mac mutual
    negotiate NTLM OAuth PrivateToken SCRAM-SHA-1 SCRAM-SHA-256 SharedKey SharedKeyLite signature splunk SSWS token vapid
"""

SECRET = """
    seed_phrase_x pin_code_x account_key_id app_key_id shared_key_id client_key_id saml_response_x auth_key_id kennwort
    senha wachtwoord motdepasse hotp hdnea aspxauth xauth sess activation_code magic_code sms_code user_code masterkey
    accesstokenvalue dbcredential myjwt sha256signature laravelsession appsession rootpass authpass
"""

PUBLIC = """
    session_timeout_seconds token_expiry_date deduplication_key publishable_key hot_key allowed_credentials
    with_credentials support_credentials delta_token sync_token resume_token token_alg password_at token_limit
    password_strength token_types session_httponly token_kind passwordlength passwordpolicy passwordtype
"""

NAMES = [
    ("bob;a", "bob;***"),
    ("bob|a", "bob|***"),
    ("bob:*a", "bob:***"),
]

HEADERS = [
    ("X_Authorization", "Basic a", "Basic ***"),
    ("Cookie2", "a=1", "a=***"),
    ("Set-Cookie2", "a=1; Version=1", "a=***; Version=1"),
    *(
        ("Set-Cookie", f"a=1; {attribute}", f"a=***; {attribute}")
        for attribute in (
            *("Comment=x", "Domain=x.example", "Expires=0", "Max-Age=5", "Path=/", "Priority=High", "SameSite=Lax"),
            *("Version=1", "Discard", "HttpOnly", "Partitioned", "Secure"),
        )
    ),
    ("Set-Cookie", "path=1; Path=/", "path=***; Path=/"),
    ("Sec-WebSocket-Protocol", "chat, " + "a" * 31 + "1", "chat, ***"),
    ("Sec-WebSocket-Protocol", "chat, " + "a" * 30 + "1", "chat, " + "a" * 30 + "1"),
    ("Sec-WebSocket-Protocol", "chat, " + "a" * 40, "chat, " + "a" * 40),
    ("Sec-WebSocket-Protocol", "chat, my.Bearer.abc", "chat, ***"),
    ("X-Credentials", "include", "include"),
    ("X-Note", "Set-Cookie: theme=a b; Path=/", "Set-Cookie: theme=***; Path=/"),
    ("X-Note", r"\x?token=a b", r"\x?token=***"),
    ("Refresh", "0; URL=x?token=a b", "0; URL=x?token=***"),
    *(
        (name, "x?token=a b", "x?token=***")
        for name in (
            *("Content-Location", "Location", "Referer", "Referrer", "SourceMap", "X-Forwarded-Uri", "X-Original-Uri"),
            *("X-Original-Url", "X-Rewrite-Url", "X-SourceMap"),
        )
    ),
]

TEXTS = [
    # a mail address behind a URL is not the login of that URL
    *(
        (text, text)
        for text in (
            *("see http://h:80 me@mail.example/x", "see http://h 'me@mail.example'"),
            *("<a href='http://h:8'>me@mail.example</a>", 'see "http://h" or write to me@mail.example'),
        )
    ),
    ("curl --user bob:Se1 x", "curl --user bob:*** x"),
    ('curl --user="bob:Se1" x', 'curl --user="bob:***" x'),
    ("menu-u bob:Se1", "menu-u bob:Se1"),
    ("Forbearer a1b2c3d4, x-bearer a1b2c3d4", "Forbearer a1b2c3d4, x-bearer a1b2c3d4"),
    ("with Bearer abcdefghijklmnopqrst", "with Bearer ***"),
    ("bob:Se1@%C3%A4.example", "***@%C3%A4.example"),
    *((f"a:b{end}@x.example", f"a:b{end}@x.example") for end in ";{}]),"),
    ("a=x:b&c=bob@host", "a=x:b&c=bob@host"),
    ("<CODE>a b</CODE>", "<CODE>a b</CODE>"),
    ("<password x<b>Se1</password>", "<password x<b>Se1</password>"),
    *(
        (f'<entry {name}="password">Se1</entry>', f'<entry {name}="password">***</entry>')
        for name in ("field", "id", "key", "name", "property")
    ),
    *(
        (f'<input name="password" {name}="Se1">', f'<input name="password" {name}="***">')
        for name in ("content", "data-value", "value")
    ),
    *(
        (f'<{element} name="password">Se1</{element}>', f'<{element} name="password">***</{element}>')
        for element in (
            *("arg", "attribute", "data", "entry", "env", "field", "header", "item", "option", "param", "parameter"),
            *("prop", "property", "setting", "string", "textarea", "var", "variable"),
        )
    ),
    *(
        (f"<{element}>x-pin</{element}><x>Se1</x>", f"<{element}>x-pin</{element}><x>***</x>")
        for element in ("name", "id", "field", "header-name", "headername")
    ),
    ("<name>theme</name><x>dark</x> token", "<name>theme</name><x>dark</x> token"),
    ('<input type="PASSWORD" name="p" value="Se1">', '<input type="PASSWORD" name="p" value="***">'),
    ("<password>a</password> x <password>b</password>", "<password>***</password> x <password>***</password>"),
    ("password&#X3D;Se1", "password&#X3D;***"),
    ("password&#x0003D;Se1", "password&#x0003D;***"),
    ("pass&#119;ord&#61;a&#122;b", "pass&#119;ord&#61;***"),
    ("passw&#111;rd=&#126;b", "passw&#111;rd=***"),
    ("&amp;quot;token&amp;quot;:&amp;quot;S e&amp;quot;", "&amp;quot;token&amp;quot;:&amp;quot;***&amp;quot;"),
    ("&apos;token&apos;:&apos;S e&apos;", "&apos;token&apos;:&apos;***&apos;"),
    ("{\\u0022pin\\u0022:\\u0022S e\\u0022}", "{\\u0022pin\\u0022:\\u0022***\\u0022}"),
    ("pa\u017f\u017fword 'S e'", "pa\u017f\u017fword '***'"),
    ("/cb#code=a", "/cb#code=***"),
    ("field=password&value=Se1", "field=password&value=***"),
    ("param=password&value=Se1", "param=password&value=***"),
    ("name=password&val=Se1", "name=password&val=***"),
    ("'password' === 'Se1'", "'password' === '***'"),
    ('{"required" : ["password","email"]}', '{"required" : ["password","email"]}'),
    ('{"Name":"pin","Value":"Se1"}', '{"Name":"pin","Value":"***"}'),
    ('{"name":"pin","id":"x","value":"Se1"}', '{"name":"pin","id":"x","value":"***"}'),
    *(
        (f'{{"{naming}":"x-pin","{value}":"Se1"}}', f'{{"{naming}":"x-pin","{value}":"***"}}')
        for naming in ("field", "header", "id", "label", "name", "param", "parameter")
        for value in ("content", "default", "val", "value")
    ),
    *((f'{{"token":{word}}}', f'{{"token":{word}}}') for word in ("null", "true", "false")),
    *((f"token eq {word}", f"token eq {word}") for word in ("null", "true", "false")),
    *((f"token {word} 'Se1'", f"token {word} '***'") for word in ("like", "ilike", "is", "contains", "LIKE")),
    *((f"{word} 'S e'", f"{word} '***'") for word in ("password", "passwd", "passphrase", "passcode", "pwd")),
    ("x--token Se1", "x--token Se1"),
    ("failed, token: a1b2c3d.", "failed, token: ***"),
    ("failed, my-long-session-token: a1b2c3d4", "failed, my-long-session-token: ***"),
    ("the digest: a1b2c3d4, token", "the digest: a1b2c3d4, token"),
    ('an authorization": Digest a="b", c="d"', 'an authorization": Digest ***'),
    ('an Authorization=Digest a="b", c="d"', "an Authorization=Digest ***"),
    ('an authorization: \'Digest a="b", c="d"\' y', "an authorization: 'Digest ***' y"),
    ("say mycookie: theme=Se1", "say mycookie: theme=Se1"),
    *((f"9{scheme}:bob:Se1@host", f"9{scheme}:***@host") for scheme in ("HTTP", "ws", "wss", "ftp", "https")),
    *(
        (f"{before}http://x/?token=a b{after} c", f"{before}http://x/?token=***{after} c")
        for before, after in ("‘’", "“”", "<>", "()", "[]", '""', "''", "``")
    ),
    *((f"x\n{sign} X-Api-Key: a b", f"x\n{sign} X-Api-Key: ***") for sign in "<>*"),
    ("is eyJpdiI6/abc+d", "is ***"),
    ("is eyJpdiI6\u00e9", "is ***\u00e9"),
    ("is aB1cD2.eF3gH4.iJ5kL6", "is ***"),
    ("is aB1cD2.eF3gH4.iJ5kL6.mN7oP8", "is ***"),
    ("is aB1234.cD5678.eFg901", "is ***"),
    *(
        (name, name)
        for name in (
            "aB1cD.eF3gH.iJ5kL",
            "aB1cD2eF3.gH4iJ5kL6.a",
            "ab1cd2.ef3gh4.ij5kl6",
            "AB1CD2.EF3GH4.IJ5KL6",
            "aB1234.cD5678.eF9012",
            "aB1cD2.a.eF3gH4.iJ5kL6",
            "aB__-_.cD_-__.eF____",
            "aBCDE1.cDEFG2.eFGHI3",
        )
    ),
]

BODIES = [
    ("<password>a", "<password>***"),
    ("<password>a <pin>b", "<password>***"),
    ('"a token=b c"', '"a token=*** c"'),
    ("- token=b c", "- token=*** c"),
    (' {"a":"token=b c"}', ' {"a":"token=*** c"}'),
    ("{\n X-Api-Key: a b c\n}", "{\n X-Api-Key: ***\n}"),
    ("a=1&token:a&b", "a=1&token:***&b"),
    ("; name=pin\r\n\r\n1 2\r\n--x--", "; name=pin\r\n\r\n***\r\n--x--"),
    ('; NAME="pin"\r\n\r\n1 2\r\n--x--', '; NAME="pin"\r\n\r\n***\r\n--x--'),
    ('; name="pin"\n\n1 2\n--x--', '; name="pin"\n\n***\n--x--'),
]


@pytest.mark.parametrize("scheme", SCHEMES.split())
def test_schemes_of_logins(scheme: str) -> None:
    assert mask_header("Authorization", f"{scheme} a") == f"{scheme} ***"


@pytest.mark.parametrize(("name", "wanted"), NAMES)
def test_names(name: str, wanted: str) -> None:
    assert mask_name(name) == wanted


@pytest.mark.parametrize(
    "text",
    [
        *("X-Token:a", "X-Token%3a a", "X-Token\uff1da", "X-Token | a", "Api\u200bToken a", "Api\u2060Token a"),
        "Api\ufeffToken a",
    ],
)
def test_a_value_in_place_of_a_name(text: str) -> None:
    assert mask_named(text) == f"{text[:-1]}***"


@pytest.mark.parametrize("name", SECRET.split())
def test_names_of_secrets(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize("name", PUBLIC.split())
def test_names_of_what_is_public(name: str) -> None:
    assert not is_secret_name(name)


@pytest.mark.parametrize("value", ["include", "omit", "same-origin", "true", "false", '"include"', "INCLUDE"])
def test_modes_of_credentials(value: str) -> None:
    assert not is_secret("credentials", value)
    assert not is_secret("credentials ", value)


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("http://x/a;token=Se1;b=c", "http://x/a;token=***;b=c"),
        ("http://x/?f=token:a&b", "http://x/?f=token:***&b"),
        ("http://x/a;code=Se1", "http://x/a;code=***"),
        ("HTTP:Se1@host", "HTTP:***@host"),
        (r"file:\\Se1@host/", r"file:\\***@host/"),
        (r"\\Se1@host/", r"\\***@host/"),
        # the URL parser removes line breaks and tabs first, wherever they stand
        ("http://x/?tok\nen=Se1", "http://x/?tok\nen=***"),
        ("http://x/?a\r\n=1&pass\tword=Se1", "http://x/?a\r\n=1&pass\tword=***"),
        ("http:/\t/bob:Se\n1@host/", "http:/\t/***@host/"),
        ("ht\ntp:bob:Se1@host", "ht\ntp:***@host"),
        ("data\n:bob@mail.example", "data\n:bob@mail.example"),
        # no authority goes on behind these signs
        *((f"http://x/?n=http://h:a{far}@mail.example",) * 2 for far in (" b/me", " b?me", " b&to=me", "/b me")),
        *(
            (f"http://x/?n={scheme}:Se1@host/", f"http://x/?n={scheme}:***@host/")
            for scheme in ("http", "https", "ws", "wss", "ftp", "HTTP")
        ),
        *(
            (f"{scheme}:bob@mail.example", f"{scheme}:bob@mail.example")
            for scheme in (
                *("acct", "cid", "data", "im", "javascript", "mailto", "mid", "msrp", "news", "pres", "sip", "sips"),
                "xmpp",
            )
        ),
    ],
)
def test_urls(url: str, wanted: str) -> None:
    assert mask_url(url) == wanted


@pytest.mark.parametrize(("name", "value", "wanted"), HEADERS)
def test_headers(name: str, value: str, wanted: str) -> None:
    assert mask_header(name, value) == wanted


@pytest.mark.parametrize(("text", "wanted"), TEXTS)
def test_texts(text: str, wanted: str) -> None:
    assert mask_text(text) == wanted


@pytest.mark.parametrize(("body", "wanted"), BODIES)
def test_bodies(body: str, wanted: str) -> None:
    assert mask_body(body) == wanted


def test_what_replaces_a_secret_is_made_of_it() -> None:
    assert mask_url("http://x/?token=a", str.upper) == "http://x/?token=A"
    assert mask_header("Cookie", "b=a", str.upper) == "b=A"


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        (secrets_in_body("as bob:pw@host"), ("pw",)),
        (secrets_in_body("as%20bob:pw@host"), ("pw",)),
        (secrets_in_header("X-Auth-Token", "Bearer abc "), ("Bearer abc", "abc")),
        (secrets_in_header("Authorization", "Basic Ym9iOv8="), ("Ym9iOv8=", "bob:\xff", "\xff")),
        (secrets_in_header("Authorization", "Basic Ym9i OnB3"), ("Ym9i OnB3",)),
        (secrets_in_url("http://x/?next=http://bob:pw@host/"), ("pw",)),
    ],
)
def test_what_another_value_may_repeat(found: tuple[str, ...], wanted: tuple[str, ...]) -> None:
    assert found == wanted


@pytest.mark.parametrize("times", [4, 5])
def test_four_layers_are_decoded(times: int) -> None:
    text = "?a=1&token=Se1"
    for _ in range(times):
        text = quote(text, safe="")
    masked = mask_url(f"http://x/?n={text}")
    assert "Se1" not in masked
    assert masked.endswith("***")
    assert ("token" in masked) == (times == 4)


JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"


def test_a_token_in_place_of_a_name_is_masked() -> None:
    assert JWT[:20] not in mask_name(JWT)
    assert mask_name("X-Request-Id") == "X-Request-Id"
    assert mask_named("PROPFIND") == "PROPFIND"
