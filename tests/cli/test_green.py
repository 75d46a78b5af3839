"""Status 0 means that something was judged: a run in which nothing was fails whatever --fail-on says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corsdoctor import levels
from corsdoctor.batch import origins
from corsdoctor.cli import exit_status
from corsdoctor.cli.exit_status import ExitStatus
from tests.cli.conftest import PAGE, Policy, Run, Server, answers

ORIGIN = ("--origin", PAGE)
API = "https://api.example/items"
FAIL_ON = ((), ("--fail-on", "blocked"), ("--fail-on", "unsent"), ("--fail-on", "unsent,blocked"))
JUDGED = '{"url": "data:,x"}\n'


# --- nothing was judged


@pytest.mark.parametrize("flags", FAIL_ON)
@pytest.mark.parametrize("lines", ["{dead}/\n{dead}/a\n", "not a URL\n", '{{"url": 1}}\n{dead}/\n', "", "\n# none\n"])
def test_a_batch_in_which_nothing_is_judged(run: Run, dead: str, lines: str, flags: tuple[str, ...]) -> None:
    text = lines.format(dead=dead)
    result = run("batch", "-", *ORIGIN, *flags, input=text)
    assert result.exit_code == 3
    assert len(answers(result)) == text.replace("# none", "").replace("\n\n", "").count("\n")
    assert "corsdoctor: nothing was judged: " in result.stderr
    assert run("batch", "-", *ORIGIN, "--exit-zero", input=text).exit_code == 0


@pytest.mark.parametrize("flags", [*FAIL_ON, ("--send", "--fail-on", "blocked,unsent")])
def test_one_judged_line_is_enough(run: Run, dead: str, flags: tuple[str, ...]) -> None:
    result = run("batch", "-", *ORIGIN, *flags, input=f"{dead}/\n{JUDGED}")
    assert (result.exit_code, "nothing was judged" in result.stderr) == (0, False)


@pytest.mark.parametrize("flags", FAIL_ON)
@pytest.mark.parametrize("command", ["check", "preflight"])
def test_a_check_of_dead_servers(run: Run, dead: str, command: str, flags: tuple[str, ...]) -> None:
    put = ("-X", "PUT", *ORIGIN, *flags)
    assert run(command, f"{dead}/", *put).exit_code == 3
    assert run(command, f"{dead}/", f"{dead}/a", *put).exit_code == 3
    assert run(command, "-", *put, input=f"{dead}/\n{dead}/a\n").exit_code == 3
    assert run(command, f"{dead}/", *ORIGIN, "-X", "PUT", "--exit-zero").exit_code == 0


def test_one_judged_url_is_enough(run: Run, server: Server, dead: str) -> None:
    assert run("check", f"{dead}/", f"{server.url}/open", *ORIGIN, "--fail-on", "blocked").exit_code == 0
    assert run("check", "-", *ORIGIN, "--fail-on", "blocked", input=f"{dead}/\n{server.url}/open").exit_code == 0


@pytest.mark.parametrize("command", ["check", "batch"])
def test_nothing_was_sent(run: Run, server: Server, command: str) -> None:
    """A POST that needs no preflight request is withheld: the server was not asked."""
    target = ("-",) if command == "batch" else (f"{server.url}/open",)
    result = run(command, *target, *ORIGIN, "-X", "POST", "--fail-on", "blocked", input=f"{server.url}/open\n")
    assert (result.exit_code, server.requests) == (4, [])
    assert "nothing was judged: the requests that would show it were not sent; --send sends them" in result.stderr


def test_a_preflight_request_that_none_needs(run: Run, server: Server) -> None:
    """`preflight` answers whether it passes, or is needed."""
    result = run("preflight", f"{server.url}/none", *ORIGIN)
    assert (result.exit_code, result.stderr, server.requests) == (0, "", [])


@pytest.mark.parametrize("flags", FAIL_ON)
@pytest.mark.parametrize(
    "case",
    [
        {"url": "{dead}/", "expect": "allowed"},
        {"url": "{dead}/", "expect": "blocked"},
        {"url": "{dead}/", "expect": "allowed", "known": {"reason": "down"}},
        {"url": "/gone", "expect": "blocked"},
    ],
)  # fmt: skip
def test_a_policy_of_which_nothing_is_judged(
    run: Run, server: Server, policy: Policy, dead: str, case: dict[str, str], flags: tuple[str, ...]
) -> None:
    policy(server.url, a={**case, "url": case["url"].format(dead=dead)})
    result = run("test", *flags)
    assert result.exit_code == 3
    assert run("test", "--exit-zero").exit_code == 0


def test_one_judged_case_is_enough(run: Run, server: Server, policy: Policy, dead: str) -> None:
    policy(server.url, a={"url": f"{dead}/", "expect": "allowed"}, b={"url": "/open", "expect": "allowed"})
    assert run("test", "--fail-on", "blocked").exit_code == 0


NOTHING = {
    1: ("explain -", "explain empty", "explain empty.json"),
    2: (
        "check -", "check --from empty.toml", "plan -", "preflight -", "fix -", "fix --from empty.toml", "audit -", "test empty.toml",
        "test skipped.toml", "test no-visits.toml", "flow empty.toml", "flow no-visits.json",
    ),
    3: (
        "check {dead}/", "preflight {dead}/", "fix {dead}/", "audit {dead}/", "batch -", "batch empty.har", "batch dead.har",
        "batch dead.jsonl", "flow dead.json", "replay empty", "replay empty.har", "replay broken.har", "replay dead.har",
        "replay dead.har --live", "lint .", "lint folder", "lint empty", "lint empty folder",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("status", "args"), [(status, args) for status in NOTHING for args in NOTHING[status]])
def test_no_command_succeeds_without_a_verdict(
    run: Run, dead: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int, args: str
) -> None:
    monkeypatch.chdir(tmp_path)
    entry = {"request": {"method": "GET", "url": f"{dead}/", "headers": [{"name": "Origin", "value": PAGE}]}}
    visit = {"page": "http://localhost:8080/", "requests": [{"url": f"{dead}/"}]}
    matrix = '[[matrix]]\nid = "a"\nurls = "https://x.example/"\nallow = "https://app.example"\n'
    files = {
        "empty": "", "folder/notes.txt": "server {", "folder/other.conf": "[section]\n", "empty.toml": "", "empty.json": "{}",
        "skipped.toml": f'{matrix}[[matrix.except]]\norigin = "https://app.example"\nskip = "not yet"\n',
        "no-visits.toml": '[[case]]\nid = "a"\nexpect = "allowed"\nflow = "no-visits.json"\n',
        "no-visits.json": '{"visits": []}', "dead.json": json.dumps({"visits": [visit]}), "dead.jsonl": f'{{"url": "{dead}/"}}\n',
        "empty.har": '{"log": {"entries": []}}', "broken.har": '{"log": {"entries": [{"request": 1}]}}',
        "dead.har": json.dumps({"log": {"entries": [entry]}}),
    }  # fmt: skip
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    command, *rest = args.format(dead=dead).split(" ")
    if command in ("check", "plan", "preflight", "fix", "batch") and "--from" not in rest:
        rest += ORIGIN
    if command == "preflight":
        rest += ("-X", "PUT")
    level = {"audit": "high", "lint": "high", "fix": None, "explain": None}.get(command, "blocked")
    for flags in ((), () if level is None else ("--fail-on", level)):
        result = run(command, *rest, *flags, input="")
        assert (result.exit_code, bool(result.output)) == (status, True), result.output


# --- --shard and --resume


def test_an_empty_part_has_nothing_to_judge(run: Run, dead: str) -> None:
    """All lines of a host are in one part: the other one judges them."""
    ended = {part: run("batch", "-", *ORIGIN, "--shard", part, input=f"{dead}/\n") for part in ("1/2", "2/2")}
    (full,) = (result for result in ended.values() if result.stdout)
    (empty,) = (result for result in ended.values() if not result.stdout)
    assert (full.exit_code, empty.exit_code) == (3, 0)
    assert "none of the 1 lines is in this part" in empty.stderr
    assert run("batch", "-", *ORIGIN, "--shard", "1/2", input="# nothing\n").exit_code == 3


@pytest.mark.parametrize(
    ("lines", "flags", "status"),
    [
        (JUDGED, (), 0),
        ("{dead}/\n", (), 3),
        ("{dead}/\n", ("--fail-on", "blocked"), 3),
        ("{dead}/\n" + JUDGED, ("--fail-on", "blocked"), 0),
        ("{url}/none\n", ("--fail-on", "blocked"), 1),
        ("{url}/put\n", ("-X", "PUT"), 0),
        ("{url}/put\n", ("-X", "POST"), 4),
    ],
)
def test_earlier_answers_count(
    run: Run, server: Server, dead: str, tmp_path: Path, lines: str, flags: tuple[str, ...], status: int
) -> None:
    text = lines.replace("{dead}", dead).replace("{url}", server.url)
    args = ("batch", "-", *ORIGIN, "--resume", str(tmp_path / "answers"), *flags)
    first = run(*args, input=text)
    before = list(server.requests)
    again = run(*args, input=text)
    assert (first.exit_code, again.exit_code, server.requests) == (status, status, before)


# --- an origin that is missing


@pytest.mark.parametrize("flags", [*FAIL_ON, ("--exit-zero",), ("--shard", "1/2"), ("--format", "text")])
@pytest.mark.parametrize(
    ("lines", "where"),
    [
        ("{url}/open\n", "line 1 of"),
        ('# a list\n\n{url}/open\n{{"url": "{url}/put", "origin": null}}\n', "lines 3 to 4 of"),
        ('{{"id": "origin", "url": "{url}/open"}}\n{{"bad": \n[1]\n', "lines 1 to 3 of"),
    ],
)
def test_a_batch_that_names_no_origin(
    run: Run, server: Server, tmp_path: Path, lines: str, where: str, flags: tuple[str, ...]
) -> None:
    file = tmp_path / "urls"
    file.write_text(lines.format(url=server.url), encoding="utf-8")
    for target, name in ((str(file), str(file)), ("-", "standard input")):
        result = run("batch", target, *flags, input=file.read_bytes())
        assert (result.exit_code, result.stdout, server.requests) == (2, "", [])
        assert result.stderr.startswith("corsdoctor: --origin is missing")
        assert f"({where} {name})" in result.stderr
        assert result.stderr.count("\n") == 1


def test_the_same_goes_on_once_it_is_there(run: Run, server: Server, tmp_path: Path) -> None:
    file = str(tmp_path / "answers")
    args = ("batch", "-", "--resume", file)
    assert run(*args, input=f"{server.url}/open\n").exit_code == 2
    assert run(*args, *ORIGIN, input=f"{server.url}/open\n").exit_code == 0
    assert json.loads(Path(file).read_text())["verdict"] == "allowed"


def test_one_line_that_names_an_origin_is_enough(run: Run, server: Server) -> None:
    named = json.dumps({"url": f"{server.url}/open", "origin": PAGE})
    result = run("batch", "-", input=f"{server.url}/open\n{named}\n{server.url}/open\n")
    assert result.exit_code == 0
    assert [answer.get("verdict") for answer in answers(result)] == [None, "allowed", None]
    wrong = json.dumps({"url": f"{server.url}/open", "origin": f"{PAGE}/"})
    assert run("batch", "-", input=wrong).exit_code == 3


@pytest.mark.parametrize("limit", ["MOST", "MOST_BYTES"])
def test_a_long_file_is_not_read_to_its_end(run: Run, monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    monkeypatch.setattr(origins, limit, 2 if limit == "MOST" else 15)
    result = run("batch", "-", input="data:,12\n" * 9 + json.dumps({"url": "data:,x", "origin": PAGE}))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "none of the lines so far names an origin (lines 1 to 2 of standard input)" in result.stderr


# --- --fail-on


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("check", "--fail-on", "none"), "--fail-on 'none': is not a level"),
        (("check", "--fail-on", "block"), "--fail-on 'block': did you mean `blocked`?"),
        (("check", "--fail-on", "Error"), "--fail-on 'Error': did you mean `error`?"),
        (("check", "--fail-on", "blocked,"), "--fail-on: must be one of blocked, error, unsent, note"),
        (("check", "--fail-on", " "), "--fail-on: must be one of blocked, error, unsent, note"),
        (("check", "--send", "--fail-on", "unsent"), "--fail-on 'unsent': never occurs here, because --send"),
        (("batch", "--send", "--fail-on", "unsent,unsent"), "--fail-on 'unsent': never occurs here, because --send"),
        (("test", "--send", "--fail-on", "unsent"), "--fail-on 'unsent': never occurs here, because --send"),
        (("plan", "--fail-on", "error"), "--fail-on 'error': never occurs here, because plan sends nothing"),
    ],
)  # fmt: skip
def test_what_no_run_can_match(run: Run, args: tuple[str, ...], words: str) -> None:
    command, *flags = args
    target = () if command == "test" else ("-", *ORIGIN)
    result = run(command, *target, *flags, input="data:,x\n")
    assert (result.exit_code, result.stdout) == (2, "")
    assert words in result.stderr
    assert result.stderr.count("\n") == 1


def test_levels_that_may_not_happen_beside_one_that_may(run: Run) -> None:
    assert run("plan", "data:,x", *ORIGIN, "--fail-on", "blocked,error").exit_code == 0
    assert run("check", "data:,x", *ORIGIN, "--send", "--fail-on", "blocked,unsent").exit_code == 0


# --- policies of which no case is left


@pytest.mark.parametrize(
    ("match", "words"),
    [
        ("bcd", "-m 'bcd': matches none of the 1 ids"),
        ("other", "-m 'other': matches only cells that the policy skips"),
        ("not app", "-m 'not app': matches only cells that the policy skips"),
    ],
)
def test_cells_of_which_none_is_left(run: Run, tmp_path: Path, match: str, words: str) -> None:
    file = tmp_path / "cors.toml"
    file.write_text(
        'version = 1\n[[matrix]]\nid = "items"\nurls = "https://api.example/"\n'
        'allow = ["https://app.example", "https://other.example"]\n'
        '[[matrix.except]]\norigin = "https://other.example"\nskip = "not yet"\n'
    )
    result = run("test", str(file), "-m", match)
    assert (result.exit_code, result.stdout) == (2, "")
    assert words in result.stderr


# --- lines that hold more than a URL


def test_a_batch_and_a_check_say_so(run: Run, server: Server) -> None:
    url = f"{server.url}/open"
    lines = f'{url},{PAGE}\n{url} {PAGE}\n{url}\t{PAGE}\nPUT {url}\n"{url}","{PAGE}"\n{url}?ids=1,2\n'
    result = run("batch", "-", "--origin", PAGE, input=lines)
    found = answers(result)
    assert ["error" in answer for answer in found] == [True] * 5 + [False]
    assert all('{"url": ' in answer["error"] for answer in found[:5])
    assert server.requests == ["GET /open?ids=1,2"]
    for command in ("check", "plan", "preflight", "fix"):
        result = run(command, "-", "--origin", PAGE, input=f"{url},{PAGE}\n")
        assert (result.exit_code, result.stdout) == (2, "")
        assert "a comma separates it from something else" in result.stderr


def test_what_is_written_as_json_is_meant(run: Run) -> None:
    [answer] = answers(run("batch", "-", "--origin", PAGE, input=f'{{"url": "data:,{API},{PAGE}"}}'))
    assert answer["verdict"] == "allowed"


def test_the_rest_is_not_repeated(run: Run) -> None:
    """It may be a token."""
    result = run("batch", "-", "--origin", PAGE, input=f"{API}\tBearer s3cr3t\n")
    assert "s3cr3t" not in result.output


@pytest.mark.parametrize(
    ("seen", "ended"),
    [
        ({"unsent"}, ExitStatus.UNSENT),
        ({"error"}, ExitStatus.NO_ANSWER),
        ({"unsent", "error"}, ExitStatus.NO_ANSWER),
        (set(), ExitStatus.NO_ANSWER),
        ({levels.JUDGED, "unsent", "error"}, ExitStatus.OK),
    ],
)
def test_how_a_run_ends_in_which_no_level_counts(seen: set[str], ended: ExitStatus) -> None:
    assert exit_status.status(seen, frozenset({"blocked"})) is ended
    assert exit_status.status(seen, None) is ExitStatus.OK


@pytest.mark.parametrize(
    ("seen", "ended"),
    [
        ({"blocked", "error", "unsent"}, ExitStatus.BLOCKED),
        ({"note", "error", "unsent"}, ExitStatus.BLOCKED),
        ({"error", "unsent"}, ExitStatus.NO_ANSWER),
        ({"unsent"}, ExitStatus.UNSENT),
    ],
)
def test_which_of_several_levels_decides(seen: set[str], ended: ExitStatus) -> None:
    assert exit_status.status(seen, frozenset(levels.LEVELS)) is ended
    assert exit_status.status({levels.JUDGED, *seen}, frozenset(levels.LEVELS)) is ended
