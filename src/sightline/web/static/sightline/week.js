// The meeting, quicker: keys, only the fields that matter, drafts kept, colleagues' decisions.
// Without this file everything is plain forms and links.

const byId = (id) => document.getElementById(id);
const form = byId("decide");
const now = byId("card");
const name = byId("now");
const kept = byId("kept");
const asked = new URLSearchParams(location.search);

function say(words) {
  const live = byId("live");
  live.textContent = "";
  setTimeout(() => { live.textContent = words; }, 60);
}

// ---- after a form: the next pupil's name has the focus, and the ear hears what happened
const said = byId("said");
if (byId("conflict")) byId("conflict").focus();
else if (!byId("errors") && (said || asked.has("open"))) name?.focus();
if (said) {
  say(said.querySelector("p").textContent);
  history.replaceState(null, "", location.pathname + location.hash);
  // For ten seconds right beside what was said; afterwards the row's own Undo remains.
  setTimeout(() => said.querySelector("form:not(:focus-within)")?.remove(), 10_000);
}

// ---- only the fields of the chosen decision
function fit() {
  const kind = form.elements.kind.value;
  for (const one of form.querySelectorAll("[data-for]")) {
    one.hidden = !one.dataset.for.split(" ").includes(kind);
  }
  const dates = form.querySelectorAll("[data-pick]");
  const picked = [...dates].some((one) => one.value === "pick" && !one.closest("[data-for]").hidden);
  form.querySelector("[data-picked]").hidden = !picked;
}

if (form) {
  for (const one of form.querySelectorAll(".noscript")) one.remove();
  form.addEventListener("change", fit);
  fit();
}

// ---- drafts: a moment after the last key, when a field is left, when the page is left
let typedAt = 0;
let timer = 0;
let leaving = false;

async function keep() {
  clearTimeout(timer);
  if (!form || !typedAt || leaving) return;
  const sent = typedAt;
  try {
    const answer = await fetch(form.dataset.draft, { method: "POST", body: new FormData(form), keepalive: true });
    if (!answer.ok || answer.redirected) throw new Error(answer.status);
    const { saved } = await answer.json();
    if (sent === typedAt) typedAt = 0;
    kept.textContent = `Draft saved ${saved}`;
    document.dispatchEvent(new CustomEvent("sightline:saved"));
  } catch {
    kept.textContent = "Not saved: no answer from the server. What you typed is still here.";
  }
}

function changed() {
  typedAt = Date.now();
  active = Date.now();
  clearTimeout(timer);
  timer = setTimeout(keep, 3000);
}

let active = Date.now();
if (form) {
  document.addEventListener("input", (event) => { if (event.target.form === form) changed(); });
  form.addEventListener("focusout", () => { if (typedAt) keep(); });
  form.addEventListener("submit", () => { leaving = true; clearTimeout(timer); });
  document.addEventListener("sightline:idle", keep);
  window.addEventListener("pagehide", keep);
}

// ---- what colleagues decided meanwhile: never over what somebody is typing
const updates = byId("updates");
let told = "";

async function look() {
  if (document.hidden || Date.now() - active > 600_000) return; // nobody is here: let the session end
  try {
    const answer = await fetch(updates.dataset.updates, { headers: { "X-Requested-With": "fetch" } });
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    show(page);
  } catch { /* the next look may reach the server */ }
}

function show(page) {
  const state = page.querySelector("[data-done]");
  byId("progress").textContent = state.textContent;
  const meter = document.querySelector("progress.meter");
  meter.value = state.dataset.done;
  meter.max = state.dataset.total;
  const news = [...page.querySelectorAll("[data-listing]")].filter((one) => {
    const row = byId(`p${one.dataset.listing}`);
    return now?.dataset.listing === one.dataset.listing ? !form?.elements.seen.value : row && !row.classList.contains("done");
  });
  updates.replaceChildren(...news.map((one) => Object.assign(document.createElement("p"), { textContent: one.textContent })));
  const words = news.map((one) => one.textContent).join(". ");
  if (words && words !== told) say(words);
  told = words;
}

if (updates) setInterval(look, 20_000);
for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, () => { active = Date.now(); });

// ---- keys: single letters can be switched off, and are off while typing
const typing = (one) => one.closest?.("input:not([type=radio],[type=checkbox]), textarea, select");
const rows = () => [...document.querySelectorAll("[data-row]")];

function move(by) {
  const all = rows();
  const here = all.findIndex((one) => one.contains(document.activeElement));
  const start = here < 0 ? all.indexOf(now) : here;
  const row = all[Math.min(all.length - 1, Math.max(0, start + by))];
  row?.querySelector("h2 a, h3 a")?.focus();
}

function choose(number) {
  const one = form?.querySelectorAll("[name=kind]")[number - 1];
  if (!one) return false;
  one.click();
  one.focus();
  return true;
}

function focus(...ids) {
  const one = ids.map(byId).find((field) => field && !field.closest("[hidden]"));
  one?.focus();
  return Boolean(one);
}

const KEYS = {
  j: () => { move(1); return true; },
  k: () => { move(-1); return true; },
  1: () => choose(1),
  2: () => choose(2),
  3: () => choose(3),
  a: () => (form?.elements.kind.value ? focus("id_action") : choose(1) && focus("id_action")),
  n: () => focus("id_note"),
  r: () => focus("id_review", "id_away"),
  u: () => { const one = document.querySelector("#said .undo, [data-mine] .undo"); one?.click(); return Boolean(one); },
};

document.addEventListener("keydown", (event) => {
  if (event.isComposing || document.documentElement.classList.contains("covered") || document.querySelector("dialog[open]")) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && form) {
    event.preventDefault();
    form.requestSubmit(form.querySelector(".btn.primary"));
    return;
  }
  if (document.body.dataset.shortcuts !== "on" || typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Enter") {
    // On a closed row's name Enter opens the pupil here; elsewhere it does what it always does.
    const link = event.target.closest?.("[data-row]:not(#card) .who a") && event.target.closest("[data-row]").querySelector("[data-open-row]");
    if (!link) return;
    event.preventDefault();
    link.click();
    return;
  }
  const key = KEYS[event.key.toLowerCase()];
  if (key?.()) event.preventDefault();
});
