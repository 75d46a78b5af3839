"""The templates of the page, and the policy that lets only its own style and scripts have an effect."""

from __future__ import annotations

from base64 import b64encode
from functools import cache, lru_cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from corsdoctor.visible import visible

if TYPE_CHECKING:
    from jinja2 import Environment

FOLDER: Final = files("corsdoctor.reports.html") / "templates"
_SHORT: Final = 200  # the longest text that is remembered


@cache
def _environment() -> Environment:
    import jinja2

    loader = jinja2.FunctionLoader(text_of)
    made = jinja2.Environment(
        loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined, finalize=_shown
    )  # fmt: skip
    made.filters.update(verbatim=_verbatim, linked=_linked)
    return made


def _shown(value: Any) -> Any:
    """What a template writes of `value`: text only as far as it can be seen. HTML that a template has made stays."""
    if not isinstance(value, str) or hasattr(value, "__html__"):
        return value
    return _known(value) if len(value) <= _SHORT else _escaped(value)


def _escaped(text: str) -> Any:
    from markupsafe import escape

    return escape(visible(text))


_known: Final = lru_cache(maxsize=4096)(_escaped)  # most values come again and again


def _verbatim(text: str) -> Any:
    """Lines to copy, without the prompt in front of a command."""
    from markupsafe import Markup

    lines = (line.removeprefix("  $ ").split("\t") for line in text.split("\n"))
    return Markup("\n").join(Markup("\t").join(map(visible, parts)) for parts in lines)


def _linked(text: str) -> Any:
    """A text of ours with a link for its URL."""
    from markupsafe import Markup

    before, scheme, rest = text.partition("https://")
    path, space, after = rest.partition(" ")
    url = visible(scheme + path)
    if not scheme:
        return text
    return Markup('{}<a href="{}" rel="noreferrer">{}</a>{}').format(visible(before), url, url, space + visible(after))


@cache
def text_of(name: str) -> str:
    """The text of a file among the templates."""
    return (FOLDER / name).read_text(encoding="utf-8")


def rendered(name: str, /, **values: Any) -> Any:
    """A template, as HTML that other templates need not escape."""
    from markupsafe import Markup

    return Markup(_environment().get_template(name).render(values))


def own(name: str) -> Any:
    """A file among the templates, as it is."""
    from markupsafe import Markup

    return Markup(text_of(name))


def policy(*scripts: str) -> str:
    """The Content-Security-Policy of a page with the style and these scripts."""
    sources = " ".join(map(_hash, scripts))
    return (
        f"default-src 'none'; style-src {_hash('style.css')}; script-src {sources}; base-uri 'none'; form-action 'none'"
    )


def _hash(name: str) -> str:
    return f"'sha256-{b64encode(sha256(text_of(name).encode()).digest()).decode()}'"
