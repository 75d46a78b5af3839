"""What policies, blockers and the rules for frames and cookies say: rows of others.py."""

from __future__ import annotations

from typing import Final

from corsdoctor.console.other import ALONE, URL, Other, beside

_REJECTED: Final = r"Cookie \"[^\"]{1,200}\" (?:has been |will be |will soon be |will be soon )?rejected"
_UNPARTITIONED: Final = r"Cookies with the (?:attributes )?SameSite=None; Secure and not Partitioned"

POLICIES: Final = (
    *(
        Other("history", "chromium", rf"Failed to execute '{call}' on 'History': A history state object with URL '(?P<url>[^']{{1,2000}})' cannot be created in a document with origin '(?P<origin>[^']{{1,300}})'")
        for call in ("pushState", "replaceState")
    ),
    *(
        Other("history", "webkit", rf"Blocked attempt to use history\.{call}\(\) to change session history URL from (?P<page>\S{{1,2000}}) to (?P<url>\S{{1,2000}}?)\.(?= |$)")
        for call in ("pushState", "replaceState")
    ),
    # Opaque response blocking
    Other("orb", "chromium", r"net::ERR_BLOCKED_BY_ORB", beside),
    Other("orb", "chromium", rf"{ALONE}ERR_BLOCKED_BY_ORB", beside),
    Other("orb", "chromium", r"\(blocked:orb\)"),
    Other("orb", "firefox", r"The resource at \"(?P<url>[^\"]{1,2000})\" was blocked by OpaqueResponseBlocking"),
    Other("orb", "firefox", r"A resource is blocked by OpaqueResponseBlocking"),
    Other("orb", "chromium", r"Cross-Origin Read Blocking \(CORB\) blocked cross-origin response (?P<url>\S{1,2000})"),
    Other("orb", "chromium", r"Response was blocked by (?:CORB|ORB)"),
    # Cross-Origin-Resource-Policy, Cross-Origin-Embedder-Policy, Cross-Origin-Opener-Policy
    *(
        Other(kind, "chromium", rf"{before}ERR_BLOCKED_BY_RESPONSE{reason}", beside)
        for kind, reason in (
            ("corp/embedder", r"\.(?:NotSameOriginAfterDefaultedToSameOriginByCoep|CoepFrameResourceNeedsCoepHeader)"),
            ("corp", r"(?:\.\w{1,80})?"),
        )
        for before in ("net::", ALONE)
    ),
    Other("corp/embedder", "chromium", rf"{ALONE}NotSameOriginAfterDefaultedToSameOriginByCoep\b", in_logs=False),
    Other("corp/embedder", "chromium", r"\(blocked:(?:NotSameOriginAfterDefaultedToSameOriginByCoep|CoepFrameResourceNeedsCoepHeader)\)"),
    Other("corp", "chromium", r"\(blocked:NotSame(?:Origin|Site)\)"),
    Other("corp/embedder", "chromium", r"blockedReason[\"']?: ?[\"']coep-"),
    Other("corp", "chromium", r"blockedReason[\"']?: ?[\"']corp-"),
    Other("corp/embedder", "chromium", r"Specify a Cross-Origin Embedder Policy to prevent this frame from being blocked(?: Because your site has the Cross-Origin Embedder Policy \(COEP\) enabled)?"),
    Other("corp/embedder", "chromium", r"Because your site has the Cross-Origin Embedder Policy \(COEP\) enabled"),
    Other("corp", "firefox", r"The resource at \"(?P<url>[^\"]{1,2000})\" was blocked due to its Cross-Origin-Resource-Policy header"),
    Other("corp", "firefox", r"NS_ERROR_DOM_CORP_FAILED", beside),
    Other("corp/embedder", "firefox", r"NS_ERROR_DOM_COEP_FAILED", beside),
    Other("corp", "webkit", r"Cancelled load to (?P<url>\S{1,2000}) because it violates the resource's Cross-Origin-Resource-Policy"),
    Other("corp/embedder", "webkit", r"Refused to display '(?P<url>[^']{1,2000})' in a frame because of Cross-Origin-Embedder-Policy"),
    Other("corp", None, r"Because of Cross-Origin-(?:Embedder|Opener)-Policy"),
    Other("coop", "chromium", r"Cross-Origin-Opener-Policy policy would block the window\."),
    Other("coop/ignored", "chromium", r"The Cross-Origin-Opener-Policy header has been ignored"),
    Other("coop/isolation", None, r"SharedArrayBuffer is not defined"),
    Other("coop/isolation", "chromium", r"SharedArrayBuffer will require cross-origin isolation", in_logs=False),
    # Permissions-Policy
    Other("permissions-policy", "chromium", r"Permissions policy violation: (?:[^.]{1,160} has been blocked because of a permissions policy)?"),
    Other("permissions-policy", "chromium", r"has been blocked because of a (?:permissions|Feature|Permissions) [pP]olicy applied to"),
    Other("permissions-policy", "chromium", r"Potential permissions policy violation: "),
    Other("permissions-policy", "chromium", r"Failed to execute '\w{1,40}' on '\w{1,40}': [^.]{0,120}(?:disallowed by permissions policy|blocked because of a permissions policy)"),
    Other("permissions-policy", "chromium", r"Access to the feature \"[\w -]{1,60}\" is disallowed by permissions policy"),
    Other("permissions-policy", "chromium", r"has been disabled in this document by permissions policy"),
    Other("permissions-policy", "chromium", r"TypeError: Disallowed by permissions policy"),
    Other("permissions-policy/header", "chromium", r"Error with (?:Permissions|Feature)-Policy header: (?:Unrecognized feature: ')?"),
    Other("permissions-policy/header", "chromium", r"Unrecognized feature: '"),
    Other("permissions-policy/header", "firefox", r"Feature Policy: Skipping (?:unsupported feature name|empty allow list|unsupported allow value)"),
    # Blockers
    *(
        Other(kind, "chromium", rf"{before}ERR_BLOCKED_BY_{who}(?:\.\w+)?", beside)
        for kind, who in (("ad-blocker/devtools", r"CLIENT\.Inspector"), ("ad-blocker", "CLIENT"), ("ad-blocker/administrator", "ADMINISTRATOR"))
        for before in ("net::", ALONE)
    ),
    Other("ad-blocker/tracking", "firefox", r"The resource at \"(?P<url>[^\"]{1,2000})\" was blocked because (?:content blocking|Enhanced Tracking)"),
    Other("ad-blocker/safe-browsing", "firefox", r"The resource at \"(?P<url>[^\"]{1,2000})\" was blocked by Safe Browsing"),
    Other("ad-blocker", "webkit", r"Content blocker prevented frame displaying (?P<page>\S{1,2000}) from loading a resource from (?P<url>\S{1,2000})"),
    Other("ad-blocker", "webkit", r"Failed to load resource: The URL was blocked by a content blocker"),
    # Cookies and storage
    Other("cookie/third-party", "firefox", rf"{_REJECTED} (?:because it is foreign|as third-party)"),
    Other("cookie", "firefox", rf"{_REJECTED} because it (?:is in a cross-site context|has the \"(?:[Ss]ameSite|Partitioned))"),
    Other("cookie/attributes", "firefox", rf"{_REJECTED} (?:because|for|by)"),
    Other("cookie", "firefox", r"cookie \"[^\"]{1,200}\" (?:has been |will be |will soon be |will be soon )rejected", in_logs=False),
    Other("cookie/default", "firefox", r"Cookie \"[^\"]{1,200}\" (?:has \"SameSite\" policy set to \"Lax\"|does not have a proper \"SameSite\")"),
    Other("cookie/default", "firefox", r"Some cookies are misusing the recommended \"SameSite\" attribute", in_logs=False),
    Other("cookie", "firefox", r"Cookie \"[^\"]{1,200}\" (?:will be soon|has been) treated as cross-site "),
    Other("cookie/attributes", "firefox", r"Cookie \"[^\"]{1,200}\" is invalid because its (?:path )?size is too big"),
    Other("cookie/attributes", "firefox", r"Cookie with an empty name and an empty value has been rejected"),
    *(Other("cookie/attributes", "firefox", rf"Invalid \"{name}\" value for cookie \"", in_logs=False) for name in ("SameSite", "sameSite", "max-age")),
    Other("cookie/attributes", "firefox", r"The value of the attribute \"[^\"]{1,60}\" for the cookie \"[^\"]{1,200}\" has been (?:rejected|overwritten)", in_logs=False),
    Other("cookie/redirect", "firefox", r"Cookie \"[^\"]{1,200}\" with the \"SameSite\" attribute value \"Lax\" or \"Strict\" was omitted because of a cross-site redirect"),
    *(
        Other(kind, "chromium", rf"{what} was blocked {reason}")
        for kind, reason in (
            ("cookie/attributes", r"because (?:its (?:Domain|Path)|it had the \"(?:Secure|SameSite=None)\"|it was not sent over|it used the \"__|it had a name prefix|this header had a \"Secure\")"),
            ("cookie/third-party", r"(?:due to|because of) (?:user preferences|third-party cookie)"),
            ("cookie", "because"),
        )
        for what in ("This Set-Cookie", "This set-cookie", "This Set-Cookie header", "This attempt to set a cookie via a Set-Cookie header", "This cookie")
    ),
    Other("cookie/default", "chromium", r"This Set-Cookie didn't specify a \"SameSite\" attribute and was"),
    Other("cookie/default", "chromium", r"This Set-Cookie header didn't specify a \"SameSite\" attribute and was defaulted to"),
    Other("cookie/default", "chromium", rf"A cookie associated with a cross-site resource at (?:{URL} |\[[^\]]{{1,200}}\] )?was set without the"),
    Other("cookie", "chromium", rf"A cookie associated with a (?:cross-site )?resource at (?:{URL} |\[[^\]]{{1,200}}\] )?was set with"),
    Other("cookie/default", "chromium", r"Because a cookie's SameSite attribute was not set or is invalid"),
    Other("cookie/default", "chromium", r"Indicate whether (?:to send a cookie in a cross-site request|a cookie is intended to be set in a cross-site context) by specifying its SameSite attribute"),
    Other("cookie/third-party", "chromium", r"Third-party cookie (?:will be|is) blocked"),
    *(
        Other("cookie/third-party", "chromium", rf"{what} cookie in cross-site context will be blocked(?: in future Chrome versions(?: {_UNPARTITIONED})?)?")
        for what in ("Reading", "Setting")
    ),
    Other("cookie/third-party", "chromium", _UNPARTITIONED),
    Other("cookie", "chromium", r"Mark cross-site cookies as Secure to allow setting them"),
    Other("cookie/third-party", "chromium", r"The set-cookie was not stored due to user preferences"),
    Other("cookie/storage", "firefox", rf"Request to access cookies? or storage on \"{URL}\" was blocked because"),
    Other("cookie/context", "chromium", r"Access to storage is not allowed from this context"),
    *(Other("cookie/context", None, rf"{what} is not available for opaque origins", in_logs=False) for what in ("localStorage", "sessionStorage")),
    Other("cookie/partitioned", "firefox", rf"Partitioned cookie or storage access was provided to \"{URL}\" because"),
    Other("cookie/storage", "chromium", r"Tracking Prevention blocked access to storage for (?P<url>[^\s\"]{1,2000}?)\.?(?=[\s\"]|$)"),
    Other("cookie/storage", "chromium", r"Failed to read the '(?:localStorage|sessionStorage|cookie|indexedDB)' property from '\w{1,20}': Access is denied for this document"),
    # Frames
    Other("frame", "chromium", r"Refused to display '(?P<url>[^']{1,2000})' in a frame because"),
    Other("frame", "chromium", r"Refused to display in a frame because"),
    Other("frame", "firefox", r"To protect your security, \S{1,253} will not allow [\w ]{3,30} to display the page if another site has embedded it", in_logs=False),
    Other("frame", "chromium", r"because an ancestor violates the following Content Security Policy directive", in_logs=False),
    Other("frame", None, r"Refused to display (?P<url>\S{1,2000}) in a frame because"),
    Other("frame", "webkit", r"Refused to load (?P<url>\S{1,2000}) because it does not appear in the frame-ancestors"),
    Other("frame", "firefox", r"Load denied by X-Frame-Options: \"?(?P<url>[^\s\"]{1,2000})"),
    Other("frame", "firefox", r"The loading of \"(?P<url>[^\"]{1,2000})\" in a frame is denied by \"X-Frame-Options\""),
    Other("frame/access", "chromium", r"DOMException: Blocked a frame with origin \"(?P<origin>[^\"]{1,300})\" from accessing"),
    Other("frame/access", "chromium", r"Failed to read (?:a named property|the) [^:]{1,120}: Blocked a frame with origin \"(?P<origin>[^\"]{1,300})\" from"),
    Other("frame/access", None, r"Blocked a frame with origin \"(?P<origin>[^\"]{1,300})\" from accessing"),
    Other("frame/sandbox", "webkit", r"Sandbox access violation: Blocked a frame at \"[^\"]{1,300}\" from accessing"),
    Other("frame/sandbox", "chromium", r"Failed to read the '\w{1,40}' property from '\w{1,20}': The document is sandboxed and lacks the 'allow-same-origin' flag"),
    Other("frame/sandbox", None, r"Blocked script execution in '(?P<url>[^']{1,2000})' because the document's frame is sandboxed"),
    Other("frame/sandbox", None, r"because the document's frame is sandboxed and the 'allow-scripts' permission is not set", in_logs=False),
    Other("frame/sandbox", None, r"Blocked form submission to '(?P<url>[^']{1,2000})' because the form's frame is sandboxed"),
    Other("frame/sandbox", None, r"Blocked opening '(?P<url>[^']{1,2000})' in a new window because the request was made in a sandboxed frame"),
    Other("frame/focus", "chromium", r"Blocked autofocusing on a <\w{1,20}> element in a cross-origin subframe"),
    Other("frame/focus", "webkit", r"Blocked autofocusing on a form control in a cross-origin subframe"),
    Other("frame/access", "firefox", r"Permission denied to (?:access|get|set) property \"[^\"]{1,60}\"(?: on cross-origin object)?"),
    Other("frame/navigation", "chromium", r"Unsafe attempt to initiate navigation for frame"),
    Other("frame/navigation", None, r"Unsafe JavaScript attempt to initiate navigation for frame"),
    Other("frame/access", None, r"Unsafe JavaScript attempt to access"),
    Other("frame/load", "chromium", r"Unsafe attempt to load URL (?P<url>\S{1,2000}) from frame with URL (?P<page>\S{1,2000}?)\. (?:Domains|'file:')"),
    Other("local-file", None, r"Not allowed to load local resource: (?P<url>[^\s\"]{1,2000})(?=[\s\"]|$)(?! Not allowed to request resource)"),
    Other("local-file", "firefox", r"Security Error: Content at (?P<page>\S{1,2000}) may not load or link to (?P<url>\S{1,2000}?)\.(?=\s|$)"),
    *(
        Other("cookie", "firefox", rf"{what} \" ?[^\"]{{1,200}}\" [^\"]{{3,200}}\" ?(?:SameSite|Partitioned) ?\"", in_logs=False)
        for what in ("Cookie", "cookie")
    ),  # in any language
)  # fmt: skip
