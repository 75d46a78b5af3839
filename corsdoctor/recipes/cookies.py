"""How frameworks set a cookie with SameSite=None and Secure, which is what a cross-site request needs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from corsdoctor.recipes.guess import guess
from corsdoctor.record import Record
from corsdoctor.wire import Headers, Response


class CookieSetting(Record):
    """The lines for one framework: `title` says where they go, and `text` is to copy."""

    title: str
    text: str


_SETTINGS: Final = {
    "express": CookieSetting(
        "In Express, for express-session and for other cookies",
        """\
app.set("trust proxy", 1); // a session cookie with `secure` needs it behind a proxy that handles TLS
app.use(session({ ..., cookie: { sameSite: "none", secure: true, partitioned: true } }));

res.cookie("NAME", value, { sameSite: "none", secure: true, partitioned: true });""",
    ),
    "flask": CookieSetting(
        "In Flask 3.1 or later, for the session and for other cookies",
        """\
app.config.update(SESSION_COOKIE_SAMESITE="None", SESSION_COOKIE_SECURE=True, SESSION_COOKIE_PARTITIONED=True)

response.set_cookie("NAME", value, samesite="None", secure=True, partitioned=True)""",
    ),
    "fastapi": CookieSetting(
        "In Starlette and FastAPI, for SessionMiddleware and for other cookies",
        """\
app.add_middleware(SessionMiddleware, secret_key=SECRET_KEY, same_site="none", https_only=True)

response.set_cookie("NAME", value, samesite="none", secure=True)""",
    ),
    "django": CookieSetting(
        "In Django, in settings.py for the session and the CSRF token, and for other cookies",
        """\
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "None"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True

response.set_cookie("NAME", value, samesite="None", secure=True)""",
    ),
    "rails": CookieSetting(
        "In Rails, in config/initializers/session_store.rb for the session, and for other cookies",
        """\
# behind a proxy that handles TLS, this needs X-Forwarded-Proto: https from the proxy
Rails.application.config.session_store :cookie_store, same_site: :none, secure: true

cookies[:NAME] = { value: value, same_site: :none, secure: true }""",
    ),
    "laravel": CookieSetting(
        "In Laravel, in config/session.php for the session and the CSRF token, and for other cookies",
        """\
'secure' => true,
'same_site' => 'none',
'partitioned' => true,

$response->withCookie(cookie('NAME', $value, 60, secure: true, sameSite: 'none'));""",
    ),
    "spring": CookieSetting(
        "In Spring Boot 2.6 or later, in application.properties for the session, and for other cookies",
        """\
# with WebFlux: server.reactive.session.cookie
server.servlet.session.cookie.same-site=none
server.servlet.session.cookie.secure=true

var cookie = ResponseCookie.from("NAME", value).path("/").sameSite("None").secure(true).build();
response.addHeader(HttpHeaders.SET_COOKIE, cookie.toString());""",
    ),
    "aspnet": CookieSetting(
        "In ASP.NET Core, for the login of Identity, for the session, and for other cookies",
        """\
builder.Services.ConfigureApplicationCookie(options =>
{
    options.Cookie.SameSite = SameSiteMode.None;
    options.Cookie.SecurePolicy = CookieSecurePolicy.Always;
});
builder.Services.AddSession(options =>
{
    options.Cookie.SameSite = SameSiteMode.None;
    options.Cookie.SecurePolicy = CookieSecurePolicy.Always;
});

Response.Cookies.Append("NAME", value, new CookieOptions { SameSite = SameSiteMode.None, Secure = true });""",
    ),
    "php": CookieSetting(
        "In PHP, before session_start(), and for other cookies",
        """\
session_set_cookie_params(["samesite" => "None", "secure" => true]);

setcookie("NAME", $value, ["samesite" => "None", "secure" => true]);""",
    ),
    "nginx": CookieSetting(
        "In nginx 1.19.3 or later, beside proxy_pass, for all cookies of the application behind it",
        "proxy_cookie_flags ~ secure samesite=none;",
    ),
}
_SAME: Final = {"nestjs": "express", "socket-io": "express", "mcp": "fastapi", "ingress-nginx": "nginx"}
"""Recipes whose framework sets cookies as another one does."""
_WRITABLE: Final = re.compile(r"[A-Za-z0-9_.-]+")


def cookie_setting(name: str, answers: Iterable[Response], server: str | None) -> CookieSetting | None:
    """How `server`, a recipe's id, or the framework that the responses show sets the cookie; None if neither is known."""
    answers = tuple(answers)
    guessed = [found.recipe for found in guess(answers) if not found.shared]
    if server is None and any(_is_php(response.headers) for response in answers) and "laravel" not in guessed:
        guessed.insert(0, "php")
    known = (_SETTINGS.get(_SAME.get(id, id)) for id in ([server] if server is not None else guessed))
    setting = next((setting for setting in known if setting is not None), None)
    if setting is None or not _WRITABLE.fullmatch(name):
        return setting
    return setting._replace(text=setting.text.replace("NAME", name))


def _is_php(headers: Headers) -> bool:
    by = (headers.get("X-Powered-By") or "").startswith("PHP/")
    return by or any(line.startswith("PHPSESSID=") for line in headers.values("Set-Cookie"))
