"""How software that checks a login in front of an application lets preflight requests pass, by the name that marks give it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from corsdoctor.causes.marks import Means

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
    "Pomerium": (
        "Turn on `CORS Preflight` for the route in Pomerium, and answer OPTIONS in the application with 204 and the CORS headers."
    ),
    "oauth2-proxy": (
        "Start oauth2-proxy with `--skip-auth-preflight`, and answer OPTIONS in the application with 204 and the CORS headers."
    ),
}  # fmt: skip
"""Documented by the vendors; an application behind them never sees a request without a login."""


def exempting(seen: Situation) -> str:
    """What to set where the software that answered the preflight request wants a login; empty if it is not known."""
    marked = {mark.who for mark in seen.marks if mark.means is Means.LOGIN}
    return next((text for who, text in _EXEMPTING.items() if who in marked), "")
