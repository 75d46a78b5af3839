"""The requests that a command of GNU Wget sends. https://www.gnu.org/software/wget/manual/wget.html"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote_to_bytes

from corsdoctor.captures.commands.parsed import Files, NotUnderstood, Option, Parsed, ReadFile, decimal, unresolved_url
from corsdoctor.captures.commands.wget_options import Given, options, set_by
from corsdoctor.captures.commands.words import Call, Word

_FORM_TYPE: Final = "application/x-www-form-urlencoded"
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_LOGIN: Final = re.compile(r"([^/?#]*//)([^/?#]*)@")
_POSTS: Final = frozenset({"post-data", "post-file"})
_BODIES: Final = frozenset({*_POSTS, "body-data", "body-file"})
_OWN_FILES: Final = {"ca-certificate": "cacert", "certificate": "cert", "private-key": "key"}
_MOST_URLS: Final = 1000


def requests(call: Call, read: ReadFile) -> list[Parsed]:
    """The requests in order; one with an error if Wget does not accept the command."""
    command = _Command(call, Files(read, call.stdin))
    try:
        for given in options(call.arguments):
            command.take(given)
        return command.requests()
    except NotUnderstood as error:
        return [command.so_far()._replace(error=str(error), spot=error.spot)]


class _Command:
    """The options of one command, and the requests that they make."""

    def __init__(self, call: Call, files: Files) -> None:
        self._call, self._files = call, files
        self._urls: list[Word] = []
        self._listed: list[Word] = []  # in a file, which Wget reads last
        self._values: dict[str, Word] = {}
        self._flags: dict[str, bool] = {}
        self._headers: dict[str, tuple[str, str]] = {}

    def take(self, given: Given) -> None:
        """Takes an option. Raises NotUnderstood if Wget does not accept it."""
        value = given.value
        if value is None:
            self._flags[given.name] = given.on
        elif given.name == "url":
            self._urls.append(value)
        elif given.name == "header":
            self._add_header(value)
        elif given.name == "input-file":
            self._values[given.name] = value
            content = self._files.content(value.text) or b""
            lines = content.decode("utf-8", "surrogateescape").splitlines()
            self._listed += [Word(line.strip(), value.spot) for line in lines if line.strip()]
        elif given.name == "execute":
            option = set_by(value)
            if option is not None and option.name not in ("url", "execute"):
                self.take(option)
        else:
            self._values[given.name] = value
            if given.name in _OWN_FILES or given.name == "load-cookies":
                self._files.content(value.text)

    def _add_header(self, word: Word) -> None:
        """--header: a later one replaces one of the same name, and an empty one removes all."""
        name, colon, value = word.data.decode("latin-1").partition(":")
        if not word.text:
            self._headers.clear()
        elif not colon or not name:
            raise NotUnderstood("Wget's --header takes NAME: VALUE", word.spot)
        else:
            self._headers[name.lower()] = (name, value.strip(" \t\r\n"))

    def so_far(self) -> Parsed:
        """The request without a URL and a body."""
        made: dict[str, Option] = {
            name: self._values[given].text for given, name in _OWN_FILES.items() if given in self._values
        }
        proxy = self._values.get("https-proxy", self._values.get("http-proxy"))
        if proxy is not None and self._flags.get("proxy", True):
            made["proxy"] = proxy.text
        if not self._flags.get("check-certificate", True):
            made["insecure"] = True
        return Parsed(
            self._call.spot.line,
            self._urls[0].text if self._urls else None,
            options=tuple(made.items()),
            reads=tuple(self._files.named),
            unresolved=self._call.unresolved,
        )

    def requests(self) -> list[Parsed]:
        """The requests for all URLs. Raises NotUnderstood if there is none, or if Wget refuses the command."""
        urls = [*self._urls, *self._listed]
        if not urls:
            reason = "the URLs of the command are in a file, which is not read"
            raise NotUnderstood(reason if "input-file" in self._values else "the command has no URL", self._call.spot)
        if len(urls) > _MOST_URLS:
            raise NotUnderstood(f"the command has more than {_MOST_URLS} URLs", urls[_MOST_URLS].spot)
        method, body = self._method(), self._body()
        base = self.so_far()
        return [self._request(base._replace(method=method, body=body), word) for word in urls]

    def _method(self) -> str:
        """The method. Raises NotUnderstood where Wget refuses the combination of options."""
        named = self._values.get("method")
        bodies = [name for name in self._values if name in _BODIES]
        posts = [name for name in bodies if name in _POSTS]
        if len(bodies) > 1:
            raise NotUnderstood(
                f"Wget does not accept --{bodies[1]} together with --{bodies[0]}", self._values[bodies[1]].spot
            )
        if named is None and bodies and not posts:
            raise NotUnderstood(f"Wget accepts --{bodies[0]} only with --method", self._values[bodies[0]].spot)
        if named is not None and posts:
            raise NotUnderstood(f"Wget does not accept --{posts[0]} together with --method", named.spot)
        if named is not None:
            return named.text.upper()
        return "POST" if posts else "HEAD" if self._flags.get("spider") else "GET"

    def _body(self) -> bytes | None:
        for name in _BODIES & self._values.keys():
            value = self._values[name]
            return self._files.content(value.text) if name.endswith("file") else value.data
        return None

    def _request(self, base: Parsed, word: Word) -> Parsed:
        scheme = _SCHEME.match(word.text)
        url = (word.text if scheme else f"http://{word.text}").partition("#")[0].replace(" ", "%20")
        login = _LOGIN.match(url)
        if login is not None:
            url = login[1] + url[login.end() :]
        error = None
        if not word.text:
            error = "the URL is empty"
        elif word.unresolved:
            error = unresolved_url(word.unresolved, "expanded")
        elif scheme is not None and scheme[1].lower() not in ("http", "https"):
            error = f"the URL is for {scheme[1].lower()}, not for HTTP"
        made = {name.lower(): (name, value) for name, value in self._generated(None if login is None else login[2])}
        made |= {name: (made.get(name, header)[0], header[1]) for name, header in self._headers.items()}
        return base._replace(url=url, headers=tuple(made.values()), error=error, spot=word.spot)

    def _generated(self, login: str | None) -> Iterator[tuple[str, str]]:
        """The headers that options make."""
        start, compressed = self._text("start-pos"), self._text("compression") in ("auto", "gzip")
        if decimal(start) and not compressed:
            yield "Range", f"bytes={start}-"
        if not self._flags.get("cache", True):
            yield "Cache-Control", "no-cache"
            yield "Pragma", "no-cache"
        if self._text("referer"):
            yield "Referer", self._text("referer")
        if self._text("user-agent"):
            yield "User-Agent", self._text("user-agent")
        if compressed:
            yield "Accept-Encoding", "gzip"
        if self._flags.get("auth-no-challenge"):  # otherwise Wget waits for a 401
            user = self._values.get("http-user", self._values.get("user"))
            password = self._values.get("http-password", self._values.get("password"))
            if login is not None:
                yield "Authorization", _basic(unquote_to_bytes(login.encode("utf-8", "surrogateescape")))
            elif user is not None and password is not None:
                yield "Authorization", _basic(user.data + b":" + password.data)
        if _BODIES & self._values.keys():
            yield "Content-Type", _FORM_TYPE

    def _text(self, option: str) -> str:
        """The value of an option as the value of a header, "" if it is not given."""
        word = self._values.get(option)
        return "" if word is None else word.data.decode("latin-1")


def _basic(login: bytes) -> str:
    return f"Basic {b64encode(login if b':' in login else login + b':').decode()}"
