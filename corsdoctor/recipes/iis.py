"""IIS with Microsoft's CORS module."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="iis",
    title="IIS",
    family=Family.SERVER,
    language="xml",
    where="In the web.config of the site or application that serves the URL; in an existing file, add the `cors` "
    "element to its system.webServer. It requires the IIS CORS module, which is a separate download from "
    "Microsoft.",
    rights=(
        "{% if preflighted %}The module answers the preflight request before any other module of IIS, so that "
        "Windows authentication and the OPTIONS handler do not receive it.{% endif %}",
        "{% if preflighted or not public %}httpProtocol/customHeaders cannot {% if not public %}choose among "
        "origins{% if preflighted %} and cannot {% endif %}{% endif %}{% if preflighted %}answer OPTIONS{% endif "
        "%}. {% endif %}{% if seen %}The responses already have {{ seen | join(', ') }}: remove {% if seen | "
        "length == 1 %}it{% else %}them{% endif %} from customHeaders and from the application{% else %}Remove {% "
        "if preflighted or not public %}its Access-Control lines{% else %}the Access-Control lines of "
        "httpProtocol/customHeaders{% endif %}, and turn off CORS in the application{% endif %}. Otherwise "
        "browsers receive {% if seen and seen | length == 1 %}it{% else %}each header{% endif %} twice.",
        "Without the module, IIS does not know the `cors` element and returns 500.19 to every request.",
        "{% if 'PUT' in methods or 'DELETE' in methods %}If a PUT or DELETE gets 405 after a successful preflight, "
        'the reason is WebDAV, not CORS: `<modules><remove name="WebDAVModule" /></modules>` removes it.{% endif '
        "%}",
        "{% if public %}The module sends `*` unchanged, without Vary: Origin.{% else %}An origin is a pattern only "
        "if it contains `*`.{% endif %}",
    ),
    template="""\
<?xml version="1.0" encoding="UTF-8"?>
<configuration>
  <system.webServer>
    <cors enabled="true">
{% for o in origins %}
      <add origin="{{ o }}"
{%- if credentials %} allowCredentials="true"{% endif %}
{%- if preflighted %} maxAge="{{ max_age }}"{% endif %}
{%- if preflighted or expose %}>
{% if headers %}
        <allowHeaders>
{% for h in headers %}
          <add header="{{ h }}" />
{% endfor %}
        </allowHeaders>
{% endif %}
{% if preflighted %}
        <allowMethods>
{% for m in methods %}
          <add method="{{ m }}" />
{% endfor %}
        </allowMethods>
{% endif %}
{% if expose %}
        <exposeHeaders>
{% for h in expose %}
          <add header="{{ h }}" />
{% endfor %}
        </exposeHeaders>
{% endif %}
      </add>
{% else %} />
{% endif %}
{% endfor %}
    </cors>
  </system.webServer>
</configuration>
""",
    proof=Proof.PARSED,
    proved="Its XML is parsed in the tests; it was written from Microsoft's documentation and not run, because it needs "
    "Windows.",
)
