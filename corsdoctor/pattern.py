"""A regular expression that is compiled when it is first used: most runs need few of them."""

from __future__ import annotations

import re
from functools import cached_property


class Pattern:
    """`words` as a regular expression, with the flags of re.compile."""

    def __init__(self, words: str, flags: int = 0) -> None:
        self.words = words
        self.flags = flags

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The expression."""
        return re.compile(self.words, self.flags)
