// The playground: asks the lab's server what browsers make of the form, and shows it.
import { browser, run } from "./run.js";

const PAUSE = 120; // milliseconds without an edit until the server is asked
const RESPONSES = ["preflight", "response", "redirected"];
const COMMANDS = { check: "corsdoctor check", curl: "curl", code: "In a page" };
const MARKS = { pass: "✓", fail: "✗", note: "•" };

const by = (id) => document.getElementById(id);
const form = by("form");
const made = (name, text, attributes = {}) => Object.assign(document.createElement(name), { textContent: text, ...attributes });
let last = null;
let asked = 0;

const lines = (text) =>
  text.split("\n").filter((line) => line.trim()).map((line) => {
    const [name, ...value] = line.split(":");
    return [name.trim(), value.join(":").trim()];
  });

function question() {
  const of = Object.fromEntries(new FormData(form));
  const request = { url: of.url, origin: of.origin, api: of.api, method: of.method, headers: lines(of.headers) };
  for (const name of ["credentials", "mode", "redirect"]) if (of[name]) request[name] = of[name];
  if (of.body) request.body = of.body;
  const responses = Object.fromEntries(
    RESPONSES.map((name) => [name, { status: Number(of[`${name}-status`]), headers: of[`${name}-headers`] }]),
  );
  return { request, responses };
}

async function diagnose() {
  const number = (asked += 1);
  let answer;
  try {
    answer = await fetch("/api/diagnose", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(question()),
    });
  } catch {
    unanswered("The lab has ended. Start it again with `corsdoctor lab`.");
    return;
  }
  if (number !== asked) return; // a later edit is on its way
  const told = answer.ok ? await answer.json() : { problem: await answer.text() };
  if (told.problem) return unanswered(told.problem);
  problem("");
  last = told;
  by("observed").textContent = last.why_not ? `Not run here: ${last.why_not}.` : "";
  by("run").disabled = Boolean(last.why_not);
  show();
}

function problem(text) {
  by("problem").hidden = text === "";
  by("problem").textContent = text;
  by("result").toggleAttribute("data-old", text !== ""); // what is shown below is of an earlier form
}

function unanswered(text) {
  last = null;
  by("run").disabled = true;
  problem(text);
}

function show() {
  by("verdicts").replaceChildren(
    ...last.browsers.map(({ title, verdict }) => {
      const chip = made("span", "", { className: `chip ${verdict}` });
      chip.append(made("span", `${title.replace(/^the /, "")}: `, { className: "who" }), verdict);
      return chip;
    }),
  );
  const chosen = last.browsers.find(({ name }) => name === by("browser").value) ?? last.browsers[1];
  by("why").textContent = chosen.failure ?? readable(chosen);
  by("steps").replaceChildren(...chosen.steps.map(step));
  by("console").textContent = chosen.console.join("\n");
  by("console-part").hidden = chosen.console.length === 0;
  by("exchanges").replaceChildren(...chosen.exchanges.map(exchange));
  by("commands").replaceChildren(
    ...Object.entries(COMMANDS).flatMap(([name, title]) => (last.commands[name] ? [command(title, last.commands[name])] : [])),
  );
}

const readable = ({ verdict, readable: names }) =>
  verdict === "allowed" ? `The script can read the response${names?.length ? `, and of its headers: ${names.join(", ")}` : ""}.` : "";

function step({ rule, outcome, text }) {
  const item = made("li", `${MARKS[outcome] ?? ""} `, { className: outcome });
  item.append(text, " ", made("a", rule, { href: last.specs[rule] }));
  return item;
}

function exchange({ kind, method, url, request_headers, status, response_headers, error, withheld }) {
  const sent = [`${method} ${url}`, ...request_headers.map(([name, value]) => `> ${name}: ${value}`)];
  const got = status === null ? [error?.detail ?? withheld] : [`< ${status}`, ...response_headers.map(([name, value]) => `< ${name}: ${value}`)];
  const block = made("pre", "", { tabIndex: 0, ariaLabel: kind });
  block.append(made("code", [...sent, ...got].join("\n")));
  return block;
}

function command(title, text) {
  const part = document.createElement("div");
  const copy = made("button", "Copy", { type: "button", ariaLabel: `Copy: ${title}` });
  copy.addEventListener("click", () => copied(copy, text));
  const head = made("div", "", { className: "bar" });
  head.append(made("span", title), copy);
  const block = made("pre", "", { tabIndex: 0, ariaLabel: title });
  block.append(made("code", text));
  part.append(head, block);
  return part;
}

async function copied(button, text) {
  const before = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    button.textContent = "The browser refused to copy";
  }
  setTimeout(() => (button.textContent = before), 2000);
}

// The whole form is in the fragment of the link, which no server receives.
const packed = () => {
  const bytes = new TextEncoder().encode(JSON.stringify(Object.fromEntries(new FormData(form))));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
};

function unpack(fragment) {
  try {
    const bytes = Uint8Array.from(atob(fragment.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
    for (const [name, value] of Object.entries(JSON.parse(new TextDecoder().decode(bytes)))) {
      const field = form.elements.namedItem(name);
      if (typeof value === "string" && field !== null && "value" in field) field.value = value;
    }
    return true;
  } catch {
    return false;
  }
}

let timer;
form.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(diagnose, PAUSE);
});
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("reset", () => setTimeout(diagnose));
by("browser").append(
  ...["standard", "chromium", "firefox", "webkit"].map((name) => made("option", name[0].toUpperCase() + name.slice(1), { value: name })),
);
by("browser").value = browser.name;
by("browser").addEventListener("change", () => last && show());
by("share").addEventListener("click", () => copied(by("share"), `${location.origin}${location.pathname}#${packed()}`));
by("run").addEventListener("click", async () => {
  by("run").disabled = true;
  await diagnose();
  if (last?.run) {
    await run([last.run], (scene, result, agreed) => {
      const verdict = scene.predicted[browser.name].verdict;
      const word = agreed === null ? "cannot be observed here" : agreed ? "✓ as predicted" : "✗ not as predicted";
      by("observed").textContent = `${browser.title}: ${result.outcome}. Predicted: ${verdict}. ${word}.`;
    });
  }
  by("run").disabled = !last?.run;
});
async function restore() {
  const fragment = location.hash.slice(1);
  const intact = !fragment || by(fragment) !== null || unpack(fragment);
  await diagnose();
  if (!intact) problem("The link is damaged, so the form did not change.");
}
addEventListener("hashchange", restore);
await restore();
