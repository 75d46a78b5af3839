"""IIS with Microsoft's CORS module."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="iis",
    title="IIS",
    family=Family.SERVER,
    language="xml",
    where="Into the web.config of the site or application that answers the URL; an existing file gets the `cors` "
    "element in its system.webServer. It needs the IIS CORS module, which Microsoft offers as a download of its own.",
    rights=(
        "{% if preflighted %}The module answers the preflight before any other module of IIS, so that Windows "
        "authentication and the handler for OPTIONS don't see it.{% endif %}",
        "{% if preflighted or not public %}httpProtocol/customHeaders can't {% if not public %}choose among origins"
        "{% if preflighted %} and can't {% endif %}{% endif %}{% if preflighted %}answer OPTIONS{% endif %}. "
        "{% endif %}{% if seen %}Today's answers have {{ seen | join(', ') }}: take that out of customHeaders and of "
        "the application{% else %}Take {% if preflighted or not public %}its Access-Control lines{% else %}the "
        "Access-Control lines of httpProtocol/customHeaders{% endif %} out, and CORS in the application{% endif %}, "
        "or browsers see two of {% if seen and seen | length == 1 %}it{% else %}each header{% endif %}.",
        "Without the module IIS doesn't know the `cors` element and answers every request with 500.19.",
        "{% if 'PUT' in methods or 'DELETE' in methods %}A PUT or DELETE that gets 405 after a good preflight has met "
        'WebDAV, not CORS: `<modules><remove name="WebDAVModule" /></modules>` takes it out.{% endif %}',
        "{% if public %}The module sends `*` as it is, without Vary: Origin.{% else %}Only an origin with `*` in it "
        "is a pattern.{% endif %}",
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
