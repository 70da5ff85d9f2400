// Keeps parts of a page up to date: <div data-refresh="address" data-part="id of the part there">.
// Without this file the page shows how things stood when it was opened.

const EVERY = 2000;
const places = [...document.querySelectorAll("[data-refresh]")];

async function refresh() {
  if (document.hidden || !places.length) return;
  const answer = await fetch(places[0].dataset.refresh, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const place of places) {
    const part = fresh.getElementById(place.dataset.part);
    if (part && part.outerHTML !== place.firstElementChild?.outerHTML) place.replaceChildren(part);
  }
}

async function again() {
  try {
    await refresh();
  } catch {
    // no answer just now: the next one may come
  }
  setTimeout(again, EVERY);
}

setTimeout(again, EVERY);
