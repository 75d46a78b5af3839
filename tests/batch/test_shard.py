"""--shard I/N: the parts, joined and sorted, are the whole."""

from __future__ import annotations

import json

import pytest

from corsdoctor.batch.shard import Shard, read_shard
from tests.cli.conftest import PAGE, Run

HOSTS = [f"host-{i % 40}.example" for i in range(200)]
LINES = "\n".join(
    [
        *(f"https://{host}:9/{i}" for i, host in enumerate(HOSTS)),  # a port that browsers refuse: nothing is sent
        '{"id": "ä", "url": "data:,x"}',
        "# a comment",
        "not a url",
        '{"url": 1}',
        "{",
    ]
)


@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_the_parts_are_the_whole(run: Run, count: int) -> None:
    whole = run("batch", "-", "--origin", PAGE, input=LINES).stdout
    parts = [
        run("batch", "-", "--origin", PAGE, "--shard", f"{i}/{count}", input=LINES).stdout for i in range(1, count + 1)
    ]
    joined = sorted("".join(parts).splitlines(keepends=True), key=lambda line: json.loads(line)["line"])
    assert "".join(joined) == whole
    assert all(parts)


def test_a_host_is_in_one_part() -> None:
    for host in HOSTS:
        assert sum(Shard(i, 7).holds(host) for i in range(1, 8)) == 1


def test_parts_stay_the_same_in_later_versions() -> None:
    hosts = ("api.example", "xn--bcher-kva.example", "127.0.0.1", "[::1]", "")
    assert [next(i for i in range(1, 9) if Shard(i, 8).holds(host)) for host in hosts] == PARTS


PARTS = [7, 7, 1, 8, 1]


def test_spellings_of_a_host_are_one(run: Run) -> None:
    lines = "\n".join(f"{url}:9" for url in ("https://A.example", "http://a.EXAMPLE", "https://u:p@a.example"))
    for part in ("1/5", "2/5", "3/5", "4/5", "5/5"):
        found = run("batch", "-", "--origin", PAGE, "--shard", part, input=lines).stdout.splitlines()
        assert len(found) in (0, 3)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2", "must be I/N, such as 2/8 for the second of eight parts"),
        ("a/b", "must be I/N"),
        ("1/0", "0 parts: must be between 1 and 100000"),
        ("0/2", "part 0 of 2 does not exist: parts are numbered from 1 to 2"),
        ("3/2", "part 3 of 2 does not exist"),
        ("1/2/3", "must be I/N"),
        ("-1/2", "must be I/N"),
    ],
)
def test_what_is_no_part(run: Run, text: str, reason: str) -> None:
    result = run("batch", "-", "--origin", PAGE, "--shard", text, input="")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"corsdoctor: --shard {text!r}: {reason}")


def test_both_edges() -> None:
    assert read_shard("1/1") == Shard(1, 1)
    assert read_shard("100000/100000") == Shard(100000, 100000)
