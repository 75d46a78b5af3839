"""corsdoctor lint: wiring and exit statuses."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import pytest

from tests.cli.conftest import Run

SCHEMA = json.loads((Path(__file__).parents[2] / "corsdoctor" / "reports" / "schema.json").read_text(encoding="utf-8"))

BAD = "server {\n  add_header Access-Control-Allow-Origin $http_origin always;\n  add_header Access-Control-Allow-Credentials true;\n}\n"
GOOD = "server {\n  listen 80;\n}\n"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "bad.conf").write_text(BAD)
    (tmp_path / "good.conf").write_text(GOOD)
    (tmp_path / "broken.conf").write_text("server {\n")
    (tmp_path / "app").write_text("import flask\n")
    return tmp_path


@pytest.mark.parametrize(
    ("args", "status"),
    [
        (("bad.conf",), 1), (("good.conf",), 0), (("bad.conf", "--fail-on", "none"), 0), (("bad.conf", "--exit-zero"), 0),
        (("broken.conf",), 3), (("broken.conf", "--exit-zero"), 0), (("broken.conf", "bad.conf"), 1), (("none.conf",), 3), ((".",), 1),
        (("app",), 3), (("app", "--language", "python"), 0), ((), 2), (("bad.conf", "--format", "tap"), 2), (("good.conf", "--language", "cobol"), 2),
    ],
)  # fmt: skip
def test_statuses(run: Run, files: Path, monkeypatch: pytest.MonkeyPatch, args: tuple[str, ...], status: int) -> None:
    monkeypatch.chdir(files)
    assert run("lint", *args).exit_code == status


def test_the_report(run: Run, files: Path) -> None:
    result = run("lint", str(files / "bad.conf"), COLUMNS="200")
    assert result.stdout.startswith(f"✗ {files / 'bad.conf'}: 1 high\n")
    assert "line 2: high: any-origin-allowed (CWE-942)" in result.stdout
    several = run("lint", str(files))
    assert "good.conf" not in several.output
    assert f"{files / 'broken.conf'}, line 1: unexpected end of file" in several.stderr
    assert "good.conf: nothing" in run("lint", str(files), "-v").stdout
    assert run("lint", str(files / "good.conf"), "-q").stdout == f"✓ {files / 'good.conf'}: nothing wrong was found\n"


def test_a_file_for_lint_needs_no_command(run: Run, files: Path) -> None:
    result = run(str(files / "bad.conf"))
    assert result.exit_code == 1
    assert result.stderr.startswith("corsdoctor: running 'corsdoctor lint ")


@pytest.mark.parametrize(
    ("name", "text"), [("main.go", "package app\n"), ("cors.rb", "a = 1\n"), ("config.ru", "run App\n")]
)
def test_a_program_for_lint_needs_no_command(run: Run, files: Path, name: str, text: str) -> None:
    (files / name).write_text(text)
    result = run(str(files / name))
    assert (result.exit_code, result.stdout[0]) == (0, "✓")
    assert result.stderr.startswith("corsdoctor: running 'corsdoctor lint ")


def test_a_file_that_is_missing_is_not_a_host(run: Run) -> None:
    result = run("missing.conf")
    assert (result.exit_code, "there is no file 'missing.conf'" in result.stderr) == (2, True)


def test_standard_input(run: Run) -> None:
    result = run("lint", "-", input=BAD)
    assert (result.exit_code, "standard input: 1 high" in result.stdout) == (1, True)


def test_a_file_that_lint_does_not_read(run: Run, files: Path) -> None:
    (files / "notes.txt").write_text("hello")
    result = run("lint", str(files / "notes.txt"))
    assert (result.exit_code, "notes.txt: skipped" in result.stderr) == (3, True)


@pytest.mark.parametrize(
    ("count", "others"), [(1, ""), (2, " (1 more file needs them too)"), (3, " (2 more files need them too)")]
)
def test_missing_parsers_are_named_once(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int, others: str
) -> None:
    monkeypatch.setitem(sys.modules, "crossplane", None)
    for number in range(count):
        (tmp_path / f"{number}.conf").write_text(BAD)
    result = run("lint", str(tmp_path))
    assert (result.exit_code, result.stdout) == (3, "")
    install = "to read it, install the parsers: pip install 'corsdoctor[lint]'"
    assert result.stderr == f"corsdoctor: {tmp_path / '0.conf'}: {install}{others}\n"


def test_severity(run: Run, files: Path) -> None:
    (files / "bad.conf").write_text(BAD.replace(" always", ""))
    path = str(files / "bad.conf")
    assert "1 high and 1 low" in run("lint", path, COLUMNS="200").stdout
    assert run("lint", path, "--severity", "high", COLUMNS="200").stdout.startswith(f"✗ {path}: 1 high\n")


def test_json_fits_the_schema(run: Run, files: Path) -> None:
    found = json.loads(run("lint", str(files / "bad.conf"), "--format", "json").stdout)
    jsonschema.validate(found, SCHEMA)
    assert (found["severity"], found["findings"][0]["line"]) == ("high", 2)
    several = json.loads(run("lint", str(files), "--format", "json").stdout)
    jsonschema.validate(several, SCHEMA)
    assert [one["severity"] for one in several] == ["high", None]
    lines = run("lint", str(files), "--format", "jsonl").stdout.splitlines()
    assert [json.loads(line) for line in lines] == several


def test_a_report_that_is_cut_says_so(run: Run, files: Path) -> None:
    line = "CORSMiddleware(a, allow_origins=['null'])\n"
    path = files / "app.py"
    path.write_text(line * 1001)
    result = run("lint", str(path), "--format", "json")
    found = json.loads(result.stdout)
    jsonschema.validate(found, SCHEMA)
    assert (len(found["findings"]), found["cut"]) == (1000, True)
    assert f"{path}: more than 1,000 findings; the others are not reported" in result.stderr
    path.write_text(line * 1000)
    result = run("lint", str(path), "--format", "json")
    found = json.loads(result.stdout)
    assert (len(found["findings"]), "cut" in found, result.stderr) == (1000, False, "")


def test_sarif(run: Run, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(files)
    (files / "app.py").write_text("CORSMiddleware(a, allow_origins=['*', 'null'], allow_credentials=True)\n" * 2)
    found = json.loads(run("lint", str(files), "--format", "sarif").stdout)["runs"][0]
    assert [rule["id"] for rule in found["tool"]["driver"]["rules"]] == ["any-origin-allowed", "null-origin-allowed"]
    places = [result["locations"][0]["physicalLocation"] for result in found["results"]]
    assert [place["artifactLocation"]["uri"] for place in places] == ["app.py"] * 4 + ["bad.conf"]
    assert [place["region"] for place in places[:2]] == [
        {"startLine": 1, "startColumn": 34},
        {"startLine": 1, "startColumn": 39},
    ]
    assert places[4]["region"] == {"startLine": 2}
    assert len({result["partialFingerprints"]["corsdoctor/v1"] for result in found["results"]}) == 5


def test_annotations(run: Run, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(files)
    assert run("lint", "bad.conf", GITHUB_ACTIONS="true").stdout.startswith(
        "::error title=any-origin-allowed,file=bad.conf,line=2::"
    )
    (files / "app.py").write_text("CORSMiddleware(a, allow_origins=['null'])\n")
    assert run("lint", "app.py", "--format", "github").stdout.startswith(
        "::warning title=null-origin-allowed,file=app.py,line=1,col=34::"
    )
    assert run("lint", "good.conf", "--format", "github").stdout == ""


def test_secrets_are_masked(run: Run, files: Path) -> None:
    value = "https://a.example, https://user:abcdefgh12345678@b.example"
    (files / "bad.conf").write_text(f'server {{ add_header Access-Control-Allow-Origin "{value}" always; }}')
    path = str(files / "bad.conf")
    assert "abcdefgh12345678" not in run("lint", path).output
    assert "abcdefgh12345678" in run("lint", path, "--show-secrets").output


def test_a_folder_may_have_names_in_capital_letters(run: Run, tmp_path: Path) -> None:
    (tmp_path / "APP.PY").write_text("from flask_cors import CORS\nCORS(app, origins='*', supports_credentials=True)\n")
    assert str(tmp_path / "APP.PY") in run("lint", str(tmp_path)).output
