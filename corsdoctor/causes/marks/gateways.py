"""Words of gateways, proxies, firewalls and frameworks: what they refuse, limit, block or do not reach."""

from __future__ import annotations

from typing import Final

from corsdoctor.causes.marks.mark import Means, Where, table

_P, _T = Where.PAGE, Where.PHRASE
_M = Means
_BLOCK_PAGE: Final = r"^https?://[\w-]{0,60}block[\w-]{0,60}\."
_UNSURE: Final = r"\b(?:if|when|once|unless|until|whether|may|might)\b"
"""Words of a condition: what follows has perhaps not happened."""
_OF_CONTENT: Final = r"(?:age|character|credit|depth|file|length|memory|size|spending|storage|upload|word)s? "
"""What a limit is about that does not count requests."""

MARKS: Final = table(
    # gateways
    (_T, r"missing authentication token|missingauthenticationtoken", "AWS API Gateway", _M.NO_ROUTE),
    (_P, "this distribution is not configured to allow the http request method", "CloudFront", _M.NO_OPTIONS),
    (_T, r"this distribution is not configured to allow the http request method", "CloudFront", _M.NO_OPTIONS),
    (_T, r"access denied due to (?:missing|invalid) subscription key", "Azure API Management", _M.LOGIN),
    ("www-authenticate", r"^azureapimanagementkey", "Azure API Management", _M.PASSED),
    (_T, r"failed to resolve api key variable|invalid apikey for given resource", "Apigee", _M.LOGIN),
    (_T, r"unable to identify proxy for host", "Apigee", _M.WROTE),
    (_T, r"requested endpoint is forbidden", "Tyk", _M.BLOCKED),
    (_T, r"authorization field missing$|access to this api has been disallowed", "Tyk", _M.LOGIN),
    # the host name of the URL is refused
    (_T, r"blocked request\. this host \(", "Vite", _M.HOST),
    (_T, r"invalid http_host header|disallowedhost\b", "Django", _M.HOST),
    (_T, r"blocked hosts?: ", "Rails", _M.HOST),
    (_T, r"host not allowed: ", "Play", _M.HOST),
    (_T, r"(?:bad request - )?invalid hostname$", "IIS or ASP.NET Core", _M.HOST),
    (_T, r"access through untrusted domain", "Nextcloud", _M.HOST),
    (_T, r"untrusted host \"|.{0,80}host check error$|host .{1,200} is not trusted", "", _M.HOST),
    (_T, r"invalid host specified$", "Geth", _M.HOST),
    (_T, r"invalid host(?: header)?(?:[.:!]|$)", "", _M.HOST),
    # firewalls
    (
        _T,
        r"(?:the )?request (?:is |was |has been )?blocked|blocked (?:request|by)|access (?:to this .{0,40})?(?:is |was |has been )?blocked|not acceptable!?$",
        "",
        _M.BLOCKED,
    ),
    (_P, "<title>web page blocked", "FortiWeb", _M.BLOCKED),
    (_P, "<title>crowdsec ban", "CrowdSec", _M.BLOCKED),
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
    ("location", r"^https?://(?:block|malware|phish|hit-adult)\.opendns\.com/", "Cisco Umbrella", _M.BLOCKED),
    ("location", rf"{_BLOCK_PAGE}umbrella\.(?:net|com)/", "Cisco Umbrella", _M.BLOCKED),
    ("location", rf"{_BLOCK_PAGE}(?:zscaler\w{{0,20}}|zscloud)\.(?:net|com)/", "Zscaler", _M.BLOCKED),
    ("location", rf"{_BLOCK_PAGE}(?:netskope|goskope)\.(?:net|com)/", "Netskope", _M.BLOCKED),
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
        rf"(?:(?:(?!{_UNSURE}).){{0,80}}\b)?you(?:['’]ve| have)? (?:exceeded|reached|hit) (?:a|the|your) (?:(?!{_OF_CONTENT})\w+ ){{0,3}}(?:limit|quota)",
        "",
        _M.RATE,
    ),
    (
        _T,
        r"(?:the |your )?(?:(?:api |daily |hourly |monthly |request |usage |calls? ){0,3}(?:limit|quota)|max(?:imum)? (?:number of )?requests) (?:has been |is |was )?(?:exceeded|reached)[.!]?$",
        "",
        _M.RATE,
    ),
    (
        _T,
        r"request was throttled|slow down[.!]?$|too many (?:attempts|calls|concurrent (?:requests|connections))|(?:you are |you['’]re )?(?:sending|making) (?:requests|calls) too (?:fast|often|quickly)",
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
    (
        _T,
        r"only (?:get|head|post|put|patch|delete)(?:(?:,| and| or|, and|, or) (?:get|head|post|put|patch|delete))* (?:requests? |methods? )?(?:is |are )?(?:allowed|supported|accepted)",
        "",
        _M.NO_OPTIONS,
    ),
    (_T, r"cannot options ", "Express", _M.NO_OPTIONS),
    (_T, r"an error occurred when parsing the http request options", "MinIO", _M.NO_OPTIONS),
)
