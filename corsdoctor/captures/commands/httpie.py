"""The request that an http or https command (HTTPie) sends. https://httpie.io/docs/cli"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import unquote_to_bytes

from corsdoctor.captures.commands.form_data import BOUNDARY, Part, multipart, url_encoded
from corsdoctor.captures.commands.httpie_items import DATA, Item, item_of, nested
from corsdoctor.captures.commands.parsed import Files, NotUnderstood, Option, Parsed, ReadFile, unresolved_url
from corsdoctor.captures.commands.words import Call, Word, name_of

_VALUED_NAMES: Final = """
boundary raw pretty style response-charset response-mime format-options print output session session-read-only auth
auth-type proxy max-redirects max-headers timeout verify ssl ciphers cert cert-key cert-key-pass default-scheme
history-print sorted-flags
"""
_FLAG_NAMES: Final = """
json form multipart compress unsorted sorted verbose headers meta body all stream download continue quiet ignore-netrc
offline follow path-as-is check-status chunked ignore-stdin no-stdin help manual version traceback debug
"""
_WITH_VALUE: Final = frozenset(_VALUED_NAMES.split())
_FLAGS: Final = frozenset(_FLAG_NAMES.split())
_SHORT: Final = {
    "j": "json", "f": "form", "x": "compress", "s": "style", "p": "print", "v": "verbose", "h": "headers", "m": "meta",
    "b": "body", "P": "history-print", "S": "stream", "o": "output", "d": "download", "c": "continue", "q": "quiet",
    "a": "auth", "A": "auth-type", "F": "follow", "I": "ignore-stdin",
}  # fmt: skip
_METHOD: Final = re.compile(r"[a-zA-Z]+")
_JSON_ACCEPT: Final = "application/json, */*;q=0.5"
_TYPES: Final = {"html": "text/html", "txt": "text/plain", "xml": "application/xml"}
_FORM_TYPE: Final = "application/x-www-form-urlencoded; charset=utf-8"


def requests(call: Call, read: ReadFile) -> Iterator[Parsed]:
    """The request; it has an error if HTTPie does not accept the command."""
    files = Files(read, call.stdin)
    command = _Command(call, files)
    try:
        command.take(call.arguments)
        yield command.request()
    except NotUnderstood as error:
        yield command.so_far()._replace(error=str(error), spot=error.spot)


class _Command:
    """The options and items of one command."""

    def __init__(self, call: Call, files: Files) -> None:
        self._call, self._files = call, files
        self._flags: set[str] = set()
        self._values: dict[str, Word] = {}
        self._plain: list[Word] = []
        self._lists: list[str] = []

    def take(self, arguments: tuple[Word, ...]) -> None:
        """Takes the arguments. Raises NotUnderstood for an option that HTTPie does not have."""
        left = iter(arguments)
        for word in left:
            if word.text == "--":
                self._plain += left
            elif word.text.startswith("--"):
                self._long(word, left)
            elif word.text.startswith("-") and len(word.text) > 1:
                self._short(word, left)
            else:
                self._plain.append(word)

    def _long(self, word: Word, left: Iterator[Word]) -> None:
        text, equals, value = word.text[2:].partition("=")
        names = [name for name in (*_WITH_VALUE, *_FLAGS) if name == text] or [
            name for name in (*_WITH_VALUE, *_FLAGS) if name.startswith(text)
        ]
        if len(names) == 1 and names[0] in _WITH_VALUE:
            self._set(names[0], word.rest(len(word.text) - len(value)) if equals else next(left, word))
        elif len(names) == 1:
            self._flags.add(names[0])
        elif not (text.startswith("no-") and text[3:] in _WITH_VALUE | _FLAGS):
            raise NotUnderstood(f"HTTPie has no option --{text}", word.spot)

    def _short(self, word: Word, left: Iterator[Word]) -> None:
        for at, letter in enumerate(word.text[1:], 1):
            name = _SHORT.get(letter)
            if name is None:
                raise NotUnderstood(f"HTTPie has no option -{letter}", word.rest(at).spot)
            if name in _WITH_VALUE:
                rest = word.rest(at + 1)
                self._set(name, rest if rest.text else next(left, word))
                return
            self._flags.add(name)

    def _set(self, name: str, value: Word) -> None:
        self._values[name] = value
        if name == "proxy":
            self._lists.append(value.text)
        if name in ("cert", "cert-key") or (name.startswith("session") and "/" in value.text):
            self._files.content(value.text)

    def so_far(self) -> Parsed:
        """The request without what its items say."""
        made: dict[str, Option] = {}
        if "verify" in self._values and self._values["verify"].text.lower() in ("no", "false"):
            made["insecure"] = True
        if self._lists:
            made["proxy"] = self._lists[0].partition(":")[2]
        if "follow" in self._flags:
            made["location"] = True
        if "cert" in self._values:
            made["cert"] = self._values["cert"].text
        if "cert-key" in self._values:
            made["key"] = self._values["cert-key"].text
        return Parsed(
            self._call.spot.line,
            options=tuple(made.items()),
            reads=tuple(self._files.named),
            unresolved=self._call.unresolved,
            spot=self._call.spot,
        )

    def request(self) -> Parsed:
        """The request. Raises NotUnderstood if it has no URL or an item that is none."""
        method, url, items = self._targets()
        items = [self._read(item) for item in items]
        queries = [(item.name, item.value) for item in items if item.separator == "=="]
        address, login = self._url(url, queries)
        body, content_type = self._body(items)
        piped = isinstance(self._call.stdin, bytes) or self._call.piped or self._call.stdin != "-"
        if piped and body is None and "ignore-stdin" not in self._flags and "raw" not in self._values:
            body = self._files.content("-")
            content_type = _FORM_TYPE if "form" in self._flags else "application/json"
        sends = piped or body is not None or any(item.separator in DATA for item in items)
        if "json" in self._flags and not sends:
            content_type = "application/json"
        headers = list(self._headers(items, login))
        names = {item.name.lower() for item in items if item.separator in (":", ";")}
        if content_type is not None and "content-type" not in names:
            headers.append(("Content-Type", content_type))
        is_json = not self._flags & {"form", "multipart"} and (sends or "json" in self._flags)
        if is_json and "accept" not in names:
            headers.append(("Accept", _JSON_ACCEPT))
        return self.so_far()._replace(
            url=address,
            method=method or ("POST" if sends else "GET"),
            headers=tuple(headers),
            body=body,
            error=None if not url.unresolved else unresolved_url(url.unresolved, "expanded"),
            spot=url.spot,
        )

    def _targets(self) -> tuple[str | None, Word, list[Item]]:
        """The method, if it is named, the URL, and the items behind it."""
        if not self._plain:
            raise NotUnderstood("the command has no URL", self._call.spot)
        first, *rest = self._plain
        named = bool(rest) and _METHOD.fullmatch(first.text) is not None
        url, words = (rest[0], rest[1:]) if named else (first, rest)
        items = []
        for word in words:
            item = item_of(word)
            if item is None:
                raise NotUnderstood("HTTPie takes this argument neither for a URL nor for an item", word.spot)
            items.append(item)
        return (first.text.upper() if named else None), url, items

    def _read(self, item: Item) -> Item:
        """The item with the content of its file in place of the file's name."""
        if not item.separator.endswith("@") or item.separator == "@":
            return item
        content = self._files.content(item.value)
        text = "" if content is None else content.decode("utf-8", "surrogateescape")
        return item._replace(separator=item.separator[:-1], value=text.rstrip("\n") if item.separator == ":@" else text)

    def _url(self, word: Word, queries: list[tuple[str, str]]) -> tuple[str, str | None]:
        """The URL with the parameters of `NAME==VALUE`, and the login in it."""
        text = word.text.removeprefix("://") if word.text.startswith("://") else word.text
        scheme = "https" if name_of(self._call.program) == "https" else "http"
        if "default-scheme" in self._values:
            scheme = self._values["default-scheme"].text
        local = re.match(r":(?!:)(\d*)(?=/|$)", text)
        if local is not None:
            text = f"localhost{':' if local[1] else ''}{local[1]}{text[local.end() :]}"
        url = text if re.match(r"[a-zA-Z][a-zA-Z0-9.+-]*://", text) else f"{scheme}://{text}"
        login = re.match(r"([^/?#]*//)([^/?#]*)@", url)
        if login is not None:
            url = login[1] + url[login.end() :]
        if queries:
            url = f"{url}{'&' if '?' in url else '?'}{url_encoded(queries)}"
        return url, None if login is None else login[2]

    def _headers(self, items: list[Item], login: str | None) -> Iterator[tuple[str, str]]:
        """The headers that the items and a login make."""
        kind = self._values["auth-type"].text if "auth-type" in self._values else "basic"
        user = self._values["auth"].data if "auth" in self._values else None
        if user is None and login is not None:
            user = unquote_to_bytes(login.encode("utf-8", "surrogateescape"))
        if user is not None and kind in ("basic", "bearer"):
            basic = user if b":" in user else user + b":"
            yield (
                "Authorization",
                f"Basic {b64encode(basic).decode()}" if kind == "basic" else f"Bearer {user.decode('latin-1')}",
            )
        for item in items:
            if item.name.lower() == "authorization" and user is not None:
                continue
            if item.separator == ";" or (item.separator == ":" and item.value):
                yield item.name, item.word._replace(text=item.value).data.decode("latin-1").strip()

    def _body(self, items: list[Item]) -> tuple[bytes | None, str | None]:
        """The body, and the Content-Type that HTTPie sends with it."""
        data = [item for item in items if item.separator in DATA]
        if "raw" in self._values:
            return self._values["raw"].data, "application/json" if "form" not in self._flags else _FORM_TYPE
        if self._flags & {"form", "multipart"}:
            return self._form(data)
        if not data:
            return None, None
        if [(item.name, item.separator) for item in data] == [("", "@")]:  # the file is the body
            path = data[0].value
            return self._files.content(path), _TYPES.get(path.rpartition(".")[2].lower(), "application/json")
        made: Any = None
        for item in data:
            if item.separator == "@":
                raise NotUnderstood("HTTPie sends a file only with --form or --multipart", item.word.spot)
            made = nested(made, item, self._json(item) if item.separator == ":=" else item.value)
        return json.dumps(made).encode(), "application/json"

    def _json(self, item: Item) -> Any:
        """The value of NAME:=JSON; its text where it comes from a file that is not read, or has a variable."""
        try:
            return json.loads(item.value)
        except ValueError:
            if item.word.unresolved or self._files.named:
                return item.value
            raise NotUnderstood(f"the value of {item.name} is not JSON", item.word.spot) from None

    def _form(self, data: list[Item]) -> tuple[bytes | None, str | None]:
        if "multipart" not in self._flags and all(item.separator != "@" for item in data):
            pairs = [(item.name, item.value) for item in data]
            return (url_encoded(pairs).encode() if pairs else None), _FORM_TYPE
        parts = []
        for item in data:
            if item.separator != "@":
                parts.append(Part(item.name, item.value.encode("utf-8", "surrogateescape")))
                continue
            path, _, kind = item.value.partition(";type=")
            parts.append(Part(item.name, self._files.content(path), path.rpartition("/")[2], kind or None))
        boundary = self._values["boundary"].text if "boundary" in self._values else BOUNDARY
        return multipart(parts, boundary), f"multipart/form-data; boundary={boundary}"
