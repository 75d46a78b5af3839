"""How a report names a file: by its path relative to the working directory, which is how pipelines know it."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path


def from_here(path: str) -> str:
    """`path` relative to the working directory, with slashes, if it is below it; otherwise unchanged.

    It is also unchanged if the working directory was removed.

    A directory above may be a symbolic link: $PWD often has another name for it than the system.
    """
    try:
        return _below(path, os.getcwd())  # noqa: PTH109 (it is asked for each item)
    except FileNotFoundError:
        return path


@cache
def _below(path: str, directory: str) -> str:
    here = Path(directory)
    given = Path(os.path.normpath(here / path))
    for found in (given, given.parent.resolve() / given.name):
        if found.is_relative_to(here):
            return found.relative_to(here).as_posix()
    return path
