"""--shard I/N: which lines of a batch are this machine's. All lines of a host are one machine's, so that limits hold."""

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
        """Whether the lines of `host` belong to this part: on every machine, and in every version, the same one."""
        return crc32(host.encode("utf-8", "surrogatepass")) % self.count == self.index - 1

    def part(self, items: Iterable[_Item], host: Callable[[_Item], str]) -> Iterator[_Item]:
        """Those of `items` that belong to this part."""
        return (item for item in items if self.holds(host(item)))


def read_shard(text: str) -> Shard:
    """The Shard that `text` names, such as 2/8. ValueError with the reason where it names none."""
    m = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", text)
    if m is None:
        raise ValueError("must be I/N, such as 2/8 for the second of eight parts")
    index, count = int(m[1]), int(m[2])
    if not 1 <= count <= MOST:
        raise ValueError(f"{count} parts: must be between 1 and {MOST}")
    if not 1 <= index <= count:
        raise ValueError(f"part {index} of {count} does not exist: parts are numbered from 1 to {count}")
    return Shard(index, count)
