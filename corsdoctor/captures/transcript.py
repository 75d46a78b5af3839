"""Reads transcripts: what curl -v, curl -i, curl --trace-ascii, HTTPie, wget -S or a proxy printed of HTTP messages.

A request and the responses after it are one exchange; a file may have several. What a transcript does not show, such as
the request of `curl -i`, is unknown: nothing is made up but a URL that says so.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from corsdoctor.captures.entry import NO_CORS, Answer, Entry, Lines, WrongEntry, check_size
from corsdoctor.captures.har import Har, Unreadable
from corsdoctor.captures.no_url import NO_URL
from corsdoctor.captures.transcript_lines import Line, Sign, lines_of
from corsdoctor.captures.transcript_messages import (
    FIELD,
    LONGEST,
    REQUEST,
    STATUS,
    Head,
    Sent,
    requested,
    starts,
    words_of,
)
from corsdoctor.captures.transcript_recognition import CURL_ERROR
from corsdoctor.host import is_loopback
from corsdoctor.masking import mask_text
from corsdoctor.url import parse

MOST_BYTES: Final = 20_000_000
"""The most bytes of a transcript."""
_KEPT: Final = 4096  # of a body, as of a HAR's
_TLS: Final = re.compile(r"ALPN|SSL |TLSv|Server certificate|schannel:|using HTTP/[23]|\[HTTP/[23]\]|h[23]h3")
_CONNECTS: Final = re.compile(r"Trying |connect to ")
_HOST_PORT: Final = re.compile(r"(?:Failed to connect to|Connected to|connect to) (\S+) .*?port (\d+)")
_NO_HOST: Final = re.compile(r"Could not resolve host: (\S+)")
_TOLD_URL: Final = re.compile(r"(?:URL: |Issue another request to this URL: '|.*OPENED stream for )(https?://[^\s']+)")
_WGET_URL: Final = re.compile(
    r"--\d{4}-\d\d-\d\d \d\d:\d\d:\d\d--  (https?://\S+)|\[\d+\] Downloading '(https?://[^\s']+)'|"
    r"URL:\s?(https?://\S+) \["
)
_TOOL_ERROR: Final = re.compile(r"http: error: .+|.*(?:\.\.\. failed: |unable to resolve host address).+")
_MOST_COMMANDS, _MOST_WORDS = 100, 500  # those of a person are fewer
_COMMAND: Final = re.compile(
    r"(?:[^\n$#%>]{0,80}[$#%>] ?((?:curl|wget|https?)(?:\.exe)? .*)|((?:curl|wget|https?)(?:\.exe)? (?=.*(?:://| -)).*))",
    re.DOTALL,
)
"""A command, behind a prompt or with a URL or an option."""


def read_transcript(data: bytes) -> Har:
    """The exchanges in a transcript, as entries; none if there is no message in it."""
    reader = _Reader()
    for line in lines_of(data.decode("latin-1")):
        reader.add(line)
    return reader.end()


class _Reader:
    """Collects the messages of a transcript, line by line."""

    def __init__(self) -> None:
        self._har = Har(transcript=True)
        self._head: Head | None = None
        self._sent: Sent | None = None
        self._tls: bool | None = None  # None: the transcript does not say
        self._url: str | None = None  # of the next request
        self._peer: str | None = None  # where the tool connects to
        self._last: tuple[tuple[Sign, int], str, Lines] | None = None  # the last response, which curl -vi prints twice
        self._body: list[str] = []
        self._command = ""  # the lines of one that goes on
        self._commands = 0
        self._asked: list[Sent] = []  # what the command above requests, which a response alone is the answer to
        self._followed: Sent | None = None  # where the last response redirects to

    def add(self, line: Line) -> None:
        """Takes the next line."""
        if self._command:  # a shell marks the lines that go on with `>`, too
            self._commanded(line.text)
            return
        match line.sign:
            case Sign.REMARK:
                self._remark(line.text)
            case Sign.DATA:
                self._close()
                self._body.append(line.text)
            case Sign.NONE:
                self._plain(line.text)
            case _:
                self._marked(line.sign, line.text)

    def end(self) -> Har:
        """What was read."""
        self._close()
        self._flush()
        return self._har

    # --- lines

    def _marked(self, sign: Sign, text: str) -> None:
        head = self._head
        if head is not None and head.sign is sign and not starts(sign, text):
            if text.strip():
                head.lines.append(text)
            else:
                self._close()
        elif starts(sign, text):
            self._close()
            self._head = Head(sign, text, [], 0)

    def _plain(self, text: str) -> None:
        head = self._head
        bare = text.strip()
        if head is not None and head.sign is Sign.NONE:
            indent = len(text) - len(text.lstrip(" \t"))
            continues = indent > head.indent and bool(head.lines)
            if (
                bare
                and indent >= head.indent
                and (continues or (FIELD.fullmatch(bare) and not starts(Sign.NONE, bare)))
            ):
                head.lines.append(text[head.indent :])
                return
            self._close()
            if not bare:
                return
        if self._commanded(text) or self._failed(bare) or self._told_url(bare):
            return
        if starts(Sign.NONE, bare):
            self._close()
            self._head = Head(Sign.NONE, bare, [], len(text) - len(text.lstrip(" \t")))
        elif len(self._body) < _KEPT:
            self._body.append(text)

    def _remark(self, text: str) -> None:
        text = text[:LONGEST]
        told, peer, nowhere = _TOLD_URL.match(text), _HOST_PORT.search(text), _NO_HOST.match(text)
        if told is not None:
            self._url = told[1]
        elif nowhere is not None:
            self._peer = nowhere[1]
        elif peer is not None:
            self._peer = f"{peer[1]}:{peer[2]}"
        if _CONNECTS.match(text.lstrip()):
            self._tls = False
        elif _TLS.match(text):
            self._tls = True

    def _commanded(self, text: str) -> bool:
        """Whether a line is a command of curl or HTTPie, or goes on with one. It is not run."""
        found = None if self._command else _COMMAND.fullmatch(text[:LONGEST])
        if not self._command and found is None:
            return False
        self._command += text if found is None else found[1] or found[2]
        if self._command.endswith("\\") and len(self._command) < LONGEST:
            self._command += "\n"
            return True
        command, self._command = self._command, ""
        self._close()
        self._flush()
        self._commands += 1
        readable = self._commands <= _MOST_COMMANDS and command.count(" ") + command.count("\n") <= _MOST_WORDS
        self._asked, self._followed = list(requested(command)) if readable else [], None
        return True

    def _told_url(self, text: str) -> bool:
        found = _WGET_URL.match(text[:LONGEST])
        if found is None:
            return False
        url = found[1] or found[2] or found[3]
        entries = self._har.entries
        if found[3] is None:
            self._close()
            self._flush()
            self._url = url
        elif entries and entries[-1].href == NO_URL:  # wget -nv names the URL behind the response
            entries[-1] = replace(entries[-1], href=url)
        return True

    def _failed(self, text: str) -> bool:
        """Whether a line is an error of the tool, which ends what it requested."""
        if not (CURL_ERROR.fullmatch(text) or _TOOL_ERROR.fullmatch(text)):
            return False
        self._close()
        self._remark(text.partition(") ")[2])  # it may name the host
        if self._sent is None and self._asked:
            self._sent = self._asked.pop(0)
        elif self._sent is None and (self._url or self._peer):
            scheme = "https" if self._tls or (self._peer or "").endswith(":443") else "http"
            self._sent = Sent("GET", self._url or f"{scheme}://{self._peer}/", ())
        tool = "" if text.startswith("curl: ") else "HTTPie: " if text.startswith("http: ") else "wget: "
        error = words_of(f"{tool}{text}").rstrip(".")
        if self._sent is not None:
            self._flush(error=error)
        elif not self._har.count:  # otherwise it may be about the body of what was answered
            self._har.unreadable.append(Unreadable(0, f"no request was sent: {mask_text(error)}"))
            self._har.count = 1
        return True

    # --- messages

    def _close(self) -> None:
        head, self._head = self._head, None
        if head is None:
            return
        request, status = REQUEST.fullmatch(head.start), STATUS.fullmatch(head.start)
        if request is not None:
            href = self._href(request, head)
            self._flush()
            length = next((value for name, value in head.fields() if name.lower() == "content-length"), "0")
            self._sent = Sent(request[1], href, head.fields(), b"" if length == "0" else None)  # few tools print it
            self._last, self._asked, self._followed = None, [], None
            self._body = []
        elif status is not None and int(status[2]) >= 200:
            self._answered(head, status)

    def _answered(self, head: Head, status: re.Match[str]) -> None:
        fields = head.fields()
        shape = head.sign, head.indent
        seen = self._last is not None and self._last[0] != shape and self._last[1:] == (head.start, fields)
        if seen and self._sent is None:
            self._last = None
            self._body = []
            return
        self._last = shape, head.start, fields
        self._end_body()
        if self._sent is None and self._followed is not None:
            self._sent, self._followed = self._followed, None
        elif self._sent is None:
            self._sent = self._asked.pop(0) if self._asked else Sent("", self._url or NO_URL, ())
            location = next((value for name, value in fields if name.lower() == "location"), None)
            target = None if location is None or self._sent.href == NO_URL else parse(location, self._sent.href)
            if status[2].startswith("3") and target is not None:
                self._followed = self._sent._replace(href=target.href)
        self._flush(Answer(int(status[2]), fields, (status[3] or "").strip(), status[1], ""))

    def _flush(self, answer: Answer | None = None, error: str = "") -> None:
        """Ends the exchange that has begun."""
        self._end_body()
        sent = self._sent
        self._sent = self._url = self._peer = None
        if sent is None or sent.method == "CONNECT":  # of the tool to its proxy
            return
        index = self._har.count
        self._har.count += 1
        url = parse(sent.href)
        if url is None or not url.is_http:
            self._har.unreadable.append(Unreadable(index, "its URL cannot be read"))
            return
        mode = next((value.lower() for name, value in sent.fields if name.lower() == "sec-fetch-mode"), "")
        if mode in NO_CORS or (answer is not None and answer.status == 101):
            return
        entry = Entry(index, sent.method or "GET", url.href, sent.fields, answer, error, "", sent.body)
        try:
            check_size(entry)
        except WrongEntry as wrong:
            self._har.unreadable.append(Unreadable(index, str(wrong)))
            return
        self._har.entries.append(entry)

    def _end_body(self) -> None:
        body, self._body = "\n".join(self._body)[:_KEPT], []
        entries = self._har.entries
        if body.strip() and entries and entries[-1].index == self._har.count - 1 and self._sent is None:
            last = entries[-1]
            if last.answer is not None and not last.answer.body:
                entries[-1] = replace(last, answer=last.answer._replace(body=words_of(body)))

    def _href(self, request: re.Match[str], head: Head) -> str:
        target = request[2]
        if re.match(r"https?://", target, re.IGNORECASE):
            return target
        told = self._url
        host = next((value for name, value in head.fields() if name.lower() == "host"), "")
        if told is not None and (not host or (url := parse(told)) is None or url.host == host.partition(":")[0]):
            return told
        if not host:
            return NO_URL
        return f"{self._scheme(host, request[3])}://{host}{target if target.startswith('/') else '/'}"

    def _scheme(self, host: str, version: str) -> str:
        """What the transcript shows of TLS; otherwise https, but for what runs on the developer's machine."""
        name, _, port = host.rpartition(":") if re.search(r":\d+$", host) else (host, "", "")
        if self._tls is not None and port not in ("80", "443"):
            return "https" if self._tls else "http"
        if port in ("80", "443"):
            return "https" if port == "443" else "http"
        local = is_loopback(name.strip("[]")) or name == "localhost"
        return "http" if local and not version.startswith(("2", "3")) else "https"
