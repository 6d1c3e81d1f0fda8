"use strict";
// Filters and sorts the table of passes. All texts come from the page itself, and stay texts.
(() => {
  const source = document.getElementById("rows");
  if (!source) return;

  const STEP = 100;
  const RANKS = {
    severity: ["", "low", "medium", "high", "critical"],
    verdict: ["", "approved", "exempt", "undetermined", "violation"],
    outcome: ["", "succeeded", "failed", "denied"],
  };
  const SEARCHED = ["passer", "role", "resource", "passer_arn", "passer_name", "role_arn", "resource_arn"];

  const { fields, texts, rows } = JSON.parse(source.textContent);
  const place = Object.fromEntries(fields.map((field, index) => [field, index]));
  const value = (row, field) => texts[row[place[field]]];
  const count = new Intl.NumberFormat("en");
  const collator = new Intl.Collator("en", { numeric: true });

  const section = document.getElementById("passes");
  const body = section.querySelector("tbody");
  const status = document.getElementById("status");
  const more = document.getElementById("more");
  const blank = document.getElementById("row").content.firstElementChild;
  const controls = new Map(
    [...section.querySelectorAll("[data-filter]")].map((control) => [control.dataset.filter, control]),
  );
  const whole = status.textContent;
  const searched = new Map();
  let found = rows;
  let shown = 0;
  let order = null;

  function haystack(row) {
    if (!searched.has(row)) {
      searched.set(row, SEARCHED.map((field) => value(row, field)).join("\n").toLowerCase());
    }
    return searched.get(row);
  }

  function accepts(row, wanted) {
    for (const [field, choice] of wanted.choices) {
      if (field === "service") {
        if (!value(row, "services").split(" or ").includes(choice)) return false;
      } else if (value(row, field) !== choice) return false;
    }
    return wanted.words.every((word) => haystack(row).includes(word));
  }

  function wanted() {
    const choices = [];
    let words = [];
    for (const [field, control] of controls) {
      if (field === "text") words = control.value.toLowerCase().split(/\s+/).filter(Boolean);
      else if (control.value) choices.push([field, control.value]);
    }
    return { choices, words };
  }

  function compare(field, a, b) {
    if (field === "verdict") return rank("severity", a, b) || rank("verdict", a, b);
    if (field === "outcome") return rank("outcome", a, b);
    if (field === "time") return value(a, "time") < value(b, "time") ? -1 : value(a, "time") > value(b, "time") ? 1 : 0;
    return collator.compare(value(a, field), value(b, field));
  }

  function rank(field, a, b) {
    return RANKS[field].indexOf(value(a, field)) - RANKS[field].indexOf(value(b, field));
  }

  function fill(slot, text) {
    if (text === "" || text === slot.dataset.unless) {
      (slot.closest("dl > div") ?? (slot.matches("td") ? null : slot))?.remove();
    } else if (slot.matches("ul")) {
      slot.replaceChildren(...text.split("\n").map((line) => {
        const item = document.createElement("li");
        item.textContent = line;
        return item;
      }));
    } else {
      slot.textContent = text;
      if (slot.matches(".badge")) slot.classList.add(text);
    }
  }

  function render(row) {
    const made = blank.cloneNode(true);
    for (const slot of made.querySelectorAll("[data-of]")) fill(slot, value(row, slot.dataset.of));
    return made;
  }

  function showMore() {
    body.append(...found.slice(shown, shown + STEP).map(render));
    shown = Math.min(shown + STEP, found.length);
    more.hidden = shown === found.length;
  }

  function apply() {
    const filter = wanted();
    const isFiltered = filter.choices.length > 0 || filter.words.length > 0;
    found = isFiltered ? rows.filter((row) => accepts(row, filter)) : rows.slice();
    if (order) found.sort((a, b) => order.direction * compare(order.field, a, b));
    body.replaceChildren();
    shown = 0;
    showMore();
    status.textContent = isFiltered ? `${count.format(found.length)} of ${count.format(rows.length)} passes match` : whole;
  }

  function sortable(head) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const field = head.dataset.sort;
      const first = ["time", "verdict", "outcome"].includes(field) ? -1 : 1;
      order = { field, direction: order?.field === field ? -order.direction : first };
      for (const other of section.querySelectorAll("th[data-sort]")) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", order.direction > 0 ? "ascending" : "descending");
      apply();
    });
  }

  function clear() {
    for (const control of controls.values()) control.value = "";
  }

  for (const control of controls.values()) control.addEventListener("input", apply);
  for (const head of section.querySelectorAll("th[data-sort]")) sortable(head);
  more.querySelector("button").addEventListener("click", showMore);
  document.getElementById("clear").addEventListener("click", () => {
    clear();
    apply();
  });
  for (const link of document.querySelectorAll("a.find")) {
    link.addEventListener("click", () => {
      clear();
      for (const [field, control] of controls) {
        control.value = link.dataset[field] ?? "";
        if (control.selectedIndex === -1) control.value = "";
      }
      apply();
    });
  }
  section.querySelector(".filters").hidden = false;
  apply();
})();
