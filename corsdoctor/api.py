"""For Python programs: `check()`, `Session` and `Result`. What is wrong in a call is told as the command line tells it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from inspect import Signature, signature
from os import PathLike
from types import TracebackType
from typing import Concatenate, Final, ParamSpec, Self

from corsdoctor.arguments import Arguments
from corsdoctor.diagnose import Diagnosis, Verdict, diagnose_all, overall, withholding
from corsdoctor.reading import (
    read_browser,
    read_origin,
    read_url,
)
from corsdoctor.report import Report
from corsdoctor.reports import write
from corsdoctor.reports.secrets import conceal
from corsdoctor.reports.wording import short_verdict
from corsdoctor.reports.writer import Style
from corsdoctor.request_fields import refused
from corsdoctor.scenario import Scenario
from corsdoctor.transport.live import Live
from corsdoctor.transport.options import TransportOptions, parse_resolve
from corsdoctor.url import OPAQUE

__all__ = ["Names", "Result", "Session", "check"]

_Asked = ParamSpec("_Asked")
_SENDING: Final = "Call with send=True"
_PASSES: Final = (Verdict.ALLOWED, Verdict.OPAQUE)


class Names(tuple[str, ...]):
    """Names of headers, in lower case; `in` looks for a name in any case."""

    __slots__ = ()

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and super().__contains__(name.lower())


class Result:
    """What became of one request in the browsers that were asked. It is neither true nor false: ask for `allowed`."""

    def __init__(self, diagnoses: tuple[Diagnosis, ...], asked: Callable[[Result], None] | None = None) -> None:
        """`diagnoses` are at least one; `asked` is called with this result whenever a part of it is looked at."""
        self._diagnoses = diagnoses
        self._asked = asked

    @property
    def diagnoses(self) -> tuple[Diagnosis, ...]:
        """Each browser's own diagnosis, with the exchanges and steps. Nothing in it is masked."""
        if self._asked is not None:
            self._asked(self)
        return self._diagnoses

    @property
    def verdict(self) -> Verdict:
        """The worst of the browsers' verdicts; a Verdict is a str, such as "blocked"."""
        return overall(d.verdict for d in self.diagnoses)

    @property
    def allowed(self) -> bool:
        """Whether in every browser the script gets the response, or what an element asks for loads."""
        return self.verdict in _PASSES

    @property
    def blocked(self) -> bool:
        """Whether a rule said no in every browser. False too where no answer came, or the request was not sent."""
        return all(d.verdict is Verdict.BLOCKED for d in self.diagnoses)

    @property
    def rule(self) -> str | None:
        """The id of the rule that said no, that of the first browser where they differ; None where none did."""
        return next((d.failure.rule.id for d in self.diagnoses if d.failure is not None), None)

    @property
    def readable(self) -> Names:
        """The response headers that the script can read in every browser; none where it gets no response."""
        first, *others = (d.readable or () for d in self.diagnoses)
        return Names(name for name in first if all(name in other for other in others))

    @property
    def preflight(self) -> bool:
        """Whether a browser sent a preflight."""
        return any(e.is_preflight for d in self.diagnoses for e in d.exchanges)

    @property
    def console(self) -> tuple[str, ...]:
        """What the browsers' consoles say, each message once, secrets masked."""
        shown = conceal(Report(self.diagnoses))
        return tuple(dict.fromkeys(message for d in shown.diagnoses for message in d.console))

    @property
    def report(self) -> str:
        """What `corsdoctor check` prints, without a command: 80 columns, without colours, secrets masked."""
        return self.explain()

    def explain(self, *, width: int = 80, color: bool = False, verbosity: int = 0) -> str:
        """The report at `width` columns; `verbosity` is -1 for one line, 1 for every step. Secrets are masked."""
        report = Report(self.diagnoses)
        if report.verdict is Verdict.BLOCKED:
            from corsdoctor.cure.search import needed  # what a test that passes need not load

            report = replace(report, changes=needed(self.diagnoses))
        text = write("text", [conceal(report)], Style(width, color, verbosity, _SENDING))
        return text.rstrip("\n")

    def browser(self, name: str) -> Result:
        """The same for one browser that was asked; InvalidScenario for any other name."""
        found = Arguments()
        profiles = found.take("browser", name, read_browser) or ()
        chosen = tuple(d for d in self._diagnoses if d.profile in profiles)
        if profiles and not chosen:
            found.add(
                "browser", name, f"was not asked; asked were {', '.join(d.profile.name for d in self._diagnoses)}"
            )
        found.tell()
        return Result(chosen, self._asked)

    def __bool__(self) -> bool:
        __tracebackhide__ = True
        raise TypeError("a Result is neither true nor false: ask for its .allowed or .blocked")

    def __repr__(self) -> str:
        shown = conceal(Report(self._diagnoses))
        scenario = shown.diagnoses[0].scenario
        return f"<Result: {short_verdict(shown)}: {scenario.method} {scenario.url}>"


