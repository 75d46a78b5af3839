"""Results that wait for their turn: a few unpacked, the others packed, and many of those in a temporary file."""

from __future__ import annotations

import io
import zlib
from array import array
from collections.abc import Callable
from tempfile import SpooledTemporaryFile
from typing import Any, Final, Generic, TypeVar

from corsdoctor.rule import Rule

_Result = TypeVar("_Result")
AS_THEY_ARE: Final = 256
"""The number of results that are kept unpacked."""
_IN_MEMORY = 4 * 1024 * 1024  # bytes of packed results
MOST_BYTES: Final = 1024 * 1024 * 1024
MOST: Final = 1_000_000
_FORGET = 65_536  # the most places that are kept for results that were handed out


def pack(result: object) -> bytes:
    """`result` in few bytes, for a file or another process: rules and browsers by their names. See `unpack`."""
    import pickle  # which loads much, and few runs keep results so long

    from corsdoctor.catalogue import by_id

    buffer = io.BytesIO()
    pickler = pickle.Pickler(buffer, pickle.HIGHEST_PROTOCOL)
    pickler.dispatch_table = {Rule: lambda rule: (by_id, (rule.id,))}
    pickler.dump(result)
    return zlib.compress(buffer.getbuffer(), 1)


def unpack(data: bytes) -> Any:
    """The argument of `pack`. Only for data that this program packed: unpickling can run code from the data."""
    import pickle

    return pickle.loads(zlib.decompress(data))


class Waiting(Generic[_Result]):
    """Results by number, put in any order. Not safe for threads: the caller holds a lock."""

    def __init__(self) -> None:
        self._kept: dict[int, _Result] = {}
        self._file: Any = None
        self._end = 0
        self._packed = 0
        self._base = 0
        self._places = array("Q")  # the offsets in the file of the results from number `_base` on, plus 1; 0 for none

    def __len__(self) -> int:
        return len(self._kept) + self._packed

    def __contains__(self, number: int) -> bool:
        return number in self._kept or self._place(number) > 0

    @property
    def full(self) -> bool:
        """Whether no more results should be added."""
        return len(self) >= MOST or self._end >= MOST_BYTES

    @property
    def crowded(self) -> bool:
        """Whether a result that is not next should be packed before it is added."""
        return len(self._kept) >= AS_THEY_ARE

    def put(self, number: int, result: _Result) -> None:
        """Keeps a result unpacked."""
        self._kept[number] = result

    def put_packed(self, number: int, data: bytes) -> None:
        """Keeps a packed result. Raises OSError if the disk is full."""
        if self._file is None:
            self._file = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 (closed by close())
        self._file.seek(self._end)
        self._file.write(len(data).to_bytes(4, "big") + data)
        index = number - self._base
        self._places.extend([0] * (index + 1 - len(self._places)))
        self._places[index] = self._end + 1
        self._end += 4 + len(data)
        self._packed += 1

    def pop(self, number: int) -> Callable[[], _Result]:
        """Removes a result and returns a function that unpacks it, to be called without the lock."""
        if number in self._kept:
            result = self._kept.pop(number)
            return lambda: result
        self._file.seek(self._place(number) - 1)
        data = self._file.read(int.from_bytes(self._file.read(4), "big"))
        index = number - self._base
        self._places[index] = 0
        self._packed -= 1
        if not self._packed:
            self._places, self._base, self._end = array("Q"), number, 0
            self._file.truncate(0)
        elif index >= _FORGET:
            del self._places[:index]
            self._base = number
        return lambda: unpack(data)

    def close(self) -> None:
        """Forgets all of them."""
        self._kept.clear()
        if self._file is not None:
            self._file.close()

    def _place(self, number: int) -> int:
        index = number - self._base
        return self._places[index] if 0 <= index < len(self._places) else 0
