"""HTTP authentication: a challenge, what answers it, and the logins that a browser keeps.

https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch, 8.22 and 14. Left out: Digest, NTLM and Negotiate, which
a browser answers from what the user types or the system knows, and logins that the user has saved.
"""

from __future__ import annotations

import base64
import re
from typing import Final, assert_never
from urllib.parse import unquote

from corsdoctor.browsers.profile import LoginDialog
from corsdoctor.fetch.presets import PRESETS
from corsdoctor.fetch.request import FetchParams, Request, Tainting, includes_credentials
from corsdoctor.fetch.state import Login, State
from corsdoctor.record import Record
from corsdoctor.rule import FETCH, Cause, Failure, Field, Rule
from corsdoctor.scenario import Api, Mode
from corsdoctor.url import same_origin, schemelessly_same_site
from corsdoctor.wire import Hold, Response, Withheld

_AUTHORIZATION: Final = "Authorization"
_DIALOG: Final = re.compile(r"(?:^|,)[ \t]*(basic|digest|ntlm)\b", re.I)

FOREIGN = Cause(
    "foreign",
    "This browser does not ask for a login if the page and the server have different origins.",
    fix="Log in on a page of the server first, or send the login in a header of the script.",
    failure=Failure("The browser does not ask for a login, because the request to {url} is cross-origin"),
)
REFUSED = Cause(
    "refused",
    "In a flow, a login dialog of Firefox for another origin counts as refused, even the first: after two refusals for one site, "
    "Firefox opens no more.",
    fix="For an API, do not send WWW-Authenticate with 401, so that the script can show its own login.",
    failure=Failure("The browser opens a login dialog for {url}, which counts as refused here"),
)
LOGIN_DIALOG = Rule(
    id="login-is-known",
    title="The browser knows a login for the server",
    failure=Failure(
        "The browser opens a login dialog for {url}, and the request waits for the user",
        bare="The browser does not know a login for the server",
    ),
    spec=f"{FETCH}#concept-http-network-or-cache-fetch",
    step="14",
    what="A response with status 401 and WWW-Authenticate: Basic, Digest or NTLM asks for a login. If the request was made "
    "with credentials, some browsers show a dialog, and the script gets no response until the user answers it.",
    why="The server requires HTTP authentication, and the browser has no login for it.",
    fix="For an API, do not send WWW-Authenticate with 401, so that the script can show its own login.",
    bad='HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Basic realm="api"',
    good="HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Bearer",
    causes=(FOREIGN, REFUSED),
    blocks=False,
)
RULES: Final = (LOGIN_DIALOG,)
PROMPTED: Final = Withheld("a login dialog waits for the user", Hold.PROMPT)


class _Given(Record):
    name: str
    password: str

    @property
    def value(self) -> str:
        """https://www.rfc-editor.org/rfc/rfc7617#section-2"""
        return f"Basic {base64.b64encode(f'{self.name}:{self.password}'.encode()).decode()}"


def known_login(request: Request, params: FetchParams, state: State) -> str | None:
    """8.22: the Authorization header of a login that the browser keeps; None where there is none, or the script set one."""
    scripted = _AUTHORIZATION in request.headers
    if not includes_credentials(request) or (scripted and not params.profile.known_logins_come_first):
        return None
    if request.api is Api.BEACON and not params.profile.beacons_have_logins:
        return None
    for login in reversed(state.logins):
        covered = params.profile.logins_cover_the_host or request.url.path.startswith(login.directory)
        if (
            same_origin(login.url.origin, request.url.origin)
            and login.partition == _partition(request, params)
            and covered
        ):
            return login.value
    return None


def answer_to(challenge: Response, request: Request, params: FetchParams, *, answered: bool) -> str | Withheld | None:
    """14.: the Authorization header with which to send the request again, PROMPTED, or None to take the response as it is.

    `answered` says that the request had an Authorization header already.
    """
    if challenge.status != 401:
        return None
    shared = params.profile.challenges_may_share_a_line
    lines = challenge.headers.values("WWW-Authenticate")
    scheme = next(filter(None, map(_DIALOG.search if shared else _DIALOG.match, lines)), None)
    scripted = _AUTHORIZATION in request.headers
    if scheme is None or (scripted and not params.profile.dialog_follows_scripted_logins):
        return None
    given = None if scripted else _given(request, params)
    if given is not None and not answered and scheme[1].lower() == "basic":
        return given.value
    evidence = ((Field.URL, request.url.on_the_wire),)
    own = same_origin(request.origin, request.url.origin)
    if _opens_dialog(request, params, own=own):
        if params.state is not None and not own and params.profile.foreign_dialogs_count_as_refused:
            params.trace.note(LOGIN_DIALOG, evidence, cause=REFUSED)
            return None
        params.trace.note(LOGIN_DIALOG, evidence)
        return PROMPTED
    if params.profile.foreign_logins_are_refused and not own and not _is_of_script(request.api):
        params.trace.note(LOGIN_DIALOG, evidence, cause=FOREIGN)
    return None


def keep_login(value: str, request: Request, params: FetchParams, state: State) -> None:
    """Keeps a login that the server has accepted."""
    directory = request.url.path[: request.url.path.rfind("/") + 1]
    state.logins.append(Login(request.url, directory, _partition(request, params), value))


def _given(request: Request, params: FetchParams) -> _Given | None:
    """The user name and password of the URL, where XMLHttpRequest's open() puts those of a script, too."""
    url = request.url
    own = request.api is Api.XHR and same_origin(request.origin, url.origin)
    if url.includes_credentials and (own or request.mode in params.profile.userinfo_logs_in):
        return _Given(unquote(url.username), unquote(url.password))
    return None


def _opens_dialog(request: Request, params: FetchParams, *, own: bool) -> bool:
    foreign = request.preset.destination == "image" and not schemelessly_same_site(request.origin, request.url.origin)
    if not includes_credentials(request) or (foreign and not params.profile.images_of_other_sites_ask):
        return False
    match params.profile.login_dialog:
        case LoginDialog.CREDENTIALED:
            return not (request.url.includes_credentials and request.tainting is Tainting.CORS)
        case LoginDialog.NOT_CORS:
            return request.tainting is not Tainting.CORS
        case LoginDialog.BUT_FOREIGN_IMAGES:
            return own or request.preset.destination != "image"
        case LoginDialog.OWN_OR_FRAMED:
            return own or request.mode is Mode.NAVIGATE
        case _:
            assert_never(params.profile.login_dialog)


def _is_of_script(api: Api) -> bool:
    return PRESETS[api].scripted or api is Api.EVENTSOURCE


def _partition(request: Request, params: FetchParams) -> str:
    if not params.profile.logins_are_partitioned:
        return ""
    return "" if request.client is None else request.client.top_level_site
