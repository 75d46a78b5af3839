"""What servers and login providers refuse because of Origin or Host, without CORS: rows of others.py."""

from __future__ import annotations

from typing import Final

from corsdoctor.console.other import Other

SERVERS: Final = (
    Other("websocket", None, r"received origin header does not match configured CORS domains"),
    Other("websocket", None, r"Could not check origin for Phoenix\.Socket transport"),
    Other("websocket", None, r"Request Origin is not authorized\"?(?: logger=live)?(?: origin=(?P<origin>https?://[^\s\"]{1,300}))?"),
    Other("websocket", None, r"Request origin not allowed: (?P<origin>\S{1,300}) Failed to upgrade to WebSocket"),
    Other("websocket", None, r"Couldn't authenticate WebSocket connection", in_logs=False),
    Other("websocket", None, r"Cross origin websockets not allowed", in_logs=False),
    Other("websocket", None, r"Blocking Cross Origin WebSocket Attempt\. Origin: (?P<origin>\S{1,300}?), Host: "),
    Other("csrf", None, r"request with non matching host and origin \S{1,300} != (?:\S{1,300}|), returning 403", server="ComfyUI", in_logs=False),
    Other("csrf", None, r"Blocking Cross Origin API request\. Referer: ", server="JupyterHub", in_logs=False),
    Other("csrf", None, r"CSRF verification failed\. Request aborted\.(?:.{0,300}?Origin checking failed - (?P<origin>\S{1,300}) does)?"),
    Other("csrf", None, r"Origin checking failed - (?P<origin>\S{1,300}) does not match any trusted origins"),
    Other("csrf", None, r"CSRF Failed: "),
    Other("csrf", None, r"CSRF token mismatch"),
    Other("csrf", None, r"HTTP Origin header \((?P<origin>\S{1,300}?)\) didn't match request\.base_url"),
    Other("csrf", None, r"ActionController::InvalidAuthenticityToken"),
    Other("csrf", None, r"Cross-site POST form submissions are forbidden"),
    Other("csrf", None, r"This operation has been blocked as a potential Cross-Site Request Forgery"),
    Other("csrf", None, r"attack prevented by Rack::Protection::(?:HttpOrigin|AuthenticityToken|RemoteToken|RemoteReferrer|JsonCsrf|FormToken)"),
    Other("csrf", None, r"'x-forwarded-host' header with value '[^']{0,300}' does not match 'origin' header with value '"),
    Other("host-check", None, r"Blocked request\. This host \("),
    Other("host-check", None, r"Invalid Host header"),
    Other("host-check", None, r"Invalid Host/Origin header"),
    Other("host-check", None, r"attack prevented by Rack::Protection::HostAuthorization"),
    Other("host-check", None, r"Blocked hosts: "),
    Other("host-check", None, r"Invalid HTTP_HOST header: "),
    Other("host-check", None, r"Blocked cross-origin request from \S{1,300} to /_next/"),
    Other("host-check", None, r"Cross origin request detected from \S{1,300} to /_next/"),
    Other("registered-origin", None, r"Not a valid origin for the client: (?P<origin>\S{1,300}) has not been registered"),
    Other("registered-origin", None, r"The given origin is not allowed for the given client ID"),
    Other("registered-origin", None, r"Error 400: origin_mismatch"),
    Other("registered-origin", None, r"RefererNotAllowedMapError(?:.{0,300}?Your site URL to be authorized: (?P<page>https?://\S{1,300}))?", in_logs=False),
    Other("registered-origin", None, r"This domain \([^)]{1,300}\) is not authorized to run this operation"),
    Other("registered-origin", None, r"Firebase: [^()]{0,160}\(auth/unauthorized-domain\)"),
    Other("registered-origin", None, r"Requests from referer (?P<page>https?://\S{1,300}) are blocked", in_logs=False),
    Other("registered-origin", None, r"Requests from referer (?:<empty> )?are blocked", in_logs=False),
    Other("registered-origin", None, r"Cross-origin token redemption is permitted only for the 'Single-Page Application' client-type", in_logs=False),
    Other("registered-origin/redirect", None, r"Error 400: redirect_uri_mismatch", in_logs=False),
    Other("registered-origin/redirect", None, r"AADSTS50011: The redirect URI ", in_logs=False),
    Other("registered-origin/redirect", None, r"Invalid parameter: redirect_uri(?!\w)", in_logs=False),
    Other("unknown", None, r"FunctionsFetchError: Failed to send a request to the Edge Function"),
)  # fmt: skip
SAID_TWICE: Final = frozenset(
    {"csrf", "host-check", "gateway", "script-error", "viewer"}
)  # what a server, a test runner or a viewer logs once more, as an exception
