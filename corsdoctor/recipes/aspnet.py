"""ASP.NET Core, with its own middleware."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="aspnet",
    aliases=("aspnetcore", "dotnet"),
    title="ASP.NET Core",
    family=Family.FRAMEWORK,
    language="csharp",
    where="In Program.cs. The first part goes before `builder.Build()`, the second directly after it, before "
    "UseAuthentication, UseAuthorization and the endpoints. Omit the exception handler if there already is one.",
    rights=(
        "UseCors comes before authentication, so {% if preflighted %}preflight requests get 204 without a login "
        "and {% endif %}a 401 has the headers.",
        "For an unhandled exception, the server sends a 500 without CORS headers. With an exception handler before "
        "UseCors, the 500 has them.",
        "{% if not public %}UseCors sends `Vary: Origin` only to allowed origins, and not if there is only one. "
        "The lines above it add it to every response.{% endif %}",
        "{% if not public %}WithOrigins compares whole origins. One with a trailing slash never matches.{% endif %}",
        "{% if credentials %}AllowAnyOrigin together with AllowCredentials throws an exception. With credentials, "
        "every origin must be listed.{% endif %}",
    ),
    template="""\
// before builder.Build()
builder.Services.AddProblemDetails();
builder.Services.AddCors(options => options.AddDefaultPolicy(policy => policy
{% if public %}
    .AllowAnyOrigin()
{% else %}
    .WithOrigins({{ origins | map("quoted") | join(", ") }})
{% endif %}
{% if credentials %}
    .AllowCredentials()
{% endif %}
{% if headers %}
    .WithHeaders({{ headers | map("quoted") | join(", ") }})
{% endif %}
{% if expose %}
    .WithExposedHeaders({{ expose | map("quoted") | join(", ") }})
{% endif %}
{% if preflighted %}
    .SetPreflightMaxAge(TimeSpan.FromSeconds({{ max_age }}))
{% endif %}
    .WithMethods({{ methods | map("quoted") | join(", ") }})));

// right after builder.Build()
if (!app.Environment.IsDevelopment())
{
    app.UseExceptionHandler();
}
{% if not public %}
app.Use((context, next) =>
{
    context.Response.OnStarting(() =>
    {
        context.Response.Headers.Append("Vary", "Origin");
        return Task.CompletedTask;
    });
    return next(context);
});
{% endif %}
app.UseCors();
""",
    proof=Proof.PARSED,
    proved="Parsed as C# in the tests, and its calls are compared; ASP.NET Core 3.1 was run with them by hand, not in the tests.",
)
