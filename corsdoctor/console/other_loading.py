"""What is said of responses that do not come, or whose content does not fit: rows of others.py."""

from __future__ import annotations

from typing import Final

from corsdoctor.console.other import ALONE, URL, Other, beside, quoted_before
from corsdoctor.scenario import Api

_PREVENTED: Final = r"The FetchEvent (?:for \"(?P<url>[^\"]{1,2000})\" )?resulted in a network error response: "
_AT: Final = r"(?: at (?P<url>https?://\S{1,2000}))?"  # how Puppeteer and Playwright go on
_CODES: Final = {
    "certificate": ("CERT_", "CERTIFICATE_TRANSPARENCY_REQUIRED"),
    "tls": (
        "SSL_PROTOCOL_ERROR", "SSL_VERSION_OR_CIPHER_MISMATCH", "SSL_CLIENT_AUTH_", "SSL_UNRECOGNIZED_NAME_ALERT", "SSL_OBSOLETE_",
        "SSL_PINNED_KEY_NOT_IN_CERT_CHAIN", "SSL_SERVER_CERT_", "SSL_BAD_RECORD_MAC_ALERT", "SSL_KEY_USAGE_INCOMPATIBLE",
        "BAD_SSL_CLIENT_AUTH_CERT",
    ),
    "protocol": (
        "HTTP2_PROTOCOL_ERROR", "HTTP2_SERVER_REFUSED_STREAM", "HTTP2_PING_FAILED", "HTTP2_COMPRESSION_ERROR",
        "HTTP2_FRAME_SIZE_ERROR", "HTTP2_FLOW_CONTROL_ERROR", "HTTP2_INADEQUATE_TRANSPORT_SECURITY", "SPDY_",
        "QUIC_PROTOCOL_ERROR", "QUIC_HANDSHAKE_FAILED", "RESPONSE_HEADERS_", "EMPTY_RESPONSE", "INVALID_HTTP_RESPONSE",
        "INCOMPLETE_CHUNKED_ENCODING", "CONTENT_LENGTH_MISMATCH", "CONTENT_DECODING_FAILED",
    ),
    "name": ("NAME_NOT_RESOLVED", "NAME_RESOLUTION_FAILED", "DNS_TIMED_OUT", "DNS_SERVER_FAILED", "DNS_MALFORMED_RESPONSE"),
    "refused": ("CONNECTION_REFUSED",),
    "timeout": ("CONNECTION_TIMED_OUT", "TIMED_OUT"),
    "closed": ("CONNECTION_RESET", "CONNECTION_CLOSED", "CONNECTION_ABORTED", "CONNECTION_FAILED"),
    "offline": ("INTERNET_DISCONNECTED", "NETWORK_CHANGED", "NETWORK_IO_SUSPENDED"),
    "proxy": ("PROXY_CONNECTION_FAILED", "PROXY_CERTIFICATE_INVALID", "PROXY_AUTH_", "TUNNEL_CONNECTION_FAILED"),
    "redirects": ("TOO_MANY_REDIRECTS",),
    "port": ("UNSAFE_PORT",),
    "file": ("FILE_NOT_FOUND",),
    "resources": ("INSUFFICIENT_RESOURCES",),
    "cleartext": ("CLEARTEXT_NOT_PERMITTED",),
    "scheme": ("UNKNOWN_URL_SCHEME", "DISALLOWED_URL_SCHEME"),
}  # fmt: skip
"""Chromium's error codes, or how they begin, by what is to be done about them. Node.js has others that begin alike."""
_ONLY_WITH_NET: Final = {
    "tls": "SSL_", "protocol": "(?:HTTP2|QUIC)_", "name": "DNS_", "proxy": "PROXY_", "file": "ACCESS_DENIED",
    "resources": "OUT_OF_MEMORY", "scheme": "INVALID_URL",
}  # fmt: skip
"""Codes that need their prefix, because other programs have them too."""
_APPLE: Final = {
    "offline": 1009, "name": 1003, "refused": 1004, "timeout": 1001, "closed": 1005, "aborted": 999, "cleartext": 1022,
    "certificate": "120[1-6]", "tls": 1200,
}  # fmt: skip
"""The codes of NSURLErrorDomain, which apps on Apple's systems log."""
_EMPTY: Final = r"47DEQpj8HBSa\+/TImW\+5JCeuQeRkm5NMpJWZG3hSuFU=|OLBgp1GsljhM2TJ\+sbHjaiH9txEUvgdDTAzHv2P24donTt6/529l\+9Ua0vFImLlb|z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP\+DGNKHfuwvY7kxvUdBeoGlODJ6\+SfaPg=="
"""The hashes of no bytes: SHA-256, SHA-384, SHA-512."""

