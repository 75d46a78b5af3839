"""Logins: words that ask for one, login pages, and identity proxies."""

from __future__ import annotations

from typing import Final

from corsdoctor.causes.marks.mark import Means, Where, table

_P, _T = Where.PAGE, Where.PHRASE
_M = Means
_BEFORE: Final = r"(?:(?:access denied|forbidden|unauthori[sz]ed|error|40[013])[.:,]? (?:- )?)?"
"""Words that often stand before the reason."""
_KEY: Final = r"(?:(?:bearer |access |auth(?:entication|orization)? |api[- ]?|session |security |jwt )*(?:token|jwt|credentials|authorization header)|(?:api|access|subscription)[- ]?key)\b"

MARKS: Final = table(
    ("x-goog-iap-generated-response", "true", "Google IAP", _M.LOGIN),
    ("cf-access-domain", "", "Cloudflare Access", _M.LOGIN),
    ("cf-access-aud", "", "Cloudflare Access", _M.LOGIN),
    ("location", r"^https://[\w-]+\.cloudflareaccess\.com/", "Cloudflare Access", _M.LOGIN),
    ("location", r"/oauth2/(?:start|sign_in)\b", "oauth2-proxy", _M.LOGIN),
    ("location", r"/\.pomerium/sign_in\b", "Pomerium", _M.LOGIN),
    ("location", r"^https?://gateway\.zs(?:caler\w*|cloud)\.net/", "Zscaler", _M.LOGIN),
    ("location", r"^https://github\.dev/pf-signin\b", "GitHub Codespaces", _M.LOGIN),
    ("location", r"^https://auth\.tunnels\.api\.visualstudio\.com/", "Microsoft dev tunnels", _M.LOGIN),
    ("location", r"[?&]rd=[^&]+&rm=", "Authelia", _M.LOGIN),
    ("set-cookie", r"^_forward_auth(?:_csrf)?\w*=", "traefik-forward-auth", _M.LOGIN),
    ("set-cookie", r"^_vercel_sso_nonce=", "Vercel", _M.LOGIN),
    ("www-authenticate", r'realm="kong"', "Kong", _M.LOGIN),
    (_T, r"no api key found in request", "Kong", _M.LOGIN),
    (_T, r"cors requests must set ", "", _M.LOGIN),
    ("x-pomerium-intercepted-response", "", "Pomerium", _M.LOGIN),
    ("gap-auth", "", "oauth2-proxy", _M.PASSED),
    ("x-amzn-errortype", "unauthorizedexception", "AWS API Gateway", _M.LOGIN),
    (_T, r".{0,60}user \"system:anonymous\"", "Kubernetes", _M.LOGIN),
    (_T, r"your client does not have permission to get url", "Google Frontend", _M.LOGIN),
    (_T, r"missing key-pair-id query parameter or cookie value", "CloudFront", _M.LOGIN),
    (
        _T,
        r"(?:the )?request is missing (?:a |an )?(?:valid |required )?(?:api key|(?:authentication )?credential|access token)",
        "",
        _M.LOGIN,
    ),
    (_T, r"method doesn't allow unregistered callers", "Google", _M.LOGIN),
    (_P, 'type="password"', "", _M.LOGIN),
    (_P, "type='password'", "", _M.LOGIN),
    (_P, "type=password", "", _M.LOGIN),
    (_P, "kc-form-login", "Keycloak", _M.LOGIN),
    (_P, "cloudflareaccess.com", "Cloudflare Access", _M.LOGIN),
    (_P, "cloudflare access</title>", "Cloudflare Access", _M.LOGIN),
    (_P, "/oauth2/sign_in", "oauth2-proxy", _M.LOGIN),
    (_P, "/oauth2/start", "oauth2-proxy", _M.LOGIN),
    (_P, 'name="samlrequest"', "", _M.LOGIN),
    (_P, "name='samlrequest'", "", _M.LOGIN),
    (_P, "name=samlrequest", "", _M.LOGIN),
    (_P, "login.microsoftonline.com", "Microsoft Entra ID", _M.LOGIN),
    (_P, "vercel_sso_nonce", "Vercel", _M.LOGIN),
    (_P, "_vercel_sso", "Vercel", _M.LOGIN),
    (
        _T,
        rf"{_BEFORE}(?:basic |client |user )?(?:auth|authentication|authorization|login|sign[- ]in|log[- ]in) (?:is )?(?:required|needed|expired|failed)",
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
        rf"{_BEFORE}(?:you(?:'re| are) |(?:user|request|client) (?:is )?)?(?:not (?:authenticated|logged in|signed in|authori[sz]ed(?: to access this resource|[.!]?$))|unauthenticated|unauthori[sz]ed)\b",
        "",
        _M.LOGIN,
    ),
    (
        _T,
        rf"{_BEFORE}(?:please |(?:you )?(?:must|need to|have to) (?:be )?)(?:log(?:ged)?[- ]?in|sign(?:ed)?[- ]?in|authenticat)",
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
        rf"{_BEFORE}(?:the )?(?:an? )?(?:no|missing|invalid|malformed|expired|bad|absent|wrong|incorrect|unknown) (?:or (?:missing|invalid|expired|malformed) )?(?:or no )?(?:bearer |access |auth(?:entication|orization)? |api[- ]?|id |session |security |jwt |json web )*(?:tokens?(?! ?['\"`<({{,]| (?:at|in|near|on) (?:json|line|position|column)\b)|jwt|api[- ]?keys?|keys?[.!]?$|credentials|session|authori[sz]ation(?: header)?|authentication)",
        "",
        _M.LOGIN,
    ),
    (
        _T,
        rf"{_BEFORE}(?:the |an? |your )?(?:valid )?(?:bearer |access |auth(?:entication|orization)? |api[- ]?|id |session |security |jwt )*(?:token|jwt|api[- ]?key|credentials|session|authori[sz]ation header|authorization)\b.{{0,40}}\b(?:missing|invalid|expired|required|revoked|timed out|malformed|not (?:provided|found|valid|present|supplied)|could not be verified)",
        "",
        _M.LOGIN,
    ),
    (
        _T,
        rf"{_BEFORE}(?:please |(?:you )?(?:must|need to|have to|should) )?(?:supply|provide|include|send|specify|pass) (?:an? |your |the )?(?:valid )?{_KEY}",
        "",
        _M.LOGIN,
    ),
    (
        _T,
        rf"{_BEFORE}(?:(?:this|the) (?:\w+ ){{1,3}})?requires (?:an? |you to |your )?(?:valid |user )?(?:{_KEY}|auth(?:entication|orization)?\b|log(?:ging)?[- ]?in|sign(?:ing)?[- ]?in)",
        "",
        _M.LOGIN,
    ),
    (
        _T,
        r"(?:anonymous|guest) (?:access|requests?|users?) (?:is |are )?(?:not (?:allowed|permitted|supported)|disabled|denied|forbidden)",
        "",
        _M.LOGIN,
    ),
    (
        _T,
        r"authorization has been denied for this request|(?:unable to|could not|failed to) authenticate|(?:jwt |token )?signature verification failed",
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
)
