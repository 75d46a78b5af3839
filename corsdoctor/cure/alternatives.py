"""What the page can change so that the server has less to change, or where no server can help.

Each alternative is a Scenario, tried by the same search. One that spares the server no change is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from corsdoctor.browsers.profile import Profile
from corsdoctor.cure.answers import Answers
from corsdoctor.cure.change import Change
from corsdoctor.cure.search import Found, Obstacle, search
from corsdoctor.diagnose import Diagnosis
from corsdoctor.fetch.before_sending import NOT_MIXED_CONTENT
from corsdoctor.fetch.http_fetch import REDIRECT_ALLOWED
from corsdoctor.fetch.main_fetch import NO_CORS_FOLLOWS
from corsdoctor.fetch.presets import PRESETS
from corsdoctor.fetch.redirect import LOCATION_HTTP, LOCATION_PARSES, LOCATION_USERINFO, REDIRECT_COUNT, is_redirect
from corsdoctor.fetch.safelist import cors_unsafe_request_header_names, is_cors_safelisted_method
from corsdoctor.scenario import Api, Credentials, Mode, Redirect, Scenario
from corsdoctor.sentence import Sentence
from corsdoctor.url import Origin, parse, same_origin
from corsdoctor.wire import FailureKind, Headers, Kind, NoAnswer

PROXY: Final = "same-origin-proxy"
_ABOUT_REDIRECTS: Final = (
    LOCATION_PARSES, LOCATION_HTTP, LOCATION_USERINFO, REDIRECT_COUNT, REDIRECT_ALLOWED, NO_CORS_FOLLOWS
)  # fmt: skip
_EXTENSION: Final = (
    "host-permissions",
    "Add the URL's host to host_permissions in the extension's manifest.json, and send the request from an extension page "
    "or the background script: CORS does not apply to them.",
)
_FIREFOX_EXTENSION: Final = (
    _EXTENSION[0],
    f"{_EXTENSION[1]} The origin of a moz-extension: page differs in each installation, so no allowlist can name it.",
)
_NATIVE_HTTP: Final = "native-http"
_TAURI: Final = (
    _NATIVE_HTTP,
    "Send the request with @tauri-apps/plugin-http, from the app's native side: CORS does not apply to it.",
)
_ANDROID: Final = (
    _NATIVE_HTTP,
    "If the page is a Capacitor or Ionic app on Android, send the request with CapacitorHttp, the app's native HTTP client: "
    "CORS does not apply to it.",
)
_NATIVE: Final = {
    "chrome-extension": _EXTENSION,
    "moz-extension": _FIREFOX_EXTENSION,
    "capacitor": (
        _NATIVE_HTTP,
        "Send the request with CapacitorHttp, the app's native HTTP client: CORS does not apply to it.",
    ),
    "ionic": (
        _NATIVE_HTTP,
        "Send the request with a native HTTP plugin, such as CapacitorHttp: CORS does not apply to it.",
    ),
    "tauri": _TAURI,
    "app": (
        _NATIVE_HTTP,
        "Send the request from Electron's main process, with net.fetch(): CORS does not apply to it.",
    ),
}
"""By the scheme of a page of an app or an extension: how it sends requests without CORS. It cannot be tried from outside."""
_NATIVE_HOSTS: Final = {"tauri.localhost": _TAURI, "localhost": _ANDROID}
"""By the host of a page without a port: the pages of apps whose web view knows no scheme but http and https."""
_CONTENT_TYPE: Final = "content-type"
_TEXT: Final = "text/plain;charset=UTF-8"


@dataclass(frozen=True, slots=True)
class Alternative:
    """Something that the page can do instead. `id` is permanent, `text` a sentence.

    `scenario` is the request as it would be. `changes` are what the server would still have to change; `tried` is False
    where answers were assumed that nobody has asked for yet.
    """

    id: str
    text: str
    scenario: Scenario
    changes: tuple[Change, ...] = ()
    tried: bool = False


def alternatives(
    diagnoses: tuple[Diagnosis, ...], profiles: tuple[Profile, ...], answers: Answers, cure: Found | Obstacle
) -> Iterator[Alternative]:
    """The alternatives that need fewer changes of the server, or that work where no change of it helps."""
    scenario = diagnoses[0].scenario
    before = _cost(cure.changes) if isinstance(cure, Found) else None
    if (before == 0 and not _unreadable(scenario)) or _is_unreachable(diagnoses):
        return
    first = cure.first if isinstance(cure, Obstacle) else None
    if first is not None:
        return  # the page would ask in vain in another way too
    native = _native(scenario.origin)
    sent = not isinstance(cure, Obstacle) or cure.step.exchange is not None
    if native is not None and sent and PRESETS[scenario.api].scripted:
        yield Alternative(native[0], native[1], scenario)
    for id, text, instead in _alternatives(diagnoses, profiles):
        found = search(instead, profiles, answers if id != PROXY else Answers((), scenario.api))
        if (
            isinstance(found, Found)
            and not _is_refused(found)
            and (not before or _cost(found.changes) < before or id == "upper-case")
        ):
            yield Alternative(id, text, instead, found.changes, answers.has_all(found.proof))


def _native(origin: Origin) -> tuple[str, str] | None:
    """How the page of an app or an extension sends requests without CORS; None for the page of a website."""
    if origin.scheme in ("http", "https") and origin.port is None:
        return _NATIVE_HOSTS.get(origin.host)
    return _NATIVE.get(origin.scheme)


def _is_refused(found: Found) -> bool:
    """Whether the server refuses the request in this form, because it lacks a credential or because of something else."""
    responses = (e.response for d in found.proof for e in d.exchanges if not e.is_preflight)
    return any(response is not None and response.status in (401, 403, 407) for response in responses)


def _is_unreachable(diagnoses: tuple[Diagnosis, ...]) -> bool:
    """Whether the connection must be fixed first. A firewall may drop preflight requests alone."""
    failed = ((e.kind, e.answer) for d in diagnoses for e in d.exchanges if isinstance(e.answer, NoAnswer))
    return any(kind is Kind.ACTUAL or answer.kind not in _DROPPED for kind, answer in failed)


_DROPPED: Final = frozenset({FailureKind.TIMEOUT, FailureKind.RESET})


def _unreadable(scenario: Scenario) -> bool:
    """Whether a script asks for what it can't read."""
    url = scenario.parsed_url
    foreign = url is not None and not same_origin(url.origin, scenario.origin)
    return foreign and scenario.mode is Mode.NO_CORS and PRESETS[scenario.api].scripted


