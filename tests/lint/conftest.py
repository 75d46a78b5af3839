"""Files for lint."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lint.writing import Write


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(name: str, text: str) -> str:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8", errors="surrogatepass", newline="")
        return str(path)

    return written
