"""The calls of Python programs: a Session, and the functions that make one for a single call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from datetime import date
from inspect import Signature, signature
from os import PathLike, fspath
from types import TracebackType
from typing import Concatenate, Final, ParamSpec, Self, TypedDict, TypeVar, Unpack

from corsdoctor.api.result import Fix, PolicyResult, Result
from corsdoctor.arguments import Arguments
from corsdoctor.causes.probe import read_probing
from corsdoctor.diagnose import withholding
from corsdoctor.fixing import fixed, read_exposed, read_server
from corsdoctor.page_request import Pages
from corsdoctor.policy_file import load
from corsdoctor.policy_run import PolicyRun, RunOptions
from corsdoctor.reading import read_origin, read_url
from corsdoctor.reading_cookies import with_jar
from corsdoctor.report import Report, report_on
from corsdoctor.request_fields import refused, with_url
from corsdoctor.scenario import Scenario
from corsdoctor.transport.live import Live
from corsdoctor.transport.options import TransportOptions, parse_resolve
from corsdoctor.url import OPAQUE

_Asked = ParamSpec("_Asked")
_Answer = TypeVar("_Answer")
_JOBS: Final = 8


class RequestArguments(TypedDict, total=False):
    """What the script sets in its request, and how it is replayed: the arguments of `check` except `url` and `origin`."""

    method: str | None
    headers: Mapping[str, str] | Iterable[tuple[str, str]]
    credentials: str | None
    body: str | bytes | None
    mode: str | None
    as_: str
    redirect: str
    cookie: str | None
    cookie_jar: str | PathLike[str] | None
    as_preload: str | None
    upload_listener: bool
    user_agent: str | None
    browsers: str | Iterable[str] | None
    page: str | None
    page_headers: Mapping[str, str] | Iterable[tuple[str, str]] | None
    permissions: Mapping[str, str] | None
    address_spaces: Mapping[str, str] | None
    send: bool
    probes: str


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
        http2: bool = False,
        connect_timeout: float = 10.0,
        max_time: float = 30.0,
        asked: Callable[[Result], None] | None = None,
    ) -> None:
        """Each argument is like the option of `corsdoctor check`; times are in seconds.

        `browsers` are those that judge if a check does not name any, None for all; `asked` is called with a Result when
        a part of it is read. Raises InvalidScenario for an invalid value or type, UnreadableInput for a file of
        certificates that cannot be read.
        """
        __tracebackhide__ = True
        found = Arguments()
        self._profiles = found.profiles(browsers)
        self._asked = asked
        pairs = [found.parsed("resolve", text, parse_resolve) for text in found.texts("resolve", resolve)]
        options = TransportOptions(
            verify=not found.flag("insecure", insecure),
            cacert=found.path("cacert", cacert),
            cert=found.path("cert", cert),
            key=found.path("key", key),
            proxy=None if proxy is None else found.parsed("proxy", proxy, str),
            resolve=tuple(pair for pair in pairs if pair is not None),
            http2=found.flag("http2", http2),
            connect_timeout=found.seconds("connect_timeout", connect_timeout),
            max_time=found.seconds("max_time", max_time),
        )
        found.raise_if_any()
        self._live = Live(options)
        self._certificate = options.cert is not None

    def check(
        self,
        url: str,
        *,
        origin: str | None = None,
        method: str | None = None,
        headers: Mapping[str, str] | Iterable[tuple[str, str]] = (),
        credentials: str | None = None,
        body: str | bytes | None = None,
        mode: str | None = None,
        as_: str = "fetch",
        redirect: str = "follow",
        cookie: str | None = None,
        cookie_jar: str | PathLike[str] | None = None,
        as_preload: str | None = None,
        upload_listener: bool = False,
        user_agent: str | None = None,
        page: str | None = None,
        page_headers: Mapping[str, str] | Iterable[tuple[str, str]] | None = None,
        permissions: Mapping[str, str] | None = None,
        address_spaces: Mapping[str, str] | None = None,
        browsers: str | Iterable[str] | None = None,
        send: bool = False,
        probes: str = "auto",
    ) -> Result:
        """Replays over the network what each browser does with a request for `url` by a page of `origin`.

        Each argument is like the option of `corsdoctor check`: `as_` is the API, a `body` that is text is sent as
        UTF-8, the method is GET, or POST with a body. Without `send` a request that may change data is not sent, and
        the verdict is `unsent`. `page` is the URL of the page, in place of `origin`; it is requested for its policies,
        unless `page_headers` are given. `permissions` and `address_spaces` are dicts. `probes` is like the option: how many further requests may find out why a request
        fails. Raises InvalidScenario with all mistakes for invalid arguments, also for those of another type.
        """
        __tracebackhide__ = True  # so that pytest shows the line of the caller, who made the mistake
        found = Arguments()
        profiles = self._profiles if browsers is None else found.profiles(browsers)
        said = found.page(
            {"page": page, "page_headers": page_headers, "permissions": permissions, "address_spaces": address_spaces}
        )
        asks = None if origin is None and page is not None else found.parsed("origin", origin, read_origin)
        base = asks or ("page" in said and said["page"].origin) or OPAQUE
        scenario = Scenario(
            found.parsed("url", url, lambda text: read_url(text, None if base is OPAQUE else base)) or "",
            base,
            certificate=self._certificate,
            **found.fields(
                {
                    "method": method, "headers": headers, "credentials": credentials, "body": body, "mode": mode, "as_": as_,
                    "redirect": redirect, "cookie": cookie, "as_preload": as_preload, "upload_listener": upload_listener,
                    "user_agent": user_agent,
                }
            ),
        )  # fmt: skip
        scenario = with_url(found.on_page(scenario, said, asks), scenario.url)
        scenario = with_jar(scenario, found.jar("cookie_jar", cookie_jar))
        for field, value, reason in refused(scenario, names_method=method is not None):
            found.add(field.argument, value, reason)
        sent = found.flag("send", send)
        probing = found.parsed("probes", probes, read_probing)
        found.raise_if_any()
        sending = self._live.send if sent else withholding(self._live.send)
        report = report_on(Pages(self._live.send).with_page(scenario), profiles, sending, probing)
        return Result(report.diagnoses, self._asked, report.probes)

    def fix(
        self,
        url: str,
        *,
        origin: str | None = None,
        server: str | None = None,
        expose: Iterable[str] = (),
        minimal: bool = False,
        **request: Unpack[RequestArguments],
    ) -> Fix:
        """Finds what the server must change so that a page of `origin` can use `url`, as `corsdoctor fix` does.

        `server` is what the configuration is for, such as "nginx"; if it is None, the responses may identify the server.
        `expose` are names of response headers that the script has to read. The configuration keeps what the server allows
        today, unless `minimal` is true. `request` has the other arguments of `check`.
        InvalidScenario for an invalid argument.
        """
        __tracebackhide__ = True
        found = Arguments()
        recipe = None if server is None else found.parsed("server", server, read_server)
        names = [found.parsed("expose", name, read_exposed) for name in found.texts("expose", expose)]
        least = found.flag("minimal", minimal)
        found.raise_if_any()
        result = self.check(url, origin=origin, **request)
        sending = self._live.send if request.get("send") else withholding(self._live.send)
        exposed = tuple(dict.fromkeys(name for name in names if name is not None))
        [report] = fixed([Report(result.diagnoses, probes=result.probes)], recipe, exposed, minimal=least, ask=sending)
        return Fix(report)

    def run_policy(
        self, path: str | PathLike[str] = "cors.toml", *, send: bool = False, retry: int = 0, jobs: int = _JOBS
    ) -> PolicyResult:
        """Runs each case of the policy file `path`, as `corsdoctor test` does.

        A failure is tried up to `retry` times more; `jobs` cases run at the same time. UnreadableInput if the file cannot
        be read, InvalidScenario if it has mistakes or an argument is invalid.
        """
        __tracebackhide__ = True
        found = Arguments()
        sent = found.flag("send", send)
        tries, workers = found.count("retry", retry, 0, 100), found.count("jobs", jobs, 1, 256)
        found.raise_if_any()
        suite = load(fspath(path))
        options = RunOptions(
            date.today(), send=sent, retry=tries, jobs=workers, source=fspath(path), certificate=self._certificate
        )
        with closing(PolicyRun(suite.cases, self._live.send, options)) as run:
            return PolicyResult(run.results())

    def close(self) -> None:
        """Closes the connections."""
        self._live.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, e: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Session of {', '.join(profile.name for profile in self._profiles)}>"


def _alone(method: Callable[Concatenate[Session, _Asked], _Answer], name: str) -> Callable[_Asked, _Answer]:
    """`method` as a function, which opens and closes a session for one call."""

    def alone(*args: _Asked.args, **kwargs: _Asked.kwargs) -> _Answer:
        __tracebackhide__ = True
        with Session() as session:
            return method(session, *args, **kwargs)

    alone.__name__ = alone.__qualname__ = name
    alone.__doc__ = method.__doc__
    _, *others = signature(method).parameters.values()
    vars(alone)["__signature__"] = Signature(others, return_annotation=signature(method).return_annotation)
    return alone


check = _alone(Session.check, "check")
fix = _alone(Session.fix, "fix")
run_policy = _alone(Session.run_policy, "run_policy")
