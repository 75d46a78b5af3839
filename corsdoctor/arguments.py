"""Reads the arguments that a Python program passes. Each mistake names the parameter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from os import fspath
from typing import Any, Final, TypeVar

from corsdoctor.browsers import BROWSERS, Profile
from corsdoctor.cookie_file import cookies_in
from corsdoctor.reading import items, read_browser, read_header_value, utf8
from corsdoctor.reading_cookies import BadJar, read_cookie
from corsdoctor.reading_networks import read_address_spaces, read_answers
from corsdoctor.request_fields import FIELDS, PAGE_FIELDS, InvalidPage, default_method, on_page, read_page, with_cookie
from corsdoctor.scenario import HeldCookie, Scenario
from corsdoctor.url import Origin
from corsdoctor.wrong_input import Mistakes, nearest

_OPTIONAL: Final = frozenset({"method", "credentials", "mode", "body", "cookie", "user_agent", "as_preload"})
_Kind = TypeVar("_Kind", bound=StrEnum)
_Read = TypeVar("_Read")


class Arguments(Mistakes):
    """Reads the arguments of one call."""

    def parsed(
        self, field: str, text: object, read: Callable[[str], _Read], instead: str | None = None
    ) -> _Read | None:
        """The result of `read(text)`, or None after adding a mistake, which shows `instead` in place of `text`."""
        if not isinstance(text, str):
            self.add(field, instead or "", f"must be a string, not {_kind(text)}")
            return None
        try:
            return read(text)
        except ValueError as e:
            self.add(field, text if instead is None else instead, str(e))
            return None

    def one_of(self, kind: type[_Kind], field: str, text: object) -> _Kind | None:
        """The member of `kind` with the value `text`."""
        if not isinstance(text, str):
            self.add(field, "", f"must be a string, one of {', '.join(kind)}; not {_kind(text)}")
            return None

        def read(text: str) -> _Kind:
            if text not in list(kind):
                raise ValueError(nearest(text, list(kind)))
            return kind(text)

        return self.parsed(field, text, read)

    def profiles(self, browsers: object) -> tuple[Profile, ...]:
        """The profiles of `browsers`, which may be separated by commas; all if `browsers` is None."""
        if browsers is None:
            return BROWSERS
        before = len(self.found)
        given = [browsers] if isinstance(browsers, str) else self.texts("browsers", browsers)
        names = [name for value in given for name in items(value, ",") if name.strip()]
        if not names and len(self.found) == before:
            self.add("browsers", "", "is empty; name a browser, or omit it to use all of them")
        named = [profile for name in names for profile in self.parsed("browsers", name, read_browser) or ()]
        return tuple(dict.fromkeys(named)) or BROWSERS

    def texts(self, field: str, given: object) -> list[str]:
        """The items of `given`, which may be any iterable except a string."""
        if isinstance(given, (str, bytes)) or not isinstance(given, Iterable):
            self.add(field, "", f"must be a list of strings, not {_kind(given)}")
            return []
        items = list(given)
        for wrong in [item for item in items if not isinstance(item, str)]:
            self.add(field, "", f"must be a list of strings, and {_kind(wrong)} is not a string")
        return [item for item in items if isinstance(item, str)]

    def fields(self, given: Mapping[str, object]) -> dict[str, Any]:
        """The fields of a Scenario by name, from the values in `given`, by the names of the parameters."""
        read: dict[str, Any] = {"method": default_method(None if given["body"] is None else "")}
        for field in FIELDS:
            value = given[field.argument]
            if value is None and field.argument in _OPTIONAL:
                continue
            if field.choices is not None:
                value = self.one_of(field.choices, field.argument, value)
            elif field.name == "cookie":
                value = self.parsed(field.argument, value, read_cookie, "")
            elif field.is_header_value:
                value = self.parsed(field.argument, value, read_header_value, "")
            elif field.name == "headers":
                value = self.headers(value)
            elif field.name == "body":
                value = self.body(value)
            elif field.name == "upload_listener":
                value = self.flag(field.argument, value)
            else:
                value = self.parsed(field.argument, value, str)
            if value is not None:
                read[field.name] = value
        return with_cookie(read)

    def page(self, given: Mapping[str, object]) -> dict[str, Any]:
        """What is known of the page, by the names of PAGE_FIELDS, from the values in `given`; None stands for no value."""
        read: dict[str, Any] = {}
        for field in PAGE_FIELDS:
            value: Any = given[field.argument]
            if value is None:
                continue
            if field.name == "page":
                value = self.parsed(field.argument, value, read_page)
            elif field.name == "page_headers":
                value = self.headers(value, field.argument)
            else:
                try:
                    value = (read_answers if field.name == "permissions" else read_address_spaces)(value)
                except ValueError as e:
                    self.add(field.argument, "", str(e))
                    value = None
            if value is not None:
                read[field.name] = value
        return read

    def on_page(self, asked: Scenario, said: Mapping[str, Any], origin: Origin | None) -> Scenario:
        """`asked` from the page."""
        try:
            return on_page(asked, said, origin)
        except InvalidPage as e:
            self.add(e.field.argument, e.value, str(e))
            return asked

    def headers(self, given: object, field: str = "headers") -> tuple[tuple[str, str], ...]:
        """The (name, value) pairs of a dict, or of pairs."""
        pairs = given.items() if isinstance(given, Mapping) else given
        if isinstance(pairs, (str, bytes)) or not isinstance(pairs, Iterable):
            self.add(field, "", f"must be a dict or pairs, not {_kind(given)}")
            return ()
        found = []
        for pair in pairs:
            if not (isinstance(pair, (tuple, list)) and len(pair) == 2 and isinstance(pair[0], str)):
                self.add(field, "", "must be a dict or pairs of strings, such as ('X-A', '1')")
                return ()
            found.append((pair[0], self.parsed(field, pair[1], read_header_value, pair[0]) or ""))
        return tuple(found)

    def body(self, given: object) -> bytes | None:
        """The bytes of a body; text is sent as UTF-8."""
        if given is None or isinstance(given, bytes):
            return given
        if isinstance(given, str):
            return utf8(given)
        self.add("body", "", f"must be a string or bytes, not {_kind(given)}; json.dumps() converts a dict to a string")
        return None

    def flag(self, field: str, given: object) -> bool:
        """`value` if it is True or False: any other object would count as true."""
        if not isinstance(given, bool):
            self.add(field, "", f"must be True or False, not {_kind(given)}")
        return given is True

    def seconds(self, field: str, given: object) -> float:
        """A number of seconds."""
        wanted = "must be a number of seconds above 0, at most 86400"
        if isinstance(given, bool) or not isinstance(given, (int, float)):
            self.add(field, "", f"{wanted}, not {_kind(given)}")
            return 0.0
        if not 0 < given <= 86400:
            self.add(field, str(given), wanted)
        return given

    def count(self, field: str, given: object, least: int, most: int) -> int:
        """A whole number from `least` to `most`."""
        wanted = f"must be a whole number from {least} to {most}"
        if isinstance(given, bool) or not isinstance(given, int):
            self.add(field, "", f"{wanted}, not {_kind(given)}")
            return least
        if not least <= given <= most:
            self.add(field, str(given), wanted)
        return given

    def path(self, field: str, given: object) -> str | None:
        """The name of a file, None if none is given."""
        try:
            name = None if given is None else fspath(given)  # type: ignore[call-overload]
        except TypeError:
            name = b""
        if isinstance(name, bytes):
            self.add(field, "", f"must be a path, not {_kind(given)}")
            return None
        return name

    def jar(self, field: str, given: object) -> tuple[tuple[HeldCookie, bool], ...]:
        """Each cookie in a file in Netscape format, and whether it has expired; none without a file."""
        path = self.path(field, given)
        try:
            return () if path is None else cookies_in(path)
        except BadJar as e:
            self.add(field, str(path), e.placed)
        return ()


def _kind(value: object) -> str:
    """The type of `value`, in words, without its contents."""
    return "None" if value is None else type(value).__name__
