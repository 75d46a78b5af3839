"""What holds for every recipe: it is found, renders for every policy, and is documented as it was tested."""

from __future__ import annotations

import json
import re
from collections import Counter
from importlib import import_module
from pathlib import Path

import pytest

from corsdoctor import recipes
from corsdoctor.causes.marks import MARKS, Means
from corsdoctor.causes.software import SOFTWARE, software
from corsdoctor.policy import Policy
from corsdoctor.recipes import RECIPES, by_id
from corsdoctor.recipes.guess import LOOKS_LIKE, Guess, guess
from corsdoctor.recipes.prescription import prescribe
from corsdoctor.recipes.recipe import Family, Proof, Recipe, render, unwritable, written
from corsdoctor.recipes.resource_policy import resource_policy
from corsdoctor.url import URL, parse
from corsdoctor.wire import Headers, Response
from tests.recipes.contract import FULL, POLICIES, PUBLIC, SIMPLE

HERE = Path(__file__).parent
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
EVERY = pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.id)
NO_SETTING = frozenset({"put", "x-api-key", "x-total-count", "7200"})
FIXED = {  # what a server has no setting for, so that its recipe does not name it
    "aws-rest-api": {"localhost"},
    "azure-app-service": NO_SETTING,
    "backblaze-b2": {"put"},  # it is an operation, s3_put
    "hasura": NO_SETTING,
    "keycloak": NO_SETTING,
    "lm-studio": NO_SETTING | {"app.example", "localhost"},
    "minio": NO_SETTING,
    "ollama": NO_SETTING,
}
CORS = [recipe for recipe in RECIPES if recipe.family is not Family.PROXY]


def url(text: str = "https://api.example:8443/v1/items") -> URL:
    parsed = parse(text)
    assert parsed is not None
    return parsed


@EVERY
def test_it_is_found_by_each_of_its_names(recipe: Recipe) -> None:
    for name in (recipe.id, *recipe.aliases):
        assert NAME.fullmatch(name)
        assert by_id(name) is recipe


def test_names_are_unique() -> None:
    names = Counter(name for recipe in RECIPES for name in (recipe.id, *recipe.aliases))
    assert [name for name, n in names.items() if n > 1] == []
    with pytest.raises(KeyError):
        by_id("no-such-server")


def test_every_recipe_of_a_file_is_in_the_table() -> None:
    files = (path.stem for path in Path(str(recipes.__file__)).parent.glob("*.py") if path.stem != "__init__")
    values = (value for name in files for value in vars(import_module(f"corsdoctor.recipes.{name}")).values())
    assert sorted(v.id for v in values if isinstance(v, Recipe)) == sorted(recipe.id for recipe in RECIPES)


@EVERY
def test_every_text_is_there(recipe: Recipe) -> None:
    for sentence in (recipe.where, recipe.proved, *recipe.rights):
        assert sentence == sentence.strip()
    assert recipe.rights
    assert "/work" not in recipe.template


@EVERY
@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_it_can_be_written(recipe: Recipe, policy: Policy) -> None:
    text = render(recipe, policy, url())
    assert text == text.strip("\n")
    assert not re.search(r"[{]%|%[}]|[ \t]$|\n\n\n\n", text, re.MULTILINE), text


@pytest.mark.parametrize("recipe", CORS, ids=lambda recipe: recipe.id)
def test_it_names_what_is_granted_and_nothing_else(recipe: Recipe) -> None:
    full, simple, public = (render(recipe, policy, url()) for policy in (FULL, SIMPLE, PUBLIC))
    for name in {"app.example", "localhost", "7200", "put", "x-api-key", "x-total-count"} - FIXED.get(recipe.id, set()):
        assert re.search(rf"\b{re.escape(name)}".replace(r"\.", r"\W*\."), full, re.IGNORECASE), name
    assert not re.search(r"\bPUT\b|x-api-key|x-total-count|localhost", simple, re.IGNORECASE)
    assert "app.example" not in public
    assert "*" in public or "any" in public.lower()


@EVERY
def test_a_recipe_that_is_said_to_run_has_a_test(recipe: Recipe) -> None:
    tests = {
        path.name: path.read_text(encoding="utf-8")
        for path in HERE.glob("test_*.py")
        if path.name != Path(__file__).name
    }
    module = recipe.id.replace("-", "_")
    if recipe.proof is Proof.READ:
        return
    assert any(f'"{recipe.id}"' in text or f"test_{module}.py" == name for name, text in tests.items())


