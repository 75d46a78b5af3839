"""Plain tables for lists. The only file that imports tabulate."""

from __future__ import annotations

from collections.abc import Iterable


def table(
    rows: Iterable[tuple[str, ...]], headers: tuple[str, ...], widths: tuple[int | None, ...] | None = None
) -> str:
    """The rows under their headers, in columns of at most `widths` characters (None: as wide as needed)."""
    from tabulate import tabulate  # 10 ms to load

    limits = list(widths) if widths is not None else None
    return tabulate(list(rows), headers=headers, tablefmt="simple", disable_numparse=True, maxcolwidths=limits)
