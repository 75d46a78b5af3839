"""Kinds of what servers, gateways and login providers refuse themselves, without CORS."""

from __future__ import annotations

from typing import Final

from corsdoctor.kinds.message_kind import MessageKind

_OF_GATEWAYS: Final = (
    "The refusal itself is not about CORS. But a gateway's own responses often have no CORS headers, even if the application "
    "behind it sends them. A browser then reports a missing Access-Control-Allow-Origin header and hides the refusal."
)

SERVERS: Final = (
    MessageKind(
        "gateway",
        "an API gateway that wants a key, a token or a permission",
        "The gateway in front of the application refused the request itself, because a key, a token or a permission is missing. The request did not reach the application.",
        _OF_GATEWAYS,
        "Let the gateway answer OPTIONS before it asks for a key or a token, because browsers send neither with a preflight request. Send the key with the request itself. Add the CORS headers to the gateway's own error responses, so that scripts can read them.",
    ),
    MessageKind(
        "gateway/route",
        "an API gateway without a route for the request",
        "The gateway has no route for this URL and method. If the method was OPTIONS, nothing answers the preflight request. AWS API Gateway also says so of a route with IAM authorization, if the request has no signature.",
        _OF_GATEWAYS,
        "Compare the host name, the path with its stage or version, and the method with the gateway's routes. After a change, deploy the configuration. If only OPTIONS fails, turn on CORS for the route, or add OPTIONS to its methods.",
    ),
    MessageKind(
        "gateway/firewall",
        "a firewall that blocked the request",
        "A firewall in front of the application blocked the request because of a rule, such as one for the address, the country or the browser of the user.",
        _OF_GATEWAYS,
        "Find the rule in the firewall's log of events, and exempt the API's path or OPTIONS from it.",
    ),
    MessageKind(
        "gateway/rate-limit",
        "a limit for the rate of requests",
        "The gateway or the service limits how many requests it accepts in a given time, and more were sent.",
        _OF_GATEWAYS,
        "Send fewer requests, or raise the limit. Do not count preflight requests, and let browsers cache them with Access-Control-Max-Age.",
    ),
    MessageKind(
        "gateway/upstream",
        "an API gateway that got no response from the application",
        "The gateway has a route, but the application behind it did not respond, was too slow, or did not start.",
        _OF_GATEWAYS,
        "Make the application respond first: its log and the gateway's name the reason. Add the CORS headers to the gateway's own error responses, so that scripts can read them.",
    ),
    MessageKind(
        "csrf",
        "the server's protection against forged requests (CSRF)",
        "The server refuses the request, because its Origin or Referer header, or its token, is not what the server expects. Most servers check only requests that may change data.",
        "CORS decides whether a script may read the response. CORS headers do not turn this protection off.",
        "If the page belongs to the same server, a proxy changed the host name or the scheme: make the proxy pass on Host and X-Forwarded-Proto. Otherwise add the page's origin to the trusted origins (Django: CSRF_TRUSTED_ORIGINS, ComfyUI: --enable-cors-header), and send the token with the request.",
    ),
    MessageKind(
        "host-check",
        "a host name that the server does not accept",
        "The server, often a development server, responds only to requests for the host names on its list.",
        "The server compares host names with its list: that in Host, some servers also that in Origin. CORS headers do not change that.",
        "Add the host name to the list (Vite: server.allowedHosts, webpack: devServer.allowedHosts, Next.js: allowedDevOrigins, Django: ALLOWED_HOSTS, Rails: config.hosts).",
    ),
    MessageKind(
        "registered-origin",
        "an origin that is not registered for a client ID or an API key",
        "Google, Firebase and others accept a client ID or an API key only from pages whose origins are registered for it.",
        "The provider refuses the page. No header of your own server is involved.",
        "Add the page's origin, with its port and without a path, in the provider's console (Google: Authorized JavaScript origins, Firebase: Authorized domains, Google API keys: website restrictions, Microsoft Entra: a redirect URI of the platform Single-page application). That may take some minutes to apply.",
    ),
    MessageKind(
        "registered-origin/redirect",
        "a redirect URI that is not registered with a login provider",
        "The login provider sends the user back only to the redirect URIs that are registered for the client ID. The one in the request is not among them.",
        "The provider compares a URL in the request with its list. Neither the Origin header nor any CORS header is involved.",
        "Register the redirect URI exactly as the page sends it: scheme, host name, port, path and slash at the end all count.",
    ),
)
