from __future__ import annotations

import pytest

from corsdoctor.value_path import Path, dotted


@pytest.mark.parametrize(
    ("path", "text"),
    [((), ""), (("case", 3, "origin"), "case[3].origin"), ((0, "id"), "[0].id"), (("base", "v2"), "base.v2")],
)
def test_a_path_is_written_as_people_do(path: Path, text: str) -> None:
    assert dotted(path) == text
