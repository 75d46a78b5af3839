"""Kinds of what policies, blockers and the rules for frames and cookies forbid."""

from __future__ import annotations

from typing import Final

from corsdoctor.kinds.message_kind import MessageKind
from corsdoctor.scenario import Api

_NOT_SENT: Final = "The server never received the request, so none of its headers can help."
_COOKIES: Final = (
    "CORS decides whether a script may read the response. Whether a cookie is stored and sent is decided by its own "
    "attributes and by the browser's settings."
)
_FRAMES: Final = "CORS is about reading responses. No CORS header gives a page access to a frame or a window."

POLICIES: Final = (
    MessageKind(
        "mixed-content",
        "mixed content",
        "A page that was loaded over https requested an http URL. The browser blocks such a request before it sends anything.",
        _NOT_SENT,
        "Request the https URL. If the server does not support https, that must change first.",
    ),
    MessageKind(
        "mixed-content/upgraded",
        "an http URL that the browser requested over https",
        "A page that was loaded over https uses an http URL for an image, audio or video. The browser requested the https URL instead.",
        "Nothing was blocked. If the https URL does not work, the next line says why.",
        "Write the https URL in the page.",
    ),
    MessageKind(
        "mixed-content/shown",
        "mixed content that the browser loaded",
        "A page that was loaded over https uses an http URL. The browser loaded it anyway and prints a warning.",
        "Nothing was blocked.",
        "Write the https URL in the page, because other browsers and later versions may block it.",
    ),
    MessageKind(
        "mixed-content/form",
        "a form that sends its data over http",
        "A page that was loaded over https has a form whose action is an http URL. Browsers warn the user before they send it.",
        "Forms do not use CORS.",
        "Write an https URL in the form's action attribute.",
    ),
    MessageKind(
        "mixed-content/websocket",
        "mixed content, a ws: URL",
        "A page that was loaded over https opens a WebSocket without encryption, which the browser blocks.",
        "WebSockets do not use CORS, and the server never received the handshake.",
        "Use the wss: URL. If the WebSocket server has no certificate, put it behind the proxy that serves the page.",
    ),
    MessageKind(
        "orb",
        "opaque response blocking (ORB, earlier CORB)",
        "An element without a crossorigin attribute, or a no-cors fetch(), loaded something that looks like data (HTML, JSON or XML). The browser withholds it from the page.",
        "The request was made without CORS, so no CORS header was checked.",
        "Check that the URL leads to an image, script or style sheet and not to an error page. For data, use fetch() with CORS.",
        Api.IMAGE,
    ),
    MessageKind(
        "corp",
        "Cross-Origin-Resource-Policy",
        "The response may not be embedded in this page: its Cross-Origin-Resource-Policy header forbids it, or the page's Cross-Origin-Embedder-Policy requires that header and it is missing.",
        "This header decides whether a page may load the response, and CORS headers whether a script may read it.",
        "Send Cross-Origin-Resource-Policy: cross-origin with the response. Or load it with CORS and a crossorigin attribute.",
        Api.IMAGE,
    ),
    MessageKind(
        "corp/embedder",
        "Cross-Origin-Embedder-Policy",
        "The page sends Cross-Origin-Embedder-Policy, so that it may load from other origins only what allows it, and only frames that send this header too.",
        "The page asked for this restriction itself. A response that is loaded with CORS passes it, and a frame does not.",
        "Send Cross-Origin-Resource-Policy: cross-origin with the response, and Cross-Origin-Embedder-Policy with a frame's page. If the page does not need SharedArrayBuffer, remove its own header, or set it to credentialless.",
    ),
    MessageKind(
        "post-message",
        "a message to a window of another origin",
        "The script called postMessage() with a targetOrigin that is not the origin of the page in that window, so the browser did not deliver the message.",
        "This is about two windows, not about a response. No CORS header changes it.",
        "Correct targetOrigin: scheme, host and port of the page in the frame or popup, without a path. If it is correct, wait until that page has loaded, because before that the window has another origin.",
    ),
    MessageKind(
        "coop",
        "Cross-Origin-Opener-Policy",
        "The page or the popup that it opened sends Cross-Origin-Opener-Policy, which separates the two windows. A script that asks whether the popup is closed, closes it or sends it a message is blocked.",
        "This is about two windows, not about a response. No CORS header changes it.",
        "A login with a popup mostly works in spite of the message. To silence it, send Cross-Origin-Opener-Policy: same-origin-allow-popups with the page that opens the popup.",
    ),
    MessageKind(
        "coop/ignored",
        "a Cross-Origin-Opener-Policy header that was ignored",
        "The browser ignores this header on pages that were loaded over http from a host other than localhost.",
        "No CORS header was checked.",
        "Serve the page over https, or open it as http://localhost.",
    ),
    MessageKind(
        "coop/isolation",
        "a page that is not cross-origin isolated",
        "SharedArrayBuffer is available only in pages that are cross-origin isolated.",
        "CORS headers do not isolate a page.",
        "Send Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp with the page, over https. What the page loads from other origins must then allow it.",
    ),
    MessageKind(
        "permissions-policy",
        "Permissions-Policy",
        "The page's Permissions-Policy header, or the allow attribute of the frame that it is in, does not permit this feature.",
        "This is about a feature of the browser, such as the camera or the clipboard, not about a response.",
        "Permit the feature in the Permissions-Policy header of the page. If the page is in a frame, also write it in the frame's allow attribute, as in allow=\"camera\".",
    ),
    MessageKind(
        "permissions-policy/header",
        "a Permissions-Policy header with a feature that the browser does not know",
        "The browser skips the part of the header that it does not know, and applies the rest.",
        "This is about a feature of the browser, not about a response. Nothing was blocked.",
        "Ignore the message, or remove the feature that it names from the header.",
    ),
    MessageKind(
        "ad-blocker",
        "an ad blocker or another extension",
        "A browser extension or the browser's own ad blocker, such as Brave's, blocked the request.",
        _NOT_SENT,
        "Try a browser window without extensions and ad blockers. If the request works there, rename the path or tell your users.",
    ),
    MessageKind(
        "ad-blocker/devtools",
        "a request that the developer tools block",
        "In the browser's developer tools, this URL is on the list of blocked requests.",
        _NOT_SENT,
        "In Chrome, open the panel Network request blocking and remove the pattern.",
    ),
    MessageKind(
        "ad-blocker/administrator",
        "a policy of the administrator",
        "The administrator of this computer or browser has blocked the URL.",
        _NOT_SENT,
        "Ask the administrator to allow the URL. In Chrome, chrome://policy shows the rules (URLBlocklist).",
    ),
    MessageKind(
        "ad-blocker/tracking",
        "tracking protection of the browser",
        "The URL's host is on the browser's list of trackers, so the browser did not load it.",
        _NOT_SENT,
        "Make the page work without it, because many users have this protection. To try it, turn the protection off with the shield in the address bar.",
    ),
    MessageKind(
        "ad-blocker/safe-browsing",
        "Safe Browsing",
        "The URL is on a list of dangerous pages, so the browser did not load it.",
        _NOT_SENT,
        "If the site is yours, look for malware, then ask for a review in the Google Search Console.",
    ),
    MessageKind(
        "cookie",
        "a cookie that the browser rejects or will reject",
        "The browser does not store a cookie that a cross-site response sets, unless the cookie has SameSite=None and Secure. It does not send such a cookie with cross-site requests either.",
        _COOKIES,
        "Set the cookie with SameSite=None; Secure over https, and send the request with credentials. Browsers that block third-party cookies reject it even so, unless it has Partitioned.",
    ),
    MessageKind(
        "cookie/third-party",
        "a third-party cookie",
        "The cookie belongs to another site than the page. The browser blocks such cookies, or will block them soon.",
        f"{_COOKIES} Access-Control-Allow-Credentials does not change that.",
        "Serve the API from the page's own site, such as api.example.com for a page on www.example.com. Or set the cookie with SameSite=None; Secure; Partitioned, if each embedding site may have its own.",
    ),
    MessageKind(
        "cookie/attributes",
        "a cookie with an attribute that does not fit",
        "The cookie's own attributes or characters are at fault, for pages of the same site too: Secure without https, a Domain that is not the server's, a __Host- name with a Domain, or a name that another cookie already has.",
        _COOKIES,
        "Correct the attribute that the message names in the Set-Cookie header.",
    ),
    MessageKind(
        "cookie/default",
        "a cookie without a SameSite attribute",
        "The browser treats the cookie as SameSite=Lax, or warns that later versions will. Such a cookie is neither stored from a cross-site response nor sent with cross-site requests of scripts.",
        _COOKIES,
        "If pages of other sites need the cookie, set it with SameSite=None; Secure. If not, write SameSite=Lax to end the message.",
    ),
    MessageKind(
        "cookie/redirect",
        "a cookie that was not sent after a redirect from another site",
        "Another site redirected the request to this URL. In that case, the browser does not send cookies with SameSite=Lax or Strict.",
        _COOKIES,
        "Request the final URL. If the redirect is needed, as for a login, set the cookie with SameSite=None; Secure.",
    ),
    MessageKind(
        "cookie/storage",
        "blocked cookies and storage",
        "The browser does not let the site use cookies, localStorage or IndexedDB. Usually the site is inside a page of another site, and the reason is tracking protection or blocked third-party cookies. Some users block cookies and storage for every site.",
        f"The request itself may have been sent, without cookies. {_COOKIES}",
        "Serve the content from the page's own site, or ask for access with document.requestStorageAccess() after a click. If the content works without storage, ignore the message.",
    ),
    MessageKind(
        "cookie/context",
        "storage that may not be used in this context",
        "The script runs where there is no storage: in a sandboxed frame, in a page whose cookies are blocked, or in the content script of an extension that asks for session storage.",
        "Nothing was requested from a server.",
        "In an extension, call chrome.storage.session.setAccessLevel(), or ask the service worker. In a page, allow cookies for the site, or add allow-same-origin to the sandbox attribute.",
    ),
    MessageKind(
        "cookie/partitioned",
        "cookies and storage that are separate for each site",
        "The browser gave this content of another site cookies and storage of its own inside this page. They are not those that the user has on that site, so a login there is unknown here.",
        f"Nothing was blocked. {_COOKIES}",
        "Ignore the message if the content works. If it needs the user's login, ask for access with document.requestStorageAccess() after a click.",
    ),
    MessageKind(
        "history",
        "a URL of another origin in history.pushState() or replaceState()",
        "A script may show only URLs of the page's own origin in the address bar. A page at a file: URL, or in a sandboxed frame, may show none but its own.",
        "Nothing was requested, so no response header can change it.",
        "Pass a path, such as /items/1, in place of a whole URL, and check the base URL of the router.",
    ),
    MessageKind(
        "frame",
        "a page that may not be shown in a frame",
        "The X-Frame-Options header or the frame-ancestors directive of the framed page forbids showing it in this page.",
        _FRAMES,
        "Make the server of the framed page allow yours with Content-Security-Policy: frame-ancestors. Pages of others that forbid it, such as logins, must be opened in a tab or popup.",
    ),
    MessageKind(
        "frame/access",
        "a script that reached into a frame of another origin",
        "A script tried to read or change a window or frame whose page has another origin. Scheme, host and port must be the same.",
        _FRAMES,
        "Let the two pages send each other messages with postMessage().",
    ),
    MessageKind(
        "frame/sandbox",
        "a sandboxed frame",
        "The frame has a sandbox attribute, which forbids scripts, forms and popups unless it lists them. Without allow-same-origin, its page has no storage, and its requests have Origin: null.",
        "This is about the frame. Requests from a page without an origin fail CORS too, unless the server allows every origin.",
        "If you trust the page in the frame, add what the message names to the sandbox attribute, such as allow-scripts or allow-same-origin.",
    ),
    MessageKind(
        "frame/focus",
        "a field in a frame of another origin that did not get the focus",
        "The browser does not let a frame of another origin take the focus with the autofocus attribute.",
        "Nothing was requested and nothing failed.",
        "Ignore the message, or set the focus after a click.",
    ),
    MessageKind(
        "frame/navigation",
        "a frame that may not navigate another window",
        "A script in a frame tried to open another URL in the window around it, which its sandbox attribute or the lack of a click forbids.",
        _FRAMES,
        "Add allow-top-navigation-by-user-activation to the frame's sandbox attribute, and navigate after a click.",
    ),
    MessageKind(
        "frame/load",
        "something that only the page's own origin may provide",
        "SVG files for <use>, XSLT style sheets and file: pages are loaded from the page's own origin alone. Each file: URL is an origin of its own. An SVG file that is shown as an image may load only data: URLs.",
        "These loads do not use CORS, so no CORS header can allow another origin.",
        "Serve the file from the page's origin. Read an SVG of another origin with fetch() and insert it into the page. Put the images and fonts of an SVG file into it as data: URLs. Open pages over http://localhost instead of file:.",
    ),
    MessageKind(
        "local-file",
        "a file: URL in a page that was loaded over http",
        "Pages from a server may not load files of the user's disk.",
        "Nothing was requested from a server, so there are no headers that CORS could check.",
        "Move the file into a directory that the server serves, and use its http URL. For a file that the user chooses, use <input type=\"file\"> and URL.createObjectURL().",
    ),
)  # fmt: skip
