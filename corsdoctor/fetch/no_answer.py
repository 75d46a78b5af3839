"""Why no response came, and the rule that there must be one.

https://fetch.spec.whatwg.org/#concept-http-network-fetch
"""

from __future__ import annotations

from corsdoctor.fetch.request import FetchParams
from corsdoctor.rule import FETCH, Cause, Failure, Field, Rule
from corsdoctor.wire import Answer, FailureKind, NoAnswer

NO_ANSWER_CAUSES = {
    FailureKind.DNS: Cause(
        "dns",
        "The host name has no address: it is misspelled, or known only in some networks.",
        fix="Correct the host name in the URL, or connect to the network (such as a VPN) that knows it.",
    ),
    FailureKind.REFUSED: Cause(
        "refused",
        "Nothing listens on that port: the server is not running, or uses another port.",
        fix="Start the server, or correct the port in the URL.",
    ),
    FailureKind.TLS: Cause(
        "tls",
        "No encrypted connection could be established: the certificate is not trusted, or the TLS handshake failed.",
        fix="Install a certificate on the server that browsers trust, for this host name and not expired, or correct the host name in "
        "the URL.",
    ),
    FailureKind.NOT_TLS: Cause(
        "not-tls",
        "The URL has the scheme https, but the server does not use TLS on that port.",
        fix="Change https: to http: in the URL, or use the port on which the server offers TLS.",
    ),
    FailureKind.PLAIN_HTTP: Cause(
        "plain-http-on-tls-port",
        "The URL has the scheme http, but the server uses TLS on that port.",
        fix="Change http: to https: in the URL.",
    ),
    FailureKind.ONLY_HTTP2: Cause(
        "speaks-http2",
        "The server has no HTTP/1.1, which corsdoctor uses unless --http2 is given. Browsers use HTTP/2 too, but only "
        "over TLS.",
        fix="For an https: URL, run this command again with --http2, which requires an extra: pip install "
        "'corsdoctor[http2]'. For an http: URL, put a proxy in front of the server that offers TLS or HTTP/1.1: "
        "without one, no browser can reach it.",
    ),
    FailureKind.CLIENT_CERTIFICATE: Cause(
        "client-certificate", "The server demands a client certificate in the TLS handshake."
    ),
    FailureKind.TIMEOUT: Cause(
        "timeout",
        "The server did not respond in time.",
        fix="Find out whether the server works on the request or never receives it: its log shows that. If only OPTIONS gets no "
        "response, a firewall or a proxy drops OPTIONS.",
    ),
    FailureKind.RESET: Cause(
        "reset",
        "The connection was closed before a response arrived: by a crash, a proxy or a firewall.",
        fix="Look for the request in the logs of the server and of the proxy or firewall before it. If only OPTIONS gets no "
        "response, one of them blocks OPTIONS.",
    ),
    FailureKind.NOT_HTTP: Cause(
        "not-http",
        "The server responded, but not with valid HTTP: the port may belong to another service.",
        fix="Correct the port in the URL, so that it is that of the HTTP server.",
    ),
    FailureKind.LENGTH: Cause(
        "length",
        "The Content-Length of the response is invalid.",
        fix="Send Content-Length once, as the number of bytes in the body, or leave it to the server.",
    ),
    FailureKind.TOO_LARGE: Cause(
        "head-too-large",
        "The response headers are larger than the browser accepts.",
        fix="Send fewer or shorter response headers.",
    ),
    FailureKind.PROXY: Cause(
        "proxy",
        "The proxy refused the connection or failed.",
        fix="Correct the address of the proxy (-x), or allow this host and port there.",
    ),
    FailureKind.UNREACHABLE: Cause(
        "unreachable",
        "The network has no route to that address.",
        fix="Check the address that the host name has, and whether this computer is in a network that reaches it.",
    ),
}
ACTUAL_ANSWERED = Rule(
    id="actual-answered",
    title="The server responds to the request",
    failure=Failure("{error}", bare="No response from the server", remark="no response"),
    spec=f"{FETCH}#concept-http-network-fetch",
    step="",
    what="The server must be reachable and send an HTTP response.",
    why="Without a response there is nothing that CORS could allow. The script sees the same error as for CORS.",
    fix="Fix the connection first: the host name, the port, the certificate or the server. No CORS header helps.",
    bad="(connection refused)",
    good="HTTP/1.1 200 OK",
    causes=tuple(NO_ANSWER_CAUSES.values()),
)


def answered(answer: Answer, rule: Rule, params: FetchParams) -> bool:
    """Whether there is a response; a missing one is traced as a failure of `rule`, a withheld one is not traced."""
    if isinstance(answer, NoAnswer):
        params.trace.failed(rule, ((Field.ERROR, answer.detail),), NO_ANSWER_CAUSES[answer.kind])
    return not isinstance(answer, NoAnswer)
