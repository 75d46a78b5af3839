"""How an option is declared: its section, its environment variable, its type, and a mistake that is collected, not raised.

`gathered` gives a command the options of a kind as one value. `mistakes()` collects what is wrong with choices and numbers,
so that it is reported together with everything else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, Final, TypeVar

import click
from click.core import ParameterSource

from corsdoctor.cli.command import offering, variable
from corsdoctor.errors import Mistake

Decorated = TypeVar("Decorated", bound=Callable[..., Any])
_MISTAKES = "corsdoctor.mistakes"


class _Option(click.Option):
    """An option in the section `section` that collects a mistake instead of raising it; --help shows `common` options.

    Its value is then the default, or None.
    """

    def __init__(self, *args: Any, section: str, common: bool = False, **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.section, self.common = section, common
        self._usual = () if self.multiple else attributes.get("default")

    def type_cast_value(self, ctx: click.Context, value: Any) -> Any:
        try:
            return super().type_cast_value(ctx, value)
        except click.BadParameter as e:
            from corsdoctor.wrong_input import shown

            found: list[Mistake] = ctx.meta.setdefault(_MISTAKES, [])
            typed = ctx.get_parameter_source(self.name or "") is not ParameterSource.ENVIRONMENT
            name = self.opts[-1] if typed else f"{self.envvar} ({self.opts[-1]})"
            wrong = (_number_wanted(self.type, value) or e.message).replace(repr(value), repr(shown(str(value))))
            found.append(Mistake(name, "", wrong.rstrip(".")))
            return self._usual


def _number_wanted(kind: object, value: Any) -> str | None:
    """What is wrong with `value` as a whole number, None if nothing is."""
    if not isinstance(kind, click.IntRange) or kind.min is None:
        return None
    up_to = "up" if kind.max is None else f"to {kind.max}"
    return f"{value!r} is not a whole number from {kind.min} {up_to}"


class Split(click.ParamType):  # type: ignore[type-arg]  # no generic in older versions of click
    """Text; several values in an environment variable are separated by `separator`."""

    name = "text"

    def __init__(self, separator: str) -> None:
        self.envvar_list_splitter = separator  # type: ignore[misc]

    def split_envvar_value(self, rv: str) -> Sequence[str]:
        """The values; one where a header or a login was given in their place, so that an error can mask it."""
        from corsdoctor.reading import items

        values = rv.split("\n") if self.envvar_list_splitter == "\n" else items(rv, self.envvar_list_splitter)
        return [value for value in values if value]


class Seconds(click.ParamType):  # type: ignore[type-arg]
    """A number of seconds above 0."""

    name = "seconds"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            seconds = float(value)
        except ValueError:
            seconds = 0.0
        if not 0 < seconds <= 86400:
            self.fail(f"{value!r} is not a number of seconds above 0, at most 86400", param, ctx)
        return seconds


_TINY: Final = 1e-9


class Amount(click.ParamType):  # type: ignore[type-arg]
    """A number of `what` from `least` (or above 0) up to `most`; with `zero`, 0 too."""

    name = "number"

    def __init__(self, what: str, most: float, *, zero: bool = False, least: float = 0.0) -> None:
        self._what, self._most, self._zero, self._least = what, most, zero, least

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            number = float(value)
        except ValueError:
            number = -1.0
        if not (max(self._least, _TINY) <= number <= self._most or (self._zero and number == 0)):
            above = f"from {self._least:g}" if self._zero or self._least else "above 0 and"
            self.fail(f"{value!r} is not a number of {self._what} {above} up to {self._most:.10g}", param, ctx)
        return number


def mistakes() -> list[Mistake]:
    """The mistakes in the choices and numbers of the running command."""
    found: list[Mistake] = click.get_current_context().meta.get(_MISTAKES, [])
    return found


def from_environment(parameter: str) -> bool:
    """Whether the value of the running command's `parameter` came from the environment, not from the command line."""
    return click.get_current_context().get_parameter_source(parameter) is ParameterSource.ENVIRONMENT


def typed() -> list[click.Parameter]:
    """The parameters of the running command that stand on the command line."""
    context = click.get_current_context()
    return [
        parameter
        for parameter in context.command.params
        if context.get_parameter_source(parameter.name or "") is ParameterSource.COMMANDLINE
    ]


def option(section: str, *names: str, **attributes: Any) -> Callable[[Decorated], Decorated]:
    """An option in the section `section`, with the environment variable that its long name makes."""
    attributes.setdefault("envvar", variable(max(names, key=lambda name: name.startswith("--"))))
    if attributes.get("metavar") == "FILE":
        attributes["shell_complete"] = offering("files")
    return click.option(*names, cls=_Option, section=section, **attributes)


def names_of(into: type[Any]) -> list[str]:
    """The names of a class's values, including inherited ones."""
    return list(
        dict.fromkeys(name for kind in reversed(into.__mro__) for name in vars(kind).get("__annotations__", ()))
    )


def gathered(into: type[Any], parameter: str, *options: Callable[..., Any]) -> Callable[[Decorated], Decorated]:
    """Adds `options` to a command, which gets their values as one `into` in its parameter `parameter`."""

    def decorate(command: Decorated) -> Decorated:
        @wraps(command)
        def with_flags(**given: Any) -> Any:
            given[parameter] = into(**{name: given.pop(name) for name in names_of(into)})
            return command(**given)

        decorated: Any = with_flags
        for add in reversed(options):
            decorated = add(decorated)
        result: Decorated = decorated
        return result

    return decorate
