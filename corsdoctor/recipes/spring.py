"""Spring Boot with Spring Security."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="spring",
    aliases=("spring-boot", "spring-security"),
    title="Spring Boot",
    family=Family.FRAMEWORK,
    language="java",
    where="CorsConfig.java goes into a package that Spring scans, below that package's `package` line; the last line into "
    "the method that builds the SecurityFilterChain, once for each chain.",
    rights=(
        "{% if preflighted %}`http.cors` puts Spring's CorsFilter before authentication: a preflight has no cookie "
        "and no token. `@CrossOrigin` alone comes too late, the login answers OPTIONS with 401.{% else %}`http.cors` "
        "puts Spring's CorsFilter before authentication, so that a 401 has the headers. `@CrossOrigin` alone comes "
        "too late for that.{% endif %}",
        "The filter sets the headers, and `Vary: Origin` on every answer, before the rest runs: answers of 401, 404 "
        "and 500 have them too.",
        "{% if not public %}Spring answers a refused origin with 403 `Invalid CORS request`. Behind a proxy that ends "
        "TLS this hits requests of the own site as well, until `server.forward-headers-strategy=framework` is set."
        "{% endif %}",
        "{% if not public %}`setAllowedOrigins` compares whole origins{% if credentials %}, and fails for `*` with "
        "credentials. The way around it, `setAllowedOriginPatterns`, would let every site in{% endif %}.{% endif %}",
        "Without Spring Security leave the last line out, and let the bean be a `CorsFilter`: `new "
        "CorsFilter(source)`.",
    ),
    template="""\
// CorsConfig.java
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.UrlBasedCorsConfigurationSource;

@Configuration
class CorsConfig {
    @Bean
    UrlBasedCorsConfigurationSource corsConfigurationSource() {
        var cors = new CorsConfiguration();
        cors.setAllowedOrigins(List.of({{ origins | map("quoted") | join(", ") }}));
        cors.setAllowedMethods(List.of({{ methods | map("quoted") | join(", ") }}));
{% if headers %}
        cors.setAllowedHeaders(List.of({{ headers | map("quoted") | join(", ") }}));
{% endif %}
{% if credentials %}
        cors.setAllowCredentials(true);
{% endif %}
{% if expose %}
        cors.setExposedHeaders(List.of({{ expose | map("quoted") | join(", ") }}));
{% endif %}
{% if preflighted %}
        cors.setMaxAge({{ max_age }}L);
{% endif %}
        var source = new UrlBasedCorsConfigurationSource();
        source.registerCorsConfiguration("/**", cors);
        return source;
    }
}

// where the SecurityFilterChain is built
http.cors(org.springframework.security.config.Customizer.withDefaults());
""",
    proof=Proof.PARSED,
    proved="Parsed by javac in the tests, and its calls are compared; Spring itself was not run.",
)
