"""How the lines of a batch are divided for a cluster: by host into partitions, each of them in chunks, one at a time.

This file does not know what processes the chunks.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, Final

from corsdoctor.batch.line import Line

MOST_LINES: Final = 100
"""How many lines of a partition go in one chunk."""
MOST_BYTES: Final = 1024 * 1024
"""How many bytes a chunk has, unless its only line has more."""


def place_of(host: str, partitions: int) -> int:
    """The number, below `partitions`, of the partition with the lines of `host`: the same one everywhere.

    The hash has nothing to do with that of --shard, whose parts it must divide once more.
    """
    digest = blake2b(host.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") % partitions


@dataclass(slots=True)
class Chunk:
    """Lines by their place in the input, and the work on them while a worker has it."""

    lines: tuple[tuple[int, Line], ...]
    future: Any = None


@dataclass(slots=True)
class Partition:
    """What waits, what was given back because its worker died too often, and what is being done.

    `worker` is the one that is to do it, "" for any; `before` the one that did the chunk before, "" where there was none.
    """

    worker: str
    before: str = ""
    waiting: deque[tuple[int, Line]] = field(default_factory=deque)
    again: deque[Chunk] = field(default_factory=deque)
    running: Chunk | None = None

    def next_chunk(self) -> Chunk:
        """Takes lines out; there must be some."""
        if self.again:
            return self.again.popleft()
        lines = [self.waiting.popleft()]
        size = len(lines[0][1].data)
        while self.waiting and len(lines) < MOST_LINES:
            size += len(self.waiting[0][1].data)
            if size > MOST_BYTES:
                break
            lines.append(self.waiting.popleft())
        return Chunk(tuple(lines))
