"""AWS Lambda: a function in Node."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="aws-lambda",
    title="AWS Lambda (Node)",
    family=Family.CLOUD,
    language="javascript",
    aliases=("lambda",),
    where="In the file of the handler, `index.mjs`, where `answer` is the function that was the handler until now and "
    "gives an object with `statusCode`, `headers` and `body`. For a function URL and for both kinds of API Gateway.",
    rights=(
        "One place only: a function URL and an HTTP API have a CORS configuration of their own. The URL sends its "
        "headers beside these, and browsers refuse two; the HTTP API drops these.",
        "An error that is thrown becomes an answer of 502 or 500 without headers, which looks like a CORS error. Here "
        "it is caught and keeps them.",
        "{% if preflighted %}Behind a REST API with proxy integration OPTIONS needs a route to the function, and no "
        "authorizer. What API Gateway refuses itself has only the headers of its gateway responses.{% else %}What a "
        "REST API refuses itself, an authorizer's 401 for example, has only the headers of its gateway responses."
        "{% endif %}",
        "{% if preflighted or not public %}Event headers are in lower case from a function URL or an HTTP API, and as "
        "sent from a REST API.{% endif %}",
        "{% if not public %}The wrapper sets Vary; further names of yours belong there.{% endif %}",
    ),
    template="""\
{% if not public %}
const ORIGINS = {{ origins | tojson }};

{% endif %}
const withCors = (answer) => async (event, context) => {
{% if public and not preflighted %}
  const headers = {
    "Access-Control-Allow-Origin": "*",
{% if expose %}
    "Access-Control-Expose-Headers": {{ expose | join(", ") | quoted }},
{% endif %}
  };
{% else %}
  const asked = new Headers(event.headers ?? {});
{% if public %}
  const headers = {
    "Access-Control-Allow-Origin": "*",
{% if expose %}
    "Access-Control-Expose-Headers": {{ expose | join(", ") | quoted }},
{% endif %}
  };
{% else %}
  const headers = { Vary: "Origin" };
  if (ORIGINS.includes(asked.get("Origin"))) {
    headers["Access-Control-Allow-Origin"] = asked.get("Origin");
{% if credentials %}
    headers["Access-Control-Allow-Credentials"] = "true";
{% endif %}
{% if expose %}
    headers["Access-Control-Expose-Headers"] = {{ expose | join(", ") | quoted }};
{% endif %}
  }
{% endif %}
{% endif %}
{% if preflighted %}
  const method = event.requestContext?.http?.method ?? event.httpMethod;
  if (method === "OPTIONS" && asked.has("Access-Control-Request-Method")) {
    headers["Access-Control-Allow-Methods"] = {{ methods | join(", ") | quoted }};
{% if headers %}
    headers["Access-Control-Allow-Headers"] = {{ headers | join(", ") | quoted }};
{% endif %}
    headers["Access-Control-Max-Age"] = "{{ max_age }}";
    return { statusCode: 204, headers };
  }
{% endif %}
  try {
    const response = await answer(event, context);
    return { ...response, headers: { ...response.headers, ...headers } };
  } catch (error) {
    console.error(error);
    return { statusCode: 500, headers, body: "Internal Server Error" };
  }
};

export const handler = withCors(answer);
""",
    proof=Proof.RUN,
    proved="Run in the tests under Node, behind an adapter of ours that turns HTTP into the events of a function URL "
    "and of a REST API; not run at AWS.",
)
