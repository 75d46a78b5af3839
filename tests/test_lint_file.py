"""Which files lint reads, and what it makes of those that it cannot read."""

from __future__ import annotations

import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from corsdoctor.errors import CorsDoctorError
from corsdoctor.lint_file import MOST_BYTES, files_in, lint_file

BAD = "server {\n  add_header Access-Control-Allow-Origin *;\n}\n"


def wrong(path: Path, data: bytes | str) -> str:
    """The error of a file."""
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    with pytest.raises(CorsDoctorError) as e:
        lint_file(str(path))
    return str(e.value)


@pytest.mark.parametrize(
    ("name", "data", "error"),
    [
        ("a.conf", b"server {\0", "skipped, because it is a binary file"),
        ("a.conf", "[section]\nname = value\n", "skipped, because this is not a language that lint reads"),
        ("a.txt", "hello\n", "skipped, because this is not a language that lint reads"),
        ("a.conf", "x" * (MOST_BYTES + 1), "skipped, because it is larger than 1 MB"),
        ("a.conf", "server {\n  listen 80;\n", "a.conf, line 2: unexpected end of file, expecting \"}\""),
        ("a.conf", "server {\n}\n}\n", "a.conf, line 3: unexpected \"}\""),
        ("a.conf", "server {}\nadd_header A b", "a.conf: the file ends inside a directive"),
        ("a.py", "a" + ".b" * 100_000, "a.py: it is nested too deeply"),
        ("a.conf", "server {\n" + "a {" * 100 + "}" * 101, "a.conf, line 2: it is nested more than 100 levels deep"),
    ],
)  # fmt: skip
def test_files_that_cannot_be_read(tmp_path: Path, name: str, data: bytes | str, error: str) -> None:
    told = wrong(tmp_path / name, data)
    assert error in told
    assert "nginx.conf" not in told


def test_a_file_that_is_missing(tmp_path: Path) -> None:
    for name in (str(tmp_path / "a.conf"), "a\0b"):
        with pytest.raises(CorsDoctorError):
            lint_file(name)


@pytest.mark.parametrize("module", ["crossplane", "re2", "tree_sitter_regex"])
def test_a_parser_that_is_not_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    assert wrong(tmp_path / "a.conf", BAD).endswith("to read it, install the parsers: pip install 'corsdoctor[lint]'")


def test_findings_are_in_the_order_of_the_lines(tmp_path: Path) -> None:
    file = tmp_path / "a.conf"
    reflects = BAD.replace("*", "$http_origin").replace("}", "  add_header Access-Control-Allow-Credentials true;\n}")
    file.write_text(reflects + reflects.replace("$http_origin", "*"))
    assert [found.line for found in lint_file(str(file)).findings] == [2, 2, 6, 6]


@pytest.mark.parametrize(
    ("name", "data", "lines"),
    [
        ("a.conf", BAD.encode(), [2]),
        ("a.py", b"\xef\xbb\xbfa = 1\n", []),
        ("a.conf", b"# caf\xe9\n" + BAD.encode(), [3]),
        ("a.conf", BAD.replace("\n", "\r\n").encode(), [2]),
        ("a.conf", BAD.replace("\n", "\r").encode(), [2]),
        (
            "a.conf",
            BAD.replace(";", "; # corsdoctor: ignore[add-header-without-always]").replace("\n", "\r").encode(),
            [],
        ),
        ("A.PY", b'name = "a\\.b"\n', []),
    ],
)
def test_how_a_file_is_written_does_not_matter(tmp_path: Path, name: str, data: bytes, lines: list[int]) -> None:
    (tmp_path / name).write_bytes(data)
    assert sorted({found.line for found in lint_file(str(tmp_path / name)).findings}) == lines


