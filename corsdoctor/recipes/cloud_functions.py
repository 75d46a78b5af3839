"""Cloud Functions of Firebase and Google Cloud, on Node.js."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="cloud-functions",
    title="Cloud Functions (Firebase, Google Cloud)",
    family=Family.CLOUD,
    language="js",
    aliases=("firebase-functions", "google-cloud-functions", "firebase"),
    where="In the file of the function. `answer` is your current handler `(req, res) => ...`: with Firebase it is "
    "`onRequest(withCors(answer))`, with the Functions Framework `http(NAME, withCors(answer))`.",
    rights=(
        "Google answers before the function if the function requires a login for calling it: {% if preflighted %}the "
        "preflight request, which never has a login,{% else %}a request without a login{% endif %} then gets 403 without "
        'CORS headers. Allow everybody to call it (`invoker: "public"`, or the role roles/run.invoker for allUsers) and '
        "check the user's token in the function.",
        "The option `cors` of Firebase's `onRequest` sets only the origins: {% if preflighted %}it allows every method "
        "and header, and {% endif %}it never allows credentials.",
        "A function called with `onCall` is different: set `cors` in its options, and call it with `httpsCallable`.",
        "A function that crashes or does not exist returns an error page without CORS headers: then read its log.",
    ),
    template="""\
{% from "javascript" import options with context %}
// npm install cors
import cors from "cors";

const allow = cors({
{{ options() | indent(2, true) }}
});
const withCors = (answer) => (req, res) => allow(req, res, () => answer(req, res));
""",
    proof=Proof.RUN,
    proved="Run with Express and cors in the tests, which is what the Functions Framework calls the function with; not "
    "run at Google.",
)
