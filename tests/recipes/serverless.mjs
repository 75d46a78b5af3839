// Runs a module for a serverless platform behind an HTTP server: node serverless.mjs PLATFORM MODULE PORT APPLICATION
// APPLICATION is host:port of the server that answers where the platform would go on to the site or the origin server.
import { createServer } from "node:http";
import { pathToFileURL } from "node:url";

const [platform, path, port, application] = process.argv.slice(2);
let served;
globalThis.Deno = { serve: (handler) => (served = handler) };
const module = await import(pathToFileURL(path));
const overTheWire = globalThis.fetch;

// What lies behind. Like a platform's, its answers have headers that can't be changed.
const behind = async (request) =>
  overTheWire(`http://${application}${new URL(request.url).pathname}`, {
    method: request.method,
    body: request.body && (await request.arrayBuffer()),
  });

const platforms = {
  async cloudflare(request) {
    globalThis.fetch = behind; // a Worker's fetch of its own URL goes to the origin server
    return module.default.fetch(request, {}, { waitUntil() {}, passThroughOnException() {} });
  },
  async netlify(request) {
    return module.default(request, { next: () => behind(request) });
  },
  async pages(request) {
    return module.onRequest({ request, next: () => behind(request) });
  },
  async vercel(request) {
    const decided = await module.default(request);
    if (decided.headers.get("x-middleware-next") !== "1") return decided;
    const answered = await behind(request);
    const response = new Response(answered.body, answered);
    for (const [name, value] of decided.headers) {
      if (!name.startsWith("x-middleware-")) response.headers.set(name, value);
    }
    return response;
  },
  async deno(request) {
    globalThis.fetch = behind;
    return served(request);
  },
  async "react-router"(request) {
    return module.middleware[0]({ request }, () => behind(request));
  },
  async sveltekit(request) {
    return module.handle({ event: { request }, resolve: () => behind(request) });
  },
  // Payload format 2.0: a function URL, an HTTP API. Header names are in lower case.
  async "lambda-2.0"(request, rawHeaders) {
    return answerOf({
      version: "2.0",
      rawPath: new URL(request.url).pathname,
      headers: Object.fromEntries(request.headers),
      requestContext: { http: { method: request.method, path: new URL(request.url).pathname } },
      isBase64Encoded: false,
    });
  },
  // Payload format 1.0: a REST API. Header names are as they were sent.
  async "lambda-1.0"(request, rawHeaders) {
    const pairs = rawHeaders.flatMap((name, i) => (i % 2 ? [] : [[name, rawHeaders[i + 1]]]));
    return answerOf({
      httpMethod: request.method,
      path: new URL(request.url).pathname,
      headers: pairs.length ? Object.fromEntries(pairs) : null,
      requestContext: { httpMethod: request.method },
    });
  },
};

async function answerOf(event) {
  try {
    const { statusCode, headers, body } = await module.handler(event, {});
    return new Response(statusCode === 204 ? null : body, { status: statusCode, headers });
  } catch {
    return new Response("", { status: 502 });
  }
}

createServer(async (incoming, outgoing) => {
  const chunks = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const { connection, ...headers } = incoming.headers;
  const request = new Request(`http://${incoming.headers.host}${incoming.url}`, {
    method: incoming.method,
    headers,
    body: chunks.length ? Buffer.concat(chunks) : undefined,
  });
  let response;
  try {
    response = await platforms[platform](request, incoming.rawHeaders);
  } catch (error) {
    console.error(error);
    response = new Response("", { status: 500 });
  }
  outgoing.writeHead(response.status, [...response.headers].flat());
  outgoing.end(Buffer.from(await response.arrayBuffer()));
}).listen(Number(port), "127.0.0.1");
