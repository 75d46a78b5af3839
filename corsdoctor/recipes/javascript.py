"""What the JavaScript of several recipes has in common: Jinja2 macros, for `{% from "javascript" import ... with context %}`.

The macros expect the variables `request`, or what `origin` reads the Origin header from, and `preflight`, a Boolean.
`put` is a statement that sets a header, with `%s` for its name and its value, such as `res.setHeader(%s, %s);`.

  origins_list()           the list that the other macros look in
  is_preflight             an expression: whether `request` is a preflight request
  grants(put)              the headers of every response
  lists(put)               the headers that only a preflight response has
  cors(target)             both, on the Headers object `target`
  options()                the options of the npm package cors
  after_origin(...)        the options of such a package besides `origin`, with its names for three of them
  vite_proxy(who)          the options of Vite that forward a path, with a comment on what `who` requests
  headers_file(directory)  the file _headers of Netlify and Cloudflare, for one origin and no preflights
"""

from __future__ import annotations

from typing import Final

MACROS: Final = """\
{% set is_preflight = 'request.method === "OPTIONS" && request.headers.has("Access-Control-Request-Method")' %}
{% macro origins_list() %}
{% if not public %}
const ORIGINS = {{ origins | tojson }};

{% endif %}
{% endmacro %}
{% macro set(put, name, value) %}{{ put | format(name | quoted, value) }}{% endmacro %}
{% macro exposed(put) %}{{ set(put, "Access-Control-Expose-Headers", expose | join(", ") | quoted) }}{% endmacro %}
{% macro grants(put, vary="", origin='request.headers.get("Origin")', listed="ORIGINS.includes(origin)") %}
{% filter trim %}
{% if public %}
{{ set(put, "Access-Control-Allow-Origin", '"*"') }}
{% if expose %}
{{ exposed(put) }}
{% endif %}
{% else %}
{{ vary or set(put, "Vary", '"Origin"') }}
const origin = {{ origin }};
if ({{ listed }}) {
  {{ set(put, "Access-Control-Allow-Origin", "origin") }}
{% if credentials %}
  {{ set(put, "Access-Control-Allow-Credentials", '"true"') }}
{% endif %}
{% if expose %}
  {{ exposed(put) }}
{% endif %}
}
{% endif %}
{% endfilter %}
{% endmacro %}
{% macro lists(put) %}
{% filter trim %}
{{ set(put, "Access-Control-Allow-Methods", methods | join(", ") | quoted) }}
{% if headers %}
{{ set(put, "Access-Control-Allow-Headers", headers | join(", ") | quoted) }}
{% endif %}
{{ set(put, "Access-Control-Max-Age", max_age | string | quoted) }}
{% endfilter %}
{% endmacro %}
{% macro options() %}
{% filter trim %}
{% if public %}
origin: "*",
{% else %}
origin: [{{ origins | map("quoted") | join(", ") }}],
{% endif %}
{{ after_origin("methods", "allowedHeaders", "exposedHeaders", headers) }}
{% endfilter %}
{% endmacro %}
{% macro after_origin(of_methods, of_headers, of_expose, names) %}
{% filter trim %}
{{ of_methods }}: [{{ methods | map("quoted") | join(", ") }}],
{{ of_headers }}: [{{ names | map("quoted") | join(", ") }}],
{% if credentials %}
credentials: true,
{% endif %}
{% if expose %}
{{ of_expose }}: [{{ expose | map("quoted") | join(", ") }}],
{% endif %}
{% if preflighted %}
maxAge: {{ max_age }},
{% endif %}
{% endfilter %}
{% endmacro %}
{% macro cors(target="response.headers", listed="ORIGINS.includes(origin)") %}
{% filter trim %}
{% set put = target ~ ".set(%s, %s);" %}
{{ grants(put, target ~ '.append("Vary", "Origin");', listed=listed) }}
{% if preflighted %}
if (preflight) {
{{ lists(put) | indent(2, true) }}
}
{% endif %}
{% endfilter %}
{% endmacro %}
{% macro vite_proxy(who) %}
{% set prefix = path.rstrip("/") %}
{% filter trim %}
server: {
  proxy: {
    // the {{ who }} requests "{{ path if prefix else "/api/" }}", without scheme and host
    {{ (prefix or "/api") | quoted }}: {
      target: {{ upstream | quoted }},
      changeOrigin: true,
{% if not prefix %}
      rewrite: (path) => path.replace(/^\\/api/, ""),
{% endif %}
    },
  },
},
{% endfilter %}
{% endmacro %}
{% macro headers_file(directory) %}
{% filter trim %}
# _headers, in the {{ directory }}
/*
  Access-Control-Allow-Origin: {{ origin }}
{% if not public %}
  Vary: Origin
{% endif %}
{% if credentials %}
  Access-Control-Allow-Credentials: true
{% endif %}
{% if expose %}
  Access-Control-Expose-Headers: {{ expose | join(", ") }}
{% endif %}
{% endfilter %}
{% endmacro %}
"""
