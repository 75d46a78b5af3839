"""The completions of a value that starts with `typed`: one function for each kind of value."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from click.shell_completion import CompletionItem


def commands(typed: str) -> list[CompletionItem]:
    """For the first word: a command, or what a command takes."""
    from corsdoctor.cli import COMMANDS

    found = [CompletionItem(name, help=text) for name, text in COMMANDS.items() if name.startswith(typed)]
    return found if found or typed.startswith("-") else files(typed)


def servers(typed: str) -> list[CompletionItem]:
    """For --server."""
    from corsdoctor.recipes import RECIPES

    named = ((name, recipe.title) for recipe in RECIPES for name in (recipe.id, *recipe.aliases))
    return [CompletionItem(name, help=title) for name, title in named if name.startswith(typed)]


def browsers(typed: str) -> list[CompletionItem]:
    """For --browser, whose value may name several."""
    from corsdoctor.browsers import BROWSERS
    from corsdoctor.reading import ALIASES

    return _last_of_several(typed, [*(profile.name for profile in BROWSERS), *ALIASES])


def witnesses(typed: str) -> list[CompletionItem]:
    """For --in, whose value may name several."""
    from corsdoctor.witness.programs import NAMES

    return _last_of_several(typed, NAMES)


def levels(typed: str) -> list[CompletionItem]:
    """For --fail-on, whose value may name several."""
    from corsdoctor.levels import LEVELS

    return _last_of_several(typed, LEVELS)


def formats(typed: str) -> list[CompletionItem]:
    """For --format."""
    from corsdoctor.reports import FORMATS

    return _starting(typed, FORMATS)


def files(typed: str) -> list[CompletionItem]:
    """For a file name: the shell completes it."""
    return [CompletionItem(typed, type="file")]


def rules(typed: str) -> list[CompletionItem]:
    """For `explain`: the id of a rule or kind, or a file."""
    from corsdoctor.catalogue import RULES
    from corsdoctor.kinds.table import KINDS

    titles = {**{rule.id: rule.title for rule in RULES}, **{kind.id: kind.title for kind in KINDS}}
    found = [CompletionItem(id, help=title) for id, title in titles.items() if id.startswith(typed)]
    return found or files(typed)


def policies(typed: str) -> list[CompletionItem]:
    """For `test`: the files that may be a policy."""
    from corsdoctor.policy_file import NAMES

    suffixes = {Path(name).suffix for name in NAMES}
    return _paths(typed, lambda path: path.suffix in suffixes)


def _starting(typed: str, words: Iterable[str], before: str = "") -> list[CompletionItem]:
    return [CompletionItem(before + word) for word in words if word.startswith(typed)]


def _last_of_several(typed: str, words: Iterable[str]) -> list[CompletionItem]:
    """Completes the last of several names separated by commas, without the names before it."""
    before, comma, last = typed.rpartition(",")
    named = before.split(",")
    return _starting(last, (word for word in words if word not in named), before + comma)


def _paths(typed: str, wanted: Callable[[Path], bool]) -> list[CompletionItem]:
    """The wanted files and all directories whose path starts with `typed`."""
    directory, slash, name = typed.rpartition("/")
    try:
        entries = sorted(Path(directory or slash or ".").iterdir())
    except OSError:
        return []
    return [
        CompletionItem(f"{directory}{slash}{entry.name}{'/' if entry.is_dir() else ''}")
        for entry in entries
        if entry.name.startswith(name) and (entry.is_dir() or wanted(entry)) and (name or entry.name[0] != ".")
    ]
