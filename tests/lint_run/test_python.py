"""Each mistake that lint finds in Python is one: the libraries run with it, and without it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import pytest

from tests.lint.cases import Case, named
from tests.lint.python_cases import CASES
from tests.lint_run.reading import reads
from tests.recipes.contract import free_port, need, running

ENDS: Final = {
    "starlette": "import uvicorn\nuvicorn.run(app, port=PORT)\n",
    "flask": "app.run(port=PORT)\n",
    "django": """\
import django
from django.core.wsgi import get_wsgi_application
from wsgiref.simple_server import make_server
make_server("127.0.0.1", PORT, get_wsgi_application()).serve_forever()
""",
    "aiohttp": "web.run_app(app, host='127.0.0.1', port=PORT)\n",
}
NEEDS: Final = {"starlette": "uvicorn", "flask": "flask_cors", "django": "corsheaders", "aiohttp": "aiohttp_cors"}


@contextmanager
def program(directory: Path, text: str, framework: str) -> Iterator[str]:
    need(find_spec(NEEDS[framework]) is not None, f"{framework} from the Python index")
    port = free_port()
    path = directory / "program.py"
    path.write_text(f"{text}\n{ENDS[framework].replace('PORT', str(port))}")
    with running([sys.executable, str(path)], port, directory) as url:
        yield url


@pytest.mark.parametrize("case", CASES, ids=named)
def test_the_mistake_is_one(case: Case, tmp_path: Path) -> None:
    framework = case.id.partition("-")[0]
    with program(tmp_path, case.bad, framework) as url:
        assert reads(url, case)
    with program(tmp_path, case.good, framework) as url:
        assert not reads(url, case)
