"""The requests that a curl command sends. https://curl.se/docs/manpage.html"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote_to_bytes

from corsdoctor.captures.commands import curl_glob
from corsdoctor.captures.commands.curl_config import configured, variables_replaced
from corsdoctor.captures.commands.curl_data import DATA, FORM, Data, part, url_encoded
from corsdoctor.captures.commands.curl_options import Given, options
from corsdoctor.captures.commands.form_data import BOUNDARY, Part, multipart
from corsdoctor.captures.commands.parsed import Files, NotUnderstood, Option, Parsed, ReadFile, decimal, unresolved_url
from corsdoctor.captures.commands.words import Call, Word

_OWN_FILES: Final = ("cacert", "capath", "cert", "key", "crlfile", "netrc-file", "etag-compare", "proxy-cacert")
_FLAG_OPTIONS: Final = {"insecure": "insecure", "compressed": "compressed", "location": "location", "http2": "http2"}
_VALUE_OPTIONS: Final = {
    "proxy": "proxy", "proxy-user": "proxy_user", "cacert": "cacert", "cert": "cert", "key": "key", "max-time": "max_time",
    "connect-timeout": "connect_timeout", "request-target": "request_target", "unix-socket": "unix_socket",
}  # fmt: skip
_LIST_OPTIONS: Final = {"resolve": "resolve", "connect-to": "connect_to"}
_SOCKS: Final = {"socks4": "socks4", "socks4a": "socks4a", "socks5": "socks5", "socks5-hostname": "socks5h"}
_OTHER_LOGINS: Final = frozenset({"digest", "ntlm", "negotiate", "anyauth", "aws-sigv4"})
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_USER: Final = re.compile(r"(?P<before>[^/?#]*//)(?P<user>[^/?#]*)@")
_PASSWORD: Final = re.compile(r"(?<=..):(?![\\/]).*")
_RAW: Final = re.compile(r"[\x00-\x20\x7f]")
_DOTS: Final = re.compile(r"(?:^|/)\.{1,2}(?:/|$)")
_FORM_TYPE: Final = "application/x-www-form-urlencoded"


def requests(call: Call, read: ReadFile, *, keeps_empty: bool = False) -> Iterator[Parsed]:
    """The requests in order; one with an error if curl does not accept the command.

    `keeps_empty` says that `Name: ` is a header without a value, as in what Firefox copies for cmd; curl itself drops it.
    """
    operation, files = _Operation(call, Files(read, call.stdin), keeps_empty), Files(read, call.stdin)
    made: list[Parsed] = []
    try:
        for given in configured(variables_replaced(options(call.arguments), files), files):
            if given.name == "next":
                made += operation.requests()
                operation = _Operation(call, Files(read, call.stdin), keeps_empty)
            else:
                operation.take(given)
        made += operation.requests(also_read=tuple(files.named))
    except NotUnderstood as error:
        yield operation.so_far(tuple(files.named))._replace(error=str(error), spot=error.spot)
        return
    yield from made


class _Operation:
    """The options up to --next, and the requests that they make."""

    def __init__(self, call: Call, files: Files, keeps_empty: bool) -> None:
        self._call, self._files, self._keeps_empty = call, files, keeps_empty
        self._urls: list[Word] = []
        self._headers: list[tuple[str, str]] = []
        self._removed: set[str] = set()
        self._cookies: list[str] = []
        self._uploads: list[Word] = []
        self._data, self._parts = Data(), list[Part]()
        self._queries: list[bytes] = []
        self._flags: dict[str, bool] = {}
        self._texts: dict[str, Word] = {}
        self._lists: dict[str, list[str]] = {}
        self._sends: dict[str, Word] = {}
        self._unresolved: list[str] = []

    def take(self, given: Given) -> None:
        """Takes an option. Raises NotUnderstood if curl does not accept it."""
        if given.value is None:
            self._flags[given.name] = given.on
            if given.name == "head":
                self._note_method("-I", given)
            return
        value = given.value
        self._unresolved += value.unresolved
        if given.name == "url":
            self._urls.append(value)
        elif given.name == "header":
            self._add_header(value.data)
        elif given.name == "cookie":
            self._add_cookie(value.text)
        elif given.name in DATA:
            self._note_method("-d", given)
            self._data.add(given, self._files)
            self._flags["json"] = self._flags.get("json", False) or given.name == "json"
        elif given.name in FORM:
            self._note_method("-F", given)
            self._parts += part(given, self._files)
        elif given.name == "url-query":
            raw = value.data.startswith(b"+")
            self._queries.append(value.data[1:] if raw else url_encoded(value.data, self._files) or b"")
        elif given.name == "upload-file":
            self._note_method("-T", given)
            self._uploads.append(value)
        elif given.name in _LIST_OPTIONS:
            self._lists.setdefault(given.name, []).append(value.text)
        elif given.name in _SOCKS:
            scheme = _SOCKS[given.name]
            self._texts["proxy"] = value._replace(text=f"{scheme}://{value.text}")
        else:
            if given.name == "cert":  # a password may follow; C:\\ is a drive
                value = value._replace(text=_PASSWORD.sub("", value.text))
            self._texts[given.name] = value
            if given.name in _OWN_FILES:
                self._files.content(value.text)

    def _note_method(self, how: str, given: Given) -> None:
        """Notes what decides about the method."""
        self._sends.setdefault(how, given.word)

    def _check_one_method(self) -> None:
        """Raises NotUnderstood for more than one of -d, -F, -I and -T. With -G, the data of -d are a part of the URL."""
        sends = [how for how in self._sends if not (how == "-d" and self._flags.get("get"))]
        if len(sends) > 1:
            reason = f"curl does not accept {sends[1]} together with {sends[0]}"
            raise NotUnderstood(reason, self._sends[sends[1]].spot)

    def _add_header(self, line: bytes) -> None:
        if line.startswith(b"@"):
            content = self._files.content(line[1:].decode("utf-8", "surrogateescape"))
            for one in (content or b"").splitlines():
                self._add_header(one)
            return
        name, colon, value = line.decode("latin-1").partition(":")
        is_empty = not value.strip(" \t\r\n") and not (self._keeps_empty and value)
        if colon and name and not is_empty:
            self._headers.append((name, value.strip(" \t\r\n")))
        elif colon:
            self._removed.add(name.strip().lower())
        elif line.rstrip(b" \t").endswith(b";") and line.count(b";") == 1:
            self._headers.append((line.decode("latin-1").rstrip(" \t")[:-1], ""))

    def _add_cookie(self, text: str) -> None:
        if text.startswith("@") or "=" not in text:
            name = text.removeprefix("@")
            if name:
                self._files.content(name)
        else:
            self._cookies.append(text)

    def so_far(self, also_read: tuple[str, ...] = ()) -> Parsed:
        """The request without a URL and a body."""
        made: dict[str, Option] = {_FLAG_OPTIONS[name]: on for name, on in self._flags.items() if name in _FLAG_OPTIONS}
        made = {name: on for name, on in made.items() if on}
        made |= {_VALUE_OPTIONS[name]: word.text for name, word in self._texts.items() if name in _VALUE_OPTIONS}
        made |= {_LIST_OPTIONS[name]: tuple(texts) for name, texts in self._lists.items()}
        return Parsed(
            self._call.spot.line,
            self._urls[0].text if self._urls else None,
            options=tuple(made.items()),
            reads=tuple(dict.fromkeys((*also_read, *self._files.named))),
            unresolved=tuple(dict.fromkeys((*self._call.unresolved, *self._unresolved))),
        )

    def requests(self, also_read: tuple[str, ...] = ()) -> list[Parsed]:
        """The requests for all URLs. Raises NotUnderstood if there is none, or if curl refuses one."""
        if not self._urls:
            raise NotUnderstood("the command has no URL", self._call.spot)
        self._check_one_method()
        uploads = [*self._uploads, *[None] * len(self._urls)]
        made: list[Parsed] = []
        base = self.so_far()
        for word, upload in zip(self._urls, uploads, strict=False):
            found = [word.text] if self._flags.get("globoff") else curl_glob.urls(word)
            if len(made) + len(found) > curl_glob.MOST:
                raise NotUnderstood(f"the command has more than {curl_glob.MOST} URLs", word.spot)
            made += [self._request(base, url, word, upload) for url in found]
        asked = self.so_far(also_read)
        return [one._replace(reads=asked.reads, options=asked.options) for one in made]

    def _request(self, base: Parsed, text: str, word: Word, upload: Word | None) -> Parsed:
        url, login = self._url(text, upload)
        body, content_type = self._body(upload)
        method = self._texts["request"].text if "request" in self._texts else self._method(upload)
        told = {name.lower() for name, _ in self._headers} | self._removed
        before = [(name, value) for name, value in self._generated(login) if name.lower() not in told]
        after = [("Content-Type", content_type)] if content_type and "content-type" not in told else []
        if self._flags.get("json"):
            after = [("Content-Type", "application/json"), ("Accept", "application/json")]
            after = [(name, value) for name, value in after if name.lower() not in told]
        own = sorted(self._headers, key=lambda header: header[0].lower() != "host")  # curl sends Host first
        headers = (*before, *map(self._sent, own), *after)
        return base._replace(
            url=url, method=method, headers=headers, body=body, error=self._error(url, word), spot=word.spot
        )

    def _error(self, url: str, word: Word) -> str | None:
        if not word.text:
            return "the URL is empty"
        if word.unresolved:
            return unresolved_url(word.unresolved, "expanded")
        if _RAW.search(url):
            return "the URL contains a space or a control character, which curl refuses: escape it, a space as %20"
        scheme = _SCHEME.match(url)
        if scheme is not None and scheme[1].lower() not in ("http", "https"):
            return f"the URL is for {scheme[1].lower()}, not for HTTP"
        return None

    def _url(self, text: str, upload: Word | None) -> tuple[str, str | None]:
        """The URL, and the login in it."""
        url = text if _SCHEME.match(text) else f"{self._default_scheme()}://{text}"
        url, _, _ = url.partition("#")
        found = _USER.match(url)
        login = None
        if found is not None:
            login = found["user"]
            url = found["before"] + url[found.end() :]
        before, question, query = url.partition("?")
        scheme, slashes, rest = before.partition("://")
        host, slash, path = rest.partition("/")
        path = slash + path
        if upload is not None and (not path or path.endswith("/")):
            path = (path or "/") + upload.text.rpartition("/")[2]
        if not self._flags.get("path-as-is"):
            path = _without_dots(path)
        more = [query] if question else []
        more += [piece.decode("latin-1") for piece in self._queries]
        if self._flags.get("get") and self._data.given:
            more.append((self._data.body or b"").decode("utf-8", "surrogateescape"))
        query = "&".join(piece for piece in more if piece)
        return f"{scheme}{slashes}{host}{path}" + (f"?{query}" if query or question else ""), login

    def _default_scheme(self) -> str:
        named = self._texts.get("proto-default")
        return "http" if named is None else named.text

    def _method(self, upload: Word | None) -> str:
        if self._flags.get("head"):
            return "HEAD"
        if upload is not None:
            return "PUT"
        posts = self._parts or (self._data.given and not self._flags.get("get"))
        return "POST" if posts else "GET"

    def _body(self, upload: Word | None) -> tuple[bytes | None, str | None]:
        """The body, and the Content-Type that curl sends with it."""
        if upload is not None:
            return self._files.content(upload.text), None
        if self._parts:
            own = next(
                (value for name, value in self._headers if name.lower() == "content-type"), "multipart/form-data"
            )
            return multipart(self._parts), f"{own}; boundary={BOUNDARY}"
        if self._data.given and not self._flags.get("get"):
            return self._data.body, _FORM_TYPE
        return None, None

    def _sent(self, header: tuple[str, str]) -> tuple[str, str]:
        """A header as it is sent: curl adds the boundary to the Content-Type of a form."""
        name, value = header
        return (name, f"{value}; boundary={BOUNDARY}") if self._parts and name.lower() == "content-type" else header

    def _generated(self, login: str | None) -> Iterator[tuple[str, str]]:
        """The headers that options make."""
        user = self._texts["user"].data if "user" in self._texts else None
        if user is None and login is not None:
            user = unquote_to_bytes(login.encode("utf-8", "surrogateescape"))
        others = any(self._flags.get(name) or name in self._texts for name in _OTHER_LOGINS)
        if "oauth2-bearer" in self._texts:
            yield "Authorization", f"Bearer {self._texts['oauth2-bearer'].text}"
        elif user is not None and not others:
            user = user if b":" in user else user + b":"
            yield "Authorization", f"Basic {b64encode(user).decode()}"
        if "user-agent" in self._texts and self._texts["user-agent"].text:
            yield "User-Agent", self._texts["user-agent"].data.decode("latin-1")
        start = self._texts["continue-at"].text if "continue-at" in self._texts else ""
        if "range" in self._texts:
            yield "Range", f"bytes={self._texts['range'].text}"
        elif decimal(start):
            yield "Range", f"bytes={start}-"
        referer = self._texts["referer"].data.decode("latin-1") if "referer" in self._texts else ""
        if referer.partition(";auto")[0]:
            yield "Referer", referer.partition(";auto")[0]
        if self._cookies:
            yield "Cookie", ";".join(self._cookies)


def _without_dots(path: str) -> str:
    """`path` without the segments `.` and `..`. https://www.rfc-editor.org/rfc/rfc3986#section-5.2.4"""
    if not _DOTS.search(path):
        return path
    kept: list[str] = []
    segments = path.split("/")[1:]
    for at, segment in enumerate(segments):
        if segment == "..":
            kept = kept[:-1]
        if segment not in (".", ".."):
            kept.append(segment)
        elif at == len(segments) - 1:
            kept.append("")
    return "/" + "/".join(kept)
