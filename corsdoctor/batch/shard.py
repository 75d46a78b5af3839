"""--shard I/N: which lines of a batch this machine runs. One machine runs all lines of a host, so that limits are kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar
from zlib import crc32

_Item = TypeVar("_Item")
MOST = 100_000


@dataclass(frozen=True, slots=True)
class Shard:
    """The part number `index`, from 1, of `count`."""

    index: int
    count: int

    def holds(self, host: str) -> bool:
        """Whether the lines of `host` belong to this part. The result is the same on every machine and in every version."""
        return crc32(host.encode("utf-8", "surrogatepass")) % self.count == self.index - 1

    def part(self, items: Iterable[_Item], host: Callable[[_Item], str]) -> Iterator[_Item]:
        """Those of `items` that belong to this part."""
        return (item for item in items if self.holds(host(item)))


def read_shard(text: str) -> Shard:
    """The Shard that `text` names, such as 2/8. Raises ValueError with the reason if it is invalid."""
    m = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", text)
    if m is None:
        raise ValueError("must be I/N, such as 2/8 for the second of eight parts")
    index, count = int(m[1]), int(m[2])
    if not 1 <= count <= MOST:
        raise ValueError(f"{count} parts: must be between 1 and {MOST}")
    if not 1 <= index <= count:
        raise ValueError(f"part {index} of {count} does not exist: parts are numbered from 1 to {count}")
    return Shard(index, count)
