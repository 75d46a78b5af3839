"""Serverless platforms whose code runs under Node: serverless.mjs stands for the platform."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from corsdoctor.policy import Policy
from tests.recipes.contract import Lines, Serve, application, free_port, need, running

ADAPTER = Path(__file__).with_suffix(".mjs")


def server(platform: str, source: Callable[[Policy | None], str], directory: Path, sends: Lines = ()) -> Serve:
    """The module that `source` gives for a policy, on `platform`; its imports are looked up in `directory`.

    What lies behind has the headers `sends` on its answers.
    """
    need("node", "Node")

    @contextmanager
    def started(policy: Policy | None) -> Iterator[str]:
        module = directory / "module.mjs"
        module.write_text(source(policy))
        port = free_port()
        with application(sends) as behind:
            command = ["node", str(ADAPTER), platform, str(module), str(port), behind]
            with running(command, port, directory) as url:
                yield url

    return started
