"""The order of the headers of a request in Chromium, which keeps them in a hash table (HTTPHeaderMap of Blink).

Of several headers that Access-Control-Allow-Headers does not list, Chromium's message names the first in this order. Recorded: 1,500
requests of Chromium 156, with 2 to 12 headers each (fz-order/001 to 024).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from corsdoctor.scenario import Api

_SEED: Final = 0xBDD89AA982704029
_SECRET: Final = (0x2D358DCCAA6C78A5, 0x8BB84B93962EACC9, 0x4B33A62ED433D4A3)
_64_BITS: Final = 2**64 - 1
_24_BITS: Final = 2**24 - 1
_SMALLEST: Final = 8
_CLIENT_HINTS: Final = ("sec-ch-ua", "sec-ch-ua-mobile", "sec-ch-ua-platform")


def header_map_order(names: Iterable[str], api: Api, *, is_trustworthy: bool) -> list[str]:
    """The names in lower case in the order of the table, with those of the headers that Chromium adds.

    `names` are those that the script set, in its order. `is_trustworthy` says that the URL is potentially trustworthy: Chromium
    adds client hints to no other.
    """
    names = [name.lower() for name in names]
    names = _through_table(names) if api is Api.XHR else sorted(names)
    return _through_table([*names, *(_CLIENT_HINTS if is_trustworthy else ()), "user-agent"])


def _through_table(names: Iterable[str]) -> list[str]:
    """`names` in the order of a table into which they were put one by one: it doubles as soon as it is half full."""
    table: list[str | None] = [None] * _SMALLEST
    for count, name in enumerate(dict.fromkeys(names), 1):
        _put(name, table)
        if 2 * count >= len(table):
            table, old = [None] * (2 * len(table)), table
            for known in filter(None, old):
                _put(known, table)
    return list(filter(None, table))


def _put(name: str, table: list[str | None]) -> None:
    """Looks for a free place at the hash, and then 1, 3, 6, 10, ... places behind it."""
    place, step = _hash(name) % len(table), 0
    while table[place] is not None:
        step += 1
        place = (place + step) % len(table)
    table[place] = name


def _hash(name: str) -> int:
    """24 bits of the hash of a name in lower case, in UTF-16. (Blink has another number for 0, at the same place of any table.)"""
    return _rapidhash(name.encode("utf-16-le")) & _24_BITS


def _rapidhash(data: bytes) -> int:
    """rapidhash, version 1, of at least two bytes. Of only two, Blink reads the first alone."""
    length = len(data)
    seed = _SEED ^ _mixed(_SEED ^ _SECRET[0], _SECRET[1]) ^ length
    if length == 2:
        low, high = data[0], 0
    elif length <= 16:
        gap = (length & 24) >> (length >> 3)
        low = _number(data, 0, 4) << 32 | _number(data, length - 4, 4)
        high = _number(data, gap, 4) << 32 | _number(data, length - 4 - gap, 4)
    else:
        seed, start = _after_blocks(data, seed)
        left = length - start
        if left > 16:
            seed = _mixed(_number(data, start) ^ _SECRET[2], _number(data, start + 8) ^ seed ^ _SECRET[1])
        if left > 32:
            seed = _mixed(_number(data, start + 16) ^ _SECRET[2], _number(data, start + 24) ^ seed)
        low, high = _number(data, length - 16), _number(data, length - 8)
    product = (low ^ _SECRET[1]) * (high ^ seed)
    return _mixed(product & _64_BITS ^ _SECRET[0] ^ length, product >> 64 ^ _SECRET[1])


def _after_blocks(data: bytes, seed: int) -> tuple[int, int]:
    """The seed after all whole blocks of 48 bytes of more than 48, and where they end."""
    start, seeds = 0, [seed] * 3
    while len(data) > 48 and len(data) - start >= 48:
        for i, secret in enumerate(_SECRET):
            at = start + 16 * i
            seeds[i] = _mixed(_number(data, at) ^ secret, _number(data, at + 8) ^ seeds[i])
        start += 48
    return (seeds[0] ^ seeds[1] ^ seeds[2], start) if start else (seed, start)


def _mixed(a: int, b: int) -> int:
    product = a * b
    return product & _64_BITS ^ product >> 64


def _number(data: bytes, start: int, length: int = 8) -> int:
    return int.from_bytes(data[start : start + length], "little")
