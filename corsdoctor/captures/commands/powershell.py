"""The requests of PowerShell: Invoke-WebRequest, Invoke-RestMethod, and curl.exe as a program.

https://learn.microsoft.com/en-us/powershell/module/microsoft.powershell.utility/invoke-webrequest
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from corsdoctor.captures.commands.form_data import BOUNDARY, Part, encoded, multipart, url_encoded
from corsdoctor.captures.commands.grammar import Tree, broken, walk
from corsdoctor.captures.commands.js_values import sources_in
from corsdoctor.captures.commands.origin import completed
from corsdoctor.captures.commands.parsed import Files, NotUnderstood, Option, Parsed, ReadFile, unresolved_url
from corsdoctor.captures.commands.ps_values import Cookie, Session, Values
from corsdoctor.captures.commands.words import Call, Word, name_of

if TYPE_CHECKING:
    from corsdoctor.captures.commands.grammar import Node

_CMDLETS: Final = frozenset({"invoke-webrequest", "invoke-restmethod", "iwr", "irm"})
_OF_A_CMDLET: Final = frozenset({"-uri", "-headers", "-usebasicparsing", "-method", "-body"})
"""Parameters that show that `curl` is the alias of a cmdlet, not the program."""
_PROMPT: Final = re.compile(r"(?m)^(?:PS [^>\n]*>|>>) ?")
_WITH_VALUE: Final = (
    "authentication", "body", "certificate", "certificatethumbprint", "connectiontimeoutseconds", "contenttype", "credential",
    "custommethod", "form", "headers", "httpversion", "infile", "maximumfollowrellink", "maximumredirection",
    "maximumretrycount", "method", "operationtimeoutseconds", "outfile", "proxy", "proxycredential", "responseheadersvariable",
    "retryintervalsec", "sessionvariable", "sslprotocol", "statuscodevariable", "timeoutsec", "token", "transferencoding",
    "unixsocket", "uri", "useragent", "websession", "erroraction", "warningaction", "outvariable", "errorvariable",
)  # fmt: skip
_SWITCHES: Final = (
    "allowinsecureredirect", "allowunencryptedauthentication", "disablekeepalive", "followrellink", "noproxy", "passthru",
    "preserveauthorizationonredirect", "preservehttpmethodonredirect", "proxyusedefaultcredentials", "resume",
    "skipcertificatecheck", "skipheadervalidation", "skiphttperrorcheck", "usebasicparsing", "usedefaultcredentials",
    "verbose", "debug",
)  # fmt: skip
_FORM_TYPE: Final = "application/x-www-form-urlencoded"


def requests(text: str, read: ReadFile) -> Iterator[Parsed | Call]:
    """The requests in the order of the text, and the calls of other programs. Raises NotUnderstood where it is not PowerShell."""
    text = _PROMPT.sub(lambda found: " " * len(found[0]), text)
    tree = Tree("powershell", text)
    found = 0
    for one in _Script(tree, read).found():
        found += 1
        yield one
    wrong = broken(tree.root)
    if wrong is not None and not found:
        raise NotUnderstood("this is not valid PowerShell", tree.spot(wrong.start_byte))


class _Script:
    """Goes through a script from its start to its end."""

    def __init__(self, tree: Tree, read: ReadFile) -> None:
        self._tree, self._read, self._values = tree, read, Values(tree)

    def found(self) -> Iterator[Parsed | Call]:
        for node in walk(self._tree.root):
            if node.type == "assignment_expression":
                self._assign(node)
            elif node.type == "invokation_expression":
                self._invoke(node)
            elif node.type == "command":
                yield from self._command(node)

    def _assign(self, node: Node) -> None:
        target = self._tree.source(node.named_children[0]).strip().lower()
        value = self._values.value(node.named_children[-1])
        name, _, member = target.lstrip("$").partition(".")
        session = self._values.variables.get(name)
        if not member and "[" not in name:
            self._values.variables[name.strip("{}")] = value
        elif isinstance(session, Session) and member == "useragent":
            session.user_agent = value
        elif isinstance(session, dict) and re.fullmatch(r"\w+", member):
            session[self._tree.source(node.named_children[0]).rpartition(".")[2]] = value
        else:
            self._assign_entry(node.named_children[0], name.partition("[")[0], value)

    def _assign_entry(self, target: Node, name: str, value: Any) -> None:
        """$headers['X'] = value"""
        owner, key = self._values.variables.get(name), re.search(r"\[\s*(['\"])(.*)\1\s*\]", self._tree.source(target))
        if isinstance(owner, dict) and key is not None:
            owner[key[2]] = value

    def _invoke(self, node: Node) -> None:
        """$session.Cookies.Add(...), $headers.Add(name, value)"""
        source = self._tree.source(node).lower().replace(" ", "")
        called = re.match(r"\$(\w+)\.((?:\w+\.)?add)\(", source)
        if called is None:
            return
        owner, given = self._values.variables.get(called[1]), self._values.arguments(node)
        if isinstance(owner, Session) and called[2] == "cookies.add":
            owner.cookies += [str(one) for one in given if isinstance(one, Cookie)]
        elif isinstance(owner, Session) and called[2] == "headers.add" and len(given) == 2:
            owner.headers[self._values.text(given[0])] = given[1]
        elif isinstance(owner, dict) and called[2] == "add" and len(given) == 2:
            owner[self._values.text(given[0])] = given[1]

    def _command(self, node: Node) -> Iterator[Parsed | Call]:
        named = [one for one in node.named_children if one.type in ("command_name", "command_name_expr")]
        name = self._tree.source(named[0]).strip("'\"& ") if named else ""
        arguments = list(self._arguments(node))
        parameters = {self._tree.source(one[0]).lower() for one in arguments if one[0].type == "command_parameter"}
        is_alias = name.lower() in ("curl", "wget") and not _OF_A_CMDLET.isdisjoint(parameters)
        if name_of(name) in _CMDLETS or is_alias:
            yield self._request(node, arguments)
        else:
            words = tuple(self._word(one) for one in arguments)
            yield Call(name, words, self._tree.spot(node.start_byte))

    def _arguments(self, node: Node) -> Iterator[list[Node]]:
        """The arguments, each as the nodes that no space separates."""
        elements = next((one for one in node.named_children if one.type == "command_elements"), None)
        argument: list[Node] = []
        for one in () if elements is None else elements.children:
            if one.type in ("command_argument_sep", "redirection"):
                yield from [argument] if argument else []
                argument = []
            else:
                argument.append(one)
        yield from [argument] if argument else []

    def _word(self, argument: list[Node]) -> Word:
        """An argument of a program. As in older versions of PowerShell, a quote that must arrive has a backslash."""
        values = [self._values.value(one) for one in argument]
        text = "".join(map(self._values.text, values)).replace('\\"', '"')
        return Word(text, self._tree.spot(argument[0].start_byte), sources_in(values))

    def _request(self, node: Node, arguments: list[list[Node]]) -> Parsed:
        """The request of a cmdlet."""
        spot = self._tree.spot(node.start_byte)
        given: dict[str, Any] = {}
        error = None
        left = iter(arguments)
        for argument in left:
            source = self._tree.source(argument[0])
            if argument[0].type == "command_parameter":
                name = _parameter(source[1:].rstrip(":").lower())
                if name is None:
                    error = error or NotUnderstood(
                        f"the command has no parameter {source}", self._tree.spot(argument[0].start_byte)
                    )
                elif name in _SWITCHES:
                    given[name] = True
                else:
                    value = next(left, None)
                    given[name] = None if value is None else self._values.value(value[0])
            elif (
                source.startswith("@")
                and source[1:2] != "{"
                and isinstance(value := self._values.value(argument[0]), dict)
            ):
                given |= {_parameter(key.lower()) or key: one for key, one in value.items()}
            else:
                given.setdefault("uri", self._values.value(argument[0]))
        made = _WebRequest(given, self._values, Files(self._read)).request()
        self._tree.budget.spend(made.size)
        if error is not None:
            made = made._replace(error=str(error), spot=error.spot)
        return made._replace(line=spot.line, spot=made.spot or spot)


def _parameter(name: str) -> str | None:
    """The parameter that `name` names: its whole name, or a beginning that no other has."""
    names = (*_WITH_VALUE, *_SWITCHES)
    found = [name] if name in names else [one for one in names if one.startswith(name)]
    return found[0] if len(found) == 1 else None


class _WebRequest:
    """The request that the parameters of a cmdlet make."""

    def __init__(self, given: dict[str, Any], values: Values, files: Files) -> None:
        self._given, self._values, self._files = given, values, files

    def request(self) -> Parsed:
        method = self._text("custommethod") or self._text("method") or "GET"
        method = method.upper()
        url = self._text("uri")
        body, content_type = self._body(method)
        query = self._given.get("body")
        if method in ("GET", "HEAD") and isinstance(query, dict):
            url = f"{url}{'&' if '?' in url else '?'}{self._encoded(query)}"
        if url and "://" not in url:
            url = f"http://{url}"
        headers = self._headers()
        told = {name.lower() for name, _ in headers}
        session = self._given.get("websession")
        agent = self._given.get("useragent") or (session.user_agent if isinstance(session, Session) else None)
        if agent is not None and "user-agent" not in told:
            headers.append(("User-Agent", _latin(self._values.text(agent))))
        if isinstance(session, Session) and session.cookies and "cookie" not in told:
            headers.append(("Cookie", _latin("; ".join(session.cookies))))
        if self._given.get("token") and "authorization" not in told:
            headers.append(("Authorization", f"Bearer {_latin(self._text('token'))}"))
        if content_type and "content-type" not in told:
            headers.append(("Content-Type", content_type))
        unresolved = sources_in([value for value in self._given.values() if not isinstance(value, Session)])
        return completed(
            Parsed(
                1,
                url or None,
                method,
                tuple(headers),
                body,
                options=tuple(self._options()),
                reads=tuple(self._files.named),
                unresolved=unresolved,
                error=self._error(url),
            )
        )

    def _error(self, url: str) -> str | None:
        sources = sources_in(self._given.get("uri"))
        if sources:
            return unresolved_url(sources, "expanded")
        return None if url else "the command has no URL"

    def _text(self, name: str) -> str:
        return self._values.text(self._given.get(name))

    def _headers(self) -> list[tuple[str, str]]:
        session, own = self._given.get("websession"), self._given.get("headers")
        made = {**(session.headers if isinstance(session, Session) else {}), **(own if isinstance(own, dict) else {})}
        return [(name, _latin(self._values.text(value)).strip()) for name, value in made.items()]

    def _body(self, method: str) -> tuple[bytes | None, str | None]:
        """The body and the Content-Type. Without -ContentType, POST sends a body as a form."""
        named = self._text("contenttype") or None
        form, body = self._given.get("form"), self._given.get("body")
        if isinstance(form, dict):
            parts = [Part(name, self._values.text(value).encode("utf-8", "replace")) for name, value in form.items()]
            return multipart(parts), named or f"multipart/form-data; boundary={BOUNDARY}"
        if "infile" in self._given:
            return self._files.content(self._text("infile")), named
        if body is None or (isinstance(body, dict) and method in ("GET", "HEAD")):
            return None, named
        if isinstance(body, dict):
            return self._encoded(body).encode(), named or _FORM_TYPE
        data = body if isinstance(body, bytes) else encoded(self._values.text(body))
        return data, named or (_FORM_TYPE if method == "POST" else None)

    def _encoded(self, pairs: dict[str, Any]) -> str:
        return url_encoded((name, self._values.text(value)) for name, value in pairs.items())

    def _options(self) -> Iterator[tuple[str, Option]]:
        if self._given.get("skipcertificatecheck"):
            yield "insecure", True
        if self._given.get("proxy"):
            yield "proxy", self._text("proxy")


def _latin(text: str) -> str:
    """A header value with one character a byte."""
    return encoded(text).decode("latin-1")
