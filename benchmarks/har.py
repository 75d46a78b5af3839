"""Measures `corsdoctor replay` of large files, beside a program that only loads the JSON: `python benchmarks/har.py [--runs N] [--large]`.

Run it with the interpreter of the environment that corsdoctor is installed in. The programs of a pair take turns; what is
compared are the medians of CPU time. One entry in 50 is a cross-origin request, each of another URL.
With --large, it also reads a file of 2 GB, and one with a body of 300 MB. It asserts nothing. Needs Linux or macOS.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

RECORDED = Path(__file__).resolve().parent.parent / "tests" / "captures" / "recorded" / "chromium.har"
CORSDOCTOR = Path(sysconfig.get_path("scripts")) / "corsdoctor"
MAXRSS = 1 if sys.platform == "darwin" else 1024  # bytes in a unit of ru_maxrss
MARKUP = '<p class="item">'
MEGA = 1_000_000


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--large", action="store_true")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "capture.har")
        for name, size, body, every, indent in (
            ("200 MB, no bodies", 200, 0, 1, 2),
            ("200 MB, bodies of 3 kB, compact", 200, 3000, 1, None),
            ("200 MB, bodies of 40 kB", 200, 40_000, 1, 2),
        ):
            write(file, size * MEGA, body, every, indent)
            loads = [sys.executable, "-c", f"import json; json.load(open({str(file)!r}, encoding='utf-8'))"]
            replays = [str(CORSDOCTOR), "replay", str(file), "--format", "jsonl"]
            turns = [(run(replays), run(loads)) for _ in range(chosen.runs)]
            ours, theirs = (median(turn[side][0] for turn in turns) for side in (0, 1))
            memory = max(turn[0][1] for turn in turns)
            print_line(
                f"{name:32} {ours:6.2f} s  json.load {theirs:6.2f} s  {theirs / ours:4.2f} times as fast  {memory / MEGA:4.0f} MB"
            )
        if chosen.large:
            for name, size, body, every in (
                ("2 GB, peak memory", 2000, 400_000, 1),
                ("a body of 300 MB, peak memory", 320, 300 * MEGA, 10**9),
            ):
                write(file, size * MEGA, body, every, 2)
                seconds, memory = run([str(CORSDOCTOR), "replay", str(file), "--format", "jsonl"])
                print_line(f"{name:32} {seconds:6.2f} s  {memory / MEGA:4.0f} MB")


def write(file: Path, size: int, body: int, every: int, indent: int | None) -> None:
    """Writes a HAR of at least `size` bytes; one entry in `every` has a body of `body` bytes, as it stands in the file."""
    log = json.loads(RECORDED.read_text(encoding="utf-8"))
    entries = log["log"].pop("entries")
    separators = (",", ":") if indent is None else None
    with file.open("w", encoding="utf-8") as written:
        written.write(json.dumps(log)[:-2] + ', "entries": [')
        count = 0
        while written.tell() < size:
            text = json.dumps(entry(entries, count), indent=indent, separators=separators)
            head, mark, tail = text.partition("@body@")
            written.write(f"{',' if count else ''}{head}")
            if mark and count % every == 0:
                written.writelines(pieces(body))
            written.write(tail)
            count += 1
        written.write("]}}")


def entry(entries: list[dict[str, object]], count: int) -> object:
    """An entry with a mark where its body goes; 49 of 50 are not of CORS."""
    copied = json.loads(json.dumps(entries[count % len(entries)]))
    copied["request"]["url"] += f"?{count}"
    if count % 50:
        asked = copied["request"]["headers"]
        copied["request"]["headers"] = [line for line in asked if line["name"] != "Origin"]
        copied["request"]["method"], copied["response"]["status"] = "GET", 200
    copied["response"]["content"]["text"] = "@body@"
    return copied


def pieces(size: int) -> Iterator[str]:
    """Escaped markup."""
    escaped = json.dumps(MARKUP)[1:-1]
    block = escaped * (MEGA // len(escaped))
    for _ in range(size // len(block)):
        yield block
    yield escaped * (size % len(block) // len(escaped))


def print_line(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def run(command: list[str]) -> tuple[float, int]:
    """The seconds of CPU that a process takes, and the bytes of memory that it has at most."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, used = os.wait4(process.pid, 0)
    return used.ru_utime + used.ru_stime, used.ru_maxrss * MAXRSS


if __name__ == "__main__":
    main()
