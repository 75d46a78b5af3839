"""Next.js."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="nextjs",
    title="Next.js",
    family=Family.FRAMEWORK,
    language="ts",
    where="In `proxy.ts` beside the `app` folder, that is in the root of the project or in `src`. Up to Next.js 15 the file "
    "is `middleware.ts` and the function `middleware`. The matcher says which paths it is for.",
    rights=(
        "It runs before the routes, so one file covers them all. The headers are also on a 404, on a 401, and on the "
        "500 of a route that throws; a wrapper around the handler would miss the last.",
        "{% if preflighted %}A route without an `OPTIONS` of its own answers it with 204 and no CORS headers. Here a "
        "preflight never gets there.{% endif %}",
        "{% if preflighted %}Where `proxy.ts` asks for a login too, this comes first: a browser sends no cookie and "
        "no token with a preflight.{% else %}Where `proxy.ts` asks for a login too, its 401 needs these headers as "
        "well.{% endif %}",
        "{% if not public %}Next.js replaces Vary on pages, and so on its own 404 page. On route handlers Vary: "
        "Origin stays.{% endif %}",
    ),
    template="""\
import { NextResponse{% if preflighted or not public %}, type NextRequest{% endif %} } from "next/server";

{% if not public %}
const ORIGINS = [{{ origins | map("quoted") | join(", ") }}];

{% endif %}
export function proxy({% if preflighted or not public %}request: NextRequest{% endif %}) {
{% if preflighted %}
  const preflight = request.method === "OPTIONS" && request.headers.has("Access-Control-Request-Method");
  const response = preflight ? new NextResponse(null, { status: 204 }) : NextResponse.next();
{% else %}
  const response = NextResponse.next();
{% endif %}
{% if public %}
  response.headers.set("Access-Control-Allow-Origin", "*");
{% if expose %}
  response.headers.set("Access-Control-Expose-Headers", {{ expose | join(", ") | quoted }});
{% endif %}
{% else %}
  response.headers.append("Vary", "Origin");
  const origin = request.headers.get("Origin");
  if (origin !== null && ORIGINS.includes(origin)) {
    response.headers.set("Access-Control-Allow-Origin", origin);
{% if credentials %}
    response.headers.set("Access-Control-Allow-Credentials", "true");
{% endif %}
{% if expose %}
    response.headers.set("Access-Control-Expose-Headers", {{ expose | join(", ") | quoted }});
{% endif %}
  }
{% endif %}
{% if preflighted %}
  if (preflight) {
    response.headers.set("Access-Control-Allow-Methods", {{ methods | join(", ") | quoted }});
{% if headers %}
    response.headers.set("Access-Control-Allow-Headers", {{ headers | join(", ") | quoted }});
{% endif %}
    response.headers.set("Access-Control-Max-Age", "{{ max_age }}");
  }
{% endif %}
  return response;
}

{% set first = path.split("/")[1] %}
export const config = { matcher: "{{ "/" ~ first if first else "" }}/:path*" };
""",
    proof=Proof.RUN,
    proved="Run with the development server of Next.js 16 in the tests.",
)
