"""Frameworks that the tests can't run: a parser of the language reads the recipes, and what it read is compared."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from corsdoctor.policy import Policy
from corsdoctor.recipes.recipe import NEED_NO_PERMISSION
from tests.recipes.contract import POLICIES, need, recipe

if TYPE_CHECKING:
    from tree_sitter import Node

PARSE_JAVA = """\
import com.sun.source.tree.*;
import com.sun.source.util.*;
import java.nio.file.Path;
import javax.tools.*;

class Parse {
    public static void main(String[] files) throws Exception {
        var compiler = ToolProvider.getSystemJavaCompiler();
        var diagnostics = new DiagnosticCollector<JavaFileObject>();
        var manager = compiler.getStandardFileManager(diagnostics, null, null);
        var sources = manager.getJavaFileObjects(Path.of(files[0]));
        var task = (JavacTask) compiler.getTask(null, manager, diagnostics, null, null, sources);
        for (var unit : task.parse()) {
            new TreeScanner<Void, Void>() {
                @Override public Void visitMethodInvocation(MethodInvocationTree call, Void nothing) {
                    System.out.println(call);
                    return super.visitMethodInvocation(call, nothing);
                }
            }.scan(unit, null);
        }
        diagnostics.getDiagnostics().forEach(System.err::println);
        System.exit(diagnostics.getDiagnostics().isEmpty() ? 0 : 1);
    }
}
"""
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
    need("javac", "a JDK")
    config, mark, line = recipe("spring", policy).partition("// where the SecurityFilterChain is built")
    assert mark
    (tmp_path / "Parse.java").write_text(PARSE_JAVA)
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


def java_calls(folder: Path, source: str) -> list[str]:
    (folder / "Recipe.java").write_text(source)
    done = subprocess.run(["java", "Parse.java", "Recipe.java"], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@EVERY
def test_aspnet(policy: Policy) -> None:
    need(find_spec("tree_sitter_c_sharp") is not None, "tree-sitter and tree-sitter-c-sharp from the Python index")
    import tree_sitter_c_sharp
    from tree_sitter import Language, Parser

    parser = Parser(Language(tree_sitter_c_sharp.language()))
    top, mark, bottom = recipe("aspnet", policy).partition("// right after builder.Build()")
    root = parser.parse(f"{top}var app = builder.Build();\n{mark}{bottom}\napp.Run();\n".encode()).root_node
    assert not root.has_error, str(root)
    called = dict(csharp_calls(root))
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


def csharp_calls(node: Node) -> Iterator[tuple[str, str]]:
    """(method, arguments) of every call, in the order of the source."""
    if node.type == "invocation_expression":
        function, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
        assert function is not None
        assert arguments is not None
        name = function.child_by_field_name("name")
        yield text(name or function), text(arguments)
    for child in node.children:
        yield from csharp_calls(child)


def text(node: Node) -> str:
    return (node.text or b"").decode()
