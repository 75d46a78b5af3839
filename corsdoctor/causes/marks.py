"""What software leaves in the responses that it writes or passes on, and what that means: one table.

A mark is known by a header, by words anywhere in a page, by a whole phrase (see phrases.py), or by the reason phrase of
the status line. Words that a user may have sent, such as those of a CORS layer, count only as a whole phrase.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from corsdoctor.causes.cors_layers import REFUSALS
from corsdoctor.sentence import Sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corsdoctor.causes.phrases import Text
    from corsdoctor.wire import Response


class Where(StrEnum):
    """Where a mark is looked for."""

    PAGE = "page"  # anywhere in the HTML, in lower case
    SCRIPT = "script"  # the same, in the page of a refusal that has little text: other pages contain the script too
    ERROR = "error"  # anywhere in the body of an error, in lower case
    PHRASE = "phrase"  # the beginning of a phrase, in any case
    REASON = "reason"  # the beginning of the reason phrase


class Means(StrEnum):
    """What a mark says about the response: mostly the id of a cause."""

    PASSED = "passed"  # the software passed the response on
    WROTE = "wrote"  # the software wrote the response
    ORIGIN = "origin-refused"
    METHOD = "method-refused"
    HEADERS = "headers-refused"
    CSRF = "csrf"  # protection against forged requests
    CORS = "cors-refused"  # a CORS layer refused the request, and does not say why
    NO_CORS = "not-configured"
    NO_RULE = "no-rule"  # no CORS rule, or none that matches
    LOGIN = "authentication"
    SIGNATURE = "request-signature"
    BOT = "bot-challenge"
    CERTIFICATE = "client-certificate"
    RATE = "rate-limited"
    DEAD = "gateway-error"
    MISSING = "not-found"
    NO_OPTIONS = "no-options"
    NO_ROUTE = "no-route"  # a gateway has no route for this method and URL
    LARGE = "too-large"
    TLS = "plain-http-on-tls-port"
    HTTP2 = "speaks-http2"
    PAGE = "wrong-service"
    APP = "single-page-app"
    BLOCKED = "forbidden"
    HOST = "host-refused"  # the software serves other host names than that of the URL
    DENIED = "denied"  # an object store denies access


class Mark(NamedTuple):
    """`where` is a Where or the name of a header, `pattern` a part of the text there, or an expression for phrases."""

    where: str
    pattern: str
    who: str
    means: Means


_P, _S, _E, _T, _R = Where.PAGE, Where.SCRIPT, Where.ERROR, Where.PHRASE, Where.REASON
_M = Means

_VALUE: Final = (
    r"(?:[a-z][a-z0-9+.-]*:[^\s\"'`)>”]+|null\b|[\w-]+(?:\.[\w-]+)+(?::\d+)?(?=[\"'`)>”.!,]*(?:$| (?:is|was|not)\b)))"
)
"""An origin or a host in a sentence."""
_ORIGIN_VALUE: Final = (
    r"(?:error: ?)?(?:(?:this|the|that|your|request(?:'s|ing)?|http|cross[- ]) ?){0,3}(?:origin|domain)\b(?: header| value| url)?:? ?"
    rf"(?:[\"'`(<“]?{_VALUE}[\"'`)>”]*,? ?|[\"'`(“][^\"'`)”]{{0,100}}[\"'`)”],? ?)?"
)
_NOT_ALLOWED: Final = (
    r"(?:(?:(?:is|was|has|does|did) ?)?(?:n['’]t|not) (?:been )?(?:allowed|permitted|(?:white|allow)-?listed|authori[sz]ed|trusted"
    r"|accepted|registered|match\b|(?:in|on|part of) (?:the |our |its |an? )?(?:(?:allow|white)[ -]?list|list|allowed|trusted))"
    r"|(?:is |was |has been )?(?:forbidden|denied|rejected|refused|blocked|disallowed|mismatch|unregistered|untrusted))"
)
_BAD: Final = r"(?:error: ?)?(?:invalid|unknown|disallowed|forbidden|unauthori[sz]ed|untrusted|bad|unregistered|illegal) (?:request )?(?:cors )?"

MARKS: Final = tuple(
    Mark(*row)
    for row in (
        # challenges
        ("cf-mitigated", "challenge", "Cloudflare", _M.BOT),
        ("x-vercel-mitigated", "challenge", "Vercel", _M.BOT),
        ("x-vercel-challenge-token", "", "Vercel", _M.BOT),
        ("x-amzn-waf-action", "", "AWS WAF", _M.BOT),
        ("x-datadome", "", "DataDome", _M.PASSED),
        ("x-dd-b", "", "DataDome", _M.BOT),
        ("x-kpsdk-ct", "", "Kasada", _M.BOT),
        ("x-iinfo", "", "Imperva", _M.PASSED),
        ("x-sucuri-id", "", "Sucuri", _M.PASSED),
        ("x-sucuri-block", "", "Sucuri", _M.BLOCKED),
        (_P, "<title>just a moment...</title>", "Cloudflare", _M.BOT),
        (_P, "/orchestrate/chl_page/", "Cloudflare", _M.BOT),
        (_P, "cf_chl_opt", "Cloudflare", _M.BOT),
        (_P, "cf-chl-", "Cloudflare", _M.BOT),
        (_P, "cf-browser-verification", "Cloudflare", _M.BOT),
        (_P, "cf-captcha-container", "Cloudflare", _M.BOT),
        (_E, "captcha-delivery.com/", "DataDome", _M.BOT),
        (_E, '"jsclientsrc"', "HUMAN", _M.BOT),
        (_P, "captcha-delivery.com", "DataDome", _M.BOT),
        (_P, "please enable js and disable any ad blocker", "DataDome", _M.BOT),
        (_S, "window._pxappid", "HUMAN", _M.BOT),
        (_P, "px-captcha", "HUMAN", _M.BOT),
        (_S, "perimeterx", "HUMAN", _M.BOT),
        (_S, "_incapsula_resource", "Imperva", _M.BOT),
        (_P, "incapsula incident id", "Imperva", _M.BOT),
        (_P, "bm-verify", "Akamai", _M.BOT),
        (_P, "/_sec/cp_challenge/", "Akamai", _M.BOT),
        (_P, "sec-if-cpt-container", "Akamai", _M.BOT),
        (_P, "awswafcaptcha", "AWS WAF", _M.BOT),
        (_S, "awswafintegration", "AWS WAF", _M.BOT),
        (_S, ".awswaf.com/", "AWS WAF", _M.BOT),
        (_P, "gokuprops", "AWS WAF", _M.BOT),
        (_S, "kpsdk", "Kasada", _M.BOT),
        (_P, "sucuri_cloudproxy_js", "Sucuri", _M.BOT),
        (_P, "ddos-guard/js-challenge", "DDoS-Guard", _M.BOT),
        (_P, "<title>ddos-guard</title>", "DDoS-Guard", _M.BOT),
        (_P, "vercel security checkpoint", "Vercel", _M.BOT),
        (_P, "making sure you're not a bot", "Anubis", _M.BOT),
        (_P, "making sure you&#39;re not a bot", "Anubis", _M.BOT),
        (_P, "/.within.website/x/cmd/anubis", "Anubis", _M.BOT),
        (_P, "perfdrive.com", "Radware", _M.BOT),
        (_P, "radware bot manager", "Radware", _M.BOT),
        (_P, "/_fs-ch-", "Fastly", _M.BOT),
        (_P, "<title>client challenge</title>", "Fastly", _M.BOT),
        (_P, "unusual traffic from your computer network", "Google", _M.BOT),
        (_P, "haproxy-protection", "haproxy-protection", _M.BOT),
        (_S, "azure waf", "Azure WAF", _M.BOT),
        (_S, "hcaptcha.com/1/api.js", "", _M.BOT),
        (_S, "js.hcaptcha.com", "", _M.BOT),
        (_S, "challenges.cloudflare.com/turnstile", "Cloudflare", _M.BOT),
        (_S, "recaptcha/api.js", "", _M.BOT),
        (_S, "friendlycaptcha", "", _M.BOT),
        (_T, r"(?:checking|verifying) (?:your browser|if the site connection is secure|you are human)", "", _M.BOT),
        (
            _T,
            r"(?:please )?(?:verify|confirm|prove)(?: that)? you(?: are|'re|’re) (?:a )?(?:human|not a (?:ro)?bot)",
            "",
            _M.BOT,
        ),
        (_T, r"are you (?:a )?(?:human|robot|a bot)", "", _M.BOT),
        (
            _T,
            r"(?:pardon our interruption|human verification|bot verification|security check|browser check|robot check)",
            "",
            _M.BOT,
        ),
        (_T, r"(?:please )?(?:complete|solve) (?:the|this|a) (?:captcha|security check|challenge)", "", _M.BOT),
        (_T, r"(?:please )?(?:enable|activate|turn on) (?:javascript and cookies|cookies and javascript)", "", _M.BOT),
        (_T, r"one more step\b|ddos protection by", "", _M.BOT),
        (
            _T,
            r"bestätigen sie,? dass sie ein mensch|(?:einen moment|nur einen moment)|sicherheitsüberprüfung|ihr browser wird überprüft",
            "",
            _M.BOT,
        ),
        (
            _T,
            r"(?:vérifiez|confirmez) que vous êtes (?:un )?humain|vérification de sécurité|un instant…|un momento…",
            "",
            _M.BOT,
        ),
        (_T, r"(?:verifique|confirme) que (?:es|usted es) (?:un )?humano|comprobación de seguridad", "", _M.BOT),
        (
            _T,
            r"(?:あなたが人間|人間であること|ロボットではない)|请(?:完成|进行)(?:安全)?验证|人机验证|しばらくお待ちください",
            "",
            _M.BOT,
        ),
        # client certificates
        (_T, r"(?:400 )?no required ssl certificate was sent", "nginx", _M.CERTIFICATE),
        (
            _T,
            r"(?:400 |496 |495 )?the ssl certificate error|(?:400 )?ssl certificate (?:error|required)",
            "nginx",
            _M.CERTIFICATE,
        ),
        (_T, r"403(?:\.\d+)? ?- forbidden: ssl client certificate|403\.7\b|403\.16\b|403\.13\b", "IIS", _M.CERTIFICATE),
        (
            _T,
            r"(?!.*\b(?:how|learn|if|when)\b).{0,60}\bclient (?:ssl )?cert(?:ificate)? (?:is |was )?(?:required|missing|not (?:provided|presented|sent|found)|needed)",
            "",
            _M.CERTIFICATE,
        ),
        (
            _T,
            r".{0,40}\b(?:no|missing|require[sd]?(?: a)?|requires a valid|invalid|present a|provide a) (?:valid )?(?:ssl |tls |x\.?509 )?client[- ](?:ssl |tls )?cert",
            "",
            _M.CERTIFICATE,
        ),
        (_T, r"(?:mutual tls|mtls)\b.{0,60}(?:required|failed|missing)", "", _M.CERTIFICATE),
        (_T, r"(?:reason: )?cannot perform post-handshake authentication", "Apache", _M.CERTIFICATE),
        (
            _T,
            r"(?:a )?(?:valid )?(?:ssl |tls |client |mtls )certificate (?:is )?required|certificate required$",
            "",
            _M.CERTIFICATE,
        ),
        # plain HTTP where TLS is spoken
        (_T, r"(?:400 )?the plain http request was sent to https port", "nginx", _M.TLS),
        (_T, r"unknown alpn protocol, expected `h2` to be available", "Node.js", _M.HTTP2),
        (_T, r"client sent an http request to an https server", "a Go server", _M.TLS),
        (_T, r"(?:reason: )?you're speaking plain http to an ssl-enabled server port", "Apache", _M.TLS),
        (_P, "you're speaking plain http to an ssl-enabled server port", "Apache", _M.TLS),
        (_T, r"(?:bad request )?this combination of host and port requires tls", "Tomcat", _M.TLS),
        (_T, r"(?:plain )?http request (?:was )?(?:sent|received) (?:to|on) (?:an )?https port", "", _M.TLS),
        # words of CORS layers
        *((_T, one.phrase, one.who, _M(one.cause)) for one in REFUSALS if not one.logged),
        (_T, r"corsresponse: bucket not found|nosuchbucket", "Amazon S3", _M.MISSING),
        (_T, r"corspreflightfailure", "Azure Storage", _M.NO_RULE),
        (_T, r"cors is (?:not enabled|disabled|not configured)", "", _M.NO_CORS),
        (_T, r"cors (?:has not been|not|isn't) (?:enabled|configured)", "", _M.NO_CORS),
        (_T, r"no cors (?:rules?|configuration|policy) (?:found|configured|is set|exists?)", "", _M.NO_CORS),
        (_R, r"cors rejected - invalid origin", "Vert.x", _M.ORIGIN),
        (_T, r"cors rejected", "", _M.CORS),
        (_R, r"cors rejected", "", _M.CORS),
        (_T, r"cors(?: error)?: (?:invalid|unknown|missing|forbidden) origin", "", _M.ORIGIN),
        (_T, r"cors(?: error)?: (?:invalid|forbidden|unsupported) method", "", _M.METHOD),
        (_T, r"cors(?: error)?: (?:invalid|forbidden|unsupported|some) headers?", "", _M.HEADERS),
        (_T, r"cors(?: error)?: origin (?:is )?not allowed", "", _M.ORIGIN),
        (
            _T,
            r"(?:error: ?)?(?:origin )?(?:is )?(?:not allowed|blocked|denied|rejected|refused|forbidden|disallowed) by (?:our |the |its )?cors",
            "",
            _M.ORIGIN,
        ),
        (
            _T,
            r"(?:error: ?)?(?:the )?(?:cors policy|cors)\b.{0,60}\b(?:access from (?:the |this )?(?:specified )?origin|origin).{0,80}\b(?:not allowed|not permitted|denied|rejected|blocked|forbidden)",
            "",
            _M.ORIGIN,
        ),
        (_T, rf"{_ORIGIN_VALUE}{_NOT_ALLOWED}", "", _M.ORIGIN),
        (_T, rf"{_BAD}origin(?: header)?(?:[.!]?$|:? ?[\"'`(]?{_VALUE})", "", _M.ORIGIN),
        (_T, r"cors(?: \w+)? ?error\b", "", _M.CORS),
        (
            _T,
            r"(?:csrf verification failed.{0,40}|forbidden ?(?:\(403\))?:? ?)?origin checking failed",
            "Django",
            _M.ORIGIN,
        ),
        (
            _T,
            r"(?:cors )?(?:requests? )?(?:from )?(?:that |this )?(?:cross[- ]origin|origin) (?:requests? )?(?:is |are |access )?(?:not allowed|denied|forbidden|disabled|blocked)",
            "",
            _M.ORIGIN,
        ),
        (
            _T,
            r"(?:the )?(?:requested )?method\b.{0,60}\b(?:not allowed|not permitted|forbidden|denied)\b.{0,30}\bcors|cors.{0,40}\bmethod\b.{0,40}\b(?:not allowed|forbidden|denied|disallowed|rejected)",
            "",
            _M.METHOD,
        ),
        (
            _T,
            r"(?:the )?(?:http )?(?:request(?:ed)? )?method '?\"?(?:put|patch|delete|post|get|head)'?\"? (?:is )?(?:not (?:allowed|supported|permitted)|forbidden|disallowed)",
            "",
            _M.METHOD,
        ),
        (_T, r"(?:disallowed method|cors method not allowed)", "", _M.METHOD),
        (
            _T,
            r"(?:the )?(?:one or more )?(?:of the )?(?:request |requested )?headers? (?:fields? )?(?:requested |.{1,60} )?(?:is |are )(?:not (?:allowed|permitted|in the)|forbidden|disallowed)",
            "",
            _M.HEADERS,
        ),
        (_T, r"(?:disallowed|forbidden|unsupported) (?:request )?headers?\b", "", _M.HEADERS),
        (_T, r"cors.{0,40}\bheaders?\b.{0,60}\b(?:not allowed|forbidden|denied|disallowed|rejected)", "", _M.HEADERS),
        (
            _T,
            r"(?:this )?cors (?:request|preflight|check|policy)\b.{0,80}\b(?:not allowed|denied|rejected|failed|forbidden|blocked|violation|invalid)",
            "",
            _M.CORS,
        ),
        (
            _T,
            r"cross[- ]origin (?:request|access|resource sharing)\b.{0,60}\b(?:not allowed|denied|rejected|forbidden|blocked|not permitted)",
            "",
            _M.CORS,
        ),
        (
            _T,
            r"(?:herkunft|ursprung|origin).{0,60}(?:nicht (?:erlaubt|zugelassen|zulässig|gestattet)|abgelehnt)",
            "",
            _M.ORIGIN,
        ),
        (_T, r"(?:l[’'])?origine?.{0,60}(?:non autorisée?|n[’']est pas autorisée?|refusée?|interdite?)", "", _M.ORIGIN),
        (_T, r"(?:el )?origen.{0,60}no (?:está )?permitido", "", _M.ORIGIN),
        (_T, r".{0,40}オリジン.{0,40}許可され", "", _M.ORIGIN),
        (
            _T,
            r"csrf\b.{0,40}\b(?:failed|mismatch|missing|invalid|incorrect|required|not (?:found|valid|verified))",
            "",
            _M.CSRF,
        ),
        (
            _T,
            r"(?:error: ?|forbidden: ?)?(?:invalid|missing|no|bad|wrong|could not verify the provided|the) (?:or missing )?(?:csrf|xsrf)\b",
            "",
            _M.CSRF,
        ),
        (
            _T,
            r"(?:actioncontroller::)?invalidauthenticitytoken|can['’]t verify csrf token|invalid cross-site request|page expired$",
            "",
            _M.CSRF,
        ),
        # signatures of object stores
        (_T, r"signaturedoesnotmatch|the request signature we calculated does not match", "", _M.SIGNATURE),
        (
            _T,
            r"invalidaccesskeyid|requesttimetooskewed|expiredtoken|invalidtoken\b|authorizationqueryparameterserror",
            "",
            _M.SIGNATURE,
        ),
        (_T, r"request has expired|missingsecurityheader|signature (?:did not match|not match)", "", _M.SIGNATURE),
        (
            _T,
            r"authenticationfailed|server failed to authenticate the request|authorizationpermissionmismatch",
            "Azure Storage",
            _M.SIGNATURE,
        ),
        (_T, r"accessdenied$|access denied\.?$", "", _M.DENIED),
        (
            _T,
            r"(?:invalid|missing|bad|wrong) (?:request )?signature|signature (?:is )?(?:invalid|mismatch|expired)|url signature",
            "",
            _M.SIGNATURE,
        ),
        (
            _T,
            r"nosuchkey|the specified key does not exist|blobnotfound|containernotfound|no such object|nosuchbucket|the specified bucket does not exist",
            "",
            _M.MISSING,
        ),
        (
            _T,
            r"entitytoolarge|your proposed upload exceeds|requestbodytoolarge|request (?:entity|body) (?:is )?too large|payload ?too ?large|file too large",
            "",
            _M.LARGE,
        ),
        (_T, r".{0,80}a request that exceeds the request content length", "IIS", _M.LARGE),
        (_T, r"slowdown$|please reduce your request rate", "an object store", _M.RATE),
        # gateways
        (_T, r"missing authentication token|missingauthenticationtoken", "AWS API Gateway", _M.NO_ROUTE),
        (_P, "this distribution is not configured to allow the http request method", "CloudFront", _M.NO_OPTIONS),
        (_T, r"this distribution is not configured to allow the http request method", "CloudFront", _M.NO_OPTIONS),
        # the host name of the URL is refused
        (_T, r"blocked request\. this host \(", "Vite", _M.HOST),
        (_T, r"invalid http_host header|disallowedhost\b", "Django", _M.HOST),
        (_T, r"blocked hosts?: ", "Rails", _M.HOST),
        (_T, r"host not allowed: ", "Play", _M.HOST),
        (_T, r"invalid host(?: header)?(?:[.:!]|$)", "", _M.HOST),
        # firewalls
        (
            _T,
            r"(?:the )?request (?:is |was |has been )?blocked|blocked (?:request|by)|access (?:to this .{0,40})?(?:is |was |has been )?blocked|not acceptable!?$",
            "",
            _M.BLOCKED,
        ),
        (_P, "the requested url was rejected. please consult with your administrator", "F5 BIG-IP", _M.BLOCKED),
        (_T, r"your access to this (?:site|service) has been limited", "Wordfence", _M.BLOCKED),
        (_P, "is configured to block access from your country", "CloudFront", _M.BLOCKED),
        (_T, r"access denied - sucuri website firewall", "Sucuri", _M.BLOCKED),
        (_T, r"rbac: access denied", "Envoy (Istio)", _M.BLOCKED),
        (
            _T,
            r"(?:your |this |the )?ip(?: address)?(?: [\d.:a-f]+)? (?:is |was |has been )?(?:not (?:allowed|permitted|authori[sz]ed)|blocked|banned|denied|blacklisted|forbidden)",
            "",
            _M.BLOCKED,
        ),
        (_P, "mod_security", "ModSecurity", _M.BLOCKED),
        (_P, "this website is using a security service to protect itself", "a firewall", _M.BLOCKED),
        (_P, "request unsuccessful. incapsula", "a firewall", _M.BLOCKED),
        (_P, "error code 1020", "Cloudflare", _M.BLOCKED),
        (
            _T,
            r"error code: 1020|error 1020|sorry, you have been blocked|attention required! \| cloudflare",
            "Cloudflare",
            _M.BLOCKED,
        ),
        (_T, r"error code: 1015|error 1015|you are being rate limited", "Cloudflare", _M.RATE),
        (
            _T,
            r"error code: (?:52\d|530|1016|1033)|error 1033|argo tunnel error|cloudflare tunnel error",
            "Cloudflare",
            _M.DEAD,
        ),
        (
            _T,
            r"rate ?limit(?:ed)?(?: has been)?(?: is)?(?: quota)? ?(?:exceeded|reached)|too ?many ?requests(?! in\b)|api rate limit exceeded|quota exceeded|toomanyrequests|request throttled|throttl(?:ed|ing)(?:exception)?[.!]?$|rate limited|local_rate_limited",
            "",
            _M.RATE,
        ),
        (
            _T,
            r"you have (?:exceeded|reached) (?:a|the|your) (?:secondary )?(?:rate limit|quota|request limit)",
            "",
            _M.RATE,
        ),
        (
            _T,
            r"no healthy upstream|upstream connect error|no server is available to handle this request|bad gateway|upstream request timeout|service temporarily unavailable|an invalid response was received from the upstream server|failure to get a peer from the ring-balancer|the upstream server is timing out|name resolution failed",
            "",
            _M.DEAD,
        ),
        (
            _T,
            r"error occur+ed while trying to proxy|proxy error: could not proxy",
            "the development server's proxy",
            _M.DEAD,
        ),
        (_T, r"error 403 - this web app is stopped", "Azure App Service", _M.DEAD),
        (_T, r"the requested resource does not support http method 'options'", "ASP.NET Web API", _M.NO_OPTIONS),
        (
            _T,
            r"(?:http )?(?:405 )?method (?:'?options'? )?not (?:allowed|supported)|request method '?options'? (?:is )?not supported|methodnotallowed|unsupported method \('options'\)|options (?:method )?(?:is )?not (?:allowed|supported|implemented)",
            "",
            _M.NO_OPTIONS,
        ),
        (
            _T,
            r"(?:the )?(?:http )?(?:request )?(?:method|verb)s?,? '?\"?(?:options)?'?\"? ?(?:used .{0,60})?(?:is |was )?(?:not (?:allowed|supported|permitted|implemented)|denied|disallowed|unsupported|blocked)",
            "",
            _M.NO_OPTIONS,
        ),
        (
            _T,
            r"(?:unsupported|invalid|unknown|disallowed) (?:http )?(?:request )?(?:method|verb)(?:: ?options)?|options (?:requests? )?(?:is |are )?not (?:allowed|supported|permitted|enabled)",
            "",
            _M.NO_OPTIONS,
        ),
        (_T, r"cannot options ", "Express", _M.NO_OPTIONS),
        # logins
        ("x-goog-iap-generated-response", "true", "Google IAP", _M.LOGIN),
        ("cf-access-domain", "", "Cloudflare Access", _M.LOGIN),
        ("cf-access-aud", "", "Cloudflare Access", _M.LOGIN),
        ("x-pomerium-intercepted-response", "", "Pomerium", _M.LOGIN),
        ("gap-auth", "", "oauth2-proxy", _M.PASSED),
        ("x-amzn-errortype", "unauthorizedexception", "AWS API Gateway", _M.LOGIN),
        (_T, r"your client does not have permission to get url", "Google Frontend", _M.LOGIN),
        (_T, r"missing key-pair-id query parameter or cookie value", "CloudFront", _M.LOGIN),
        (_P, 'type="password"', "", _M.LOGIN),
        (_P, "type='password'", "", _M.LOGIN),
        (_P, "type=password", "", _M.LOGIN),
        (_P, "kc-form-login", "Keycloak", _M.LOGIN),
        (_P, "cloudflareaccess.com", "Cloudflare Access", _M.LOGIN),
        (_P, "cloudflare access</title>", "Cloudflare Access", _M.LOGIN),
        (_P, "/oauth2/sign_in", "oauth2-proxy", _M.LOGIN),
        (_P, "/oauth2/start", "oauth2-proxy", _M.LOGIN),
        (_P, 'name="samlrequest"', "", _M.LOGIN),
        (_P, "login.microsoftonline.com", "Microsoft Entra ID", _M.LOGIN),
        (_P, "vercel_sso_nonce", "Vercel", _M.LOGIN),
        (_P, "_vercel_sso", "Vercel", _M.LOGIN),
        (
            _T,
            r"(?:401 )?(?:authentication|authorization|login|sign[- ]in|log[- ]in) (?:is )?(?:required|needed|expired|failed)",
            "",
            _M.LOGIN,
        ),
        (
            _T,
            r"(?:full )?authentication (?:is required|credentials were not provided|token|failed|error)",
            "",
            _M.LOGIN,
        ),
        (
            _T,
            r"(?:user |you(?:'re| are) |request (?:is )?|client (?:is )?)?(?:not (?:authenticated|logged in|signed in|authori[sz]ed to access this resource)|unauthenticated|unauthori[sz]ed)\b",
            "",
            _M.LOGIN,
        ),
        (
            _T,
            r"(?:please |you (?:must|need to|have to) (?:be )?)(?:log(?:ged)?[- ]?in|sign(?:ed)?[- ]?in|authenticat)",
            "",
            _M.LOGIN,
        ),
        (
            _T,
            r"(?:sign[- ]?in|log[- ]?in|login)(?: (?:to|required|page|with|with your account|\||-|–|—|·)|$)",
            "",
            _M.LOGIN,
        ),
        (
            _T,
            r"(?:error: )?(?:the )?(?:an? )?(?:no|missing|invalid|malformed|expired|bad|absent|wrong|incorrect|unknown) (?:or (?:missing|invalid|expired|malformed) )?(?:or no )?(?:bearer |access |auth(?:entication|orization)? |api[- ]?|id |session |security |jwt |json web )*(?:tokens?|jwt|api[- ]?keys?|keys?[.!]?$|credentials|session|authori[sz]ation(?: header)?|authentication)",
            "",
            _M.LOGIN,
        ),
        (
            _T,
            r"(?:the )?(?:bearer |access |auth(?:entication|orization)? |api[- ]?|id |session |security |jwt )*(?:token|jwt|api[- ]?key|credentials|session|authori[sz]ation header|authorization)\b.{0,40}\b(?:missing|invalid|expired|required|malformed|not (?:provided|found|valid|present|supplied)|could not be verified)",
            "",
            _M.LOGIN,
        ),
        (
            _T,
            r"(?:x-api-key|apikey|api key|subscription key)\b.{0,40}\b(?:missing|required|invalid)|access denied due to (?:missing|invalid) subscription key|no api ?key found",
            "",
            _M.LOGIN,
        ),
        (
            _T,
            r"invalid iap credentials|invalid_token|invalid_grant|login_required|token_expired|jwt expired|access_token_missing|user is not authorized to access|invalid-jwt|missing authorization header in jwt",
            "",
            _M.LOGIN,
        ),
        (
            _T,
            r"(?:bitte )?(?:melden sie sich|loggen sie sich|anmelden$|anmeldung (?:erforderlich|notwendig)|sie (?:sind|müssen).{0,20}(?:angemeldet|anmelden)|nicht angemeldet|nicht authentifiziert|login erforderlich)",
            "",
            _M.LOGIN,
        ),
        (
            _T,
            r"(?:connexion(?: requise)?$|se connecter|identifiez-vous|veuillez vous (?:connecter|identifier)|authentification (?:requise|nécessaire)|vous devez (?:être connecté|vous (?:connecter|authentifier))|non authentifié|jeton.{0,30}(?:invalide|expiré|manquant))",
            "",
            _M.LOGIN,
        ),
        (
            _T,
            r"(?:inicia(?:r)? sesión|debe(?:s)? iniciar sesión|autenticación (?:requerida|necesaria)|no autenticado|accedi$|autenticazione richiesta|effettua(?:re)? (?:il )?(?:login|accesso)|faça login|entrar$|autenticação necessária|inloggen)",
            "",
            _M.LOGIN,
        ),
        (
            _T,
            r"(?:ログイン|サインイン|認証(?:が必要|に失敗|エラー|され)|(?:トークン|セッション).{0,20}(?:無効|期限|切れ)|登录|请(?:先)?登录|未(?:登录|认证|授权)|로그인|인증이? 필요|войдите|вход$|требуется авторизация|zaloguj)",
            "",
            _M.LOGIN,
        ),
        # pages of other services
        (_P, "<title>welcome to nginx!", "nginx", _M.PAGE),
        (_P, "<title>test page for the nginx", "nginx", _M.PAGE),
        (_P, "<title>welcome to openresty", "OpenResty", _M.PAGE),
        (_P, "<title>welcome to tengine", "Tengine", _M.PAGE),
        (_P, "default page: it works", "Apache", _M.PAGE),
        (_P, "<h1>it works!</h1>", "Apache", _M.PAGE),
        (_P, "test page for the apache http server", "Apache", _M.PAGE),
        (_P, "<title>http server test page", "Apache", _M.PAGE),
        (_P, "<title>iis windows", "IIS", _M.PAGE),
        (_P, "<title>iis7", "IIS", _M.PAGE),
        (_P, "<title>caddy works", "Caddy", _M.PAGE),
        (_P, "<title>apache tomcat/", "Tomcat", _M.PAGE),
        (_P, "if you're seeing this, you've successfully installed tomcat", "Tomcat", _M.PAGE),
        (_P, "the install worked successfully! congratulations!", "Django", _M.PAGE),
        (_P, "<title>ruby on rails", "Rails", _M.PAGE),
        (_P, "<title>welcome to wildfly", "WildFly", _M.PAGE),
        (_P, "<title>traefik", "Traefik's dashboard", _M.PAGE),
        (_P, "<title>minio console", "the MinIO console", _M.PAGE),
        (_P, "<title>minio browser", "the MinIO console", _M.PAGE),
        (_P, "<title>rabbitmq management", "RabbitMQ's console", _M.PAGE),
        (_P, "<title>grafana", "Grafana", _M.PAGE),
        (_P, "<title>kibana", "Kibana", _M.PAGE),
        (_P, "<title>swagger ui", "Swagger UI", _M.PAGE),
        (_P, "<title>redoc", "ReDoc", _M.PAGE),
        (_P, "<title>portainer", "Portainer", _M.PAGE),
        (_P, "<title>phpmyadmin", "phpMyAdmin", _M.PAGE),
        (_P, "<title>adminer", "Adminer", _M.PAGE),
        (_P, "<title>pgadmin", "pgAdmin", _M.PAGE),
        (_P, "<title>keycloak admin", "Keycloak's console", _M.PAGE),
        (_P, "<title>keycloak administration", "Keycloak's console", _M.PAGE),
        (_P, "<title>welcome to keycloak", "Keycloak's console", _M.PAGE),
        (_P, "<title>hasura console", "Hasura's console", _M.PAGE),
        (_P, "console | hasura", "Hasura's console", _M.PAGE),
        (_P, "<title>supabase studio", "Supabase Studio", _M.PAGE),
        (_P, "<title>supabase", "Supabase Studio", _M.PAGE),
        (_P, "<title>graphiql", "GraphiQL", _M.PAGE),
        (_P, "<title>graphql playground", "GraphQL Playground", _M.PAGE),
        (_P, "<title>apollo server", "Apollo Server's page", _M.PAGE),
        (_P, "<title>prometheus", "Prometheus", _M.PAGE),
        (_P, "<title>consul by hashicorp", "Consul", _M.PAGE),
        (_P, "<title>jenkins", "Jenkins", _M.PAGE),
        (_P, "<title>cockpit", "Cockpit", _M.PAGE),
        (_P, "<title>open webui", "Open WebUI", _M.PAGE),
        (_P, "<title>n8n", "n8n", _M.PAGE),
        (_P, "<title>synology", "a Synology device", _M.PAGE),
        (_P, "<title>plesk", "Plesk", _M.PAGE),
        (_P, "cpanel, l.l.c.", "cPanel", _M.PAGE),
        (_P, "<title>domain default page", "Plesk", _M.PAGE),
        (_P, "<title>index of /", "a directory listing", _M.PAGE),
        (_P, "<title>directory listing for", "a directory listing", _M.PAGE),
        (_P, "listing directory /", "a directory listing", _M.PAGE),
        (_P, "this domain is for use in illustrative examples", "example.com", _M.PAGE),
        (_P, "this domain is parked", "a parked domain", _M.PAGE),
        (_P, "this domain is for sale", "a parked domain", _M.PAGE),
        (_P, "domain is for sale</title>", "a parked domain", _M.PAGE),
        (_P, "domain is for sale</h1>", "a parked domain", _M.PAGE),
        (_P, "<title>parked domain", "a parked domain", _M.PAGE),
        (_P, "sedoparking", "a parked domain", _M.PAGE),
        (_P, "cdn.ngrok.com", "ngrok", _M.PAGE),
        (_P, "err_ngrok_", "ngrok", _M.PAGE),
        (_P, "you are about to visit", "a tunnel", _M.PAGE),
        ("x-localtunnel-status", "tunnel password required", "localtunnel", _M.PAGE),
        ("x-localtunnel-status", "tunnel unavailable", "localtunnel", _M.DEAD),
        (_P, "tunnel website ahead", "localtunnel", _M.PAGE),
        (_P, "<title>localtunnel", "localtunnel", _M.PAGE),
        (_P, "friendly reminder</h1>", "localtunnel", _M.PAGE),
        (_P, "devtunnels.ms", "Microsoft dev tunnels", _M.PAGE),
        (_P, "no tunnel here", "a tunnel", _M.PAGE),
        (_T, r"tunnel .{0,120}not found|err_ngrok_\d+|504 - gateway time-out - localtunnel", "a tunnel", _M.PAGE),
        (_P, "/@vite/client", "Vite's dev server", _M.PAGE),
        (_P, "/@react-refresh", "Vite's dev server", _M.PAGE),
        (_P, "webpack-dev-server", "webpack-dev-server", _M.PAGE),
        (_P, "/browser-sync/browser-sync-client", "Browsersync", _M.PAGE),
        (_P, "code injected by live-server", "live-server", _M.PAGE),
        (_P, 'id="root"></div>', "", _M.APP),
        (_P, "id='root'></div>", "", _M.APP),
        (_P, "id=root></div>", "", _M.APP),
        (_P, 'id="app"></div>', "", _M.APP),
        (_P, "id=app></div>", "", _M.APP),
        (_P, 'id="root">', "", _M.APP),
        (_P, 'id="app">', "", _M.APP),
        (_P, "<app-root", "an Angular app", _M.APP),
        (_P, 'id="__next"', "a Next.js app", _M.APP),
        (_P, "/_next/static/", "a Next.js app", _M.APP),
        (_P, 'id="__nuxt"', "a Nuxt app", _M.APP),
        (_P, "/_nuxt/", "a Nuxt app", _M.APP),
        (_P, "/_app/immutable/", "a SvelteKit app", _M.APP),
        (_P, "/assets/index-", "", _M.APP),
        (_P, "/static/js/main.", "", _M.APP),
        (_P, "you need to enable javascript to run this app", "", _M.APP),
        (_P, "doesn't work properly without javascript enabled", "", _M.APP),
        (_P, 'id="gatsby-focus-wrapper"', "", _M.APP),
        (_P, "flutter_bootstrap.js", "a Flutter app", _M.APP),
        (_P, "ng-version=", "an Angular app", _M.APP),
        (_P, "data-reactroot", "", _M.APP),
        (_P, "ember-cli", "an Ember app", _M.APP),
        # who wrote an error page
        (_P, "<center>nginx", "nginx", _M.WROTE),
        (_P, "<center>openresty", "OpenResty", _M.WROTE),
        (_P, "<hr><center>tengine", "Tengine", _M.WROTE),
        (_P, "<center>cloudflare</center>", "Cloudflare", _M.WROTE),
        (_P, "<center>microsoft-azure-application-gateway", "Azure Application Gateway", _M.WROTE),
        (_P, "<address>apache", "Apache", _M.WROTE),
        (_P, "additionally, a 404 not found error was encountered", "Apache", _M.WROTE),
        (_P, "generated by cloudfront", "CloudFront", _M.WROTE),
        (_P, "cloudflare ray id", "Cloudflare", _M.WROTE),
        (_P, "errors.edgesuite.net", "Akamai", _M.WROTE),
        (_P, "varnish cache server", "Varnish", _M.WROTE),
        (_P, "apache tomcat", "Tomcat", _M.WROTE),
        (_P, "powered by jetty", "Jetty", _M.WROTE),
        (_P, "<title>whitelabel error page", "Spring", _M.WROTE),
        (_P, "whitelabel error page", "Spring", _M.WROTE),
        (_P, "<pre>cannot ", "Express", _M.WROTE),
        (_P, "<title>server error (500)</title>", "Django", _M.WROTE),
        (_P, "django_settings_module", "Django", _M.WROTE),
        (_P, "you're seeing this error because you have <code>debug = true", "Django", _M.WROTE),
        (_P, "werkzeug debugger", "Werkzeug", _M.WROTE),
        (_P, "the requested url was not found on the server. if you entered the url manually", "Flask", _M.WROTE),
        (_P, "we're sorry, but something went wrong", "Rails", _M.WROTE),
        (_P, "the page you were looking for doesn't exist", "Rails", _M.WROTE),
        (_P, "action controller: exception caught", "Rails", _M.WROTE),
        (_P, "herokucdn.com/error-pages", "Heroku", _M.WROTE),
        (_P, "<title>iis ", "IIS", _M.WROTE),
        (_P, "microsoft-iis", "IIS", _M.WROTE),
        (_P, "the specified blob does not exist", "Azure Storage", _M.WROTE),
        (_P, "<title>502 server error</title>", "Google Cloud Load Balancing", _M.WROTE),
        (_P, "litespeed technologies", "LiteSpeed", _M.WROTE),
        (_P, 'the server returned a "502 bad gateway"', "nginx", _M.WROTE),
        (_T, r"no message available", "Spring", _M.WROTE),
        (_T, r"internal server error$", "", _M.WROTE),
        (_T, r"no route matched with those values", "Kong", _M.MISSING),
        (_T, r"default backend - 404|404 page not found$", "the proxy or a Go server", _M.MISSING),
        (_T, r"the deployment could not be found on vercel|deployment_not_found", "Vercel", _M.MISSING),
        (_T, r"no such app$|there isn't a github pages site here|not found - request id", "", _M.MISSING),
        # who passed a response on, or sent it
        ("server", "cloudflare", "Cloudflare", _M.PASSED),
        ("cf-ray", "", "Cloudflare", _M.PASSED),
        ("server", "cloudfront", "CloudFront", _M.WROTE),
        ("x-amz-cf-id", "", "CloudFront", _M.PASSED),
        ("x-amzn-errortype", "", "AWS API Gateway", _M.WROTE),
        ("x-amz-apigw-id", "", "AWS API Gateway", _M.PASSED),
        ("apigw-requestid", "", "AWS API Gateway", _M.PASSED),
        ("server", "awselb", "an AWS load balancer", _M.WROTE),
        ("server", "amazons3", "Amazon S3", _M.PASSED),
        ("x-amz-id-2", "", "Amazon S3", _M.PASSED),
        ("x-amz-request-id", "", "an S3-compatible store", _M.PASSED),
        ("server", "minio", "MinIO", _M.WROTE),
        ("x-goog-storage-class", "", "Google Cloud Storage", _M.PASSED),
        ("x-guploader-uploadid", "", "Google Cloud Storage", _M.WROTE),
        ("server", "uploadserver", "Google Cloud Storage", _M.WROTE),
        ("server", "google frontend", "Google Frontend", _M.PASSED),
        ("x-ms-version", "", "Azure Storage", _M.PASSED),
        ("server", "windows-azure-blob", "Azure Storage", _M.WROTE),
        ("x-azure-ref", "", "Azure Front Door", _M.PASSED),
        ("server", "akamaighost", "Akamai", _M.WROTE),
        ("x-served-by", "cache-", "Fastly", _M.PASSED),
        ("server", "vercel", "Vercel", _M.PASSED),
        ("x-vercel-error", "", "Vercel", _M.WROTE),
        ("server", "netlify", "Netlify", _M.PASSED),
        ("x-kong-response-latency", "", "Kong", _M.WROTE),
        ("x-kong-upstream-latency", "", "Kong", _M.PASSED),
        ("server", "kong", "Kong", _M.WROTE),
        ("x-envoy-upstream-service-time", "", "Envoy", _M.PASSED),
        ("server", "istio-envoy", "Envoy (Istio)", _M.PASSED),
        ("server", "envoy", "Envoy", _M.PASSED),
        ("ngrok-error-code", "", "ngrok", _M.PAGE),
        ("ngrok-agent-ips", "", "ngrok", _M.PASSED),
        ("server", "traefik", "Traefik", _M.PASSED),
        ("server", "caddy", "Caddy", _M.PASSED),
        ("server", "kestrel", "Kestrel", _M.PASSED),
        ("server", "jetty", "Jetty", _M.PASSED),
        ("server", "werkzeug", "Werkzeug", _M.PASSED),
        ("server", "simplehttp", "Python's http.server", _M.WROTE),
        ("server", "uvicorn", "uvicorn", _M.PASSED),
        ("server", "gunicorn", "gunicorn", _M.PASSED),
        ("server", "nginx", "nginx", _M.PASSED),
        ("server", "openresty", "OpenResty", _M.PASSED),
        ("server", "apache", "Apache", _M.PASSED),
        ("server", "microsoft-iis", "IIS", _M.PASSED),
        ("server", "litespeed", "LiteSpeed", _M.PASSED),
        ("x-powered-by", "express", "Express", _M.PASSED),
        ("x-powered-by", "php", "PHP", _M.PASSED),
        ("x-powered-by", "next.js", "Next.js", _M.PASSED),
        ("x-powered-by", "asp.net", "ASP.NET", _M.PASSED),
        ("x-aspnet-version", "", "ASP.NET", _M.PASSED),
    )
)


class Seen(NamedTuple):
    """A mark that was found, and the words for it."""

    mark: Mark
    words: str

    @property
    def who(self) -> str:
        return self.mark.who

    @property
    def means(self) -> Means:
        return self.mark.means


_HEADERS: Final = tuple(mark for mark in MARKS if mark.where not in list(Where))
_PAGES: Final = tuple(mark for mark in MARKS if mark.where == _P)
_SCRIPTS: Final = tuple(mark for mark in MARKS if mark.where == _S)
_REFUSALS: Final = frozenset({403, 429, 503})
_ERRORS: Final = tuple(mark for mark in MARKS if mark.where == _E)
_PHRASES: Final = tuple(mark for mark in MARKS if mark.where == _T)
_REASONS: Final = tuple(mark for mark in MARKS if mark.where == _R)
_BY_NAME: Final[dict[str, tuple[Mark, ...]]] = {
    name: tuple(mark for mark in _HEADERS if mark.where == name) for name in dict.fromkeys(m.where for m in _HEADERS)
}


@cache
def _any_phrase() -> re.Pattern[str]:
    """All phrases of the table as one expression: the number of the group that matches is that of the mark."""
    return re.compile("|".join(f"({mark.pattern})" for mark in _PHRASES), re.I)


@lru_cache(maxsize=16)
def marks_of(response: Response, text: Text) -> tuple[Seen, ...]:
    """All marks of the response, as the table has them."""
    return tuple(_seen(response, text))


def _seen(response: Response, text: Text) -> Iterator[Seen]:
    for name, value in response.headers:
        for mark in _BY_NAME.get(name.lower(), ()):
            if mark.pattern in value.lower():
                template = "{name}: {" + name.lower().replace("-", "_") + "}"
                yield Seen(mark, Sentence(template, name=name, **{name.lower().replace("-", "_"): value}))
    if text.is_page:
        yield from (
            Seen(mark, f"the page contains `{mark.pattern}`") for mark in _PAGES if mark.pattern in text.without_links
        )
    if text.is_page and response.status in _REFUSALS and text.is_nearly_empty:
        yield from (
            Seen(mark, f"the page contains `{mark.pattern}`") for mark in _SCRIPTS if mark.pattern in text.without_links
        )
    if response.status >= 400:
        yield from (Seen(mark, f"the body contains `{mark.pattern}`") for mark in _ERRORS if mark.pattern in text.lower)
    for phrase in text.phrases:
        found = _any_phrase().match(phrase) or _any_phrase().match(phrase.replace("_", " ").replace("-", " "))
        if found is not None and found.lastindex is not None:
            yield Seen(_PHRASES[found.lastindex - 1], Sentence("the response says “{text}”", text=phrase[:120]))
    if response.reason:
        for mark in _REASONS:
            if re.match(mark.pattern, response.reason, re.I):
                yield Seen(mark, Sentence("the reason phrase is “{text}”", text=response.reason))
