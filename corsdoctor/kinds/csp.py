"""Kinds of what the page's own Content Security Policy forbids, reports or changes."""

from __future__ import annotations

from typing import Final

from corsdoctor.kinds.message_kind import MessageKind

CSP: Final = (
    MessageKind(
        "csp",
        "Content Security Policy",
        "The page's own Content-Security-Policy header or <meta> element forbids this URL.",
        "The browser did not send a request to this URL, so no header of its server can help.",
        "Add the URL's origin to the directive that the message names, such as connect-src, on the server that serves the page.",
    ),
    MessageKind(
        "csp/inline",
        "Content Security Policy, for a script or style in the page itself",
        "The page's own Content-Security-Policy header or <meta> element forbids inline code: a <script> or <style> without src, an attribute such as onclick or style, or a javascript: URL.",
        "Nothing was requested from another server, so no CORS header can help.",
        "Move the code into a file, and add listeners with addEventListener(). Or allow a <script> or <style> element in the page's policy with a nonce, or with its hash.",
    ),
    MessageKind(
        "csp/eval",
        "Content Security Policy, for eval()",
        "The page's own Content-Security-Policy header or <meta> element forbids running text as code: eval(), new Function(), setTimeout() with a string, or WebAssembly.",
        "Nothing was requested from another server, so no CORS header can help.",
        "Use a build of the code that does not need it: a source map setting such as webpack's `devtool` often causes it. Only if there is no other way, add 'unsafe-eval' ('wasm-unsafe-eval' for WebAssembly) to script-src of the page's policy.",
    ),
    MessageKind(
        "csp/ignored",
        "a Content Security Policy that the browser ignores in part",
        "The browser does not know something in the page's policy, or does not accept it there, and ignores it.",
        "This message itself blocks nothing. If a request failed, another message says why.",
        "Correct the policy of the page: keywords such as 'self' need single quotes, and frame-ancestors, sandbox and report-uri work only in the header, not in a <meta> element.",
    ),
    MessageKind(
        "csp/report-only",
        "a Content Security Policy that only reports",
        "The page has a Content-Security-Policy-Report-Only header: the browser reports what the policy would block, and does not block it.",
        "If a request failed, this policy is not the reason, and another message says why.",
        "Add what the page needs to the policy before it is enforced, or remove the header.",
    ),
    MessageKind(
        "csp/upgraded",
        "a request that the page's policy upgraded to https",
        "The page's policy has upgrade-insecure-requests, so the browser requested the https URL in place of the http URL.",
        "This blocks nothing. CORS rules apply to the https URL.",
        "Write https:// in the page. If the request failed, check whether the server supports https.",
    ),
)  # fmt: skip
