"""Next.js."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="nextjs",
    title="Next.js",
    family=Family.FRAMEWORK,
    language="ts",
    where="In `proxy.ts` next to the `app` folder, which is in the root of the project or in `src`. Up to Next.js "
    "15 the file is `middleware.ts` and the function `middleware`. The matcher sets the paths that it applies to.",
    rights=(
        "It runs before the routes, so one file applies to all of them. The headers are also on a 404, on a 401, "
        "and on the 500 of a route that throws; a wrapper around the handler would miss the last.",
        "{% if preflighted %}A route without an `OPTIONS` function answers OPTIONS with 204 and no CORS headers. "
        "With this file, preflight requests do not reach the route.{% endif %}",
        "{% if preflighted %}If `proxy.ts` also requires a login, this must come first: browsers send no cookie "
        "and no token with a preflight request.{% else %}If `proxy.ts` also requires a login, its 401 needs these "
        "headers too.{% endif %}",
        "{% if not public %}Next.js replaces Vary on pages, including its own 404 page. On route handlers, Vary: "
        "Origin stays.{% endif %}",
    ),
    template="""\
{% from "javascript" import cors, is_preflight, origins_list with context %}
import { NextResponse{% if preflighted or not public %}, type NextRequest{% endif %} } from "next/server";

{{ origins_list() -}}
export function proxy({% if preflighted or not public %}request: NextRequest{% endif %}) {
{% if preflighted %}
  const preflight = {{ is_preflight }};
  const response = preflight ? new NextResponse(null, { status: 204 }) : NextResponse.next();
{% else %}
  const response = NextResponse.next();
{% endif %}
{{ cors(listed="origin !== null && ORIGINS.includes(origin)") | indent(2, true) }}
  return response;
}

{% set first = path.split("/")[1] %}
export const config = { matcher: "{{ "/" ~ first if first else "" }}/:path*" };
""",
    proof=Proof.RUN,
    proved="Run with the development server of Next.js 16 in the tests.",
)
