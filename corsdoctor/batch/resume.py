"""--resume FILE: continues after the JSON lines of an earlier run.

The file's bytes show which lines have an answer. While the input is read, each answer is compared with its line, to make
sure that the file belongs to the input; an answer behind one to a later line (a run filled it in) is only counted. The
lines without an answer wait until all answers have been compared. If too many wait, they are let go as soon as all
answers so far match: a mismatch further down is then found after some lines were answered.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final

from corsdoctor.batch.answer import Answer, is_torn, read_answer
from corsdoctor.batch.in_use import taken
from corsdoctor.batch.line import Line
from corsdoctor.batch.work import Work
from corsdoctor.errors import InvalidScenario, Mistake, UnwritableOutput
from corsdoctor.masking import mask_url
from corsdoctor.wrong_input import shown_path

MOST_HELD: Final = 100_000
"""The most lines that wait for the comparison."""
MOST_HELD_BYTES: Final = 64 * 1024 * 1024
"""The most bytes that they have, except for the last one."""
_LONGEST: Final = 64 * 1024 * 1024
"""The most bytes of a line of the file."""
_NO_FILE: Final = "must be a regular file that can be read and written, not a pipe or a device"
_INPUT: Final = "input; use the FILE and options"
_FIRST_ONLY: Final = """awk 'match($0, /"line":[0-9]+/) && !n[substr($0, RSTART, RLENGTH)]++' FILE > NEW"""


class Answered:
    """The answers in the file at `path`, which may be missing; `levels` are those that the answers have.

    Raises InvalidScenario if a batch did not write it, if it cannot be read and written, or if another run uses it. No
    other run can use it before `close`.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._numbers = bytearray()  # a bit for each line
        self._count = self._end = 0
        self._file: BinaryIO | None = None
        self.levels: set[str] = set()
        try:
            if Path(path).exists() and not (Path(path).is_file() or Path(path).is_dir()):
                raise self._refuse(_NO_FILE)  # opening a pipe waits, or fails with an unclear error
            self._file = Path(path).open("r+b")  # noqa: SIM115 (closed by close())
            self._take(self._file)
        except FileNotFoundError:
            pass
        except OSError as e:
            self.close()
            raise self._refuse(f"cannot append to the file: {e.strerror or e}") from e
        except InvalidScenario:
            self.close()
            raise

    @property
    def exists(self) -> bool:
        """Whether there is a file yet."""
        return self._file is not None

    def begin(self) -> None:
        """Creates the file if it is missing, and removes an incomplete last line, which a killed run leaves.

        Raises UnwritableOutput if that fails, InvalidScenario if another run has created it in the meantime.
        """
        try:
            if self._file is None:
                self._file = Path(self.path).open("x+b")  # noqa: SIM115 (closed by close())
                if not taken(self._file):
                    raise self._in_use()
            self._file.truncate(self._end)
        except FileExistsError as e:
            raise self._in_use() from e
        except OSError as e:
            raise UnwritableOutput(self.path, e.strerror or str(e)) from e

    def close(self) -> None:
        """Releases the file for other runs."""
        if self._file is not None:
            self._file.close()

    def rest(self, lines: Iterable[Line], work: Work) -> Iterator[Line]:
        """Those of `lines` without an answer. Raises InvalidScenario if the answers belong to other lines."""
        seen, held, size = 0, list[Line](), 0
        with Path(self.path).open("rb") as file:
            answers = self._ascending(file)
            answer = next(answers, None)
            for line in lines:
                if self._knows(line.number):
                    seen += 1
                    if answer is not None and answer.line <= line.number:
                        self._prove(answer, line, work)
                        answer = next(answers, None)
                else:
                    held.append(line)
                    size += len(line.data)
                if seen == self._count or len(held) >= MOST_HELD or size >= MOST_HELD_BYTES:
                    yield from held
                    held, size = [], 0
            if seen < self._count:
                raise self._refuse(
                    "it has results for more lines than the input has; use the FILE and --shard that it was started with"
                )

    def _take(self, file: BinaryIO) -> None:
        """Reads for which lines `file` has answers."""
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise self._refuse(_NO_FILE)
        if not taken(file):
            raise self._in_use()
        for number, (answer, end) in enumerate(self._read(file), 1):
            self._end = end
            if self._knows(answer.line):
                raise self._refuse(
                    f"line {answer.line} of the input has two results in it, the second in its line {number}: did two runs "
                    f"write to it? To keep the first result of each line: {_FIRST_ONLY}"
                )
            self._numbers.extend(bytes(max(0, answer.line // 8 + 1 - len(self._numbers))))
            self._numbers[answer.line // 8] |= 1 << answer.line % 8
            self._count += 1
            self.levels |= answer.levels

    def _read(self, file: BinaryIO) -> Iterator[tuple[Answer, int]]:
        """The answers in `file`, and where each ends. An incomplete last line of a killed run is ignored."""
        end = 0
        for number, data in enumerate(iter(partial(file.readline, _LONGEST), b""), 1):
            no_answer = f"its line {number} is not a result of a batch"
            if not data.endswith(b"\n"):
                if len(data) == _LONGEST or not is_torn(data):  # a file of the user, which must not be cut
                    raise self._refuse(no_answer)
                return
            end += len(data)
            try:
                yield read_answer(data), end
            except ValueError as e:
                raise self._refuse(no_answer) from e

    def _ascending(self, file: BinaryIO) -> Iterator[Answer]:
        """The answers without those that an earlier --resume filled in."""
        last = 0
        for answer, _ in self._read(file):
            if answer.line > last:
                last = answer.line
                yield answer

    def _knows(self, number: int) -> bool:
        return number // 8 < len(self._numbers) and bool(self._numbers[number // 8] & 1 << number % 8)

    def _prove(self, answer: Answer, line: Line, work: Work) -> None:
        """Raises InvalidScenario if `answer`, in which secrets are masked, cannot be the one to `line`."""
        if answer.line != line.number:
            raise self._misfit(answer)
        differing = work.misfit(answer, line)
        if differing is not None:
            raise self._misfit(answer, f"options: {differing}; use the options" if differing else _INPUT)

    def _misfit(self, answer: Answer, what: str = _INPUT) -> InvalidScenario:
        asked = ""
        if answer.url is not None:
            asked = mask_url(answer.url)
            asked = f", {asked}," if answer.method is None else f", {answer.method} {asked} from {answer.origin},"
        return self._refuse(
            f"its result for line {answer.line}{asked} does not match the {what} that it was started with"
        )

    def _in_use(self) -> InvalidScenario:
        return self._refuse("is in use by another run")

    def _refuse(self, reason: str) -> InvalidScenario:
        return InvalidScenario(Mistake("--resume", shown_path(self.path), reason))
