"""Writes the file that a test reads."""

from __future__ import annotations

from collections.abc import Callable

Write = Callable[[str, str], str]
"""Writes a text under a name, and returns the path."""
