"""Spring Boot with Spring Security."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="spring",
    aliases=("spring-boot", "spring-security"),
    title="Spring Boot",
    family=Family.FRAMEWORK,
    language="java",
    where="CorsConfig.java goes into a package that Spring scans, below that package's `package` line. The last "
    "line goes into the method that builds the SecurityFilterChain, once for each chain.",
    rights=(
        "{% if preflighted %}`http.cors` puts Spring's CorsFilter before authentication, because a preflight "
        "request has no cookie and no token. `@CrossOrigin` alone runs too late: the login returns 401 to "
        "OPTIONS.{% else %}`http.cors` puts Spring's CorsFilter before authentication, so that a 401 has the "
        "headers. `@CrossOrigin` alone runs too late for that.{% endif %}",
        "The filter sets the headers, and `Vary: Origin` on every response, before everything else, so 401, 404 "
        "and 500 responses have them too.",
        "{% if not public %}Spring returns 403 `Invalid CORS request` to an origin that is not allowed. Behind a "
        "proxy that terminates TLS, this also affects same-origin requests, unless "
        "`server.forward-headers-strategy=framework` is set.{% endif %}",
        "{% if not public %}`setAllowedOrigins` compares whole origins{% if credentials %}, and fails for `*` with "
        "credentials. `setAllowedOriginPatterns` would avoid that error, but allow every site{% endif %}.{% endif "
        "%}",
        "Without Spring Security, omit the last line, and make the bean a `CorsFilter`: `new CorsFilter(source)`.",
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
    proof=Proof.RUN,
    proved="The configuration was tested in a `CorsFilter` of Spring 4.3 in Jetty. The line for Spring Security was only parsed by "
    "javac, and `Vary: Origin` for refused origins is what Spring sends since version 5.2.",
)
