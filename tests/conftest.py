"""What all tests share: the same commit gives the same result, here and in a workflow of GitHub.

hypothesis looks at the same examples each time.
"""

from __future__ import annotations

import os

from hypothesis import settings

os.environ.pop("GITHUB_ACTIONS", None)  # it chooses a format

settings.register_profile("same", derandomize=True)
settings.register_profile("search", max_examples=2000)  # pytest --hypothesis-profile=search looks for more
settings.load_profile("same")
