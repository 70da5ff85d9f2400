// What the pages do better with a script: cover the screen, keys, copying, staying signed in.
// Nothing is kept in the browser. Every page works without this file.

const body = document.body;
const root = document.documentElement;
const byId = (id) => document.getElementById(id);
const title = document.title;
let lastSeen = Date.now();
let hiddenAt = 0;

export function say(words) {
  const live = byId("live");
  live.textContent = "";
  setTimeout(() => { live.textContent = words; }, 50);
}

// ---- cover the screen: at once, everything, the title too
export const covered = () => root.classList.contains("covered");

export function cover(on) {
  if (on === covered()) return;
  root.classList.toggle("covered", on);
  for (const one of body.children) if (one.id !== "cover") one.inert = on;
  document.title = on ? "Sightline" : title;
  if (on) {
    for (const one of document.querySelectorAll("dialog[open]")) one.close();
    cover.from = document.activeElement;
    byId("uncover").focus();
  } else {
    (cover.from && cover.from !== body ? cover.from : byId("main")).focus({ preventScroll: true });
  }
}

function closeWhatIsOpen() {
  // A dialog or popover closes by itself on Escape; the menu is ours to close.
  const menu = document.querySelector("details.menu[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
  return Boolean(menu || document.querySelector("dialog[open], [popover]:popover-open"));
}

document.addEventListener("visibilitychange", () => {
  // Whoever comes back to a page left open for five minutes may not be alone.
  if (document.hidden) hiddenAt = Date.now();
  else if (hiddenAt && Date.now() - hiddenAt > 300_000 && byId("hide")) cover(true);
});
window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

// ---- keys
const typing = (target) => target.closest?.("input:not([type=radio],[type=checkbox]), textarea, select, [contenteditable]");
export const keysOn = () => body.dataset.shortcuts === "on";
let goes = false;

document.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if (event.key === "Escape") {
    if (root.classList.contains("ended")) return;
    if (covered()) cover(false);
    else if (!closeWhatIsOpen() && byId("hide")) cover(true);
    else return;
    event.preventDefault();
    return;
  }
  if (event.key === " " && event.target.matches?.("a[role=button]")) {
    event.preventDefault();
    event.target.click();
  }
  if (!keysOn() || covered() || typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
  const key = event.key.toLowerCase();
  if (goes && key === "w" && body.dataset.week) location.assign(body.dataset.week);
  goes = key === "g";
  if (key === "?" && byId("keys")) byId("keys").showModal();
  else if (key === "/" && body.dataset.find) {
    const field = document.querySelector("[data-find-field]");
    if (field) field.focus(); else location.assign(`${body.dataset.find}#find`);
  } else return;
  event.preventDefault();
});

// ---- buttons
document.addEventListener("click", async (event) => {
  const hit = event.target.closest("#hide, #uncover, #stay, [data-open], [data-copy], [data-print]");
  const menu = document.querySelector("details.menu[open]");
  if (menu && !menu.contains(event.target)) menu.open = false;
  if (!hit) return;
  event.preventDefault();
  if (hit.id === "hide") cover(true);
  else if (hit.id === "uncover") cover(false);
  else if (hit.id === "stay") stay();
  else if (hit.dataset.open) byId(hit.dataset.open).showModal();
  else if (hit.dataset.copy) await copy(hit);
  else print();
});

async function copy(button) {
  try {
    await navigator.clipboard.writeText(byId(button.dataset.copy).textContent.trim());
    say("Copied as text.");
  } catch {
    if (button.href) location.assign(button.href); // the same text as a page of its own
  }
}

// ---- idle: five minutes' warning. Other tabs and saved forms count as being here.
const tabs = "BroadcastChannel" in window ? new BroadcastChannel("sightline") : null;
if (tabs) tabs.onmessage = () => seen(false);
if (body.dataset.idle) {
  seen(true);
  setInterval(look, 5000);
  document.addEventListener("sightline:saved", () => seen(true));
}

export function seen(tell) {
  lastSeen = Date.now();
  byId("idle")?.close();
  if (tell && tabs) tabs.postMessage("here");
}

function look() {
  const left = Number(body.dataset.idle) - (Date.now() - lastSeen) / 1000;
  const dialog = byId("idle");
  if (left <= 0) return ended();
  if (left > 300) return;
  const minutes = Math.ceil(left / 60);
  const words = minutes === 1 ? "1 minute" : `${minutes} minutes`;
  if (byId("idle-left").textContent !== words) byId("idle-left").textContent = words;
  if (!dialog.open && !covered()) {
    dialog.showModal();
    document.dispatchEvent(new CustomEvent("sightline:idle")); // a page with drafts saves them now
  }
}

async function stay() {
  const token = document.querySelector("input[name=csrfmiddlewaretoken]");
  try {
    const answer = await fetch(body.dataset.stay, { method: "POST", headers: { "X-CSRFToken": token.value } });
    if (!answer.ok || answer.redirected) throw new Error("not signed in");
    seen(true);
    say("You stay signed in.");
  } catch {
    ended();
  }
}

function ended() {
  // Whatever the reason, nothing about a pupil stays on a screen that nobody watches.
  cover(true);
  const again = byId("uncover");
  again.textContent = "Sign in again";
  again.id = "again";
  again.href = location.pathname + location.search;
  byId("cover").querySelector("strong").textContent = "You were signed out, as nothing had happened for a while.";
  root.classList.add("ended");
}

// ---- a summary of errors takes the focus; else the box of a search asked for by key
if (byId("errors")) byId("errors").focus();
else if (location.hash === "#find") document.querySelector("[data-find-field]")?.focus();
