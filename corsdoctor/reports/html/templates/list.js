"use strict";
// Rows are [result, name, origin, request, verdict, rule, place]. Details are unpacked when one is opened.
const [RESULT, NAME, ORIGIN, REQUEST, VERDICT, RULE, PLACE] = [0, 1, 2, 3, 4, 5, 6];
const COLUMNS = [RESULT, NAME, ORIGIN, VERDICT, RULE];
const LENGTH = 100, MOST_ORIGINS = 30, MOST_REQUESTS = 100;
const MARKS = { "passed": "✓", "unsent": "?", "not sent": "?", "known": "!", "no answer": "✗", "failed": "✗" };
const ROLES = { "✓": "good", "?": "unsure", "!": "unsure", "✗": "bad" };
const at = (id) => document.getElementById(id);
const rows = [], packed = document.querySelectorAll("script.details"), unpacked = new Map();
let perChunk = 0, found = [], first = 0, column = -1, ascending = true, cell = null;

async function load() {
  let since = performance.now();
  for (const block of document.querySelectorAll("script.rows")) {
    const some = JSON.parse(block.textContent);
    for (const row of some) { row.push(rows.length); rows.push(row); }
    if (!perChunk) { perChunk = some.length; filter(); }
    if (performance.now() - since > 50) { // the first rows can be used while the others are read
      await new Promise((go) => setTimeout(go));
      since = performance.now();
    }
  }
  at("outcome").append(...[...new Set(rows.map((row) => row[RESULT]))].sort().map((result) => made("option", result)));
  drawMatrix();
  filter();
  open();
}

function made(name, text, role) {
  const element = document.createElement(name);
  element.textContent = text;
  if (role) element.className = role;
  return element;
}

const marked = (result) => `${MARKS[result] || "•"} ${result}`;
const roleOf = (result) => ROLES[MARKS[result]] || "";

function filter() {
  const words = at("words").value.toLowerCase().split(/\s+/).filter(Boolean), outcome = at("outcome").value;
  found = rows.filter((row) => {
    if (outcome && row[RESULT] !== outcome) return false;
    if (cell && (row[ORIGIN] !== cell[0] || row[REQUEST] !== cell[1])) return false;
    if (!words.length) return true;
    const text = row.slice(0, PLACE).join("\n").toLowerCase();
    return words.every((word) => text.includes(word));
  });
  if (column >= 0) {
    const way = ascending ? 1 : -1;
    found.sort((a, b) => (a[column] < b[column] ? -way : a[column] > b[column] ? way : a[PLACE] - b[PLACE]));
  }
  at("cell").hidden = !cell;
  at("cell").textContent = cell ? `Only ${cell[1]} from ${cell[0]}: show all` : "";
  first = 0;
  draw();
}

function draw() {
  const some = found.slice(first, first + LENGTH);
  at("table").tBodies[0].replaceChildren(...some.map((row) => {
    const line = document.createElement("tr"), link = made("a", row[NAME]);
    link.href = `#item-${row[PLACE]}`;
    for (const place of COLUMNS) {
      const box = made("td", "");
      if (place === RESULT) box.append(made("span", marked(row[RESULT]), roleOf(row[RESULT])));
      else if (place === NAME) box.append(link, row[REQUEST] === row[NAME] ? "" : made("small", row[REQUEST]));
      else box.textContent = row[place];
      line.append(box);
    }
    return line;
  }));
  at("count").textContent = found.length === rows.length ? `${rows.length} results` : `${found.length} of ${rows.length} results`;
  at("place").textContent = found.length ? `${first + 1} to ${first + some.length} of ${found.length}` : "";
  at("before").disabled = first === 0;
  at("next").disabled = first + LENGTH >= found.length;
}

function drawMatrix() {
  const worst = Object.keys(MARKS), cells = new Map(), origins = new Set(), requests = new Set();
  for (const row of rows) {
    if (!row[ORIGIN]) continue;
    origins.add(row[ORIGIN]);
    requests.add(row[REQUEST]);
    const key = `${row[ORIGIN]}\n${row[REQUEST]}`, known = cells.get(key);
    if (!known || worst.indexOf(row[RESULT]) > worst.indexOf(known)) cells.set(key, row[RESULT]);
  }
  at("matrix").hidden = origins.size < 2 || requests.size < 2;
  if (at("matrix").hidden) return;
  at("matrix").addEventListener("toggle", () => {
    const columns = [...origins].slice(0, MOST_ORIGINS), lines = [...requests].slice(0, MOST_REQUESTS);
    const table = at("matrix").querySelector("table"), head = table.createTHead().insertRow(), body = table.createTBody();
    const header = (text, scope) => Object.assign(made("th", text), { scope });
    head.append(made("td", ""), ...columns.map((origin) => header(origin, "col")));
    for (const request of lines) {
      const line = body.insertRow();
      line.append(header(request, "row"));
      for (const origin of columns) {
        const result = cells.get(`${origin}\n${request}`), box = line.insertCell();
        if (!result) continue;
        const button = made("button", MARKS[result], roleOf(result));
        button.type = "button";
        button.setAttribute("aria-label", `${result}: ${request} from ${origin}`);
        button.addEventListener("click", () => { cell = [origin, request]; filter(); at("cell").focus(); });
        box.append(button);
      }
    }
    const left = [requests.size - lines.length, origins.size - columns.length];
    if (left[0] || left[1]) table.createCaption().textContent = `${left[0]} more requests and ${left[1]} more origins are in the table below.`;
  }, { once: true });
}

async function detailsOf(place) {
  const number = Math.floor(place / perChunk);
  if (!unpacked.has(number)) {
    if (unpacked.size > 3) unpacked.clear();
    const bytes = Uint8Array.from(atob(packed[number].textContent), (c) => c.charCodeAt(0));
    const text = await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
    unpacked.set(number, JSON.parse(text));
  }
  return unpacked.get(number)[place % perChunk];
}

async function open() {
  const place = Number((location.hash.match(/^#item-(\d{1,9})$/) || [])[1] ?? -1), row = rows[place];
  if (row) {
    const box = at("detail").lastElementChild;
    at("detail").querySelector(".title").replaceChildren(row[NAME]);
    const request = row[REQUEST] === row[NAME] ? "" : `${row[REQUEST]} `;
    if (row[ORIGIN]) at("detail").querySelector(".title").append(made("small", `${request}from ${row[ORIGIN]}`));
    box.innerHTML = await detailsOf(place); // written by corsdoctor, which has escaped all values; no other script may run
    offerCopies(box);
  }
  at("list").hidden = Boolean(row);
  at("detail").hidden = !row;
  if (row) { scrollTo(0, 0); at("detail").focus(); }
}

at("heading").textContent = JSON.parse(at("summary").textContent);
at("words").addEventListener("input", filter);
at("outcome").addEventListener("change", filter);
at("cell").addEventListener("click", () => { cell = null; filter(); at("words").focus(); });
at("before").addEventListener("click", () => { first -= LENGTH; draw(); });
at("next").addEventListener("click", () => { first += LENGTH; draw(); });
for (const [place, button] of [...at("table").tHead.querySelectorAll("button")].entries()) {
  button.addEventListener("click", () => {
    ascending = column !== COLUMNS[place] || !ascending;
    column = COLUMNS[place];
    for (const head of at("table").tHead.querySelectorAll("th")) head.removeAttribute("aria-sort");
    button.parentElement.setAttribute("aria-sort", ascending ? "ascending" : "descending");
    filter();
  });
}
addEventListener("hashchange", open);
at("list").hidden = false;
load();
