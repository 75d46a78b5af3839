"""What the CORS middlewares of Echo and Fiber share: the fields of their configuration, and what an empty list means."""

from __future__ import annotations

from typing import Final

_KEY: Final = """\
{% set width = 17 if credentials else 14 if expose else 13 %}
{% macro key(name) %}{{ (name ~ ":").ljust(width) }}{% endmacro %}
"""
_FIELDS: Final = """
	{{ key("AllowOrigins") }} []string{ {{- origins | map("quoted") | join(", ") -}} },
{% if credentials %}
	{{ key("AllowCredentials") }} true,
{% endif %}
	{{ key("AllowMethods") }} []string{ {{- methods | map("quoted") | join(", ") -}} },
{% if headers %}
	{{ key("AllowHeaders") }} []string{ {{- headers | map("quoted") | join(", ") -}} },
{% else %}
	{{ key("AllowHeaders") }} []string{"Origin"}, // none: scripts can't set Origin, and an empty list allows all
{% endif %}
{% if expose %}
	{{ key("ExposeHeaders") }} []string{ {{- expose | map("quoted") | join(", ") -}} },
{% endif %}
{% if preflighted %}
	{{ key("MaxAge") }} {{ max_age }},
{% endif %}
}))
"""
EMPTY_HEADERS: Final = (
    "{% if headers %}Without `AllowHeaders`, the middleware allows every requested header.{% else %}Without "
    "`AllowHeaders`, the middleware would allow every requested header. `Origin` is a name that scripts cannot "
    "set, so listing it allows nothing.{% endif %}"
)


def config(opening: str) -> str:
    """The template of the configuration, which begins with the line `opening`."""
    return f"{_KEY}{opening}{_FIELDS}"
