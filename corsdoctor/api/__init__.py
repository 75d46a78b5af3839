"""For Python programs: `check()`, `fix()`, `run_policy()`, the Session that they use, and what they return.

session.py has the calls, result.py what they return. A mistake in a call is reported like on the command line, with
the names of the parameters.
"""

from __future__ import annotations

from corsdoctor.api.result import CaseResult, Fix, Names, PolicyResult, Result
from corsdoctor.api.session import RequestArguments, Session, check, fix, run_policy

__all__ = [
    "CaseResult", "Fix", "Names", "PolicyResult", "RequestArguments", "Result", "Session", "check", "fix", "run_policy",
]  # fmt: skip
