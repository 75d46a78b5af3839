"""Rails and other Rack applications, with rack-cors."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="rails",
    aliases=("rack-cors",),
    title="Rails",
    family=Family.FRAMEWORK,
    language="ruby",
    where='In config/initializers/cors.rb, with `gem "rack-cors"` in the Gemfile; restart the server. In a Rack '
    "application without Rails, put the block with `use Rack::Cors do` at the top of config.ru.",
    rights=(
        "`insert_before 0` makes it the outermost middleware: {% if preflighted %}it answers preflight requests "
        "before Devise or a host check, and {% endif %}401, 404 and 500 responses from inside have the headers "
        "too.",
        "{% if not public %}Each origin has its scheme and is compared as a whole. Without a scheme, rack-cors "
        "turns it into a pattern that matches every scheme.{% endif %}",
        'Methods must be in lower case: rack-cors never matches `"{{ methods[-1] }}"`.',
        "rack-cors always allows Content-Type, so JSON bodies are allowed{% if headers %} even if it is not in the "
        "list{% endif %}.",
        '{% if credentials %}rack-cors does not accept `credentials: true` with `origins "*"`. Every origin must '
        "be listed.{% endif %}",
    ),
    template="""\
Rails.application.config.middleware.insert_before 0, Rack::Cors do
  allow do
    origins {% for o in origins %}{{ o | quoted if public or o.startswith(("http://", "https://")) else "%r{\\\\A" ~ (o | regex) ~ "\\\\z}" }}{{ ", " if not loop.last }}{% endfor %}

    resource "*",
{% if headers %}
      headers: %w[{{ headers | join(" ") }}],
{% endif %}
{% if credentials %}
      credentials: true,
{% endif %}
{% if expose %}
      expose: %w[{{ expose | join(" ") }}],
{% endif %}
{% if preflighted %}
      max_age: {{ max_age }},
{% endif %}
      methods: %i[{{ methods | join(" ") | lower }}]
  end
end
""",
    proof=Proof.RUN,
    proved="Run with Debian's Rails 6.1 and rack-cors 1.1 in the tests.",
)
