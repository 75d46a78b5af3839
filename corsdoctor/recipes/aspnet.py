"""ASP.NET Core, with its own middleware."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="aspnet",
    aliases=("aspnetcore", "dotnet"),
    title="ASP.NET Core",
    family=Family.FRAMEWORK,
    language="csharp",
    where="Program.cs. The first part goes before `builder.Build()`, the second right after it, before UseAuthentication, "
    "UseAuthorization and the endpoints. Leave out the exception handler where there is one at that place.",
    rights=(
        "UseCors comes before authentication, so {% if preflighted %}preflights get 204 without a login and "
        "{% endif %}a 401 has the headers.",
        "An unhandled exception makes the server send a bare 500 without CORS headers. An exception handler before "
        "UseCors has them on its answer.",
        "{% if not public %}UseCors sends `Vary: Origin` only to allowed origins, and not where there is one origin; "
        "the lines above it put it on every answer.{% endif %}",
        "{% if not public %}WithOrigins compares whole origins; one with a trailing slash never matches.{% endif %}",
        "{% if credentials %}AllowAnyOrigin together with AllowCredentials is an exception; with credentials every "
        "origin has to be named.{% endif %}",
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
    proved="Parsed as C# in the tests, and its calls are compared; ASP.NET Core itself was not run.",
)
