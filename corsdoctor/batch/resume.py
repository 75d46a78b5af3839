"""--resume FILE: goes on where an earlier run's JSON lines end.

Which lines the file answers stands in its bytes; it is proven to belong to the input before a line is answered.
"""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from corsdoctor.batch.line import BadLine, Line, read_line
from corsdoctor.batch.work import Work
from corsdoctor.errors import InvalidScenario, Mistake
from corsdoctor.reports.masks import MASK

_TEXT = rb'"(?:[^"\\]|\\.)*"'
_ANSWER: Final = re.compile(
    rb'\{"schema_version":\d+,"id":(?P<id>null|-?\d+|%(t)b),"line":(?P<line>[1-9]\d{0,8}),(?:"error":%(t)b\}|'
    rb'"verdict":"(?P<verdict>[a-z]+)","request":\{"url":(?P<url>%(t)b),"origin":(?P<origin>%(t)b),'
    rb'"method":(?P<method>%(t)b),.*\})\r?\n' % {b"t": _TEXT},
    re.DOTALL,
)
_HELD_BACK: Final = 100_000  # lines that wait for the proof that the file belongs to the input


@dataclass(frozen=True, slots=True)
class _Answer:
    """What an answer says of its line; `url` is None where it says only why there is none."""

    line: int
    id: str | int | None
    levels: frozenset[str]
    url: str | None
    origin: str | None
    method: str | None


class Answered:
    """The answers in the file at `path`, which may be missing; `levels` are reports.levels.LEVELS that they have.

    InvalidScenario where it is no file that a batch wrote, or can't be read and written.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._numbers = bytearray()  # a bit for each line
        self._count = self._end = 0
        self.levels: set[str] = set()
        try:
            with Path(path).open("r+b") as file:
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    raise self._refuse("should be a file that can be added to")
                for answer, end in self._answers(file):
                    self._end = end
                    if self._knows(answer.line):
                        raise self._refuse(f"line {answer.line} of the input is answered twice in it")
                    self._numbers.extend(bytes(max(0, answer.line // 8 + 1 - len(self._numbers))))
                    self._numbers[answer.line // 8] |= 1 << answer.line % 8
                    self._count += 1
                    self.levels |= answer.levels
        except FileNotFoundError:
            return
        except OSError as e:
            raise self._refuse(f"the file can't be added to: {e.strerror}") from e

    def cut(self) -> None:
        """Cuts off what a killed run left of a last line. OSError where the file can't be written."""
        if Path(self.path).exists():
            os.truncate(self.path, self._end)

    def rest(self, lines: Iterable[Line], work: Work) -> Iterator[Line]:
        """Those of `lines` that are not answered. InvalidScenario where the answers are to other lines."""
        seen, held = 0, list[Line]()
        with Path(self.path).open("rb") if self._count else open(os.devnull, "rb") as file:  # noqa: PTH123
            answers = self._ascending(file)
            answer = next(answers, None)
            for line in lines:
                if self._knows(line.number):
                    seen += 1
                    if answer is not None and answer.line <= line.number:
                        if answer.line < line.number or not _fits(answer, line, work):
                            raise self._misfit(answer)
                        answer = next(answers, None)
                else:
                    held.append(line)
                if seen == self._count or len(held) > _HELD_BACK:
                    yield from held
                    held.clear()
            if seen < self._count:
                raise self._refuse(
                    "it answers more lines than the input has; give the FILE and --shard that it was begun with"
                )

    def _answers(self, file: IO[bytes]) -> Iterator[tuple[_Answer, int]]:
        """The answers in `file`, and where each ends; a last line that is not whole is none."""
        end = 0
        for number, data in enumerate(file, 1):
            if not data.endswith(b"\n"):
                return
            found = _ANSWER.fullmatch(data)
            if found is None:
                raise self._refuse(f"its line {number} is no answer of a batch")
            url, origin, method = (json.loads(found[name] or b"null") for name in ("url", "origin", "method"))
            verdict = (found["verdict"] or b"error").decode()
            levels = frozenset({verdict, "note"} if b'"notes":["' in data else {verdict})
            end += len(data)
            yield _Answer(int(found["line"]), json.loads(found["id"]), levels, url, origin, method), end

    def _ascending(self, file: IO[bytes]) -> Iterator[_Answer]:
        """The answers without those that an earlier --resume filled in."""
        last = 0
        for answer, _ in self._answers(file):
            if answer.line > last:
                last = answer.line
                yield answer

    def _knows(self, number: int) -> bool:
        return number // 8 < len(self._numbers) and bool(self._numbers[number // 8] & 1 << number % 8)

    def _misfit(self, answer: _Answer) -> InvalidScenario:
        asked = "" if answer.url is None else f", {answer.method} {answer.url} from {answer.origin},"
        return self._refuse(
            f"its answer to line {answer.line}{asked} does not fit the input; give the FILE and options that it was "
            "begun with"
        )

    def _refuse(self, reason: str) -> InvalidScenario:
        return InvalidScenario(Mistake("--resume", self.path, reason))


def _fits(answer: _Answer, line: Line, work: Work) -> bool:
    """Whether `answer` can be the one to `line`; secrets in its URL are masked."""
    try:
        id, scenario = read_line(line, work.defaults, has_origin=work.has_origin)
    except BadLine as e:
        return answer.url is None and answer.id == e.id
    if answer.url is None:
        return answer.id == id  # anything may have gone wrong
    like = ".*".join(map(re.escape, answer.url.split(MASK)))
    return (id, scenario.method, str(scenario.origin)) == (answer.id, answer.method, answer.origin) and re.fullmatch(
        like, scenario.url, re.DOTALL
    ) is not None
