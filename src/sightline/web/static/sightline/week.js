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
  clearTimeout(timer);
  timer = setTimeout(keep, 3000);
}

if (form) {
  document.addEventListener("input", (event) => { if (event.target.form === form) changed(); });
  form.addEventListener("focusout", () => { if (typedAt) keep(); });
  form.addEventListener("submit", () => { leaving = true; clearTimeout(timer); });
  document.addEventListener("sightline:idle", keep);
  window.addEventListener("pagehide", keep);
}

// ---- news: what colleagues decided, and figures of later data. Never over what is being typed.
const updates = byId("updates");
const SOON = 2_000, LATER = 10_000, QUIET = 600_000; // asked less often when nothing happens
let told = "";
let state = updates?.dataset.state;
let happened = Date.now();
let asking = 0;

function shown() {
  const all = [...document.querySelectorAll("[data-figures]")];
  return all.map((one) => `${one.dataset.listing || one.id.slice(1)}:${one.dataset.figures}`).join(",");
}

async function look() {
  clearTimeout(asking);
  if (document.hidden) return; // asked again when somebody looks
  try {
    const asked = new URLSearchParams({ shown: shown(), open: now?.dataset.listing ?? "" });
    const answer = await fetch(`${updates.dataset.updates}?${asked}`, { headers: { "X-Requested-With": "fetch", "If-None-Match": `"${state}"` } });
    if (answer.redirected) return; // signed out: the page says so when it is used
    if (answer.ok) {
      show(new DOMParser().parseFromString(await answer.text(), "text/html"));
      state = answer.headers.get("ETag")?.replace(/^W\/|"/g, "");
      happened = Date.now();
    }
  } catch { /* the next look may reach the server */ }
  asking = setTimeout(look, Date.now() - happened > QUIET ? LATER : SOON);
}

function show(page) {
  const meter = page.querySelector("[data-done]");
  byId("progress").textContent = meter.textContent;
  const drawn = document.querySelector("progress.meter");
  drawn.value = meter.dataset.done;
  drawn.max = meter.dataset.total;
  const news = [...page.querySelectorAll("li[data-listing]")].filter((one) => {
    const row = byId(`p${one.dataset.listing}`);
    return now?.dataset.listing === one.dataset.listing ? !form?.elements.seen.value : row && !row.classList.contains("done");
  });
  updates.replaceChildren(...news.map((one) => Object.assign(document.createElement("p"), { textContent: one.textContent })));
  const decided = news.map((one) => one.textContent).join(". ");
  const words = [replaceFigures(page), decided === told ? "" : decided].filter(Boolean).join(". ");
  if (words) say(words);
  told = decided;
}

// ---- figures in place: what has the focus keeps it, what is open stays open
function put(old, fresh) {
  if (!old || !fresh) return;
  const within = [...old.querySelectorAll("a,button,summary")].indexOf(document.activeElement);
  old.replaceWith(document.adoptNode(fresh));
  if (within >= 0) (fresh.querySelectorAll("a,button,summary")[within] ?? name)?.focus({ preventScroll: true });
}

function replaceFigures(page) {
  const rows = [...page.querySelectorAll("li[data-figures]")];
  for (const fresh of rows) put(byId(fresh.id), fresh);
  const card = page.getElementById("card");
  if (card) {
    const open = document.querySelector(".pop:popover-open")?.id;
    for (const part of ["evidence", "around-now", "pops"]) put(byId(part), page.getElementById(part));
    now.dataset.figures = card.dataset.figures;
    const by = now.querySelector(`[popovertarget="${open}"]`);
    if (by) byId(open)?.showPopover({ source: by });
  }
  for (const part of ["fresh", "newcomers"]) put(byId(part), page.getElementById(part));
  document.querySelector(".foot p").textContent = page.getElementById("foot").textContent;
  age();
  const count = rows.length + (card ? 1 : 0);
  return count ? `${count} ${count === 1 ? "pupil\u2019s" : "pupils\u2019"} figures updated` : "";
}

// ---- how long ago: counted on here, and never read out
let born = 0;

function age() {
  const line = byId("fresh");
  if (!line?.dataset.age) return;
  born = Date.now() - 1000 * line.dataset.age;
  tick();
}

function tick() {
  const line = byId("fresh");
  if (document.hidden || !line?.dataset.age) return;
  const seconds = Math.round((Date.now() - born) / 1000);
  const minutes = Math.floor(seconds / 60);
  const many = (count, one) => `${count} ${one}${count === 1 ? "" : "s"} ago`;
  const words = seconds < 60 ? many(seconds, "second") : minutes < 60 ? many(minutes, "minute") : "";
  const said = line.querySelector("span");
  if (words && said.textContent !== `updated ${words}`) said.textContent = `updated ${words}`;
}

age();
setInterval(tick, 1000);
if (updates) {
  asking = setTimeout(look, SOON);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
}

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