def test_what_configuration_files_can_not_hold() -> None:
    odd = Policy(
        ('https://a".example', "https://good.example:8443"), ("P'UT", "PUT"), ("X-A$", "X-B"), expose=("X`", "ETag")
    )
    assert [(what, value) for what, value, _ in unwritable(odd)] == [
        ("origin", 'https://a".example'), ("method", "P'UT"), ("header", "X-A$"), ("expose", "X`"),
    ]  # fmt: skip
    for good in (*POLICIES.values(), Policy(("capacitor://localhost", "http://[::1]:3000", "chrome-extension://abc"))):
        assert list(unwritable(good)) == []


def test_an_odd_path_is_left_out() -> None:
    assert "'" not in render(by_id("nginx"), FULL, url("https://api.example/it's"))


@EVERY
@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_its_sentences_are_filled(recipe: Recipe, policy: Policy) -> None:
    made = written(recipe, policy, url(), ("Access-Control-Allow-Origin",))
    assert made.where
    for sentence in (made.where, *made.rights):
        assert sentence[-1] in ".)`"
        assert not re.search(r"[{]%|%[}]|  ", sentence)


@pytest.mark.parametrize("recipe", CORS, ids=lambda recipe: recipe.id)
def test_no_sentence_is_about_preflights_or_maps_that_are_not_printed(recipe: Recipe) -> None:
    made = written(recipe, SIMPLE, url())
    for sentence in (made.where, *made.rights):
        for word in re.findall("preflight|OPTIONS", sentence):
            assert word in made.text, sentence
    if "map " not in (public := written(recipe, Policy(("*",)), url())).text:
        assert not any(re.search(r"\bmaps?\b", sentence) for sentence in (public.where, *public.rights))


@pytest.mark.exhaustive
@pytest.mark.parametrize("recipe", CORS, ids=lambda recipe: recipe.id)
@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_who_is_seen_to_send_headers_is_not_a_maybe(recipe: Recipe, policy: Policy) -> None:
    unseen, seen = (written(recipe, policy, url(), names) for names in ((), ("Access-Control-Allow-Methods",)))
    assert not any("sends CORS headers too" in sentence for sentence in seen.rights)
    if seen.text != unseen.text:
        assert set(unseen.text.splitlines()) <= set(seen.text.splitlines())
        assert seen.rights != unseen.rights


def test_dots_and_brackets_are_escaped() -> None:
    from corsdoctor.recipes.recipe import _regex

    assert _regex("https://a.b.example:8443") == r"https://a\.b\.example:8443"
    assert _regex("http://[::1]:3000") == r"http://\[::1\]:3000"


def came(headers: tuple[tuple[str, str], ...] = (), body: str = "", status: int = 200) -> Response:
    """A response of the server that is to be configured."""
    return Response(status, Headers(headers), body=body.encode())


GUESSES = {
    "nginx": [("Server", "nginx/1.25.3")],
    "express nginx": [("Server", "nginx"), ("X-Powered-By", "Express")],
    "aws-s3 aws-cloudfront": [("Server", "AmazonS3"), ("Via", "1.1 abc.cloudfront.net (CloudFront)")],
    "laravel": [("Set-Cookie", "laravel_session=eyJpdiI6; path=/")],
    "iis": [("Server", "Microsoft-IIS/10.0"), ("X-Powered-By", "ASP.NET")],
    "spring": [("X-Application-Context", "application:8080")],
    "vercel": [("Server", "Vercel"), ("X-Vercel-Id", "fra1::abc")],
    "rails nginx": [("Server", "nginx"), ("X-Runtime", "0.012345")],
    "aws-api-gateway": [("apigw-requestid", "abc=")],
    "aws-rest-api aws-cloudfront": [("x-amz-apigw-id", "abc="), ("x-amz-cf-id", "abc==")],
    "nuxt nginx": [("Server", "nginx"), ("x-powered-by", "Nuxt")],
    "django nginx": [
        ("Server", "nginx"),
        (
            "access-control-allow-headers",
            "accept, authorization, content-type, user-agent, x-csrftoken, x-requested-with",
        ),
    ],
    "azure-app-service": [("Set-Cookie", "ARRAffinity=abc; Path=/")],
    "express kong": [("Via", "1.1 kong/3.9.0"), ("X-Powered-By", "Express")],
    "minio nginx": [("Server", "MinIO"), ("Via", "1.1 nginx")],
    "deno": [("Server", "cloudflare"), ("x-deno-execution-id", "1f")],
    "python-http-server": [("Server", "SimpleHTTP/0.6 Python/3.13.1")],
    "mcp fastapi": [("Server", "uvicorn"), ("Mcp-Session-Id", "1")],
    "": [("Content-Type", "text/html"), ("X-Runtime", "a lot")],
}


