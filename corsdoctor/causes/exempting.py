"""How software that checks a login in front of an application lets preflight requests pass, by the name that marks give it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from corsdoctor.causes.marks import Means
from corsdoctor.sentence import Sentence

if TYPE_CHECKING:
    from corsdoctor.causes.situation import Situation

_EXEMPTING: Final = {
    "Google IAP": (
        "Let OPTIONS pass IAP: set `accessSettings.corsSettings.allowHttpOptions` to true with `gcloud iap settings set`. The "
        "application behind it must answer OPTIONS with 204 and the CORS headers."
    ),
    "Google Frontend": (
        "Google checks IAM before the service, which no preflight request passes. In Cloud Run, let everybody call the service "
        "(`gcloud run services update SERVICE --no-invoker-iam-check`), check the token in the application, and answer OPTIONS there "
        "with 204 and the CORS headers. To keep the check, serve the page and the service from one origin."
    ),
    "Cloudflare Access": (
        "In the CORS settings of the application in Cloudflare Access, turn on `Bypass OPTIONS requests to origin`, and answer "
        "OPTIONS there with 204 and the CORS headers. Or set these headers in Cloudflare Access itself."
    ),
    "Kong": (
        "Enable the cors plugin of Kong for the route: it answers preflight requests before any login. With its "
        "`preflight_continue`, they reach key-auth and jwt: set `run_on_preflight: false` there too."
    ),
    "Vercel": (
        "In Vercel, add the path to the OPTIONS Allowlist (Settings > Deployment Protection), and answer OPTIONS in the application "
        "with 204 and the CORS headers. The request itself then needs `x-vercel-protection-bypass`, or a deployment without protection."
    ),
    "Authelia": (
        "In Authelia, add a rule for the domain to `access_control` with `policy: bypass` and `methods: [OPTIONS]`, and answer OPTIONS "
        "in the application with 204 and the CORS headers."
    ),
    "traefik-forward-auth": (
        "Start traefik-forward-auth with ``--rule.preflight.action=allow --rule.preflight.rule=Method(`OPTIONS`)``, and answer OPTIONS "
        "in the application with 204 and the CORS headers."
    ),
    "Pomerium": (
        "Turn on `CORS Preflight` for the route in Pomerium, and answer OPTIONS in the application with 204 and the CORS headers."
    ),
    "oauth2-proxy": (
        "Start oauth2-proxy with `--skip-auth-preflight`, and answer OPTIONS in the application with 204 and the CORS headers."
    ),
}  # fmt: skip
"""Documented by the vendors; an application behind them never sees a request without a login."""
_PORTS: Final = {
    "GitHub Codespaces": "Set the visibility of the port to Public: `gh codespace ports visibility PORT:public`. A preflight request has "
    "no cookie, so no login helps.",
    "Microsoft dev tunnels": "Let everybody connect: `devtunnel host -p PORT --allow-anonymous`, or in VS Code Port Visibility > Public. "
    "A preflight request has no cookie, so no login helps.",
}
"""How a port that a tunnel publishes is opened to scripts."""
_WEB_PROXIES: Final = ("Zscaler",)
"""Software that filters the web traffic of a company. The server has nothing to do with it."""
_LOGIN_OF_PROXY: Final = (
    "Open a page of the same host in the browser once, so that {who} asks for the login there. If scripts fail again later, have the "
    "network's administrators exempt the host from authentication. Nothing on the server changes this."
)


def of_web_proxy(seen: Situation, url: str) -> tuple[Sentence, Sentence] | None:
    """That a company's web proxy redirects to its login at `url`, and what to do; None if it is not one."""
    who = next((mark.who for mark in seen.marks if mark.means is Means.LOGIN and mark.who in _WEB_PROXIES), None)
    if who is None:
        return None
    text = Sentence(
        "{who}, a web proxy between the browser and the server, redirects to its login: {url}.", who=who, url=url
    )
    return text, Sentence(_LOGIN_OF_PROXY, who=who)


def exempting(seen: Situation) -> str:
    """What to set where the software that answered the preflight request wants a login; empty if it is not known."""
    return _of_login(seen, _EXEMPTING)


def opening(seen: Situation) -> str:
    """How to open the port of a tunnel that asks for a login; empty if it is none."""
    return _of_login(seen, _PORTS)


def _of_login(seen: Situation, texts: dict[str, str]) -> str:
    marked = {mark.who for mark in seen.marks if mark.means is Means.LOGIN}
    return next((text for who, text in texts.items() if who in marked), "")
