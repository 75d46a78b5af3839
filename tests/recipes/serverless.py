"""Serverless platforms whose code runs under Node: serverless.mjs stands for the platform."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.recipes.contract import Lines, application, free_port, need, running

ADAPTER = Path(__file__).with_suffix(".mjs")


@contextmanager
def server(platform: str, source: str, directory: Path, sends: Lines = ()) -> Iterator[str]:
    """Runs the module `source` on `platform` and gives its base URL; its imports are looked up in `directory`.

    What lies behind has the headers `sends` on its answers.
    """
    need("node", "Node")
    module = directory / "module.mjs"
    module.write_text(source)
    port = free_port()
    with application(sends) as behind:
        command = ["node", str(ADAPTER), platform, str(module), str(port), behind]
        with running(command, port, directory) as url:
            yield url
