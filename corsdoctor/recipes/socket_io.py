"""Socket.IO."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="socket-io",
    title="Socket.IO",
    family=Family.FRAMEWORK,
    language="js",
    where="Where the server creates `Server` of the package socket.io; `httpServer` is your HTTP server.",
    rights=(
        "Since version 3, Socket.IO sends no CORS headers unless `cors` is set. It applies only to the path of "
        "Socket.IO (`/socket.io/`), and `app.use(cors())` of Express does not apply to that path.",
        "The client polls over HTTP first, which needs CORS. WebSocket connections are not subject to CORS: {% if "
        "not public %}check `req.headers.origin` in `allowRequest` to refuse other pages{% else %}any page can "
        "open one{% endif %}.",
        "{% if credentials %}The client needs `withCredentials: true`; without it, the browser sends no cookie.{% "
        "endif %}",
        "{% if headers %}`extraHeaders` of the client are only sent by HTTP polling, not by a browser's "
        "WebSocket.{% endif %}",
    ),
    template="""\
{% from "javascript" import options with context %}
import { Server } from "socket.io";

const io = new Server(httpServer, {
  cors: {
{{ options() | indent(4, true) }}
  },
});
""",
    proof=Proof.RUN,
    proved="Run with Socket.IO 4 in the tests.",
)
