"""What a script is not allowed to read, and how frameworks word a failure: rows of others.py."""

from __future__ import annotations

from typing import Final

from corsdoctor.console.other import Other, quoted_before
from corsdoctor.scenario import Api

_SAYS_NOTHING: Final = "(?:Failed to fetch|Load failed|NetworkError when|Network Error)"
_BROKEN: Final = r"An attempt was made to break through the security policy of the user agent"

READING: Final = (
    # Canvas, WebGL, Web Audio
    Other("web-audio", "chromium", r"MediaElementAudioSource outputs zeroe?s due to CORS access restrictions(?: for (?P<url>https?:\S{1,2000}))?"),
    Other("web-audio", "chromium", r"Failed to execute 'captureStream' on 'HTMLMediaElement': Cannot capture from element with cross-origin data"),
    Other("web-audio", "firefox", r"The HTMLMediaElement passed to createMediaElementSource has a cross-origin resource"),
    Other("web-audio", "firefox", r"The MediaStream(?:Track)? passed to createMediaStream(?:Track)?Source (?:has|is) a cross-origin resource"),
    Other("canvas/webgl", "chromium", r"Failed to execute '(?:texImage[23]D|texSubImage[23]D|copyExternalImageToTexture)' on '\w{1,40}': [^.]{0,120}(?:[Tt]ainted|cross-origin data)"),
    Other("canvas/webgl", "firefox", r"WebGLRenderingContext\.\w{1,40}: Cross-origin elements require CORS"),
    Other("canvas/webgl", "firefox", r"WebGL2RenderingContext\.\w{1,40}: Cross-origin elements require CORS"),
    Other("canvas/webgl", "firefox", r"WebGL warning: [^:]{1,40}: Cross-origin elements require CORS"),
    Other("canvas/webgl", "firefox", r"Cross-origin elements require CORS"),
    Other("canvas/webgl", "chromium", r"Failed to execute 'tex\w{1,30}' on '\w{1,40}': [Tt]he cross-origin (?:image|video) at (?:(?P<url>[^\s\"']\S{0,2000}) may not be loaded)?"),
    Other("canvas", "chromium", r"Failed to execute '\w{1,30}' on '\w{1,40}': [^.]{0,120}(?:[Tt]ainted|cross-origin data|Canvas is not origin-clean)"),
    Other("canvas/webgl", "chromium", r"Tainted canvases may not be loaded"),
    Other("canvas", "chromium", r"Tainted canvases may not be exported"),
    Other("canvas", "firefox", r"OffscreenCanvas\.convertToBlob: Cannot get blob from write-only canvas"),
    Other("canvas", "webkit", rf"Unable to get image data from canvas because the canvas has been tainted by cross-origin data(?:\.?(?: \S{{1,60}}){{0,3}} {_BROKEN})?"),
    Other("canvas", "webkit", r"SecurityError: (?:Canvas|Image element|Video element|Input ImageBitmap) is tainted"),
    Other("canvas", None, r"The canvas has been tainted by cross-origin data"),
    Other("canvas/insecure", "firefox", r"DOMException: The operation is insecure"),
    Other("canvas/insecure", None, r"SecurityError: The operation is insecure"),
    Other("canvas/insecure", None, r"SecurityError \(DOM Exception 18\): The operation is insecure"),
    Other("canvas/insecure", None, _BROKEN),
    # Style sheets, workers, scripts, headers
    Other("stylesheet", "firefox", r"CSSStyleSheet\.\w{1,20}(?: getter)?: Not allowed to access cross-origin stylesheet"),
    Other("stylesheet", "chromium", r"Failed to read the '(?:rules|cssRules)' property from 'CSSStyleSheet': Cannot access rules"),
    Other("stylesheet", "chromium", r"Failed to execute '(?:insert|delete|add|remove)Rule' on 'CSSStyleSheet': Cannot access"),
    Other("stylesheet", "webkit", r"Not allowed to (?:access|insert rule into|delete rule from) cross-origin stylesheet"),
    Other("worker", "chromium", r"Failed to construct '(?:Shared)?Worker': Script at '(?P<url>[^']{1,2000})' cannot be accessed from origin '(?P<origin>[^']{1,300})'"),
    Other("worker", "chromium", r"Script at '(?P<url>[^']{1,2000})' cannot be accessed from origin '(?P<origin>[^']{1,300})'", in_logs=False),
    Other("worker", "chromium", r"Failed to create a worker: script at '(?P<url>[^']{1,2000})' cannot be accessed from origin '(?P<origin>[^']{1,300})'"),
    Other("worker/same-origin", "firefox", r"Security Error: Content at (?P<page>\S{1,2000}) may not load data from (?P<url>\S{1,2000}?)\.(?=\s|$)"),
    Other("worker", "webkit", r"URL of the shared worker is cross-origin"),
    Other("worker/import-scripts", "chromium", r"Failed to execute 'importScripts' on 'WorkerGlobalScope': The script at '(?P<url>[^']{1,2000})' failed to load"),
    Other("worker/import-scripts", "firefox", r"WorkerGlobalScope\.importScripts: Failed to load worker script at \"?(?P<url>[^\s\"]{1,2000})"),
    Other("worker/import-scripts", "firefox", r"Failed to load worker script at \"?(?P<url>[^\s\"]{1,2000})"),
    Other("worker/import-scripts", None, r"importScripts failed for \S{1,300} at (?P<url>\S{1,2000})", in_logs=False),  # RequireJS
    Other("script-error", None, r"Script error\."),
    Other("script-error", None, r"Cypress detected that an uncaught error was thrown from a cross origin script", in_logs=False),
    Other("forbidden-header", None, r"Refused to set unsafe header \""),
    Other("forbidden-header", "firefox", r"Attempt to set a forbidden header was denied: "),
    # Calls that the browser refuses before it sends anything
    Other("network/aborted", "chromium", r"Failed to execute 'fetch' on '\w{1,40}': The user aborted a request", in_logs=False),
    Other("invalid-request", "chromium", r"Failed to execute 'fetch'(?=\W{0,4}(?:$|\|)| on '\w{1,40}': (?!Illegal invocation|\d arguments? required))", in_logs=False),
    *(Other("invalid-request", "chromium", rf"Failed to execute '{call}' on 'XMLHttpRequest': {words}", in_logs=False) for call, words in (("open", "Invalid URL"), ("open", "'[^']{0,60}' (?:is not a valid HTTP method|HTTP method is unsupported)"), ("setRequestHeader", ""))),
    *(Other("invalid-request", "chromium", rf"Failed to execute '{call}' on 'Headers': ", in_logs=False) for call in ("append", "set")),
    Other("invalid-request", "chromium", r"Failed to construct 'Request': (?:Failed to parse URL from \S{1,2000})?", in_logs=False),
    Other("invalid-request", None, r"Failed to parse URL from (?P<url>https?://\S{1,2000})?", in_logs=False),
    Other("invalid-request", "firefox", r"Window\.fetch: (?:HEAD or GET Request cannot have a body|.{0,2000}? (?:is not a valid URL|is an url with embedded credentials))", in_logs=False),
    # PDF.js
    Other("http-status", None, r"Unexpected server response \((?P<status>[45]\d\d)\) while retrieving PDF(?: \"(?P<url>[^\"]{1,2000})\")?", in_logs=False),
    Other("unknown", None, r"Unexpected server response \(0\) while retrieving PDF(?: \"(?P<url>[^\"]{1,2000})\")?", in_logs=False),
    Other("viewer", None, r"file origin does not match viewer's", in_logs=False),
    # Exceptions, in the words of browsers and frameworks
    Other("unknown/module", "chromium", r"TypeError: Failed to fetch dynamically imported module: (?P<url>\S{1,2000})"),
    Other("unknown/module", "chromium", r"Failed to fetch dynamically imported module: (?P<url>\S{1,2000})"),
    Other("unknown/module", "firefox", r"error loading dynamically imported module: (?P<url>\S{1,2000})"),
    Other("unknown/module", "webkit", r"Importing a module script failed"),
    *(
        Other("unknown/element", "firefox", rf"Loading failed for the {what} with source \"(?P<url>[^\"]{{1,2000}})\"", api=api)
        for what, api in (("<script>", Api.SCRIPT), ("module", Api.MODULE))
    ),
    Other("unknown/element", "firefox", r"Module source URI is not allowed in this document: \"(?P<url>[^\"]{1,2000})", api=Api.MODULE),
    Other("unknown/element", "firefox", r"<script> source URI is not allowed in this document: \"(?P<url>[^\"]{1,2000})", api=Api.SCRIPT),
    *(
        Other("unknown", browser, rf"{words}\.? ?Possible Reasons: ?CORS,? ?Network Failure,? ?URL scheme must be \"http\" or \"https\" for CORS request")
        for browser, words in ((None, "Failed to fetch"), ("webkit", "Load failed"), ("firefox", r"NetworkError when attempting to fetch resource"))
    ),
    Other("unknown", None, r"Possible Reasons: ?CORS,? ?Network Failure,? ?URL scheme must be \"http\" or \"https\" for CORS request", in_logs=False),
    Other("unknown", None, r"Fetch error Failed to fetch (?P<url>\S{1,2000})(?: Fetch error Possible cross-origin \(CORS\) issue\? The URL origin \(\S{1,300}\) does not match the page \((?P<origin>[^)\s]{1,300})\))?", in_logs=False),
    Other("unknown", None, r"Fetch error Possible cross-origin \(CORS\) issue\? The URL origin \(\S{1,300}\) does not match the page \((?P<origin>[^)\s]{1,300})\)", in_logs=False),
    Other("unknown", "chromium", r"TypeError: Failed to fetch"),
    Other("unknown", "chromium", r"TypeError: failed to fetch\b", in_logs=False),
    Other("unknown", None, r"Can't read from server ?\. ?It may not have (?:the )?appropriate access[- ]control(?:-origin)? settings", in_logs=False),
    Other("unknown", "chromium", r"TypeError\): Failed to fetch"),
    Other("unknown", "chromium", r"ApolloError: Failed to fetch"),
    Other("unknown", "chromium", r"AuthRetryableFetchError: Failed to fetch"),
    Other("unknown", "chromium", r"Error: Failed to fetch(?! (?!at )[a-z])", in_logs=False),
    Other("unknown", None, r"Network Error at (?=createError |XMLHttpRequest\.handleError |new AxiosError |AxiosError\.)", in_logs=False),
    Other("unknown", None, rf"The following error originated from your application code, not from Cypress\.[^.]{{0,60}}?{_SAYS_NOTHING}", in_logs=False),
    *(Other("unknown", None, rf"\"value\":{blank}\"{_SAYS_NOTHING}", in_logs=False) for blank in ("", " ")),  # Sentry
    Other("unknown", None, r"\[Network\] (?:Failed to fetch|Load failed|NetworkError when)", in_logs=False),
    *(
        Other("unknown/module", None, rf"{words} [\w./~@-]{{1,120}} failed\.?(?: \((?:error|missing|timeout): (?P<url>[^\s)]{{1,2000}})\))?", in_logs=False)
        for words in ("Loading chunk", "Loading CSS chunk")
    ),
    Other("unknown/module", None, r"Loading script failed\.(?: \((?:error|missing|timeout): (?P<url>[^\s)]{1,2000})\))?", in_logs=False),
    Other("unknown", None, r"CORS request rejected: (?P<url>https?://\S{1,2000})", in_logs=False),  # browser-request, in Matrix's clients
    Other("unknown", None, r"\"cors\":\"rejected\"", in_logs=False),
    Other("unknown", None, r"could not detect network \(event=\"noNetwork\"", in_logs=False),
    Other("unknown", None, r"JsonRpcProvider failed to detect (?:the )?network and cannot start up", in_logs=False),
    Other("unknown", None, r"Response closed without grpc[- ]status", in_logs=False),
    Other("unknown", None, r"gRPC Error \(code: 2, codeName: UNKNOWN, message: null", in_logs=False),
    Other("unknown", "chromium", r"Failed to execute 'send' on 'XMLHttpRequest': Failed to load '(?P<url>[^']{1,2000})'"),
    Other("unknown", None, r"<no response> (?:Failed to fetch|fetch failed|Load failed|NetworkError when)", quoted_before),
    Other("unknown", None, r"Request has been terminated Possible causes: the network is offline, Origin is not allowed by Access-Control-Allow-Origin"),
    Other("unknown", None, r"Error: xhr poll error"),
    *(Other("unknown", None, words, in_logs=False) for words in ("xhr poll error", "xhr post error")),
    Other("unknown", None, r"EngineIOException: xhr poll error", in_logs=False),
    Other("unknown", None, r"NetworkingError: Network Failure"),
    Other("unknown", None, r"NetworkError: A network error (?:has )?occurred"),
    Other("unknown", None, r"Firebase: (?:A network AuthError [^.]{1,120}\. |Error )\(auth/network-request-failed\)"),
    Other("unknown", None, r"Firebase Storage: An unknown error occurred, please check the error payload for server response\. \(storage/unknown\)", in_logs=False),
    Other("unknown", None, r"Error: Response closed without headers"),
    Other("unknown", "firefox", r"NetworkError when attempting to fetch resource"),
    Other("unknown", "webkit", r"TypeError: Load failed"),
    Other("unknown", "webkit", r"NetworkError: Load failed"),
    Other("unknown/react-native", None, r"TypeError: Network request failed"),
    Other("unknown", None, r"AxiosError(?:: | \{message: ')Network Error\b"),
    Other("unknown", None, r"message: 'Network Error', name: 'AxiosError'"),
    Other("unknown", None, r"error code: ERR_NETWORK(?![A-Z_])", in_logs=False),
    Other("unknown", None, r"Error: Network Error\b"),
    Other("unknown", None, r"Http failure response for (?:(?P<url>\S{1,2000})|\(unknown url\)): 0 Unknown Error"),
    Other("unknown", None, r"HttpErrorResponse \{(?:headers: [^,]{1,60}, )?status: 0, statusText: [\"']Unknown Error[\"'](?:, url: [\"'](?P<url>[^\"'\s]{1,2000})[\"'])?"),
    Other("unknown", None, r"statusText: [\"']Unknown Error[\"']", in_logs=False),
    Other("unknown", None, r"The connection errored: The XMLHttpRequest onError callback was called"),
    Other("unknown", None, r"The XMLHttpRequest onError callback was called", in_logs=False),
    Other("unknown", None, r"ClientException: (?:XMLHttpRequest error\.|Failed to fetch|Load failed)(?:, uri=(?P<url>\S{1,2000}))?"),
    Other("unknown", None, r"XMLHttpRequest error(?:\.(?=\s|$)|(?='))"),
    *(Other("unknown", None, rf"{start} ?0, ?\"(?:responseText\": ?\"\", ?\")?status\": ?0", in_logs=False) for start in ("\"readyState\":", "\"readyState\" :")),
    *(Other("unknown", None, rf"\"data\":{blank}null,{blank}\"status\":{blank}-1", in_logs=False) for blank in ("", " ")),
    Other("unknown", None, r"ProgressEvent ?\{\"?isTrusted\"?: ?true", in_logs=False),
    Other("unknown", None, r"We couldn't reach your server\. The server's response may be missing CORS headers", in_logs=False),
    Other("unknown", None, r"Unable to reach server To diagnose the problem, please run: ", in_logs=False),
    *(Other("unknown", None, rf"UnityWebRequest result{colon}ConnectionError", in_logs=False) for colon in (": ", " : ")),
    Other("unknown", None, r"The following ProgressEvent\S{0,3} object was thrown", in_logs=False),
    Other("unknown", None, r"\[object ProgressEvent\]", in_logs=False),
    Other("unknown", None, r"NetworkError at XMLHttpRequest\.send \(", in_logs=False),
    Other("unknown", None, r"Failed to complete negotiation with the server: (?:Error(?=$| (?!\w{0,40}:? ?Status))|XMLHttpRequest error)", in_logs=False),
    Other("unknown", None, r"Cannot load (?P<url>https?://\S{1,2000}) HTTP response code:0 This might be a CORS issue", in_logs=False),
    *(
        Other("unknown", None, words, in_logs=False)  # players of video: hls.js, Video.js and Mux, videojs-contrib-hls
        for words in (
            r"networkError - fatal: (?:true|false) - \w{4,40}", r"A network error occurred: (?:manifest|level|frag|key|audioTrack)Load(?:Error|TimeOut)",
            r"A network error caused the media download to fail", r"HLS playlist request error at URL\b", r"HLS Playlist request error at URL\b",
            r"The media could not be loaded, either because the server or network failed or because the format is not supported",
        )
    ),
    Other("unknown", None, r"Http response at 400 or 500 level", in_logs=False),
    Other("unknown", None, r"FirebaseError: internal(?=\s|$)", in_logs=False),
    Other("unknown", "edge-legacy", r"SCRIPT7002: XMLHttpRequest: Network Error 0x800?70{0,2}05"),
)  # fmt: skip
