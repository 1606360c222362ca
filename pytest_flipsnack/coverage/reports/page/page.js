"use strict";
const known = JSON.parse(document.getElementById("details").textContent);
const cells = [...document.querySelectorAll("#cells button")];
const rows = [...document.querySelectorAll("#cells tbody tr")];
const dialog = document.getElementById("detail");

// what a cell shows: text only, so that no name of a test is ever read as HTML
function made(tag, text, kind) {
  const element = document.createElement(tag);
  element.textContent = text;
  if (kind) element.className = kind;
  return element;
}

function replies(test, cell) {
  const got = known.replies[test] || [];
  if (got.length === 0) return null;
  const action = cell.slice(0, cell.lastIndexOf(":") + 1);
  const texts = got.map((one) => (one.startsWith(action) ? one.slice(action.length) : one));
  return made("span", `replies: ${texts.join(", ")}${got.length < 20 ? "" : ", ..."}`, "replies");
}

function open(button) {
  const name = button.dataset.cell;
  const detail = known.cells[name];
  document.getElementById("detail-name").textContent = `${name} ${button.dataset.words}`;
  const times = detail.deliveries === 1 ? "once" : `${detail.deliveries} times`;
  document.getElementById("detail-what").textContent =
    (detail.deliveries ? `Delivered ${times} in passing tests.` : "No passing test delivered it.") +
    ` Source: ${detail.source}.`;
  const place = document.getElementById("detail-tests");
  place.replaceChildren();
  for (const [level, title] of [["verified", "Verified by"], ["asserted", "Asserted by"], ["exercised", "Exercised only by"]]) {
    if (detail[level].length === 0) continue;
    place.append(made("h3", title));
    const list = document.createElement("ul");
    for (const test of detail[level]) {
      const item = made("li", "");
      item.append(made("code", known.tests[test]));
      const sequence = replies(test, name);
      if (sequence) item.append(sequence);
      list.append(item);
    }
    place.append(list);
  }
  if (detail.asserted.length + detail.verified.length === 0) {
    place.append(made("h3", "What to write"), made("code", detail.try));
  }
  dialog.showModal();
}

// one stop for the Tab key; the arrow keys go on from there
function stop(button) {
  for (const other of cells) other.tabIndex = other === button ? 0 : -1;
}

function next(from, down, right) {
  const row = from.closest("tr");
  if (right) {
    const here = [...row.querySelectorAll("button")].filter((one) => one.offsetParent);
    return here[here.indexOf(from) + right];
  }
  const shown = rows.filter((one) => !one.hidden);
  const column = from.closest("td").cellIndex;
  for (let at = shown.indexOf(row) + down; shown[at]; at += down) {
    const found = shown[at].cells[column].querySelector("button");
    if (found) return found;
  }
  return undefined;
}

const steps = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] };
for (const button of cells) {
  button.addEventListener("click", () => open(button));
  button.addEventListener("focus", () => stop(button));
  button.addEventListener("keydown", (event) => {
    const step = steps[event.key];
    const to = step && next(button, ...step);
    if (step) event.preventDefault();
    if (to) to.focus();
  });
}
if (cells.length) cells[0].tabIndex = 0;

const find = document.getElementById("find");
const show = document.getElementById("show");

function fits(button, words) {
  if (show.value && !button.classList.contains(show.value)) return false;
  const detail = known.cells[button.dataset.cell];
  const tests = [...detail.verified, ...detail.asserted, ...detail.exercised].map((test) => known.tests[test]);
  const text = [button.dataset.cell, button.dataset.words, ...tests].join("\n").toLowerCase();
  return words.every((word) => text.includes(word));
}

function filter() {
  const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
  const all = words.length === 0 && !show.value;
  let found = 0;
  for (const row of rows) {
    let some = false;
    for (const button of row.querySelectorAll("button")) {
      const fit = fits(button, words);
      button.classList.toggle("other", !fit);
      some = some || fit;
      found += fit ? 1 : 0;
    }
    row.hidden = !some && !all;
  }
  const first = cells.find((one) => one.offsetParent && !one.classList.contains("other"));
  if (first) stop(first);
  const text = `${found} ${found === 1 ? "cell" : "cells"}`;
  document.getElementById("found").textContent = all ? "" : text;
}
find.addEventListener("input", filter);
show.addEventListener("change", filter);
document.getElementById("theme").addEventListener("change", (event) => {
  document.documentElement.dataset.theme = event.target.value;
});