LOADING: Final = (
    # Service workers
    Other("service-worker/opaque", "chromium", rf"{_PREVENTED}an \"opaque\" response\b"),
    Other("service-worker", "chromium", _PREVENTED),
    Other("service-worker/opaque", "chromium", r"resulted in a network error response: an \"opaque\" response was used"),
    Other("service-worker", "chromium", r"resulted in a network error response: "),
    Other("service-worker", "chromium", r"the navigation to \"(?P<url>[^\"]{1,2000})\" will result in a network error, because FetchEvent\.respondWith\(\)"),
    Other("service-worker", "chromium", r"Failed to execute 'respondWith' on 'FetchEvent': "),
    Other("service-worker", "chromium", r"TypeError: Failed to convert value to 'Response'"),
    Other("service-worker/opaque", "firefox", rf"Failed to load '{URL}'\. A ServiceWorker passed an opaque Response"),
    Other("service-worker", "firefox", rf"Failed to load '{URL}'(?:\.| by responding '[^']{{1,2000}}'\.) A ServiceWorker "),
    Other("service-worker/opaque", "firefox", r"A ServiceWorker passed an opaque Response"),
    Other("service-worker", "firefox", r"A ServiceWorker (?:passed|intercepted|canceled|is not allowed to synthesize)"),
    Other("service-worker", "firefox", r"NetworkError: FetchEvent\.(?:respondWith\(\) Promise rejected|preventDefault\(\) called)"),
    Other("service-worker/opaque", "webkit", r"Response served by service worker is opaque"),
    Other("service-worker", "webkit", r"Response served by service worker (?:is an error|has redirections|is CORS while mode is same origin)"),
    Other("service-worker", "webkit", r"FetchEvent\.respondWith received an error: "),
    Other("service-worker", "webkit", r"Fetch event was canceled"),
    Other("service-worker/registration", "webkit", r"SecurityError: (?:Script origin does not match the registering client's origin|Scope URL should start with the given script URL)"),
    Other("service-worker/registration", "webkit", r"Error: Script (?P<url>https?://\S{1,2000}) load failed"),
    Other("service-worker/registration", "chromium", r"Failed to (?:register|update) a ServiceWorker for scope \('[^']{1,2000}'\) with script \('(?P<url>[^']{1,2000})'\): "),
    Other("service-worker/registration", "chromium", r"Failed to register a ServiceWorker: The origin of the provided (?:scriptURL|scope) \('[^']{1,300}'\) does not match the current origin \('(?P<origin>[^']{1,300})'\)"),
    Other("service-worker/registration", "chromium", r"Failed to (?:register|update) a ServiceWorker: An unknown error occurred when fetching the script", in_logs=False),
    Other("service-worker/registration", "chromium", r"Failed to register a ServiceWorker: The (?:URL protocol|document|provided)"),
    Other("service-worker/registration", "firefox", r"Failed to register/update a ServiceWorker for scope '[^']{1,2000}': [^']{1,80}(?:'[^']{1,100}' received )?for script '(?P<url>[^']{1,2000})'"),
    Other("service-worker/registration", "firefox", r"Failed to register(?:/update)? a ServiceWorker(?: for scope|: The path of the provided scope)"),
    # Subresource integrity
    Other("integrity/empty", "chromium", rf"Failed to find a valid digest in the 'integrity' attribute for resource '(?P<url>[^']{{1,2000}})' with computed SHA-\d{{3}} integrity '(?:{_EMPTY})'"),
    Other("integrity", "chromium", r"Failed to find a valid digest in the 'integrity' attribute for resource '(?P<url>[^']{1,2000})'"),
    Other("integrity/without-cors", "chromium", r"Subresource Integrity: The resource '(?P<url>[^']{1,2000})' has an integrity attribute, but the (?:resource requires|response is not eligible)"),
    Other("integrity", "chromium", rf"Fetch API cannot load {URL}\. SRI's integrity checks failed"),
    Other("integrity/empty", "firefox", rf"None of the \"[^\"]{{1,40}}\" hashes in the integrity attribute match the content of the subresource(?: at \"(?P<url>[^\"]{{1,2000}})\")?\. The computed hash is \"(?:{_EMPTY})\""),
    Other("integrity", "firefox", r"None of the \"[^\"]{1,40}\" hashes in the integrity attribute match the content of the subresource(?: at \"(?P<url>[^\"]{1,2000})\")?"),
    Other("integrity/without-cors", "firefox", r"is not eligible for integrity checks since it's neither CORS-enabled nor same-origin", quoted_before),
    Other("integrity/malformed", "firefox", r"The hash contained in the integrity attribute (?:has the wrong length|could not be decoded)"),
    Other("integrity/malformed", "firefox", r"The script element has a malformed hash in its integrity attribute"),
    Other("integrity/malformed", "firefox", r"Unsupported hash algorithm in the integrity attribute"),
    Other("integrity/malformed", "chromium", r"Error parsing 'integrity' attribute \('"),
    Other("integrity", "webkit", r"Cannot load [a-z]{4,20} (?P<url>\S{1,2000}?)\. Failed integrity metadata check"),
    # Content-Type
    Other("mime-type/accepted", "chromium", r"Resource interpreted as \w{1,20} but transferred with MIME type [^\s:\"]{1,100}(?:: \"(?P<url>[^\"]{1,2000})\")?"),
    Other("mime-type", "firefox", r"was blocked because of a disallowed MIME type", quoted_before),
    Other("mime-type", "firefox", r"blocked because of a disallowed MIME type"),
    *(
        Other("mime-type", "firefox", rf"{what} from \"(?P<url>[^\"]{{1,2000}})\" (?:with importScripts\(\) )?was blocked because of a disallowed MIME type", api=api)
        for what, api in (
            ("Loading module", Api.MODULE), ("Loading JSON module", Api.MODULE), ("Loading Worker", None), ("Loading script", None),
            ("Script", Api.SCRIPT),
        )
    ),
    Other("mime-type/accepted", "firefox", r"The script from \"(?P<url>[^\"]{1,2000})\" was loaded even though its MIME type"),
    Other("mime-type/accepted", "firefox", r"The stylesheet (?P<url>\S{1,2000}) was loaded as CSS even though its MIME type"),
    Other("mime-type", "firefox", r"The resource from \"(?P<url>[^\"]{1,2000})\" was (?:blocked due to MIME type|not rendered due to an unknown, incorrect or missing MIME type)"),
    Other("mime-type", "firefox", r"The stylesheet (?P<url>\S{1,2000}) was not loaded because its MIME type", api=Api.STYLESHEET),
    Other("mime-type", "chromium", r"Refused to execute script from '(?P<url>[^']{1,2000})' because its MIME type", api=Api.SCRIPT),
    Other("mime-type", "chromium", r"Refused to apply style from '(?P<url>[^']{1,2000})' because its MIME type", api=Api.STYLESHEET),
    Other("mime-type", "chromium", r"Failed to load module script: (?:Expected a|The server responded with a non-JavaScript)"),
    Other("mime-type", "webkit", r"Did not parse stylesheet at '(?P<url>[^']{1,2000})' because non CSS MIME types", api=Api.STYLESHEET),
    Other("mime-type", "webkit", r"Refused to execute (?P<url>\S{1,2000}) as script because", api=Api.SCRIPT),
    Other("mime-type", "webkit", r"TypeError: '[\w./+-]{1,60}' is not a valid JavaScript MIME type"),
    Other("mime-type", None, r"EventSource's response has a MIME type \("),
    Other("mime-type", "chromium", r"Failed to execute '\w{1,30}' on 'WebAssembly': Incorrect response MIME type"),
    Other("preload", "chromium", r"A preload for '(?P<url>[^']{1,2000})' is found, but is not used because the request credentials mode does not match"),
    Other("preload/unused", "chromium", r"The resource (?P<url>https?://\S{1,2000}) was preloaded using link preload but not used within", in_logs=False),
    # Source maps
    Other("source-map", "chromium", r"DevTools failed to load (?:source map|SourceMap): Could not load content for (?P<url>\S{1,2000}?):(?: \S{1,40}){1,16}? net::ERR_\w{1,60}"),
    Other("source-map", "chromium", r"DevTools failed to load (?:source map|SourceMap): Could not (?:load content for|parse content for) (?P<url>\S{1,2000}?)(?=:? |:?$)"),
    Other("source-map", "chromium", r"DevTools failed to parse (?:source map|SourceMap): (?P<url>\S{1,2000})"),
    *(Other("source-map", "firefox", rf"{start}(?:\S{{1,200}} ){{1,30}}?Resource URL: (?P<url>\S{{1,2000}})") for start in ("Source map error: ", "Source Map error: ")),
    # The network
    Other("unknown", "chromium", r"net::ERR_FAILED(?!_?[A-Z0-9])", beside),
    Other("network/aborted", "chromium", rf"net::ERR_ABORTED(?![A-Z0-9_]){_AT}", beside),
    *(
        Other(f"network/{case}", "chromium", rf"{before}ERR_{code}[A-Z0-9_]{{0,60}}{_AT}", beside)
        for case, codes in _CODES.items()
        for code in codes
        for before in ("net::", ALONE)
    ),
    *(Other(f"network/{case}", "chromium", rf"net::ERR_{code}[A-Z0-9_]{{0,60}}{_AT}", beside) for case, code in _ONLY_WITH_NET.items()),
    Other("network", "chromium", rf"net::ERR_[A-Z_0-9]{{1,60}}{_AT}", beside),
    Other("network/certificate", "chromium", r"NET::ERR_CERT[A-Z_]{1,60}"),  # the page that Chromium shows instead
    Other("network/tls", "chromium", r"NET::ERR_SSL_[A-Z_]{1,60}"),
    Other("network/refused", "firefox", r"NS_ERROR_CONNECTION_REFUSED", beside),
    Other("network/name", "firefox", r"NS_ERROR_UNKNOWN_HOST", beside),
    Other("network/timeout", "firefox", r"NS_ERROR_NET_TIMEOUT", beside),
    Other("network/closed", "firefox", r"NS_ERROR_NET_(?:RESET|INTERRUPT|EMPTY_RESPONSE)", beside),
    Other("network/offline", "firefox", r"NS_ERROR_OFFLINE", beside),
    Other("network/aborted", "firefox", r"NS_BINDING_ABORTED(?:: Component returned failure code: 0x\w{8} \(NS_BINDING_ABORTED\))?", beside, in_logs=False),
    Other("network/certificate", "firefox", rf"{ALONE}SEC_ERROR_[A-Z_]{{4,60}}"),
    Other("network/certificate", "firefox", rf"{ALONE}MOZILLA_PKIX_ERROR_[A-Z_]{{4,60}}"),
    Other("network/certificate", "firefox", rf"{ALONE}SSL_ERROR_BAD_CERT_DOMAIN"),
    Other("network/tls", "firefox", rf"{ALONE}SSL_ERROR_(?!WANT_|SYSCALL|SSL\b|ZERO_|EOF|NONE|INVALID_ERROR)[A-Z_]{{4,60}}"),
    Other("network/certificate", "webkit", r"Failed to load resource: (?:The certificate for this server is invalid|An SSL error)"),
    Other("network/name", "webkit", r"Failed to load resource: A server with the specified hostname could not be found"),
    Other("network/refused", "webkit", r"Failed to load resource: Could not connect to the server"),
    Other("network", "webkit", r"Safari can't open the page because", in_logs=False),
    Other("network/closed", "webkit", r"Failed to load resource: The network connection was lost"),
    Other("network/scheme", "webkit", r"Failed to load resource: ?unsupported URL", in_logs=False),
    Other("network/offline", "webkit", r"Failed to load resource: The Internet connection appears to be offline"),
    Other("network/timeout", "webkit", r"Failed to load resource: The request timed out"),
    Other("network/eventsource", "firefox", r"Firefox can't establish a connection to the server at (?P<url>https?://\S{1,2000}?)\.(?=\s|$)", api=Api.EVENTSOURCE),
    Other("network", "edge-legacy", r"SCRIPT7002: XMLHttpRequest: Network Error 0x(?!800?70{0,2}05)"),
    Other("network/dev-proxy", None, r"\[vite\] http proxy error"),
    Other("network/dev-proxy", None, r"Proxy error: Could not proxy request \S{1,2000} from \S{1,300} to (?P<url>\S{1,2000}?)\.?(?=\s|$)"),
    Other("network/dev-proxy", None, r"\[HPM\] Error occurred while (?:trying to proxy|proxying)(?: request)? \S{1,2000} (?:from \S{1,300} )?to (?P<url>\S{1,2000})"),
    Other("network/node", None, r"TypeError: fetch failed"),
    *(Other("network/node", None, rf"{start} fetch failed\b", in_logs=False) for start in (r"\[request error\]", "H3Error:")),
    Other("network/node", None, r"Error: connect ECONNREFUSED"),
    Other("network/node", None, r"Error: getaddrinfo (?:ENOTFOUND|EAI_AGAIN)"),
    Other("network/node", None, r"getaddrinfo (?:ENOTFOUND|EAI_AGAIN)", in_logs=False),
    Other("network/node", None, r"FetchError: request to (?P<url>\S{1,2000}) failed, reason: "),
    Other("network/node", None, r"Error: read ECONNRESET"),
    *(
        Other("network/node", None, rf"Error: {words}", in_logs=False)
        for words in ("self signed certificate", "self-signed certificate", "unable to verify the first certificate", "certificate has expired")
    ),
    Other("network/node", None, r"Error: socket hang up"),
    *(
        Other("network/node", None, words, in_logs=False)
        for words in (
            r"Error: ESOCKETTIMEDOUT", r"ConnectTimeoutError: Connect Timeout Error", r"HeadersTimeoutError: Headers Timeout Error", r"BodyTimeoutError: Body Timeout Error",
            r"SocketError: other side closed", r"UND_ERR_(?:CONNECT_TIMEOUT|HEADERS_TIMEOUT|BODY_TIMEOUT|SOCKET)",
        )
    ),
    *(
        Other("network/aborted", browser, rf"AbortError: {words}", in_logs=False)
        for browser, words in (
            ("chromium", r"(?:signal is aborted without reason|The user aborted a request|BodyStreamBuffer was aborted)"),
            ("webkit", r"Fetch is aborted"), (None, r"(?:The operation was aborted|This operation was aborted|Aborted\b)"),
        )
    ),
    Other("network/aborted", "firefox", r"DOMException: The operation was aborted", in_logs=False),
    Other("network/script-timeout", None, r"timeout of \d{1,7} ?ms exceeded", in_logs=False),
    *(
        Other(f"network/{case}", None, rf"{start}{code}\b(?:(?!Error Domain=).{{0,1000}}?NSErrorFailingURLStringKey=(?P<url>https?://[^\s,}}\"]{{1,2000}}))?", in_logs=False)
        for case, code in _APPLE.items()
        for start in ("NSURLErrorDomain Code=-", "NSURLConnection finished with error - code -", "NSURLErrorDomain error -")
    ),
    Other("network/cleartext", None, r"CLEARTEXT communication to \S{1,200} not permitted by network security policy", in_logs=False),
    Other("network/cleartext", None, r"App Transport Security has blocked a cleartext HTTP", in_logs=False),
    Other("network/certificate", "chromium", r"handshake failed; returned -?\d{1,4}, SSL error code \d{1,4}, net_error -2\d\d"),
    Other("network/tls", "chromium", r"handshake failed; returned -?\d{1,4}, SSL error code \d{1,4}, net_error -1\d\d"),
    Other("network/certificate", "webkit", r"The certificate for this server is invalid\. You might be connecting", in_logs=False),
    Other("network/port", "webkit", r"WebSocket port \d{1,5} blocked"),
    # WebSocket
    Other("websocket", "chromium", r"WebSocket connection to '(?P<url>[^']{1,2000})' failed: (?:Error (?:in|during) (?:WebSocket handshake|connection establishment)(?:: net::ERR_\w+)?|Connection closed|WebSocket is closed)"),
    Other("websocket", "webkit", r"WebSocket connection to '(?P<url>[^']{1,2000})' failed: (?:The server did not accept|There was a bad response|The network connection was lost|The operation couldn't)"),
    Other("websocket", None, r"WebSocket connection to '(?P<url>[^']{1,2000})' failed"),
    Other("websocket", None, r"webSocket connection to '(?P<url>[^']{1,2000})' failed", in_logs=False),
    Other("websocket", "chromium", r"Error during WebSocket handshake: (?:net::ERR_\w{1,60})?"),
    Other("websocket", "firefox", r"Firefox can't establish a connection to the server at (?P<url>wss?://\S{1,2000}?)\.(?=\s|$)"),
    Other("websocket", "firefox", r"The connection to (?P<url>wss?://\S{1,2000}) was interrupted while the page was loading"),
    Other("websocket", "webkit", r"WebSocket network error"),
    Other("websocket", None, r"WebSocket connection failed: "),
    Other("websocket/closed", "chromium", r"WebSocket is already in CLOSING or CLOSED state"),
    Other("websocket", None, r"Error: websocket error(?=\s|$)"),
    Other("mixed-content/websocket", "chromium", r"Failed to construct 'WebSocket': An insecure WebSocket connection may not be initiated from a page loaded over HTTPS"),
    Other("websocket", None, r"WebSocket failed to connect\. The connection could not be found on the server"),
    # Vite; clients in Python, Node.js and Go; Spring
    Other("websocket", None, r"\[vite\] failed to connect to websocket", in_logs=False),
    Other("websocket", None, r"Handshake status (?P<status>[345]\d\d)(?!\d)", in_logs=False),
    Other("websocket", None, r"server rejected WebSocket connection: HTTP (?P<status>[345]\d\d)(?!\d)", in_logs=False),
    Other("websocket", None, r"Unexpected server response: (?P<status>[345]\d\d)(?!\d)", in_logs=False),
    Other("websocket", None, r"websocket: bad handshake", in_logs=False),
    Other("websocket", None, r"Handshake failed due to invalid Upgrade header: ", in_logs=False),
)  # fmt: skip
