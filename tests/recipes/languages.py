"""Parsers of other languages, for what cannot run in tests: they read the text, and the test compares what they read."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from tests.recipes.contract import need

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
LOAD_PROPERTIES = """\
import java.io.FileReader;
import java.util.Properties;

class Load {
    public static void main(String[] none) throws Exception {
        var properties = new Properties();
        properties.load(new FileReader("application.properties"));
        properties.forEach((name, value) -> System.out.println(name + "=" + value));
    }
}
"""


def java_calls(folder: Path, source: str) -> list[str]:
    """The calls in a Java class, the outermost first."""
    need("javac", "a JDK")
    (folder / "Parse.java").write_text(PARSE_JAVA)
    (folder / "Recipe.java").write_text(source)
    done = subprocess.run(["java", "Parse.java", "Recipe.java"], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def java_properties(folder: Path, text: str) -> dict[str, str]:
    """The names and values in a file of properties."""
    need("java", "a JDK")
    (folder / "Load.java").write_text(LOAD_PROPERTIES)
    (folder / "application.properties").write_text(text)
    done = subprocess.run(["java", "Load.java"], cwd=folder, capture_output=True, text=True, check=True)
    return dict(line.split("=", 1) for line in done.stdout.splitlines())


def csharp_calls(source: str) -> dict[str, str]:
    """The arguments of each method that is called in a C# program, in the order of the source."""
    need(find_spec("tree_sitter_c_sharp") is not None, "tree-sitter and tree-sitter-c-sharp from the Python index")
    import tree_sitter_c_sharp
    from tree_sitter import Language, Parser

    root = Parser(Language(tree_sitter_c_sharp.language())).parse(source.encode()).root_node
    assert not root.has_error, str(root)
    return dict(_calls(root))


def _calls(node: Node) -> Iterator[tuple[str, str]]:
    if node.type == "invocation_expression":
        function, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
        assert function is not None
        assert arguments is not None
        name = function.child_by_field_name("name")
        yield _text(name or function), _text(arguments)
    for child in node.children:
        yield from _calls(child)


def _text(node: Node) -> str:
    return (node.text or b"").decode()