@pytest.mark.parametrize("wanted", GUESSES)
def test_servers_give_themselves_away(wanted: str) -> None:
    assert [g.recipe for g in guess([came(tuple(GUESSES[wanted]))])] == wanted.split()


def test_a_guess_names_its_evidence_but_no_secret() -> None:
    assert guess([came((("Server", "Caddy"),))]) == (Guess("caddy", "Server", "Caddy"),)
    assert guess([came(), came((("Set-Cookie", "JSESSIONID=1f; Path=/"),))]) == (
        Guess("spring", "Set-Cookie", "JSESSIONID=..."),
    )


def test_every_guess_is_a_recipe() -> None:
    named = {known.recipe for known in SOFTWARE.values() if known.recipe}
    assert {by_id(id).id for id in named} == named


def test_all_software_of_the_table_has_a_mark() -> None:
    assert set(SOFTWARE) <= {mark.who for mark in MARKS}


@pytest.mark.parametrize(
    ("answer", "recipe"),
    [
        (came((("Server", "nginx"),), "Invalid CORS request", 403), "spring"),
        (came((("Server", "nginx"),), "Disallowed CORS origin", 400), "fastapi"),
        (came((), "Origin is not allowed to make this request", 400), "actix-web"),
        (came((), "CORS preflight request failed: origin 'https://a.example' is not allowed", 403), "aiohttp"),
        (came((("Content-Type", "text/html"),), "<html><pre>Cannot GET /x</pre></html>", 404), "express"),
        (came((("Content-Type", "application/xml"),), "<Error><Message>CORSResponse: CORS is not enabled</Message></Error>", 403), "aws-s3"),
        (came((("Content-Type", "application/xml"), ("Server", "AliyunOSS")), "<Error><Message>CORSResponse: CORS is not enabled</Message></Error>", 403), None),
        (came((("Content-Type", "text/html"),), "<html><title>Welcome to nginx!</title></html>"), None),
        (came((("X-AspNet-Version", "4.0.30319"),)), "iis"),
    ],
)  # fmt: skip
def test_the_words_of_an_error_give_the_server_away(answer: Response, recipe: str | None) -> None:
    assert next((found.recipe for found in guess([answer])), None) == recipe


def test_the_words_that_gave_the_server_away_are_quoted() -> None:
    [found] = guess([came((), "Invalid CORS request", 403)])
    assert found == Guess("spring", "text", "Invalid CORS request")
    elsewhere = prescribe(FULL, url(), [came((), "Invalid CORS request", 403)], "nginx")
    assert elsewhere is not None
    assert "(by the words “Invalid CORS request”)" in elsewhere.warnings[0]


def test_prescriptions() -> None:
    named = prescribe(FULL, url(), [came((("Server", "nginx"),))], "caddy")
    assert named is not None
    assert (named.recipe.id, named.guess, named.others) == ("caddy", None, ())
    guessed = prescribe(FULL, url(), [came((("Server", "nginx"), ("X-Powered-By", "ASP.NET")))])
    assert guessed is not None
    assert (guessed.recipe.id, [other.recipe for other in guessed.others]) == ("iis", ["nginx"])
    assert prescribe(FULL, url(), [came()]) is None
    with pytest.raises(KeyError):
        prescribe(FULL, url(), [], "no-such-server")


@pytest.mark.parametrize(("name", "shared"), [("gunicorn", True), ("waitress", True), ("Werkzeug/3.1", False)])
def test_a_server_of_several_frameworks_is_only_perhaps_one_of_them(name: str, shared: bool) -> None:
    found = prescribe(FULL, url(), [came((("Server", name),))])
    assert found is not None
    assert found.guess is not None
    assert (found.recipe.id, found.guess.shared, len(found.warnings)) == ("flask", shared, int(shared))
    named = prescribe(FULL, url(), [came((("Server", name),))], "flask")
    assert named is not None
    assert named.warnings == ()


STORES = ("aws-s3", "cloudflare-r2", "digitalocean-spaces", "gcs", "azure-blob", "backblaze-b2")


@pytest.mark.parametrize("store", STORES)
def test_a_store_allows_only_the_methods_that_are_used_or_allowed_today(store: str) -> None:
    policy = Policy(("https://app.example",), ("PUT",))
    today = [came((("Access-Control-Allow-Methods", "HEAD, PUT"),))]
    for answers, used, expected in (
        ([], ["PUT"], {"PUT"}),
        ([], ["GET"], {"PUT", "GET"}),
        (today, ["PUT"], {"HEAD", "PUT"}),
    ):
        made = prescribe(policy, url(), answers, store, used)
        assert made is not None
        assert set(re.findall(r"\b(GET|HEAD|POST|PUT)\b", made.written.text.upper().replace("S3_", "S3 "))) == expected
        if made.recipe.language == "json":
            json.loads(made.written.text)


