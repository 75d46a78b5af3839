"""The server and the command line of tests/cli."""

from tests.cli.conftest import run as run
from tests.cli.conftest import server as server
