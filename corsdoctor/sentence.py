"""A sentence that knows which of its words are values, so that a secret among the values can be masked."""

from __future__ import annotations

from collections.abc import Callable, Iterable


class Sentence(str):
    """`template` with `values` in place of its {names}. It is the finished text, and keeps what the text was made of.

    To mask a secret, the sentence is made again from masked values. Nothing ever searches the finished text, so our own
    words stay as they are even if a secret happens to be one of them. A value may be a Sentence itself.
    """

    __slots__ = ("template", "values")
    template: str
    values: dict[str, str]

    def __new__(cls, template: str, /, **values: str) -> Sentence:
        """Like `template.format(**values)`."""
        self = super().__new__(cls, template.format_map(values))
        self.template, self.values = template, values
        return self

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, str]]:
        return (self.template,), self.values

    def with_values(self, change: Callable[[str, str], str]) -> Sentence:
        """The same sentence with `change(name, value)` in place of each value."""
        changed = {
            name: value.with_values(change) if isinstance(value, Sentence) else change(name, value)
            for name, value in self.values.items()
        }
        return self if changed == self.values else Sentence(self.template, **changed)


def whole(text: str) -> Sentence:
    """`text`, which is our own words, as a value of another sentence: it is not shortened as a received value is."""
    return text if isinstance(text, Sentence) else Sentence(text.replace("{", "{{").replace("}", "}}"))


def joined(separator: str, sentences: Iterable[str]) -> str:
    """`sentences` as one, with `separator` between two of them."""
    parts = {f"part{i}": sentence for i, sentence in enumerate(sentences)}
    return Sentence(separator.join(f"{{{name}}}" for name in parts), **parts)
