"""Django, with django-cors-headers."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="django",
    aliases=("django-cors-headers",),
    title="Django",
    family=Family.FRAMEWORK,
    language="python",
    where="At the end of settings.py. Install the package with `pip install django-cors-headers`.",
    rights=(
        "The middleware comes first. After a middleware that requires a login or redirects, {% if preflighted "
        "%}preflights fail, and {% endif %}the responses of that middleware have no CORS headers.",
        "The defaults of `CORS_ALLOW_METHODS` and `CORS_ALLOW_HEADERS` are long lists. Here they contain only what "
        "is needed.",
        "CORS does not replace CSRF protection: with CsrfViewMiddleware, a POST{% if 'PUT' in methods %} or PUT{% "
        "endif %} from another origin gets 403, unless that origin is in `CSRF_TRUSTED_ORIGINS` too.",
        '{% if credentials %}Cross-site requests include cookies only with `SESSION_COOKIE_SAMESITE = "None"` and '
        "`SESSION_COOKIE_SECURE = True`.{% endif %}",
        "{% if not public %}An origin has no trailing slash and no path; `manage.py check` reports one that has.{% "
        "endif %}",
    ),
    template="""\
INSTALLED_APPS = [*INSTALLED_APPS, "corsheaders"]
MIDDLEWARE = ["corsheaders.middleware.CorsMiddleware", *MIDDLEWARE]

{% if public %}
CORS_ALLOW_ALL_ORIGINS = True
{% else %}
CORS_ALLOWED_ORIGINS = [{{ origins | map("quoted") | join(", ") }}]
{% endif %}
CORS_ALLOW_METHODS = [{{ methods | map("quoted") | join(", ") }}]
CORS_ALLOW_HEADERS = [{{ headers | map("quoted") | join(", ") }}]
{% if credentials %}
CORS_ALLOW_CREDENTIALS = True
{% endif %}
{% if expose %}
CORS_EXPOSE_HEADERS = [{{ expose | map("quoted") | join(", ") }}]
{% endif %}
{% if preflighted %}
CORS_PREFLIGHT_MAX_AGE = {{ max_age }}
{% endif %}
""",
    proof=Proof.RUN,
    proved="Run with Django and django-cors-headers in the tests.",
)
