"""AWS Lambda: a function in Node."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="aws-lambda",
    title="AWS Lambda (Node)",
    family=Family.CLOUD,
    language="javascript",
    aliases=("lambda",),
    where="In the file of the handler, `index.mjs`. `answer` is your current handler, which returns an object with "
    "`statusCode`, `headers` and `body`. This works for a function URL and for both kinds of API Gateway.",
    rights=(
        "Configure CORS only here. A function URL and an HTTP API have CORS settings of their own: a function URL "
        "would send its headers in addition to these, and browsers do not accept two. An HTTP API would drop "
        "these.",
        "An error that is thrown becomes a 502 or 500 response without headers, which looks like a CORS error. "
        "Here it is caught, and its response has the headers.",
        "{% if preflighted %}Behind a REST API with proxy integration, OPTIONS needs a route to the function, "
        "without an authorizer. Responses of API Gateway itself have only the headers of its gateway responses.{% "
        "else %}Responses of a REST API itself, such as the 401 of an authorizer, have only the headers of its "
        "gateway responses.{% endif %}",
        "{% if preflighted or not public %}A function URL or an HTTP API passes header names in lower case, and a "
        "REST API passes them as sent.{% endif %}",
        "{% if not public %}The wrapper sets Vary. Add any other names that you need there.{% endif %}",
    ),
    template="""\
{% from "javascript" import grants, lists, origins_list with context %}
{% set put = "headers[%s] = %s;" %}
{{ origins_list() -}}
const withCors = (answer) => async (event, context) => {
  const headers = {};
{% if preflighted or not public %}
  const asked = new Headers(event.headers ?? {});
{% endif %}
{{ grants(put, origin='asked.get("Origin")') | indent(2, true) }}
{% if preflighted %}
  const method = event.requestContext?.http?.method ?? event.httpMethod;
  if (method === "OPTIONS" && asked.has("Access-Control-Request-Method")) {
{{ lists(put) | indent(4, true) }}
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
