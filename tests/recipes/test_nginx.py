"""nginx from Debian's package, in front of an application."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from corsdoctor.policy import Policy
from tests.recipes.contract import Lines, Proxy, ProxyContract, application, recipe
from tests.recipes.nginx_server import nginx


class TestNginx(ProxyContract):
    @pytest.fixture
    def proxy(self, tmp_path: Path) -> Proxy:
        return in_front(tmp_path)


def in_front(directory: Path) -> Proxy:
    """Starts nginx with the recipe."""
    (directory / "nobody").touch()
    private = f'location = /private {{ auth_basic "private"; auth_basic_user_file {directory}/nobody; }}'

    @contextmanager
    def started(policy: Policy | None, sends: Lines) -> Iterator[str]:
        maps, _, lines = ("" if policy is None else recipe("nginx", policy, sends)).partition("# server block")
        with (
            application(sends) as behind,
            nginx(directory, maps, f"{lines}\nlocation / {{ proxy_pass http://{behind}; }}\n{private}") as url,
        ):
            yield url

    return started
