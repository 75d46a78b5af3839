"""Secrets that stand beside their name, in whatever way.

Loaded only for texts in which the name of a secret may stand: `names.may_name_secrets` says so.
"""

from __future__ import annotations

from collections.abc import Iterator

from corsdoctor.masking import pairs
from corsdoctor.masking.markup import elements
from corsdoctor.masking.phrases import phrases
from corsdoctor.masking.spans import Grammar, Span


def named_secrets(text: str, grammar: Grammar) -> Iterator[Span]:
    """The secrets in pairs, JSON, markup and phrases."""
    yield from pairs.parameters(text, grammar)
    yield from pairs.json(text)
    yield from elements(text)
    yield from phrases(text)


def in_parts(body: str) -> Iterator[Span]:
    """The secrets in the elements of a body, which may be cut off, and in the parts of a form."""
    yield from elements(body, cut=True)
    yield from pairs.parts(body)