@pytest.mark.parametrize("server", ["nginx", "apache"])
def test_a_proxy_hides_all_headers_of_an_application_that_has_one(server: str) -> None:
    made = prescribe(Policy(("*",)), url(), [came((("Access-Control-Max-Age", "1"),))], server)
    assert made is not None
    hidden = [line for line in made.written.text.splitlines() if line.startswith(("proxy_hide_header", "Header unset"))]
    assert len(hidden) == 6


def test_a_recipe_for_another_server_than_the_responses_show_is_warned_of() -> None:
    express = [came((("X-Powered-By", "Express"),))]
    elsewhere = prescribe(FULL, url(), express, "nginx")
    assert elsewhere is not None
    assert len(elsewhere.warnings) == 1
    assert "Express" in elsewhere.warnings[0]
    for server, answers in (("express", express), ("nginx", [came()]), ("vite", express)):
        same = prescribe(FULL, url(), answers, server)
        assert same is not None
        assert same.warnings == ()


def test_every_header_is_allowed_where_a_recipe_can_hold_that() -> None:
    anything = Policy(("https://app.example",), ("PUT",), ("X-A", "*"), expose=("*",))
    assert list(unwritable(anything)) == []
    held = prescribe(anything, url(), [], "nginx")
    assert held is not None
    assert ('"X-A, *"' in held.written.text, held.warnings) == (True, ())
    named = prescribe(anything, url(), [], "rails")
    assert named is not None
    assert "headers: %w[X-A]," in named.written.text
    assert ["request header" in named.warnings[0], "response header" in named.warnings[1]] == [True, True]


TWICE = [("Server", "nginx"), ("X-Powered-By", "Express"), *[("Access-Control-Allow-Origin", "*")] * 2]


@pytest.mark.parametrize(
    ("server", "kept", "removed"),
    [(None, "Express", "nginx"), ("express", "Express", "nginx"), ("nginx", "nginx", "Express")],
)
def test_where_two_layers_answer_one_is_to_be_switched_off(server: str | None, kept: str, removed: str) -> None:
    made = prescribe(FULL, url(), [came(), came(tuple(TWICE))], server)
    assert made is not None
    assert made.recipe.title == kept
    [warning] = made.warnings
    assert "Access-Control-Allow-Origin twice" in warning
    assert f"Keep CORS in {kept}, and remove it from {removed}." in warning


@pytest.mark.parametrize(
    ("lines", "server"),
    [(TWICE[:3], None), (TWICE[2:], "nginx"), (TWICE, "vite"), ([*TWICE[:2], ("Vary", "A"), ("Vary", "B")], None)],
    ids=["once", "nobody else", "a proxy that makes it same-origin", "another header"],
)
def test_otherwise_none_is(lines: list[tuple[str, str]], server: str | None) -> None:
    made = prescribe(FULL, url(), [came(tuple(lines))], server)
    assert made is not None
    assert made.warnings == ()


def test_the_resource_policy_is_set_where_the_recipe_is_for_else_where_it_is_mostly_sent() -> None:
    [(title, lines)] = resource_policy("cross-origin", "apache")
    assert title == "Apache httpd"
    assert "set Cross-Origin-Resource-Policy cross-origin" in lines
    for recipe in (None, "aws-s3"):
        assert [title for title, _ in resource_policy("cross-origin", recipe)] == ["helmet", "nginx"]


@pytest.mark.parametrize(("server", "like"), [(server, like) for server, all in LOOKS_LIKE.items() for like in all])
def test_what_a_server_is_built_on_is_not_another_server(server: str, like: str) -> None:
    signs = [mark for mark in MARKS if software(mark.who).recipe == like and mark.means is Means.PASSED]
    shown = ((mark.where, text) for mark in signs for text in LOOKS if re.search(mark.pattern, text, re.IGNORECASE))
    header, value = next(shown)
    headers = [(header, value), *[("Access-Control-Allow-Origin", "*")] * 2]
    assert [found.recipe for found in guess([came(tuple(headers))])] == [like]
    made = prescribe(FULL, url(), [came(tuple(headers))], server)
    assert made is not None
    assert made.warnings == ()
    other = prescribe(FULL, url(), [came(tuple(headers))], "caddy")
    assert other is not None
    assert len(other.warnings) == 2


LOOKS = (
    "Express",
    "nginx",
    "uvicorn",
    "Werkzeug",
    "envoy",
    "kestrel",
    "cloudflare",
    "Microsoft-IIS/10.0",
    "kong/3",
    "Vercel",
)
