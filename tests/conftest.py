"""What all tests share: the same commit gives the same result, so hypothesis looks at the same examples each time."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("same", derandomize=True)
settings.register_profile("search", max_examples=2000)  # pytest --hypothesis-profile=search looks for more
settings.load_profile("same")
