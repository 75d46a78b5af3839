"""The files of the page: templates, which Jinja2 renders, and what is sent as it is. All are read once."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined


def rendered(template: str, **values: Any) -> bytes:
    """A template of `templates/`, with `values` escaped."""
    return _environment().get_template(template).render(values).encode()


def static() -> dict[str, bytes]:
    """The files of `static/`, by name."""
    return {file.name: file.read_bytes() for file in files("corsdoctor.lab_page").joinpath("static").iterdir()}


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("corsdoctor.lab_page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
