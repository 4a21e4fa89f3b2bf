"use strict";
// Whatever came from AWS is set as text; nothing is ever parsed as markup.
(() => {
  const NAMES = ["id", "severity", "status", "family", "check", "title", "account", "region", "resource", "change", "owner", "stack", "place", "message", "evidence", "remediation", "fix", "references", "console", "first", "last", "confidence", "accepted"];
  const PAGE = 50;
  const $ = (id) => document.getElementById(id);
  const raw = JSON.parse($("data").textContent);
  const rows = raw.rows.map((row) => Object.fromEntries(NAMES.map((name, at) => [name, at === 0 ? row[0] : raw.texts[row[at]]])));
  const root = document.documentElement;
  root.dataset.js = "";
  const filters = {};
  let shown = rows, page = 0, query = "";

  const make = (tag, cls, text) => {
    const element = document.createElement(tag);
    if (cls) element.className = cls;
    if (text !== undefined) element.textContent = text;
    return element;
  };
  const words = (text) => text.replaceAll("_", " ");

  const ORDER = { severity: ["critical", "high", "medium", "low", "info"] };
  for (const name of ["severity", "status", "family", "check", "account", "region", "change", "owner", "stack"]) {
    const values = [...new Set(rows.map((row) => row[name]))].filter(Boolean);
    if (values.length === 0) continue;
    values.sort(ORDER[name] ? (a, b) => ORDER[name].indexOf(a) - ORDER[name].indexOf(b) : undefined);
    const label = make("label", "", name[0].toUpperCase() + name.slice(1));
    const select = make("select");
    select.id = "filter-" + name;
    select.append(new Option("all", ""));
    for (const value of values) select.append(new Option(words(value), value));
    select.addEventListener("change", () => { filters[name] = select.value; apply(); });
    label.append(select);
    $("filters").append(label);
  }
  const clear = make("button", "", "Clear filters");
  clear.type = "button";
  clear.id = "clear";
  clear.addEventListener("click", reset);
  $("filters").append(clear);

  function reset() {
    for (const select of $("filters").querySelectorAll("select")) select.value = "";
    for (const name of Object.keys(filters)) delete filters[name];
    $("q").value = query = "";
    apply();
  }

  function haystack(row) {
    row.text ??= [row.id, row.check, row.title, row.resource, row.place, row.message, row.evidence, row.owner, row.stack].join("\n").toLowerCase();
    return row.text;
  }

  function apply() {
    const active = Object.entries(filters).filter(([, value]) => value);
    const terms = query.toLowerCase().split(/\s+/).filter(Boolean);
    shown = rows.filter((row) => active.every(([name, value]) => row[name] === value) && terms.every((term) => haystack(row).includes(term)));
    page = 0;
    draw();
  }

  function link(address, text) {
    if (!address.startsWith("https://")) return make("span", "", address);
    const anchor = make("a", "", text);
    anchor.href = address;
    anchor.rel = "noopener noreferrer";
    anchor.target = "_blank";
    return anchor;
  }

  function body(row) {
    const part = document.createDocumentFragment();
    part.append(make("p", "", row.message));
    part.append(make("p", "", row.remediation));
    if (row.fix) {
      const pre = make("pre", "", row.fix);
      pre.tabIndex = 0;
      const button = make("button", "copy", "Copy");
      button.type = "button";
      part.append(button, pre);
    }
    const list = make("dl");
    const add = (name, ...content) => { const dd = make("dd"); dd.append(...content); list.append(make("dt", "", name), dd); };
    add("Check", row.check + " (" + row.family + ", confidence " + row.confidence + ")");
    add("Resource", row.resource);
    if (row.place) add("Place", row.place);
    if (row.evidence) add("Evidence", row.evidence);
    if (row.owner) add("Owner", row.owner);
    if (row.stack) add("Stack", row.stack);
    if (row.accepted) add("Accepted", row.accepted);
    add("Seen", row.first + " to " + row.last);
    add("Console", link(row.console, "Open in the AWS console"));
    for (const reference of row.references.split("\n").filter(Boolean)) add("Reference", link(reference, reference));
    part.append(list);
    return part;
  }

  function one(row) {
    const details = make("details", "f");
    details.id = "f-" + row.id;
    const summary = make("summary");
    const title = make("span", "t", row.title);
    title.append(make("small", "", row.resource + (row.place ? " · " + row.place : "")));
    const other = { insufficient_data: "not judged", suppressed: "accepted" }[row.status];
    summary.append(make("span", "sev " + (other ? "none" : row.severity), other ?? row.severity), title, make("span", "m", words(row.status) + " · " + row.change + " · " + row.region));
    details.append(summary);
    details.addEventListener("toggle", () => { if (details.open && details.childElementCount === 1) details.append(body(row)); });
    return details;
  }

  function draw() {
    const pages = Math.max(1, Math.ceil(shown.length / PAGE));
    $("list").replaceChildren(...shown.slice(page * PAGE, (page + 1) * PAGE).map(one));
    $("count").textContent = shown.length + " of " + rows.length + " findings" + (raw.left ? " on this page, of " + (rows.length + raw.left) : "");
    $("page").textContent = "Page " + (page + 1) + " of " + pages;
    $("prev").disabled = page === 0;
    $("next").disabled = page + 1 >= pages;
  }

  const turn = (by) => { page += by; draw(); $("findings").scrollIntoView(); };
  $("prev").addEventListener("click", () => turn(-1));
  $("next").addEventListener("click", () => turn(1));
  let timer;
  $("q").addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => { query = $("q").value; apply(); }, 120); });

  function open() {
    const at = rows.findIndex((row) => location.hash === "#f-" + row.id);
    if (at < 0) {
      if (location.hash.startsWith("#f-")) $("count").textContent = "That finding is not on this page: the JSON report holds it.";
      return;
    }
    reset();
    page = Math.floor(at / PAGE);
    draw();
    const details = $("f-" + rows[at].id);
    details.open = true;
    details.scrollIntoView();
    details.querySelector("summary").focus();
  }
  window.addEventListener("hashchange", open);

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button.copy");
    if (!button) return;
    const pre = button.nextElementSibling;
    try {
      await navigator.clipboard.writeText(pre.textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(pre);
      button.textContent = "Selected: copy it now";
    }
  });

  const dark = () => (root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const name = () => { $("theme").textContent = dark() ? "Light" : "Dark"; };
  $("theme").addEventListener("click", () => { root.dataset.theme = dark() ? "light" : "dark"; name(); });
  window.addEventListener("beforeprint", () => { for (const details of document.querySelectorAll("#machines details")) details.open = true; });
  name();
  draw();
  open();
})();