def _cost(changes: Iterable[Change]) -> int:
    return sum(len(change.lines) for change in changes)


def _alternatives(
    diagnoses: tuple[Diagnosis, ...], profiles: tuple[Profile, ...]
) -> Iterator[tuple[str, str, Scenario]]:
    """(id, text, Scenario) of everything that the page could do instead, whether it helps or not."""
    scenario = diagnoses[0].scenario
    preset, url = PRESETS[scenario.api], parse(scenario.url)
    unsafe = _unsafe_names(scenario, profiles)
    if scenario.method == "patch":
        yield (
            "upper-case",
            'Write `method: "PATCH"` in the script: browsers change `put` to `PUT`, but not `patch`, and servers treat `patch` as another method.',
            scenario._replace(method="PATCH"),
        )
    if scenario.mode is Mode.NO_CORS and preset.scripted:
        yield (
            "mode-cors",
            'Remove `mode: "no-cors"`: with it, no script can read the response.',
            scenario._replace(mode=Mode.CORS),
        )
    elif scenario.mode in (None, Mode.NO_CORS) and preset.modes[0] is Mode.NO_CORS and Mode.CORS in preset.modes:
        yield (
            "crossorigin",
            f'Set crossorigin="anonymous" on {_written(scenario.api)}, so that it is loaded with CORS.',
            scenario._replace(mode=Mode.CORS),
        )
    if scenario.mode is Mode.SAME_ORIGIN:
        yield (
            "mode-cors",
            'Remove `mode: "same-origin"`, which does not allow other origins.',
            scenario._replace(mode=Mode.CORS),
        )
    if scenario.redirect is not Redirect.FOLLOW:
        yield (
            "follow-redirects",
            f'Remove `redirect: "{scenario.redirect}"`.',
            scenario._replace(redirect=Redirect.FOLLOW),
        )
    if scenario.credentials is Credentials.INCLUDE:
        yield (
            "no-credentials",
            'Remove `credentials: "include"` if the response does not depend on cookies.',
            scenario._replace(credentials=None),
        )
    simple = _simple(scenario, unsafe)
    if simple is not None:
        yield simple
    mixed = any(d.failure is not None and d.failure.rule is NOT_MIXED_CONTENT for d in diagnoses)
    if url is not None and url.scheme == "http" and mixed:
        yield (
            "https",
            "Request the URL over https, if the server supports it.",
            scenario._replace(url="https" + url.href.removeprefix("http")),
        )
    if url is not None and url.includes_credentials:
        yield (
            "no-userinfo",
            "Remove the user name and password from the URL.",
            scenario._replace(url=url._replace(fragment="").on_the_wire),
        )
    final = _final_url(diagnoses)
    if final is not None:
        text = Sentence("Request {url}, which is where the redirects lead.", url=final)
        yield "final-url", text, scenario._replace(url=final)
    if _is_about_redirects(diagnoses):
        return  # the same redirect would come by way of a proxy
    if preset.scripted and scenario.origin.scheme in ("http", "https") and url is not None and url.is_http:
        path = url.on_the_wire.removeprefix(str(url.origin))
        yield (
            PROXY,
            (
                "Send the request to the page's own server, and make that server forward it: then it is same-origin, and CORS does not apply."
            ),
            scenario._replace(url=f"{scenario.origin}{path}", mode=None),
        )