class Session:
    """Checks that share their connections. Several threads may use one; close it, or use it in a `with`."""

    def __init__(
        self,
        *,
        browsers: str | Iterable[str] | None = None,
        insecure: bool = False,
        cacert: str | PathLike[str] | None = None,
        cert: str | PathLike[str] | None = None,
        key: str | PathLike[str] | None = None,
        proxy: str | None = None,
        resolve: Iterable[str] = (),
        connect_timeout: float = 10.0,
        max_time: float = 30.0,
        asked: Callable[[Result], None] | None = None,
    ) -> None:
        """Each argument is as the option of `corsdoctor check`; times are in seconds.

        `browsers` is who judges where a check doesn't say, all where it is None; `asked` is called with a Result when a
        part of it is looked at. InvalidScenario for a value that can't be meant, one of another type among them;
        UnreadableInput for a file of certificates that can't be read.
        """
        __tracebackhide__ = True
        found = Arguments()
        self._profiles = found.profiles(browsers)
        self._asked = asked
        pairs = [found.take("resolve", text, parse_resolve) for text in found.texts("resolve", resolve)]
        options = TransportOptions(
            verify=not found.flag("insecure", insecure),
            cacert=found.path("cacert", cacert),
            cert=found.path("cert", cert),
            key=found.path("key", key),
            proxy=None if proxy is None else found.take("proxy", proxy, str),
            resolve=tuple(pair for pair in pairs if pair is not None),
            connect_timeout=found.seconds("connect_timeout", connect_timeout),
            max_time=found.seconds("max_time", max_time),
        )
        found.tell()
        self._live = Live(options)

    def check(
        self,
        url: str,
        *,
        origin: str,
        method: str | None = None,
        headers: Mapping[str, str] | Iterable[tuple[str, str]] = (),
        credentials: str | None = None,
        body: str | bytes | None = None,
        mode: str | None = None,
        as_: str = "fetch",
        redirect: str = "follow",
        cookie: str | None = None,
        upload_listener: bool = False,
        user_agent: str | None = None,
        browsers: str | Iterable[str] | None = None,
        send: bool = False,
    ) -> Result:
        """Replays over the network what each browser does with a request for `url` by a page of `origin`.

        Each argument is as the option of `corsdoctor check`: `as_` is who asks, a `body` that is text is sent as UTF-8,
        the method is GET, or POST with a body. Without `send` a request that may change data is not sent, and the verdict
        is `unsent`. InvalidScenario where the arguments can't be meant, by their type too; it tells all that is wrong.
        """
        __tracebackhide__ = True  # a mistake in a call is the caller's: pytest shows their line
        found = Arguments()
        profiles = self._profiles if browsers is None else found.profiles(browsers)
        page = found.take("origin", origin, read_origin)
        scenario = Scenario(
            found.take("url", url, lambda text: read_url(text, page)) or "",
            OPAQUE if page is None else page,
            **found.fields(
                {
                    "method": method, "headers": headers, "credentials": credentials, "body": body, "mode": mode, "as_": as_,
                    "redirect": redirect, "cookie": cookie, "upload_listener": upload_listener, "user_agent": user_agent,
                }
            ),
        )  # fmt: skip
        for field, value, reason in refused(scenario, names_method=method is not None):
            found.add(field.argument, value, reason)
        sent = found.flag("send", send)
        found.tell()
        sending = self._live.send if sent else withholding(self._live.send)
        return Result(diagnose_all(scenario, profiles, sending), self._asked)

    def close(self) -> None:
        """Closes the connections."""
        self._live.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, e: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Session of {', '.join(profile.name for profile in self._profiles)}>"


def _alone(method: Callable[Concatenate[Session, _Asked], Result]) -> Callable[_Asked, Result]:
    """`method` as a function, which makes and closes a session of its own."""

    def check(*args: _Asked.args, **kwargs: _Asked.kwargs) -> Result:
        __tracebackhide__ = True
        with Session() as session:
            return method(session, *args, **kwargs)

    check.__doc__ = method.__doc__
    _, *others = signature(method).parameters.values()
    vars(check)["__signature__"] = Signature(others, return_annotation=Result)
    return check


check = _alone(Session.check)
