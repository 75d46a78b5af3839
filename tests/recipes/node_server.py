"""Servers on Node.js: the packages of tests/recipes/node, and a program that gets its port from PORT."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from corsdoctor.policy import Policy
from tests.recipes.contract import Serve, free_port, need, recipe, running

MODULES: Final = Path(__file__).parent / "node" / "node_modules"
OFFLINE: Final = 'globalThis.fetch = () => Promise.reject(new Error("offline"));\n'  # Next.js asks for newer versions


def need_packages(*names: str) -> None:
    """Skips the test where Node.js or one of the packages is not installed."""
    need("node", "Node.js")
    for name in names:
        need((MODULES / name / "package.json").exists(), f"npm's {name}, see tests/recipes/node/package.json")


def serving(
    id: str, program: str, directory: Path, without: str = "", changes: Iterable[tuple[str, str]] = ()
) -> Serve:
    """Starts `program`, a module, with the recipe in place of its line RECIPE, and what goes into the listener at CALL.

    `without` stands there where no CORS is wanted, and `changes` are what the test has to replace in the recipe.
    """

    @contextmanager
    def started(policy: Policy | None) -> Iterator[str]:
        text = without if policy is None else recipe(id, policy)
        for old, new in changes if policy is not None else ():
            assert old in text
            text = text.replace(old, new)
        text, _, call = text.partition("// first line of the request listener")
        with node(program.replace("RECIPE\n", text + "\n").replace("CALL\n", call + "\n"), directory) as url:
            yield url

    return started


@contextmanager
def node(program: str, directory: Path) -> Iterator[str]:
    """Runs `program`, a module that listens on the port PORT, and gives its base URL."""
    link_packages(directory)
    (directory / "server.mjs").write_text(program)
    port = free_port()
    with running(["node", "server.mjs"], port, directory, {"PORT": str(port)}) as url:
        yield url


def link_packages(directory: Path) -> None:
    """Lets a program in `directory` import the packages."""
    link = directory / "node_modules"
    if not link.exists():
        link.symlink_to(MODULES, target_is_directory=True)


@contextmanager
def next_server(directory: Path, imports: str = "", options: str = "") -> Iterator[str]:
    """Starts the development server of Next.js in `directory` and gives its base URL."""
    link_packages(directory)
    options = ", ".join(filter(None, (options, 'turbopack: { root: "/" }')))  # node_modules is elsewhere
    (directory / "next.config.mjs").write_text(f"{imports}\nexport default {{ {options} }};\n")
    (directory / "offline.cjs").write_text(OFFLINE)
    port = free_port()
    command = ["node", "node_modules/next/dist/bin/next", "dev", "-H", "127.0.0.1", "-p", str(port)]
    env = {"NEXT_TELEMETRY_DISABLED": "1", "NODE_OPTIONS": f"--require {directory / 'offline.cjs'}"}
    with running(command, port, directory, env) as url:
        yield url
