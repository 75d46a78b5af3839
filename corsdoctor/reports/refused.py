"""What a server's own words about CORS mean, and what to do: explanations of messages that no browser printed."""

from __future__ import annotations

from typing import Final

from corsdoctor.causes.known import known
from corsdoctor.record import Record


class Refused(Record):
    """`title` completes "CORS: ..."."""

    title: str
    means: str
    fix: str


_ALL: Final = "the page's origin, the method and the request headers"
REFUSED: Final = {
    "origin-refused": Refused(
        "the server's CORS configuration does not allow the page's origin",
        "The server supports CORS, but the origin of the page is not on its list.",
        known("origin-refused").fix,
    ),
    "origin-probably-refused": Refused(
        "the server refused the preflight request with status 403, probably because of the page's origin",
        "gin-contrib/cors returns 403 if the origin of the page is not on its list. So does Ollama, which uses it. The line does "
        "not show whether something else refused the request, such as a login.",
        f"{known('origin-refused').fix} For Ollama, set the environment variable OLLAMA_ORIGINS.",
    ),
    "method-unlisted": Refused(
        "the preflight response does not list the method in Access-Control-Allow-Methods",
        "Browsers allow GET, HEAD and POST even if they are not listed, so for POST this alone blocks nothing. But a server "
        "that lists no methods often has no CORS configuration that answers OPTIONS.",
        f"Answer OPTIONS with the CORS headers for {_ALL}.",
    ),
    "origin-unlisted": Refused(
        "the response has no Access-Control-Allow-Origin header that allows the origin that was tested",
        "The tool reports this if the header is missing, and if its value is neither the origin nor *. The origin is "
        "https://studio.apollographql.com unless --origin names another one.",
        "Add the origin to the allowlist of the server's CORS configuration.",
    ),
    "method-refused": Refused(
        "the server's CORS configuration does not allow the method",
        "The server supports CORS, but the method of the request is not on its list.",
        known("method-refused").fix,
    ),
    "headers-refused": Refused(
        "the server's CORS configuration does not allow a request header",
        "The server supports CORS, but a header that the script sends is not on its list.",
        known("headers-refused").fix,
    ),
    "not-configured": Refused(
        "CORS is not configured for this URL",
        "The server has a CORS layer, but no policy for this URL.",
        known("not-configured").fix,
    ),
    "no-middleware": Refused(
        "the endpoint has a CORS policy, but the application does not use the CORS middleware",
        "ASP.NET Core answers every request to the endpoint with an error until the middleware is there.",
        "Call app.UseCors() after app.UseRouting() and before app.UseAuthorization() and the endpoints.",
    ),
    "cors-refused": Refused(
        "the server's CORS configuration refuses the request",
        "The origin, the method or a request header is not allowed. The words do not name which one.",
        f"Allow {_ALL} in the server's CORS configuration.",
    ),
    "no-rule": Refused(
        "no CORS rule of the server matches the request",
        "CORS is not configured, or the origin, the method or a request header is in none of its rules.",
        f"Add a rule that allows {_ALL}.",
    ),
    "wildcard-configured": Refused(
        "the server's CORS configuration allows every origin (*) together with credentials",
        "Browsers do not accept this combination, so the server refuses to start with it.",
        "List the origins instead of *, or do not allow credentials.",
    ),
    "wildcard-headers-configured": Refused(
        "the server's CORS configuration allows every request header (*) together with credentials",
        "With credentials, browsers do not read * as a wildcard, so the server refuses to start with it.",
        "List the request headers instead of *, or do not allow credentials.",
    ),
    "not-an-origin": Refused(
        "the server's list of allowed origins contains a value that is not an origin",
        "An origin is a scheme, a host name and, unless it is the default one, a port: https://app.example. It has no path and "
        "no slash at the end.",
        "Correct the value in the list.",
    ),
    "not-a-preflight": Refused(
        "the server received OPTIONS, but not as a CORS preflight request",
        "The request has no Origin or no Access-Control-Request-Method header. Browsers always send both with a preflight "
        "request, so it probably came from another program.",
        "Ignore it, or send the request that a browser would send: corsdoctor preflight URL --origin ORIGIN",
    ),
}
