"""Go's net/http, without a library."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="go-net-http",
    title="Go, net/http",
    family=Family.FRAMEWORK,
    language="go",
    aliases=("go",),
    where="In a file next to `main.go`, with its package clause and an import of `net/http`. `cors` wraps the "
    "outermost handler, including the router and any login.",
    rights=(
        "{% if preflighted %}A mux with patterns such as `GET /items` (since Go 1.22) returns 405 to OPTIONS, so "
        "`cors` wraps the mux and not a single handler.{% else %}`cors` wraps the mux and not a single handler, so "
        "that the mux's own 404 and 405 have the headers too.{% endif %}",
        "The headers are set before the handler runs, because after `WriteHeader` they would have no effect. "
        "`http.Error` keeps them, so 404 and 500 have them too.",
        "{% if not public %}`h.Add` keeps the Vary values that others set. Vary is sent to every origin, and to "
        "requests without one.{% endif %}",
        "A panic closes the connection without a response, which browsers report as a CORS error. Recover from "
        "panics inside `cors`.",
    ),
    template="""\
func cors(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
{% if public %}
		h.Set("Access-Control-Allow-Origin", "*")
{% if expose %}
		h.Set("Access-Control-Expose-Headers", {{ expose | join(", ") | quoted }})
{% endif %}
{% else %}
		h.Add("Vary", "Origin")
		switch origin := r.Header.Get("Origin"); origin {
		case {{ origins | map("quoted") | join(", ") }}:
			h.Set("Access-Control-Allow-Origin", origin)
{% if credentials %}
			h.Set("Access-Control-Allow-Credentials", "true")
{% endif %}
{% if expose %}
			h.Set("Access-Control-Expose-Headers", {{ expose | join(", ") | quoted }})
{% endif %}
		}
{% endif %}
{% if preflighted %}
		if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
			h.Set("Access-Control-Allow-Methods", {{ methods | join(", ") | quoted }})
{% if headers %}
			h.Set("Access-Control-Allow-Headers", {{ headers | join(", ") | quoted }})
{% endif %}
			h.Set("Access-Control-Max-Age", "{{ max_age }}")
			w.WriteHeader(http.StatusNoContent)
			return
		}
{% endif %}
		next.ServeHTTP(w, r)
	})
}

// In main, around everything else:
// http.ListenAndServe(":8080", cors(mux))
""",
    proof=Proof.RUN,
    proved="Run with Debian's Go in the tests.",
)
