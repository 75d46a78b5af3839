"""A regular expression that is compiled when it is first used: most texts need few of them."""

from __future__ import annotations

import re
from functools import cached_property


class Pattern:
    """`words` as a regular expression."""

    def __init__(self, words: str) -> None:
        self.words = words

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The expression."""
        return re.compile(self.words)
