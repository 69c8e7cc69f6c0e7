// Live parts: the server sends the elements and rows that changed, and of a list which rows it has now. One in which
// somebody is choosing or typing stays as it is.
"use strict";

const place = document.querySelector("[data-live]");

function isInUse(part) {
  return part.contains(document.activeElement) || part.querySelector("[data-touched]") !== null;
}

function put(next) {
  const now = document.getElementById(next.id);
  if (!now) return false;
  if ("rows" in next.dataset) {
    const wanted = new Set(next.dataset.keep.split(" "));
    for (const row of [...next.children]) if (!put(row)) now.append(row);
    for (const row of [...now.children]) if (!wanted.has(row.id)) row.remove();
  } else if (now.outerHTML !== next.outerHTML && !isInUse(now)) {
    now.replaceWith(next);
  }
  return true;
}

function countDown() {
  for (const clock of document.querySelectorAll("[data-seconds]")) {
    const left = Math.max(0, Number(clock.dataset.seconds) - 1);
    clock.dataset.seconds = String(left);
    clock.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  }
}

if (place) {
  const source = new EventSource(place.dataset.live);
  source.onmessage = (event) => {
    const box = document.createElement("template");
    box.innerHTML = event.data;
    for (const part of [...box.content.children]) put(part);
    // What was waited for is over: the page that it was begun on says what came of it.
    if (document.querySelector("[data-over]")) location.reload();
  };
  addEventListener("pagehide", () => source.close());
  addEventListener("change", (event) => { if (event.target.closest("[data-live]")) event.target.dataset.touched = ""; });
  setInterval(countDown, 1000);
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// Say at once that it is under way, and start no second one.
addEventListener("submit", (event) => {
  const button = event.target.querySelector("[data-busy]");
  if (!button) return;
  button.textContent = button.dataset.busy;
  button.setAttribute("aria-busy", "true");
  event.target.addEventListener("submit", (again) => again.preventDefault());
});
