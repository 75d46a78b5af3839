"""What is read once, and needed again."""

from __future__ import annotations

import io

import pytest

from corsdoctor.opening import Kept


@pytest.mark.parametrize(
    ("content", "wanted", "most", "kept"),
    [
        (b"abcdef", True, 6, b"abcdef"),
        (b"abcdef", True, 5, None),
        (b"abcdef", False, 6, None),
        (b"", False, 6, b""),
    ],
)
def test_what_is_kept(content: bytes, wanted: bool, most: int, kept: bytes | None) -> None:
    stream = Kept(io.BytesIO(content), lambda first: wanted and first == content[:4], most)
    assert b"".join(iter(lambda: stream.read(4), b"")) == content
    assert stream.data == kept
