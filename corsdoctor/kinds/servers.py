"""Kinds of what servers and login providers refuse because of Origin or Host, without CORS."""

from __future__ import annotations

from typing import Final

from corsdoctor.kinds.message_kind import MessageKind

SERVERS: Final = (
    MessageKind(
        "csrf",
        "the server's protection against forged requests (CSRF)",
        "The server refuses a request that may change data, because its Origin header or its token is not the one that the server expects.",
        "CORS decides whether a script may read the response. CORS headers do not turn this protection off.",
        "If the page belongs to the same server, a proxy changed the host name or the scheme: have the proxy pass Host and X-Forwarded-Proto on. Otherwise add the page's origin to the trusted origins (Django: CSRF_TRUSTED_ORIGINS), and send the token with the request.",
    ),
    MessageKind(
        "host-check",
        "a host name that the server does not accept",
        "The server, often a development server, responds only to requests for the host names on its list.",
        "The server looks at Host, not at Origin, and CORS headers do not change that.",
        "Add the host name to the list (Vite: server.allowedHosts, webpack: devServer.allowedHosts, Next.js: allowedDevOrigins, Django: ALLOWED_HOSTS, Rails: config.hosts).",
    ),
    MessageKind(
        "registered-origin",
        "an origin that is not registered with a login provider",
        "Google, Firebase and others accept a client ID only from pages whose origins are registered for it.",
        "The provider refuses the origin. No header of your own server is involved.",
        "Add the page's origin, with its port and without a path, in the provider's console (Google: Authorized JavaScript origins, Firebase: Authorized domains). That may take some minutes to apply.",
    ),
)