def _unsafe_names(scenario: Scenario, profiles: tuple[Profile, ...]) -> dict[str, str]:
    """Lower-case name -> name, of the script's headers that make a preflight due."""
    unsafe = {name for p in profiles for name in cors_unsafe_request_header_names(Headers(scenario.headers), p)}
    return {name.lower(): name for name, _ in scenario.headers if name.lower() in unsafe}


def _simple(scenario: Scenario, unsafe: dict[str, str]) -> tuple[str, str, Scenario] | None:
    """The request without what makes a preflight due; None if that is its method, or nothing."""
    if not unsafe or not is_cors_safelisted_method(scenario.method) or scenario.upload_listener or scenario.streamed:
        return None
    dropped = [name for lower, name in unsafe.items() if lower != _CONTENT_TYPE]
    secret = " if the server does not need it" if any(_is_credential(name) for name in dropped) else ""
    actions = [f"remove {', '.join(dropped)}{secret}"] if dropped else []
    headers = tuple((n, v) for n, v in scenario.headers if n.lower() not in unsafe)
    if _CONTENT_TYPE in unsafe:
        actions.append(
            "send the body as `Content-Type: text/plain`, which the server must then parse as the actual type"
        )
        headers = (*headers, ("Content-Type", _TEXT))
    text = f"{' and '.join(actions)}: then no preflight is required."
    return "no-preflight", text[:1].upper() + text[1:], scenario._replace(headers=headers)


def _is_credential(name: str) -> bool:
    return any(word in name.lower() for word in ("auth", "key", "secret", "session", "token"))


def _final_url(diagnoses: tuple[Diagnosis, ...]) -> str | None:
    """The last URL that a redirect led to or would have, without userinfo; None if there was none."""
    for diagnosis in diagnoses:
        for exchange in reversed(diagnosis.exchanges):
            response = exchange.response
            if response is None or not is_redirect(response, diagnosis.profile):
                continue
            location = parse(response.headers.get("Location") or "", exchange.request.url)
            if location is not None and location.is_http:
                return location._replace(fragment="").on_the_wire
    return None


def _is_about_redirects(diagnoses: tuple[Diagnosis, ...]) -> bool:
    """Whether what failed is the redirect itself: its Location, its number, or that the script forbids it."""
    return any(d.failure is not None and d.failure.rule in _ABOUT_REDIRECTS for d in diagnoses)


def _written(api: Api) -> str:
    return "the <img> that becomes the texture" if api is Api.WEBGL else PRESETS[api].what
