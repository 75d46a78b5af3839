"""The body that curl's options make: -d and its kin, --json and -F."""

from __future__ import annotations

import re
from typing import Final

from corsdoctor.captures.commands.curl_options import Given
from corsdoctor.captures.commands.form_data import Part, escaped
from corsdoctor.captures.commands.parsed import Files, NotUnderstood

DATA: Final = frozenset({"data", "data-binary", "data-raw", "data-urlencode", "json"})
FORM: Final = frozenset({"form", "form-string"})
_LINE_ENDS: Final = bytes.maketrans(b"", b"")
_TYPES: Final = {
    "gif": "image/gif", "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "svg": "image/svg+xml",
    "txt": "text/plain", "htm": "text/html", "html": "text/html", "pdf": "application/pdf", "xml": "application/xml",
}  # fmt: skip
_PIECE: Final = re.compile(
    r';\s*(type|filename|encoder|headers)=("(?:\\.|[^"\\])*"|[^;]*(?:;(?!\s*(?:type|filename|encoder|headers)=)[^;]*)*)'
)
_PATH: Final = re.compile(r'"((?:\\.|[^"\\])*)"|([^;,]*)')


class Data:
    """The body of a request without -F, piece by piece. `body` is None until there is one, or if a file is all of it."""

    def __init__(self) -> None:
        self.given = False
        self._known = False
        self._bytes = b""

    def add(self, given: Given, files: Files) -> None:
        """Adds the value of an option."""
        assert given.value is not None
        if self.given and given.name != "json":
            self._bytes += b"&"
            self._known = True
        self.given = True
        content = _content(given.name, given.value.data, files)
        self._known = self._known or content is not None
        self._bytes += content or b""

    @property
    def body(self) -> bytes | None:
        return self._bytes if self._known else None


def _content(option: str, value: bytes, files: Files) -> bytes | None:
    """What an option adds; None if it comes from a file that is not read."""
    if option == "data-urlencode":
        return url_encoded(value, files)
    if option == "data-raw" or not value.startswith(b"@"):
        return value
    content = files.content(_path(value[1:]))
    if content is None or option != "data":
        return content
    return content.translate(_LINE_ENDS, b"\r\n\0")


def url_encoded(value: bytes, files: Files) -> bytes | None:
    """`content`, `=content`, `name=content`, `@file` or `name@file` with the content escaped."""
    name, separator, content = value.partition(b"=")
    found: bytes | None = content
    if not separator:
        name, separator, path = value.partition(b"@")
        found = files.content(_path(path)) if separator else value
    if not separator:
        name = b""
    if found is None:
        return name + b"=" if name else None
    text = escaped(found).replace("%20", "+").encode()
    return name + b"=" + text if name else text


def part(given: Given, files: Files) -> list[Part]:
    """The fields of -F NAME=CONTENT, several for several files. Raises NotUnderstood if there is no name."""
    assert given.value is not None
    name, equals, rest = given.value.text.partition("=")
    if not equals:
        raise NotUnderstood("curl's -F takes NAME=CONTENT", given.value.spot)
    if given.name == "form-string":
        return [Part(name, _bytes(rest))]
    if rest[:1] not in ("@", "<"):
        content, more = _text(rest)
        return [Part(name, _bytes(content), more.get("filename"), more.get("type"))]
    found = []
    at = 1
    while at <= len(rest):
        path = _PATH.match(rest, at)
        assert path is not None  # it matches nothing, too
        file = _unescaped(path[1]) if path[1] is not None else path[2]
        end = rest.find(",", path.end()) if rest[:1] == "@" else -1
        more = _pieces(rest[path.end() : end if end >= 0 else len(rest)])
        content_of = files.content(file)
        if rest[:1] == "<":
            found.append(Part(name, content_of, more.get("filename"), more.get("type")))
        else:
            filename = more.get("filename", file.rpartition("/")[2])
            suffix = file.rpartition(".")[2].lower()
            kind = more.get("type", _TYPES.get(suffix, "application/octet-stream"))
            own = (more["headers"],) if "headers" in more and more["headers"][:1] not in ("@", "<") else ()
            found.append(Part(name, content_of, filename, kind, own))
        at = len(rest) + 1 if end < 0 else end + 1
    return found


def _text(rest: str) -> tuple[str, dict[str, str]]:
    """The content of a field that is text, which may be in quotes, and what is said of it behind."""
    if rest.startswith('"'):
        quoted = re.match(r'"((?:\\.|[^"\\])*)"', rest, re.DOTALL)
        if quoted is not None:
            return _unescaped(quoted[1]), _pieces(rest[quoted.end() :])
    content, semicolon, more = rest.partition(";")
    return content.strip(), _pieces(semicolon + more)


def _pieces(text: str) -> dict[str, str]:
    return {
        found[1]: _unescaped(found[2][1:-1]) if found[2].startswith('"') else found[2].strip()
        for found in _PIECE.finditer(text)
    }


def _unescaped(text: str) -> str:
    return re.sub(r'\\(["\\])', r"\1", text)


def _path(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
