"""Kinds of responses that do not come, in browsers and in other programs."""

from __future__ import annotations

from typing import Final

from corsdoctor.kinds.message_kind import InProgram, MessageKind
from corsdoctor.scenario import Api

_NO_RESPONSE: Final = (
    "Without a response, there are no headers that CORS could check. The script sees the same error for both."
)
_CURL: Final = "To see where it fails, run curl -v with the URL on the same machine, or in the same container."

NETWORK: Final = (
    MessageKind(
        "network",
        "a network failure",
        "There was no HTTP response that the browser could use. The error code in the message, if there is one, names the reason.",
        _NO_RESPONSE,
        "Open the URL in a new tab, or with curl -v, and fix what fails there.",
        Api.FETCH,
        program=InProgram(
            "A script, a server, a build or an app made the request, and got no response that it could use. The message, or a line near it, usually names the reason.",
            f"Fix that reason. {_CURL}",
        ),
    ),
    MessageKind(
        "network/eventsource",
        "an EventSource that failed",
        "Firefox prints this for every EventSource that it closes: there was no connection, the status code is not 200, the Content-Type is not text/event-stream, or CORS failed.",
        "For a CORS failure, Firefox prints a line of its own above this one, which names the reason.",
        "Open the URL in a new tab, and check its status code and Content-Type.",
        Api.EVENTSOURCE,
    ),
    MessageKind(
        "network/certificate",
        "a certificate that the browser does not trust",
        "The server's certificate is self-signed, expired, issued for another name, or from an issuer that this machine does not know. A page may show a warning that the user can skip, and a script's request just fails.",
        _NO_RESPONSE,
        "Install a certificate that fits the name. For development, use one from mkcert, or open the URL in a tab once and accept it.",
        Api.FETCH,
        program=InProgram(
            "The server's certificate is self-signed, expired, issued for another name, sent without its intermediate certificate, or from an issuer that the program does not know. Many programs have a list of issuers of their own, so a browser may accept the same certificate.",
            "Let the server send the whole chain of certificates. For an issuer of your own, such as a company's proxy, add its certificate to the program's list: REQUESTS_CA_BUNDLE (Python requests), SSL_CERT_FILE (other Python, Go, Ruby), keytool -importcert (Java), --cacert (curl), the certificate store of the system (.NET) or of the device (apps).",
        ),
    ),
    MessageKind(
        "network/tls",
        "a TLS connection that failed",
        "Browser and server did not agree on an encrypted connection. Often the URL says https and the port uses plain http, or the server asks for a client certificate.",
        _NO_RESPONSE,
        "Check the scheme and the port in the URL, and which TLS versions the server supports.",
        Api.FETCH,
        program=InProgram(
            "Program and server did not agree on an encrypted connection. Often the URL says https and the port uses plain http, or the other way round.",
            f"Check the scheme and the port in the URL, the proxy settings, and which TLS versions both support. {_CURL}",
        ),
    ),
    MessageKind(
        "network/protocol",
        "a response that breaks the protocol",
        "The connection was made, and then the response was cut off or not valid: in HTTP/2 or HTTP/3 (QUIC), or in its headers, length or compression. Proxies and crashed applications cause this.",
        "The browser discarded the response, so its CORS headers do not matter. The script sees the same error for both.",
        "Look into the logs of the proxy and of the application for this request: a crash, a timeout or a limit for headers or bodies. For QUIC, try with HTTP/3 turned off.",
        Api.FETCH,
    ),
    MessageKind(
        "network/name",
        "a host name that was not found",
        "The name in the URL does not resolve to an address: it is misspelled, or known only inside another network, such as a service's name in Docker or Kubernetes.",
        _NO_RESPONSE,
        "Correct the host name. The user's browser must be able to resolve it, so use a public name or localhost with a published port.",
        Api.FETCH,
        program=InProgram(
            "The host name in the URL does not resolve to an address where the program runs: it is misspelled, known only in another network, or there is no network.",
            "Correct the host name, or the DNS settings of the machine or container. The names of services in Docker and Kubernetes are known only inside their own network.",
        ),
    ),
    MessageKind(
        "network/refused",
        "a refused connection",
        "Nothing listens on this host and port: the server is not running, or listens on another port or address.",
        _NO_RESPONSE,
        "Start the server, or correct the port. In a container, the server must listen on 0.0.0.0, and the port must be published.",
        Api.FETCH,
        program=InProgram(
            "Nothing listens on this host and port: the server is not running, or listens on another port or address.",
            "Start the server, or correct the host and the port. In a container or on a phone, localhost is the container or the phone itself: use the name of the service or the address of the computer, and let the server listen on 0.0.0.0.",
        ),
    ),
    MessageKind(
        "network/timeout",
        "a connection that timed out",
        "The server did not answer in time. A firewall often drops the packets, or the address is not reachable from here.",
        _NO_RESPONSE,
        "Check firewalls, security groups and the VPN between the browser and the server.",
        Api.FETCH,
        program=InProgram(
            "The server did not answer in time: it is slow, a firewall drops the packets, or the address is not reachable from where the program runs.",
            f"Check firewalls, security groups, the VPN and the proxy settings of the program. {_CURL}",
        ),
    ),
    MessageKind(
        "network/script-timeout",
        "a request that took longer than the script allows",
        "The script gave the request up after the time that it sets itself, such as the option timeout of axios.",
        "The browser blocked nothing. Without a response, there are no headers that CORS could check.",
        "Find out in the network panel where the time goes. Make the server respond sooner, or allow more time.",
    ),
    MessageKind(
        "network/closed",
        "a connection that was closed",
        "The server or a proxy in between closed the connection before the response was complete: a crash, a proxy's limit, or plain http to a port that expects TLS.",
        _NO_RESPONSE,
        "Look into the logs of the server and of the proxy for this request.",
        Api.FETCH,
        program=InProgram(
            "The server or a proxy in between closed the connection before the response was complete: a crash, a limit, or plain http to a port that expects TLS.",
            "Look into the logs of the server and of the proxy for this request.",
        ),
    ),
    MessageKind(
        "network/offline",
        "a lost network connection",
        "The browser had no network, or it changed during the request.",
        _NO_RESPONSE,
        "Try again when the network is back.",
        Api.FETCH,
    ),
    MessageKind(
        "network/proxy",
        "a proxy that failed",
        "The browser is set to use a proxy, and the proxy did not connect to the server.",
        _NO_RESPONSE,
        "Check the proxy settings of the system and of extensions, and whether the proxy may reach this host.",
        Api.FETCH,
    ),
    MessageKind(
        "network/redirects",
        "redirects without an end",
        "The server redirects in a circle, such as from http to https and back, or to a login that does not keep its cookie.",
        "The browser stopped before it had the final response, so CORS was not checked for it.",
        "Look at the Location headers of the responses, and end the circle on the server or the proxy.",
        Api.FETCH,
    ),
    MessageKind(
        "network/port",
        "a port that browsers block",
        "Browsers do not send requests to some ports, such as 6000 and 6667, because other protocols use them.",
        _NO_RESPONSE,
        "Let the server listen on another port.",
        Api.FETCH,
    ),
    MessageKind(
        "network/file",
        "a file that was not found",
        "The URL names a file on the user's disk or in an extension or app. The file does not exist, or may not be read.",
        "Nothing was requested from a server, so there are no headers that CORS could check.",
        "Correct the path. Spelling, case and the working directory matter.",
    ),
    MessageKind(
        "network/resources",
        "too many requests at the same time",
        "The browser has run out of memory or connections, most often because a loop sends requests without waiting, such as an effect that runs on every render.",
        _NO_RESPONSE,
        "Find the loop in the network panel, and send fewer requests at a time.",
    ),
    MessageKind(
        "network/cleartext",
        "plain http in an Android or iOS app",
        "Android apps (since Android 9) and iOS apps may not request http URLs unless their configuration allows it.",
        "The app blocked the request before it was sent.",
        "Use https. For development, allow the host: on Android with android:usesCleartextTraffic=\"true\" or a network security configuration, on iOS with an exception in NSAppTransportSecurity.",
    ),
    MessageKind(
        "network/scheme",
        "a URL that the browser cannot request",
        "The scheme of the URL is not one that the browser can load, or the URL is not valid.",
        "The request was not sent, so there are no headers that CORS could check.",
        "Correct the URL. In an app, the scheme of another app must be opened by the app and not loaded as a page.",
    ),
    MessageKind(
        "network/dev-proxy",
        "a development server that did not reach the API",
        "The development server (Vite, webpack, Create React App) passes this path on to the API server, and got no response from it.",
        "The browser requested its own origin, so CORS does not apply.",
        "Start the API server, and correct the target of the proxy. If the target is localhost, try 127.0.0.1: Node.js may try ::1 first.",
    ),
    MessageKind(
        "network/aborted",
        "a request that was given up",
        "The page was left, the script aborted the request, or the response was a download.",
        "An aborted request is not a CORS failure. The browser prints another message for those.",
        "Ignore the message if the page was left. If not, look for AbortController, timeouts and forms that reload the page while the request runs.",
        Api.FETCH,
    ),
    MessageKind(
        "network/node",
        "a network failure in Node.js",
        "A server or a build, not a browser, made the request, and the connection failed. This line or one below it usually names the cause, such as ECONNREFUSED or ENOTFOUND.",
        "Node.js does not apply CORS.",
        "Fix what the cause says. For localhost, the server may listen on 127.0.0.1 only while Node.js tries ::1, or the other way round.",
        Api.FETCH,
    ),
)  # fmt: skip
