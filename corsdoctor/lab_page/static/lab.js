// The page with all scenes: runs them, filters them, and copies the results.
import { browser, run } from "./run.js";

const by = (id) => document.getElementById(id);
const scenes = [...document.querySelectorAll(".scene")];
const results = new Map();

// The contents of the scenes are loaded after the page, which opens sooner without them, and added while the browser is idle.
let details = null;
const loaded = fetch("/details.json").then((response) => response.json()).catch(() => ({})).then((found) => (details = found));
const idle = window.requestIdleCallback ?? ((work) => setTimeout(work, 50));

function fill(scene) {
  if (scene.dataset.filled) return;
  const body = scene.querySelector(".body");
  if (details === null) {
    if (!body.querySelector(".loading")) body.insertAdjacentHTML("afterbegin", '<p class="loading">Loading…</p>');
    return;
  }
  scene.dataset.filled = "true";
  body.querySelector(".loading")?.remove();
  const text = details[scene.id] ?? "<p>The lab has ended. Start it again with <code>corsdoctor lab</code>, and reload this page.</p>";
  body.insertAdjacentHTML("afterbegin", text);
}

function fillSome(from) {
  for (const scene of scenes.slice(from, from + 10)) fill(scene);
  if (from < scenes.length) idle(() => fillSome(from + 10));
}

for (const scene of scenes) {
  scene.addEventListener("toggle", () => {
    fill(scene);
    loaded.then(() => fill(scene));
  });
}
loaded.then(() => fillSome(0));

function show(scene, result, agreed) {
  const element = by(scene.path);
  const predicted = scene.predicted[browser.name].verdict;
  element.dataset.agreed = String(agreed);
  const word = agreed === null ? "not available" : agreed ? "✓ as predicted" : "✗ not as predicted";
  element.querySelector(".result").textContent = word;
  const observed = element.querySelector(".observed");
  observed.hidden = false;
  const readable = result.readable === undefined ? "" : `; readable: ${result.readable.join(", ") || "nothing"}`;
  observed.textContent = `${browser.title}: ${result.outcome}${readable}. ${result.why ?? result.error ?? ""} Predicted: ${predicted}.`;
  results.set(scene.path, { path: scene.path, predicted: scene.predicted[browser.name], observed: result, agreed });
}

function count(total) {
  const judged = [...results.values()].filter(({ agreed }) => agreed !== null);
  const good = judged.filter(({ agreed }) => agreed).length;
  const missing = results.size - judged.length;
  const rest = missing ? ` ${missing} cannot be observed in this browser.` : "";
  const running = results.size < total ? ` ${total - results.size} to go.` : "";
  by("count").textContent = `${good} of ${judged.length} as predicted for ${browser.title}.${rest}${running}`;
}

by("run").addEventListener("click", async () => {
  by("run").disabled = true;
  results.clear();
  const started = performance.now();
  let all;
  try {
    all = await (await fetch("/scenes.json")).json();
  } catch {
    by("count").textContent = "The lab has ended. Start it again with `corsdoctor lab`.";
    by("run").disabled = false;
    return;
  }
  await run(all, (scene, result, agreed) => {
    show(scene, result, agreed);
    if (results.size % 10 === 0) count(all.length);
  });
  count(all.length);
  document.documentElement.dataset.seconds = ((performance.now() - started) / 1000).toFixed(1);
  by("run").disabled = by("copy").disabled = false;
  filter();
});

by("copy").addEventListener("click", async () => {
  const report = { browser, userAgent: navigator.userAgent, results: [...results.values()] };
  try {
    await navigator.clipboard.writeText(JSON.stringify(report, null, 2));
    by("copy").textContent = "Copied";
  } catch {
    by("copy").textContent = "The browser refused to copy";
  }
  setTimeout(() => (by("copy").textContent = "Copy the results as JSON"), 2000);
});

function filter() {
  const words = by("find").value.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length > 0) {
    if (details === null) return void loaded.then(filter);
    scenes.forEach(fill);
  }
  let found = 0;
  for (const scene of scenes) {
    const text = (scene.id + scene.textContent).toLowerCase();
    const fits =
      words.every((word) => text.includes(word)) &&
      (!by("differs").checked || scene.dataset.differs === "true") &&
      (!by("surprises").checked || scene.dataset.agreed === "false");
    scene.hidden = !fits;
    found += fits;
  }
  for (const group of document.querySelectorAll(".group")) group.hidden = group.querySelector(".scene:not([hidden])") === null;
  by("found").textContent = found === scenes.length ? "" : `${found} of ${scenes.length} scenes`;
}

by("filter").addEventListener("input", filter);
by("filter").addEventListener("submit", (event) => event.preventDefault());
if (location.hash.length > 1) by(decodeURIComponent(location.hash.slice(1)))?.setAttribute("open", "");
