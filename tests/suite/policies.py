"""Policies that are right and policies that are wrong: the table that the reader and the JSON Schema are held against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

ENVIRONMENT: Final = {
    "TOKEN": "s3cret-value", "EMPTY": "", "STAGE": "beta", "APP": "https://s3cret.example", "BAD": "https://S3CRET.example/x",
    "NAME": "app",
}  # fmt: skip
HEAD: Final = """\
[base]
api = "https://api.example"
[origins]
app = "https://app.example"
admin = "https://admin.example"
ours = ["app", "admin"]
evil = "https://evil.example"
"""
"""Seven lines, so that what follows starts in line 8."""


@dataclass(frozen=True, slots=True)
class Right:
    """A policy (behind HEAD where it is not `whole`) and the ids of its cases."""

    id: str
    text: str
    ids: tuple[str, ...]
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Wrong:
    """A policy (behind HEAD where it is not `whole`) and its mistakes: (key, line, what its reason must say).

    `schema` says whether the JSON Schema can see at least one of them.
    """

    id: str
    text: str
    mistakes: tuple[tuple[str, int | None, str], ...]
    schema: bool = True
    whole: bool = False


INLINE: Final = '{ visits = [{ page = "https://app.example/", requests = [{ url = "{api}/login", method = "POST" }, { url = "/me" }] }] }'
"""A flow with two requests."""


def case(*lines: str, url: str = '"{api}/x"', origin: str = 'origin = "app"', expect: str = '"allowed"') -> str:
    """One case, which starts in line 8: id 9, url 10, origin 11, expect 12, then `lines` from 13 on."""
    given = [f"url = {url}" if url else "", origin, f"expect = {expect}" if expect else ""]
    return "\n".join(["[[case]]", 'id = "c"', *given, *lines, ""])


def matrix(*lines: str, sides: str = 'allow = "ours"') -> str:
    """One matrix, which starts in line 8: id 9, base 10, paths 11, methods 12, sides 13, then `lines` from 14 on."""
    given = ['base = "api"', 'paths = ["/a", "/b"]', 'methods = ["GET", "PUT"]', sides]
    return "\n".join(["[[matrix]]", 'id = "m"', *given, *lines, ""])


def cells(*origins: str) -> tuple[str, ...]:
    """The ids of the cells of `matrix()`."""
    return tuple(f"m/{m} {p}/{o}" for p in ("/a", "/b") for m in ("GET", "PUT") for o in origins)


def flow(*lines: str, flow: str = INLINE, expect: str = '"allowed"') -> str:
    """One case that is a flow, which starts in line 8: id 9, flow 10, expect 11, then `lines` from 12 on."""
    return "\n".join(["[[case]]", 'id = "f"', f"flow = {flow}", f"expect = {expect}" if expect else "", *lines, ""])


RIGHT: Final = (
    Right("case", case(), ("c",)),
    Right("schema-and-version", '"$schema" = "x"\nversion = 1\n' + HEAD + case(), ("c",), whole=True),
    Right("aliases-and-groups-in-groups", '[origins]\na = "https://a.example"\nb = "a"\nall = ["more", "b"]\n'
          'more = ["https://c.example", "b"]\nalso = "all"\n[[matrix]]\nid = "m"\nurls = "https://x.example"\nallow = "also"\n',
          ("m/GET https://x.example/https://c.example", "m/GET https://x.example/b"), whole=True),
    Right("bases-in-any-order", '[base]\na = "{b}/v1"\nb = "{c}:8443"\nc = "https://x.example"\n[[case]]\nid = "c"\n'
          'url = "{a}/y"\norigin = "null"\nexpect = "blocked"\n', ("c",), whole=True),
    Right("origins-of-a-case", case(origin='origins = ["ours", "null"]'), ("c/app", "c/admin", "c/null")),
    Right("group-of-one", case(origin='origins = "app"'), ("c/app",)),
    Right("an-origin-twice-is-one", case(origin='origins = ["app", "ours", "https://app.example"]'), ("c/app", "c/admin")),
    Right("origin-itself", case(origin='origin = "capacitor://localhost"'), ("c",)),
    Right("every-request-key", case(
        'method = "PUT"', 'headers = { X-A = "1" }', 'credentials = "include"', 'mode = "cors"', 'redirect = "error"',
        'as = "fetch"', "upload-listener = false", 'body = "b"', 'cookie = "a=b"', 'browsers = ["chrome", "firefox"]',
        'user-agent = "u"',
    ), ("c",)),
    Right("headers-in-a-list", case('headers = [["X-A", "1"], ["x-a", ""]]'), ("c",)),
    Right("no-headers", case("headers = []"), ("c",)),
    Right("all-browsers", case('browsers = "all"'), ("c",)),
    Right("browsers-in-upper-case", case('browsers = ["Chrome", "ALL "]'), ("c",)),
    Right("one-origin-in-a-list", case(origin='origin = ["app"]'), ("c",)),
    Right("upload-listener", case('as = "xhr"', "upload-listener = true"), ("c",)),
    Right("opens-a-websocket", case(url='"wss://api.example/ws"'), ("c",)),
    Right("element", case('as = "image"'), ("c",)),
    Right("blocked", case(expect='"blocked"'), ("c",)),
    Right("rule", case(expect='{ rule = "acao-matches-origin" }'), ("c",)),
    Right("blocked-by-rule", case(expect='{ verdict = "blocked", rule = "acao-present" }'), ("c",)),
    Right("readable", case(expect='{ readable = ["X-Total"], max-age = 0, preflight = true }'), ("c",)),
    Right("no-preflight", case(expect='{ verdict = "allowed", preflight = false }'), ("c",)),
    Right("from-the-environment", case(
        'credentials = "${CRED:-include}"', 'browsers = "${B:-chromium}"', 'body = "$${TOKEN} ${EMPTY:-} ${EMPTY:-x}"',
        'headers = { Authorization = "Bearer ${TOKEN}" }', url='"https://${STAGE}.example/{{api}}"', origin='origin = "${NAME}"',
        expect='"${E:-allowed}"',
    ), ("c",)),
    Right("known", case('known = { reason = "r", until = 2026-12-31 }'), ("c",)),
    Right("known-for-ever", case('known = { reason = "r" }'), ("c",)),
    Right("known-until-a-string", case('known = { reason = "r", until = "2026-12-31" }'), ("c",)),
    Right("known-by-id", case() + '[[known]]\nid = "c"\nreason = "r"\n', ("c",)),
    Right("known-by-pattern", matrix() + '[[known]]\nid = "m/*/app"\nreason = "r"\n', cells("app", "admin")),
    Right("matrix", matrix(), cells("app", "admin")),
    Right("both-sides", matrix('deny = ["evil", "null"]'), cells("app", "admin", "evil", "null")),
    Right("only-deny", matrix(sides='deny = "evil"'), cells("evil")),
    Right("origins-and-expect", matrix('expect = "allowed"', sides='origins = "ours"'), cells("app", "admin")),
    Right("urls", '[[matrix]]\nid = "m"\nurls = ["{api}/a", "https://cdn.example/a"]\nallow = "app"\n',
          ("m/GET {api}/a/app", "m/GET https://cdn.example/a/app")),
    Right("one-of-each", '[[matrix]]\nid = "m"\nbase = "{api}/v2/"\npaths = "/a"\nmethods = "PUT"\nallow = "app"\n',
          ("m/PUT /a/app",)),
    Right("query-behind-a-base", '[[matrix]]\nid = "m"\nbase = "{api}/v2"\npaths = "?a"\nallow = "app"\n', ("m/GET ?a/app",)),
    Right("a-body-makes-it-post", '[[matrix]]\nid = "m"\nurls = "{api}/a"\nbody = "x"\nallow = "app"\n', ("m/POST {api}/a/app",)),
    Right("a-body-from-defaults-for-an-element",
          '[defaults]\nmethod = "GET"\n[[matrix]]\nid = "m"\nurls = "{api}/a"\nas = "image"\nallow = "app"\n', ("m/GET {api}/a/app",)),
    Right("skip", matrix('except = [{ method = "PUT", skip = "changes data" }]'),
          ("m/GET /a/app", "m/GET /a/admin", "m/GET /b/app", "m/GET /b/admin")),
    Right("except-of-each-kind", matrix(
        'except = [{ origin = ["admin"], path = "/b", method = ["PUT"], expect = "blocked" },',
        '  { url = "{api}/a", known = { reason = "r" } }]'), cells("app", "admin")),
    Right("except-in-a-case", case('except = [{ origin = "admin", expect = "blocked" }]', origin='origins = "ours"'),
          ("c/app", "c/admin")),
    # the page
    Right("page", case('page-headers = { Referrer-Policy = "no-referrer" }', origin='page = "https://${STAGE}.example/a"'), ("c",)),
    Right("page-by-base", case(origin='page = "{api}/x"'), ("c",)),
    Right("page-and-its-origin", case('page = "https://app.example/a"'), ("c",)),
    Right("permissions", matrix('permissions = { local-network = "granted" }', 'address-spaces = { "api.example" = "local" }'), cells("app", "admin")),
    Right("permissions-of-all", '[defaults]\npermissions = { local-network = "${E:-denied}" }\n' + HEAD + case(), ("c",), whole=True),
    Right("cookie-with-attributes", case('cookie = "sid=${TOKEN}; SameSite=Lax"'), ("c",)),
    # flows
    Right("flow", flow(), ("f/1", "f/2")),
    Right("flow-by-step", flow(expect='["allowed", { verdict = "blocked", cookies-sent = ["sid"], cookies-stored = ["a"] }]'), ("f/1", "f/2")),
    Right("flow-by-browser", flow('browsers = ["chromium", "firefox", "webkit"]', 'except = [{ browser = "webkit", expect = "blocked" }]'),
          ("f/1", "f/1/webkit", "f/2", "f/2/webkit")),
    Right("flow-by-step-and-browser", flow('except = [{ step = [2], browser = ["firefox"], known = { reason = "r" } }]'), ("f/1", "f/2", "f/2/firefox")),
    Right("flow-in-one-browser", flow('browsers = "webkit"', 'except = [{ step = 1, browser = "safari", expect = "blocked" }]'), ("f/1/webkit", "f/2")),
    Right("flow-known", flow('known = { reason = "r" }') + '[[known]]\nid = "f/*"\nreason = "s"\n', ("f/1", "f/2")),
    Right("flow-from-the-environment", flow(flow=INLINE.replace('"/me"', '"/me?k=${TOKEN}"')), ("f/1", "f/2")),
)  # fmt: skip

WRONG: Final = (
    # the whole
    Wrong("empty", "", (("", None, "nothing to test"),), whole=True),
    Wrong("nothing-but-names", "", (("", None, "nothing to test"),)),
    Wrong("unknown-table", "[[cases]]\n" + case(), (("cases", 8, "did you mean `case`?"),)),
    Wrong("version-2", "version = 2\n" + case(url='"https://x"', origin='origin = "null"'), (("version", 1, "reads version 1"),), whole=True),
    Wrong("version-decimal", "version = 1.0\n" + case(url='"https://x"', origin='origin = "null"'),
          (("version", 1, "must be the number 1, not a decimal number"),), schema=False, whole=True),
    Wrong("version-true", "version = true\n" + case(url='"https://x"', origin='origin = "null"'),
          (("version", 1, "must be the number 1, not true or false"),), whole=True),
    Wrong("schema-7", '"$schema" = 7\n' + case(url='"https://x"', origin='origin = "null"'),
          (("$schema", 1, "must be a string"),), whole=True),
    Wrong("one-case", '[case]\nid = "c"\n', (("case", 8, "in TOML, [[case]]"),)),
    Wrong("case-is-text", 'case = "c"\n', (("case", 1, "must be a list of tables, not a string"),), whole=True),
    Wrong("no-cases", "case = []\n", (("case", 1, "is an empty list"),), whole=True),
    Wrong("cases-are-texts", 'case = [\n"c"]\n', (("case[0]", 2, "must be a table, not a string"),), whole=True),
    Wrong("matrices-are-texts", 'matrix = ["c"]\n', (("matrix[0]", 1, "must be a table, not a string"),), whole=True),
    Wrong("duplicate-id", case() + case(), (("case[1].id", 14, "is also the id of case[0]"),), schema=False),
    Wrong("duplicate-id-of-a-matrix", matrix() + case().replace('"c"', '"m"'), (("matrix[0].id", 9, "is also the id of case[0]"),), schema=False),
    Wrong("case-called-as-a-cell", case().replace('"c"', '"m/PUT /b/app"') + matrix(),
          (("matrix[0].id", 14, "gives two cases the id 'm/PUT /b/app'"),), schema=False),
    Wrong("all-skipped", matrix('except = [{ method = ["PUT", "GET"], skip = "s" }]'), (("", None, "every cell is skipped"),), schema=False),
    # names
    Wrong("base-cycle", '[base]\na = "{b}"\nb = "{c}"\nc = "{a}"\nd = "{a}"\n' + case(url='"{d}"', origin='origin = "null"'),
          (("base.a", 2, "a -> b -> c -> a"),), schema=False, whole=True),
    Wrong("base-of-itself", '[base]\na = "{a}/x"\n' + case(url='"{a}"', origin='origin = "null"'), (("base.a", 2, "a -> a"),), schema=False, whole=True),
    Wrong("base-unknown", '[base]\na = "{b}"\n' + case(url='"{a}"', origin='origin = "null"'), (("base.a", 2, "unknown base 'b'"),),
          schema=False, whole=True),
    Wrong("base-no-url", '[base]\na = "api.example"\nb = "/x"\n' + case(url='"{a}"', origin='origin = "null"'),
          (("base.a", 2, "did you mean `https://api.example/`?"), ("base.b", 3, "with a base")), schema=False, whole=True),
    Wrong("base-with-query", '[base]\na = "https://x.example/?y"\n' + case(url='"{a}"', origin='origin = "null"'),
          (("base.a", 2, "cannot have a query"),), schema=False, whole=True),
    Wrong("base-names", '[base]\n"a b" = "https://x"\nnull = "https://x"\nc = ["https://x"]\n1 = "https://x"\n' + case(url='"https://x"', origin='origin = "null"'),
          (("base.a...", 2, "a name must consist of letters"), ("base.null", 3, "a name must consist of letters"), ("base.c", 4, "must be a string"),
           ("base.1", 5, "a name must consist of letters")), whole=True),
    Wrong("base-is-text", 'base = "https://x"\n' + case(url='"https://x"', origin='origin = "null"'), (("base", 1, "must be a table"),), whole=True),
    Wrong("origin-cycle", '[origins]\na = ["b", "null"]\nb = "c"\nc = ["a"]\n' + case(url='"https://x"', origin='origin = "a"'),
          (("origins.a", 2, "a -> b -> c -> a"),), schema=False, whole=True),
    Wrong("origin-cycle-by-variable", '[origins]\napp = ["${NAME}"]\n' + case(url='"https://x"', origin='origins = "app"'),
          (("origins.app", 2, "app -> app"),), schema=False, whole=True),
    Wrong("origin-kinds", '[origins]\na = 1\nb = []\nc = [1, "x y"]\nd = "${"\n' + case(url='"https://x"', origin='origin = "null"'),
          (("origins.a", 2, "must be an origin, or a list"), ("origins.b", 3, "is an empty list"), ("origins.c[0]", 4, "must be a string"),
           ("origins.c[1]", 4, "an origin starts with a scheme"), ("origins.d", 5, "`${` starts a variable")), whole=True),
    Wrong("origin-unknown", case(origin='origin = "ap"'), (("case[0].origin", 11, "did you mean `app`?"),), schema=False),
    Wrong("origin-word", '[[case]]\nid = "c"\nurl = "https://x"\norigin = "app"\nexpect = "allowed"\n',
          (("case[0].origin", 4, "this policy has no `origins`"),), schema=False, whole=True),
    Wrong("origin-with-slash", case(origin='origin = "https://app.example/"'), (("case[0].origin", 11, "no trailing slash"),), schema=False),
    Wrong("origin-far-from-any-name", case(origin='origin = "localhost:3000"'), (("case[0].origin", 11, "`http://localhost:3000`"),), schema=False),
    Wrong("origin-group", case(origin='origin = "ours"'), (("case[0].origin", 11, "is a group of 2 origins; use the key `origins`"),), schema=False),
    Wrong("origin-and-origins", case('origins = "app"'), (("case[0].origins", 13, "not both"),)),
    Wrong("origin-number", case(origin="origin = 3"), (("case[0].origin", 11, "must be a string, or a list of names or origins, not a whole number"),)),
    Wrong("no-origin", case(origin=""), (("case[0]", 8, "has no `origin`"),)),
    # URLs
    Wrong("no-url", case(url=""), (("case[0]", 8, "has no `url`"),)),
    Wrong("url-is-a-path", case(url='"/x"'), (("case[0].url", 10, "`{api}/x`"),), schema=False),
    Wrong("url-without-scheme", case(url='"api.example/x"'), (("case[0].url", 10, "did you mean `https://api.example/x`?"),), schema=False),
    Wrong("url-of-no-base", case(url='"{apy}/x"'), (("case[0].url", 10, "did you mean `api`? (write a literal as {{apy}})"),), schema=False),
    Wrong("url-unparsable", case(url='"https://a b/"'), (("case[0].url", 10, "no browser can parse"),), schema=False),
    Wrong("url-is-a-number", case(url="1"), (("case[0].url", 10, "must be a string, not a whole number"),)),
    Wrong("urls-and-base", matrix('urls = "{api}/c"'), (("matrix[0].base", 10, "not both"), ("matrix[0].paths", 11, "not both"))),
    Wrong("no-urls", '[[matrix]]\nid = "m"\nallow = "app"\n', (("matrix[0]", 8, "has no `urls`"),)),
    Wrong("base-without-paths", '[[matrix]]\nid = "m"\nbase = "api"\nallow = "app"\n', (("matrix[0]", 8, "has no `paths`"),)),
    Wrong("paths-without-base", '[[matrix]]\nid = "m"\npaths = ["/a"]\nallow = "app"\n', (("matrix[0]", 8, "has no `base`"),)),
    Wrong("base-misspelt", matrix().replace('"api"', '"apy"'), (("matrix[0].base", 10, "did you mean `api`?"),), schema=False),
    Wrong("base-without-bases", '[[matrix]]\nid = "m"\nbase = "api"\npaths = "/a"\nallow = "null"\n',
          (("matrix[0].base", 3, "this policy has no `base`"),), schema=False, whole=True),
    Wrong("base-bad-url", matrix().replace('"api"', '"api.example/x"'), (("matrix[0].base", 10, "starts with a scheme"),), schema=False),
    Wrong("path-without-slash", matrix().replace('"/a"', '"a"'), (("matrix[0].paths[0]", 11, "did you mean `/a`?"),)),
    Wrong("path-of-wrong-kind", matrix().replace('"/a"', "1"), (("matrix[0].paths[0]", 11, "must be a string"),)),
    Wrong("path-twice", matrix().replace('"/b"', '"/a"'), (("matrix[0].paths", 11, "is given twice"),), schema=False),
    Wrong("url-twice", '[[matrix]]\nid = "m"\nurls = ["{api}", "{api}"]\nallow = "app"\n', (("matrix[0].urls", 10, "is given twice"),), schema=False),
    Wrong("path-makes-no-url", '[[matrix]]\nid = "m"\nbase = "{api}:1"\npaths = ["/a"]\nallow = "app"\n'.replace(":1", ":99999"),
          (("matrix[0].base", 10, "out of range"),), schema=False),
    # what is asked
    Wrong("unknown-key", case('methd = "PUT"'), (("case[0].methd", 13, "unknown key; did you mean `method`?"),)),
    Wrong("unknown-default", '[defaults]\nurl = "x"\n' + case(), (("defaults.url", 9, "unknown key"),)),
    Wrong("method-in-a-matrix", matrix('method = "PUT"'), (("matrix[0].method", 14, "did you mean `methods`?"),)),
    Wrong("method-empty", case('method = ""'), (("case[0].method", 13, "give a method"),)),
    Wrong("methods", matrix().replace('["GET", "PUT"]', '["GET", "GET", "", 1]'),
          (("matrix[0].methods[2]", 12, "is empty"), ("matrix[0].methods[3]", 12, "must be a string"), ("matrix[0].methods", 12, "is given twice"))),
    Wrong("credentials", case('credentials = "inclued"'), (("case[0].credentials", 13, "is unknown; did you mean `include`?"),)),
    Wrong("choices", case('mode = "x"', 'redirect = "x"', "as = 1"),
          (("case[0].mode", 13, "must be one of cors"), ("case[0].redirect", 14, "must be one of follow"), ("case[0].as", 15, "must be a string"))),
    Wrong("headers", case('headers = [["a"], [1, "b"], ["c", 1], "d"]'),
          tuple((f"case[0].headers[{i}]", 13, "] in a list, or as a key with its value in" if i != 2 else "must be a string") for i in range(4))),
    Wrong("header-value", case('headers = { A = "b\\nc" }'), (("case[0].headers.A", 13, "line break"),), schema=False),
    Wrong("headers-text", case('headers = "A: b"'), (("case[0].headers", 13, "must be a table"),)),
    Wrong("upload-listener", case('upload-listener = "yes"'), (("case[0].upload-listener", 13, "must be true or false"),)),
    Wrong("body", case("body = 1"), (("case[0].body", 13, "must be a string, not a whole number; put it in quotes"),)),
    Wrong("cookie", case('cookie = "a=\u2603"', "user-agent = 1.5"),
          (("case[0].cookie", 13, ": each character must fit in one byte; encode it"), ("case[0].user-agent", 14, "not a decimal number"))),
    Wrong("cookie-jar", case('cookie-jar = "jar.txt"'), (("case[0].cookie-jar", 13, "this policy is not in a file, so it cannot name one"),), schema=False),
    Wrong("cookie-jar-name", case('cookie-jar = "-"'), (("case[0].cookie-jar", 13, "must be the name of a file"),), schema=False),
    Wrong("cookie-jar-type", case("cookie-jar = 1"), (("case[0].cookie-jar", 13, "must be a string"),)),
    Wrong("browsers", case('browsers = ["chromim", 1]'), (("case[0].browsers[0]", 13, "did you mean `chromium`?"), ("case[0].browsers[1]", 13, "a string"))),
    Wrong("no-browsers", case("browsers = []"), (("case[0].browsers", 13, "is an empty list"),)),
    Wrong("element", case('as = "image"', 'method = "PUT"', 'headers = { A = "b" }', 'body = "b"', 'redirect = "error"', "upload-listener = true"),
          (("case[0].method", 14, "<img> cannot set it; only fetch() and XMLHttpRequest can"), ("case[0].headers", 15, "cannot set it; only fetch() and XMLHttpRequest can"), ("case[0].body", 16, "cannot set it; only fetch() and XMLHttpRequest can"),
           ("case[0].redirect", 17, "always follows"), ("case[0].upload-listener", 18, 'add as = "xhr"')), schema=False),
    Wrong("element-body-alone", case('as = "image"', 'body = "b"'), (("case[0].body", 14, "cannot set it; only fetch() and XMLHttpRequest can"),), schema=False),
    Wrong("websocket", case('method = "PUT"', url='"ws://api.example/ws"'), (("case[0].method", 13, "a WebSocket always begins with GET"),), schema=False),
    Wrong("websocket-among-urls", '[[matrix]]\nid = "m"\nurls = ["{api}/a", "wss://api.example/ws"]\nmethods = ["GET", "PUT"]\nallow = "app"\n',
          (("matrix[0].methods", 11, "a WebSocket always begins with GET"),), schema=False),
    Wrong("element-methods", matrix('as = "image"'), (("matrix[0].methods", 12, "cannot set it; only fetch() and XMLHttpRequest can"),), schema=False),
    Wrong("element-defaults", '[defaults]\nmethod = "PUT"\nmode = "no-cors"\n' + case('as = "font"'),
          (("case[0].method", 11, "(set in `defaults`)"), ("case[0].mode", 11, "supports only cors (set in `defaults`)")), schema=False),
    Wrong("element-credentials", case('as = "font"', 'credentials = "include"'), (("case[0].credentials", 14, "supports only same-origin"),), schema=False),
    Wrong("misspelt-is-not-missing", case(url="", origin="orgin = 1", expect="").replace("[[case]]", "[[case]]\nexpct = 1\nulr = 2"),
          (("case[0].expct", 9, "did you mean `expect`?"), ("case[0].ulr", 10, "did you mean `url`?"), ("case[0].orgin", 13, "did you mean `origin`?"))),
    # ids
    Wrong("no-id", case().replace('id = "c"', ""), (("case[0]", 8, "has no `id`"),)),
    Wrong("id-number", case().replace('"c"', "1"), (("case[0].id", 9, "must be a string"),)),
    Wrong("id-blank", case().replace('"c"', '" "'), (("case[0].id", 9, "at least one character"),)),
    Wrong("id-unprintable", case().replace('"c"', '"a\\nb"'), (("case[0].id", 9, "an id must have at least one character, and only visible ones"),), schema=False),
    Wrong("id-variable", case().replace('"c"', '"a${STAGE}"'), (("case[0].id", 9, "an id must be the same in every environment: it cannot contain a variable"),)),
    # what is expected
    Wrong("no-expect", case(expect=""), (("case[0]", 8, "has no `expect`"),)),
    Wrong("expect-typo", case(expect='"alowed"'), (("case[0].expect", 12, "did you mean `allowed`?"),)),
    Wrong("expect-rule", case(expect='"acac-true"'), (("case[0].expect", 12, "is a rule; use the key `rule`"),)),
    Wrong("expect-true", case(expect="true"), (("case[0].expect", 12, "must be allowed, blocked or a table"),)),
    Wrong("expect-nothing", case(expect="{}"), (("case[0].expect", 12, "is empty; add one or more of"),)),
    Wrong("expect-unknown", case(expect='{ verdct = "allowed" }'), (("case[0].expect.verdct", 12, "did you mean `verdict`?"),)),
    Wrong("rule-unknown", case(expect='{ rule = "acao-match-origin" }'), (("case[0].expect.rule", 12, "did you mean `acao-matches-origin`?"),)),
    Wrong("rule-far", case(expect='{ rule = "zzz" }'), (("case[0].expect.rule", 12, "`corsdoctor rules` lists all rules"),)),
    Wrong("allowed-by-rule", case(expect='{ verdict = "allowed", rule = "acac-true" }'), (("case[0].expect.rule", 12, "a rule blocks the request, so the verdict cannot be allowed; remove one of them"),)),
    Wrong("blocked-and-readable", case(expect='{ verdict = "blocked", readable = ["a"] }'), (("case[0].expect.readable", 12, "cannot read a blocked response"),)),
    Wrong("rule-and-readable", case(expect='{ rule = "acac-true", readable = ["a"] }'), (("case[0].expect.readable", 12, "cannot read a blocked response"),)),
    Wrong("max-age-without-preflight", case(expect="{ max-age = 5, preflight = false }"), (("case[0].expect.max-age", 12, "only a preflight response has a max-age; remove one of them"),)),
    Wrong("readable", case(expect='{ readable = ["a b", 1] }'),
          (("case[0].expect.readable[0]", 12, "is not a header name; write one such as X-Total"), ("case[0].expect.readable[1]", 12, "a string"))),
    Wrong("readable-set-cookie", case(expect='{ readable = ["Set-Cookie"] }'), (("case[0].expect.readable[0]", 12, "scripts can never read"),), schema=False),
    Wrong("readable-of-an-element", case('as = "image"', expect='{ readable = ["ETag"] }'), (("case[0].expect.readable", 12, "<img> does not show headers to scripts; only fetch() and XMLHttpRequest do"),), schema=False),
    Wrong("readable-of-an-element-in-an-exception",
          matrix('as = "font"', 'except = [{ path = "/a", expect = { readable = ["ETag"] } }]').replace('"GET", "PUT"', '"GET"'),
          (("matrix[0].except[0].expect.readable", 15, "@font-face does not show headers to scripts; only fetch() and XMLHttpRequest do"),), schema=False),
    Wrong("rule-never-blocks", case(expect='{ rule = "vary-origin" }'), (("case[0].expect.rule", 12, "only adds notes"),)),
    Wrong("rule-of-no-answer", case(expect='{ rule = "actual-answered" }'), (("case[0].expect.rule", 12, "only if no response arrives"),)),
    Wrong("readable-text", case(expect='{ readable = "a" }'), (("case[0].expect.readable", 12, "must be a list of names"),)),
    Wrong("max-age", case(expect="{ max-age = -1 }"), (("case[0].expect.max-age", 12, "0 or more"),)),
    Wrong("max-age-decimal", case(expect="{ max-age = 1.5 }"), (("case[0].expect.max-age", 12, "such as 600, not a decimal number"),)),
    Wrong("max-age-text", case(expect='{ max-age = "600" }'), (("case[0].expect.max-age", 12, "a whole number of seconds"),)),
    Wrong("preflight", case(expect='{ preflight = "no" }'), (("case[0].expect.preflight", 12, "true or false"),)),
    # both sides
    Wrong("no-sides", matrix(sides=""), (("matrix[0]", 8, "has no `origins`"), ("matrix[0]", 8, "has no `expect`"))),
    Wrong("origins-and-sides", matrix('origins = "app"', 'expect = "allowed"'), (("matrix[0].origins", 14, "not both"), ("matrix[0].expect", 15, "not both"))),
    Wrong("allowed-and-denied", matrix('deny = ["evil", "app"]'), (("matrix[0].deny", 14, "app is in both `allow` and `deny`; remove it from one"),), schema=False),
    # exceptions
    Wrong("except-alone", case('except = [{ origin = "app", expect = "blocked" }]'), (("case[0].except", 13, "a case with one `origin` cannot have exceptions; change its `expect`"),)),
    Wrong("except-table", matrix('except = { origin = "app", expect = "blocked" }'), (("matrix[0].except", 14, "must be a list of tables"),)),
    Wrong("except-text", matrix('except = ["app"]'), (("matrix[0].except[0]", 14, "must be a table"),)),
    Wrong("except-all", matrix('except = [{ expect = "blocked" }]'), (("matrix[0].except[0]", 14, "selects every cell"),)),
    Wrong("except-nothing", matrix('except = [{ origin = "app" }]'), (("matrix[0].except[0]", 14, "does not say what changes"),)),
    Wrong("except-skip-and-expect", matrix('except = [{ origin = "app", skip = "s", expect = "blocked" }]'), (("matrix[0].except[0].skip", 14, "one of them"),)),
    Wrong("except-skip-blank", matrix('except = [{ origin = "app", skip = " " }]'), (("matrix[0].except[0].skip", 14, "write why"),)),
    Wrong("except-key", matrix('except = [{ orign = "app", expect = "blocked" }]'), (("matrix[0].except[0].orign", 14, "did you mean `origin`?"),)),
    Wrong("except-what-key", matrix('except = [{ origin = "app", expct = "blocked" }]'), (("matrix[0].except[0].expct", 14, "did you mean `expect`?"),)),
    Wrong("except-picks-none", matrix('except = [{ origin = ["evil", "app"], path = "/c", method = "DELETE", expect = "blocked" },',
          '{ url = "{api}/d", expect = "blocked" }]'),
          (("matrix[0].except[0].origin[0]", 14, "no cell has this origin"), ("matrix[0].except[0].path", 14, "this path"),
           ("matrix[0].except[0].method", 14, "this method"), ("matrix[0].except[1].url", 15, "this url")), schema=False),
    Wrong("except-kinds", matrix("except = [{ origin = 1, url = 1, path = 1, method = 1, expect = 1 }]"),
          tuple(("matrix[0].except[0]." + key, 14, "must be") for key in ("url", "path", "method", "origin", "expect"))),
    Wrong("except-kinds-in-lists", matrix("except = [{ origin = [1], url = [1], path = [1], method = [1], expect = 1 }]"),
          (*(("matrix[0].except[0]." + key + "[0]", 14, "must be") for key in ("url", "path", "method", "origin")),
           ("matrix[0].except[0].expect", 14, "must be"))),
    Wrong("except-path-of-urls", '[[matrix]]\nid = "m"\nurls = "{api}/a"\nallow = "app"\nexcept = [{ path = "/a", expect = "blocked" }]\n',
          (("matrix[0].except[0].path", 12, "this matrix has no `paths`; select by `url`"),), schema=False),
    Wrong("except-where-all-is-wrong", '[[matrix]]\nid = "m"\nallow = "ap"\nexcept = [{ path = "/a", origin = "app", expect = "alowed" }]\n',
          (("matrix[0]", 8, "has no `urls`"), ("matrix[0].allow", 10, "did you mean"), ("matrix[0].except[0].expect", 11, "did you mean"))),
    # known failures
    Wrong("known-text", case('known = "r"'), (("case[0].known", 13, "must be a table"),)),
    Wrong("known-without-reason", case("known = {}"), (("case[0].known", 13, "has no `reason`"),)),
    Wrong("known-blank", case('known = { reason = "" }'), (("case[0].known.reason", 13, "write why"),)),
    Wrong("known-until", case('known = { reason = "r", until = "tomorrow" }'), (("case[0].known.until", 13, "2026-12-31"),)),
    Wrong("known-until-no-day", case('known = { reason = "r", until = "2026-02-30" }'), (("case[0].known.until", 13, "this date does not exist"),), schema=False),
    Wrong("known-until-time", case('known = { reason = "r", until = 2026-12-31T00:00:00Z }'), (("case[0].known.until", 13, "without a time"),)),
    Wrong("known-until-week", case('known = { reason = "r", until = "2026-W01-1" }'), (("case[0].known.until", 13, "is not a date; write it like 2026-12-31"),)),
    Wrong("known-until-a-time", case('known = { reason = "r", until = 2026-12-31T10:00:00 }'), (("case[0].known.until", 13, "not a date with a time"),)),
    Wrong("known-until-number", case('known = { reason = "r", until = 2026 }'), (("case[0].known.until", 13, "a date such as"),)),
    Wrong("known-names-no-case", case().replace('"c"', '"items"') + '[[known]]\nid = "itmes"\nreason = "r"\n',
          (("known[0].id", 14, "did you mean `items`?"),), schema=False),
    Wrong("known-pattern-names-no-case", case() + '[[known]]\nid = "x*"\nreason = "r"\n', (("known[0].id", 14, "remove it if its case was removed"),), schema=False),
    Wrong("known-without-id", case() + '[[known]]\nreason = "r"\n', (("known[0]", 13, "has no `id`"),)),
    Wrong("known-of-wrong-kind", case() + '[[known]]\nid = 1\nreason = "r"\nwhy = "x"\n',
          (("known[0].id", 14, "a string"), ("known[0].why", 16, "unknown key"))),
    Wrong("known-is-one-table", case() + '[known]\nid = "c"\n', (("known", 13, "in TOML, [[known]]"),)),
    Wrong("knowns-are-texts", 'known = ["c"]\n' + case(url='"https://x"', origin='origin = "null"'), (("known[0]", 1, "must be a table"),), whole=True),
    # the environment
    Wrong("unset", case(url='"{api}/${NOPE}"'), (("case[0].url", 10, "the variable NOPE is not set"),), schema=False),
    Wrong("variable-empty", case('headers = { Authorization = "Bearer ${EMPTY}" }'), (("case[0].headers.Authorization", 13, "the variable EMPTY is empty"),), schema=False),
    Wrong("variable-in-a-default", case(url='"{api}/ok${NOPE:-${EMPTY:-x}}"'), (("case[0].url", 10, "a default cannot contain a variable: ${NAME:-$"),), schema=False),
    Wrong("variable-open", case(url='"{api}/${TOKEN"'), (("case[0].url", 10, "`${` starts a variable: write $"),), schema=False),
    Wrong("variable-no-name", case(url='"{api}/${TO KEN}"'), (("case[0].url", 10, "`${` starts a variable"),), schema=False),
    Wrong("variable-bad-value", case(origin='origin = "${BAD}"'), (("case[0].origin", 11, "the value is not shown"),), schema=False),
    Wrong("variable-bad-url", case(url='"${STAGE}/x"'), (("case[0].url", 10, "the value is not shown"),), schema=False),
    Wrong("variable-bad-path", matrix().replace('"/a"', '"${STAGE}"'), (("matrix[0].paths[0]", 11, "starts with /"),), schema=False),
    Wrong("variable-bad-choice", case('credentials = "${TOKEN}"'), (("case[0].credentials", 13, "one of omit"),), schema=False),
    Wrong("variable-bad-browser", case('browsers = "${TOKEN}"'), (("case[0].browsers", 13, "this is not a browser"),), schema=False),
    # the page
    Wrong("page-of-a-file", case(origin='page = "file:///a"'), (("case[0].page", 11, "begins with https: or http:"),), schema=False),
    Wrong("page-is-no-url", case(origin="page = 1"), (("case[0].page", 11, "must be a string"),)),
    Wrong("page-elsewhere", case('page = "https://evil.example/"'), (("case[0].origin", 11, "is not the origin of the page, which is https://evil.example"),), schema=False),
    Wrong("page-and-origins", case('page = "https://app.example/"', origin='origins = "ours"'), (
        ("case[0].page", 13, "give `page` or `origins`, not both"),
    )),
    Wrong("page-of-a-matrix", matrix('page = "https://app.example/"'), (("matrix[0].page", 14, "unknown key"),)),
    Wrong("permission-unknown", case('permissions = { camera = "granted" }'), (("case[0].permissions", 13, "is unknown"),)),
    Wrong("permission-of-an-opaque-origin", case('permissions = { local-network = "granted" }', origin='origin = "null"'),
          (("case[0].permissions", 13, "a page with the origin null needs no permission"),), schema=False),
    Wrong("page-headers-of-an-opaque-origin", HEAD + '[defaults]\npage-headers = { A = "1" }\n' + case(origin='origin = "null"'),
          (("case[0].page-headers", 10, "a page with the origin null has no headers (set in `defaults`)"),), schema=False, whole=True),
    Wrong("address-space-from-the-environment", case('address-spaces = { a = "${TOKEN}", b = 1 }'), (
        ("case[0].address-spaces", 13, "the value is not shown"), ("case[0].address-spaces.b", 13, "must be a string"),
    )),
    Wrong("cookie-attribute", case('cookie = "sid=1; Secure; a=b"'), (("case[0].cookie", 13, "is not an attribute of a cookie"),), schema=False),
    # flows
    Wrong("flow-file", flow(flow='"login.toml"'), (("case[0].flow", 10, "is not in a file, so it cannot name one"),), schema=False),
    Wrong("flow-is-a-number", flow(flow="1"), (("case[0].flow", 10, "must be an object"),)),
    Wrong("flow-without-requests", flow(flow='{ visits = [{ page = "https://app.example/" }] }'), (("case[0].flow", 10, "has no request"),), schema=False),
    Wrong("flow-with-mistakes", flow(flow=INLINE.replace("method", "metod")),
          (("case[0].flow.visits[0].requests[0].metod", 10, "did you mean `method`?"),), schema=False),
    Wrong("flow-with-an-origin", flow('origin = "app"'), (("case[0].origin", 12, "unknown key"),)),
    Wrong("flow-without-expect", flow(expect=""), (("case[0]", 8, "has no `expect`"),)),
    Wrong("flow-expects-too-much", flow(expect='["allowed"]'), (("case[0].expect", 11, "has 1 entries, and the flow has 2 requests"),), schema=False),
    Wrong("flow-expects-nonsense", flow(expect='["allowed", "fine"]'), (("case[0].expect[1]", 11, "is unknown"),)),
    Wrong("flow-expects-nothing-known", flow(expect='"fine"'), (("case[0].expect", 11, "is unknown"),)),
    Wrong("flow-cookie-with-value", flow(expect='{ cookies-sent = ["sid=1"] }'), (("case[0].expect.cookies-sent[0]", 11, "write it without its value"),)),
    Wrong("cookies-of-a-request", case(expect='{ cookies-sent = ["sid"] }'), (("case[0].expect.cookies-sent", 12, "unknown key"),)),
    Wrong("flow-except-everything", flow('except = [{ expect = "blocked" }]'), (("case[0].except[0]", 12, "selects every request"),)),
    Wrong("flow-except-nothing", flow("except = [{ step = 1 }]"), (("case[0].except[0]", 12, "does not say what changes"),)),
    Wrong("flow-except-step", flow('except = [{ step = [0, 3, "1", true], expect = "blocked" }]'), (
        ("case[0].except[0].step", 12, "the flow has no request with this number; it has 2"),
        ("case[0].except[0].step", 12, "the flow has no request with this number; it has 2"),
        ("case[0].except[0].step", 12, "must be the number of a request, or a list of them, not a string"),
        ("case[0].except[0].step", 12, "must be the number of a request, or a list of them, not true or false"),
    )),
    Wrong("flow-except-browser", flow('browsers = "firefox"', 'except = [{ browser = "chromium", expect = "blocked" }]'),
          (("case[0].except[0].browser", 13, "is not one of the `browsers` of this case"),), schema=False),
    Wrong("flow-except-is-text", flow('except = ["x"]'), (("case[0].except[0]", 12, "must be a table"),)),
    Wrong("flow-variable-open", flow(flow=INLINE.replace('"/me"', '"/${TOKEN"')),
          (("case[0].flow.visits[0].requests[1].url", 10, "`${` starts a variable"),), schema=False),
    Wrong("flow-variable-bad-value", flow(flow=INLINE.replace('"POST"', '"POST", api = "${TOKEN}"')),
          (("case[0].flow.visits[0].requests[0].api", 10, "the value is not shown"),), schema=False),
    Wrong("flow-variable-in-an-object", flow(flow=INLINE.replace("{ visits", '{ address_spaces = { "a.example" = "${TOKEN}" }, visits')),
          (("case[0].flow.address_spaces", 10, "the value is not shown"),), schema=False),
)  # fmt: skip
