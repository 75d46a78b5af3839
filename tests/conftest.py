"""What all tests share: the same commit gives the same result, here and in a workflow of GitHub.

hypothesis looks at the same examples each time. Signals that a background job of a shell ignores are not ignored in the
processes that tests start.
"""

from __future__ import annotations

import os
import signal

from hypothesis import settings

os.environ.pop("GITHUB_ACTIONS", None)  # it chooses a format

for name, usual in (("SIGINT", signal.default_int_handler), ("SIGHUP", signal.SIG_DFL), ("SIGTERM", signal.SIG_DFL)):
    number = getattr(signal, name, None)  # Windows has no SIGHUP
    if number is not None and signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, usual)

settings.register_profile("same", derandomize=True)
settings.register_profile("search", max_examples=2000)  # pytest --hypothesis-profile=search looks for more
settings.load_profile("same")