def test_a_directory(tmp_path: Path) -> None:
    named = [f"{folder}/c.nginx" for folder in "hgfedcba"]
    for name in ("b.conf", *named, "a/d.png", ".git/e.conf", "node_modules/f.conf"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(BAD)
    assert list(files_in(str(tmp_path))) == [str(tmp_path / name) for name in ("b.conf", *sorted(named))]
    assert list(files_in("-")) == ["-"]


@pytest.mark.parametrize("comment", ["add-header-without-always", "any-origin-allowed, add-header-without-always"])
def test_a_comment_hides_a_finding(tmp_path: Path, comment: str) -> None:
    path = tmp_path / "a.conf"
    path.write_text(BAD)
    assert len(lint_file(str(path)).findings) == 1
    path.write_text(BAD.replace(";", f"; # corsdoctor: ignore[{comment}]"))
    assert lint_file(str(path)).findings == ()
    path.write_text(BAD.replace(";", "; # corsdoctor: ignore[other]"))
    assert len(lint_file(str(path)).findings) == 1


@pytest.mark.parametrize(
    ("language", "part"),
    [
        *(("nginx", part) for part in ("\n", " ", "#", "'", "\\", "add_header Access-Control-Allow-Origin *;\n", "map $a $b {}\n")),
        *(("python", part) for part in ("\n", "#", "CORSMiddleware(a, allow_origins='*', allow_credentials=True);", "a = '*'\n")),
        *(
            ("javascript", part)
            for part in (
                "\n", "a().", "if (a) ", "a && ", "res.setHeader('Access-Control-Allow-Origin', req.headers.origin);",
                "a.setHeader('Access-Control-Allow-Origin', (", "() => a.setHeader('Access-Control-Allow-Origin', ",
            )
        ),
        ("go", 'import "github.com/rs/cors"\n;cors.Options{AllowedOrigins: cors.Options{'),
        ("go", 'import "github.com/rs/cors"\n;cors.Options{AllowOriginFunc: func() { '),
        *(("java", part) for part in ("f(", "a.b().", "class A { void f() { ", "r.addMapping(1).allowedOrigins(\"*\").allowCredentials(true);")),
        *(("php", f"<?php {part} ?>\n") for part in ("if (a()) { ", "header('Access-Control-Allow-Origin: *');", "[", "$a = $_SERVER['HTTP_ORIGIN'];")),
        *(("csharp", part) for part in ("f(", "a.b().", "p.SetIsOriginAllowed(_ => true).AllowCredentials();")),
        *(("ruby", part) for part in ("use Rack::Cors do allow do origins { ", "use(Rack::Cors, ", "use(Rack::Cors) { allow { origins /a/ } }\n")),
    ],
)  # fmt: skip
def test_time_is_linear(tmp_path: Path, language: str, part: str) -> None:
    path = tmp_path / "a"

    def seconds(size: int) -> float:
        path.write_text(part * (size // len(part)))
        begun = time.process_time()
        with suppress(CorsDoctorError):
            lint_file(str(path), language)
        return time.process_time() - begun

    assert seconds(200_000) < 20 * seconds(20_000) + 1


@pytest.mark.parametrize(
    ("language", "begins", "part", "ends"),
    [
        ("java", "class A { void f() { ", "if (a) { b.c(); ", "} }"), ("php", "<?php ", "if ($a) { b(); ", ""),
        ("csharp", "class A { void F() { ", "if (a) { b.C(); ", "} }"),
    ],
)  # fmt: skip
def test_time_is_linear_in_the_depth(tmp_path: Path, language: str, begins: str, part: str, ends: str) -> None:
    path = tmp_path / "a"

    def seconds(depth: int) -> float:
        path.write_text(begins + part * depth + "}" * depth + ends)
        begun = time.process_time()
        assert lint_file(str(path), language).findings == ()
        return time.process_time() - begun

    assert seconds(2_000) < 20 * seconds(200) + 1


def test_broken_syntax(tmp_path: Path) -> None:
    assert "a.py, line 2, column 5" in wrong(tmp_path / "a.py", "x = 1\nx ==\n")
    assert "a.py: it is nested too deeply" in wrong(tmp_path / "a.py", "x = " + "-" * 100_000 + "1")
    assert "a.js, line 1, column 1: this is not valid in javascript" in wrong(tmp_path / "a.js", "let a = )\n")
