"""Go's net/http, without a library."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="go-net-http",
    title="Go, net/http",
    family=Family.FRAMEWORK,
    language="go",
    aliases=("go",),
    where="A file beside `main.go`, with its package clause and `net/http` imported. `cors` goes around the outermost "
    "handler, so around the router and around logins.",
    rights=(
        "{% if preflighted %}A mux with patterns such as `GET /items` (since Go 1.22) answers OPTIONS with 405 by "
        "itself, so `cors` goes around the mux and not around one handler.{% else %}`cors` goes around the mux and "
        "not around one handler, so that the mux's own 404 and 405 have the headers too.{% endif %}",
        "The headers are set before the handler runs: after `WriteHeader` they would have no effect. `http.Error` "
        "keeps them, so 404 and 500 have them too.",
        "{% if not public %}`h.Add` for Vary leaves in place what others say there, and Vary is sent to every origin "
        "and to requests without one.{% endif %}",
        "A panic ends the connection without any answer, and the browser calls it a CORS error. Recover from panics "
        "inside of `cors`.",
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
