"""Divides the lines of a batch for a cluster: by host into partitions, and each partition into chunks.

This file does not know what processes the chunks.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, Final

from corsdoctor.batch.line import Line

MOST_LINES: Final = 100
"""The most lines of a chunk."""
MOST_BYTES: Final = 1024 * 1024
"""The most bytes of a chunk, unless it is a single line."""


def place_of(host: str, partitions: int) -> int:
    """The number, below `partitions`, of the partition with the lines of `host`: the same one everywhere.

    The hash is independent of that of --shard, because it divides the parts of a shard once more.
    """
    digest = blake2b(host.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") % partitions


@dataclass(slots=True)
class Chunk:
    """Lines with their place in the input, and their future while a worker has them."""

    lines: tuple[tuple[int, Line], ...]
    future: Any = None


@dataclass(slots=True)
class Partition:
    """The waiting lines, the chunks that are to run again because their workers died, and the running chunk.

    `worker` is the one that should run the next chunk, "" for any; `before` the one that ran the latest, "" if none did.
    """

    worker: str
    before: str = ""
    waiting: deque[tuple[int, Line]] = field(default_factory=deque)
    again: deque[Chunk] = field(default_factory=deque)
    running: Chunk | None = None

    def next_chunk(self) -> Chunk:
        """Removes and returns the next chunk. There must be a line."""
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
