"""Frameworks that the tests can't run: a parser of the language reads the recipes, and what it read is compared."""

from __future__ import annotations

import json
import re
import subprocess
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from corsdoctor.policy import Policy
from corsdoctor.recipes.recipe import NEED_NO_PERMISSION
from tests.recipes.contract import POLICIES, need, recipe
from tests.recipes.languages import csharp_calls, java_calls, java_properties

if TYPE_CHECKING:
    pass

EVERY = pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)


def methods(policy: Policy) -> tuple[str, ...]:
    return (*NEED_NO_PERMISSION, *policy.methods)


def strings(values: tuple[str, ...]) -> str:
    return ", ".join(f'"{value}"' for value in values)


@EVERY
def test_laravel(tmp_path: Path, policy: Policy) -> None:
    need("php", "Debian's php-cli")
    (tmp_path / "cors.php").write_text(recipe("laravel", policy))
    code = "error_reporting(E_ALL); echo json_encode(require 'cors.php');"
    done = subprocess.run(["php", "-r", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == {
        "paths": ["*"],
        "allowed_origins": list(policy.origins),
        "allowed_origins_patterns": [],
        "allowed_methods": list(methods(policy)),
        "allowed_headers": list(policy.headers),
        "exposed_headers": list(policy.expose),
        "max_age": policy.max_age,
        "supports_credentials": policy.credentials,
    }


@EVERY
def test_spring(tmp_path: Path, policy: Policy) -> None:
    config, mark, line = recipe("spring", policy).partition("// where the SecurityFilterChain is built")
    assert mark
    expected = {
        f"cors.setAllowedOrigins(List.of({strings(policy.origins)}))",
        f"cors.setAllowedMethods(List.of({strings(methods(policy))}))",
    }
    if policy.headers:
        expected.add(f"cors.setAllowedHeaders(List.of({strings(policy.headers)}))")
    if policy.credentials:
        expected.add("cors.setAllowCredentials(true)")
    if policy.expose:
        expected.add(f"cors.setExposedHeaders(List.of({strings(policy.expose)}))")
    if policy.preflighted:
        expected.add(f"cors.setMaxAge({policy.max_age}L)")
    assert {call for call in java_calls(tmp_path, config) if call.startswith("cors.")} == expected
    [call, _] = java_calls(tmp_path, f"class Security {{ void chain() {{ {line} }} }}")
    assert call.startswith("http.cors(")


@EVERY
def test_aspnet(policy: Policy) -> None:
    top, mark, bottom = recipe("aspnet", policy).partition("// right after builder.Build()")
    called = csharp_calls(f"{top}var app = builder.Build();\n{mark}{bottom}\napp.Run();\n")
    expected = {"WithMethods": f"({strings(methods(policy))})"}
    expected |= {"AllowAnyOrigin": "()"} if policy.public else {"WithOrigins": f"({strings(policy.origins)})"}
    if policy.headers:
        expected["WithHeaders"] = f"({strings(policy.headers)})"
    if policy.credentials:
        expected["AllowCredentials"] = "()"
    if policy.expose:
        expected["WithExposedHeaders"] = f"({strings(policy.expose)})"
    if policy.preflighted:
        expected["SetPreflightMaxAge"] = f"(TimeSpan.FromSeconds({policy.max_age}))"
    granting = {name for name in called if name.startswith(("With", "Allow", "Set"))}
    assert {name: called[name] for name in granting} == expected
    order = [name for name in called if name.startswith("Use")]
    assert order == ["UseExceptionHandler", *([] if policy.public else ["Use"]), "UseCors"]


@EVERY
def test_actix_web(tmp_path: Path, policy: Policy) -> None:
    need("rustfmt", "rustfmt")
    source = tmp_path / "recipe.rs"
    source.write_text("fn main() {\n" + recipe("actix-web", policy) + "\n}\n")
    subprocess.run(["rustfmt", "--edition", "2021", str(source)], check=True, capture_output=True)
    code = source.read_text().partition("// App")[0]
    called = dict(re.findall(r"\.(\w+)\((.*?)\)[;\n]", code))
    expected = {"allowed_methods": f"[{strings(methods(policy))}]"}
    expected |= {"allow_any_origin": "", "send_wildcard": ""} if policy.public else {}
    expected |= {} if policy.public else {"allowed_origin": f'"{policy.origins[-1]}"'}
    expected |= {"supports_credentials": ""} if policy.credentials else {}
    expected |= {"expose_headers": f"[{strings(policy.expose)}]"} if policy.expose else {}
    expected |= {"allowed_headers": f"[{strings(policy.headers)}]"} if policy.headers else {}
    expected |= {"max_age": str(policy.max_age)} if policy.preflighted else {}
    assert called == expected
    assert source.read_text().count(".allowed_origin(") == (0 if policy.public else len(policy.origins))


@EVERY
def test_quarkus(tmp_path: Path, policy: Policy) -> None:
    read = java_properties(tmp_path, recipe("quarkus", policy))
    expected = {
        "enabled": "true",
        "origins": ",".join(policy.origins),
        "methods": ",".join(methods(policy)),
        "headers": ",".join(policy.headers) or "Origin",
        "access-control-allow-credentials": "true" if policy.credentials else "",
        "exposed-headers": ",".join(policy.expose),
        "access-control-max-age": f"{policy.max_age}S" if policy.preflighted else "",
    }
    assert read == {f"quarkus.http.cors.{name}": value for name, value in expected.items() if value}


@EVERY
@pytest.mark.parametrize(("id", "grammar"), [("ktor", "tree_sitter_kotlin"), ("phoenix", "tree_sitter_elixir")])
def test_a_grammar_reads_it(id: str, grammar: str, policy: Policy) -> None:
    need(find_spec(grammar) is not None, f"{grammar} from the Python index")
    from tree_sitter import Language, Parser

    text = recipe(id, policy)
    root = Parser(Language(import_module(grammar).language())).parse(text.encode()).root_node
    assert not root.has_error, text
    for value in (*(() if policy.public else policy.origins), *policy.methods, *policy.headers, *policy.expose):
        assert text.count(f'"{value}"') == 1
    assert ("true" in text) is policy.credentials
    assert (str(policy.max_age) in text) is policy.preflighted


def test_ktor_lets_json_in_if_its_content_type_is_asked_for() -> None:
    text = recipe("ktor", Policy(("https://app.example",), headers=("Content-Type",)))
    assert "allowNonSimpleContentTypes = true" in text
    assert "allowNonSimpleContentTypes" not in recipe("ktor", POLICIES["full"])
