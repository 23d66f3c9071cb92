// Building nodes. Text always enters as text nodes: nothing that people or the bot wrote is ever parsed as HTML.

export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (key === "class") node.className = value;
    else if (key === "data") Object.assign(node.dataset, value);
    else if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key in node && typeof value !== "string" && !key.startsWith("aria")) node[key] = value;
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

const PATHS = {
  menu: "M3 6h14M3 10h14M3 14h14", close: "M5 5l10 10M15 5L5 15", back: "M12 4l-6 6 6 6",
  send: "M4 10h11M10 5l5 5-5 5", clip: "M13.5 6.5l-6 6a2 2 0 002.8 2.8l6-6a3.7 3.7 0 00-5.3-5.3l-6 6a5.4 5.4 0 007.6 7.6l5-5",
  camera: "M3 7a1.5 1.5 0 011.5-1.5H6L7.3 4h5.4L14 5.5h1.5A1.5 1.5 0 0117 7v7.5a1.5 1.5 0 01-1.5 1.5h-11A1.5 1.5 0 013 14.5zM10 13.3a2.8 2.8 0 100-5.6 2.8 2.8 0 000 5.6z",
  mic: "M10 12.5a2.5 2.5 0 002.5-2.5V5.5a2.5 2.5 0 00-5 0V10a2.5 2.5 0 002.5 2.5zM5 10a5 5 0 0010 0M10 15v2.5",
  reply: "M4 5.5A1.5 1.5 0 015.5 4h9A1.5 1.5 0 0116 5.5v6a1.5 1.5 0 01-1.5 1.5H9l-3.5 3v-3A1.5 1.5 0 014 11.5z",
  more: "M5 10h.01M10 10h.01M15 10h.01", eye: "M2.5 10S5 5 10 5s7.5 5 7.5 5-2.5 5-7.5 5-7.5-5-7.5-5zM10 12a2 2 0 100-4 2 2 0 000 4z",
  lock: "M6 9V7a4 4 0 018 0v2M5 9h10v7H5z", hash: "M8 4L6.5 16M13.5 4L12 16M4.5 8h12M3.5 12h12", check: "M4.5 10.5l3.5 3.5 7.5-8",
};

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", PATHS[name]);
  if (name === "more") path.setAttribute("stroke-width", "2.6");
  svg.append(path);
  return svg;
}

export function iconButton(name, label, onclick, extra = {}) {
  return el("button", { type: "button", class: "icon-button", "aria-label": label, title: label, onclick, ...extra }, icon(name));
}

export function toast(sentence) {
  const node = el("div", { class: "toast" }, sentence);
  document.getElementById("toasts").append(node);
  setTimeout(() => node.remove(), 7000);
}

export function announce(text) {
  document.getElementById("live").textContent = text;
}

// A menu of buttons under an opener: arrows move, Esc and a click elsewhere close it.
export function openMenu(anchor, opener, entries, { role = "menu", note } = {}) {
  const items = entries.map(({ label, content, run, danger, checked }) =>
    el("button", { type: "button", role: checked === undefined ? "menuitem" : "menuitemradio", class: danger ? "danger" : "", "aria-checked": checked === undefined ? null : String(checked),
      onclick: () => { close(); run(); } }, content ?? label, checked ? el("span", { class: "check" }, icon("check")) : null));
  const menu = el("div", { class: "menu", role }, note ? el("p", {}, note) : null, items);
  const away = (event) => { if (!menu.contains(event.target) && !opener.contains(event.target)) close(); };
  function close() {
    menu.remove();
    opener.setAttribute("aria-expanded", "false");
    anchor.classList.remove("open");
    document.removeEventListener("pointerdown", away, true);
  }
  menu.addEventListener("keydown", (event) => {
    const at = items.indexOf(document.activeElement);
    if (event.key === "ArrowDown") items[(at + 1) % items.length].focus();
    else if (event.key === "ArrowUp") items[(at - 1 + items.length) % items.length].focus();
    else if (event.key === "Home") items[0].focus();
    else if (event.key === "End") items.at(-1).focus();
    else if (event.key === "Escape") { close(); opener.focus(); }
    else if (event.key === "Tab") return close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  document.addEventListener("pointerdown", away, true);
  anchor.append(menu);
  anchor.classList.add("open");
  opener.setAttribute("aria-expanded", "true");
  // Near the foot of a scrolling list there is more room above.
  const frame = (anchor.closest(".log, .thread-log, .home, .sheet-body") ?? document.body).getBoundingClientRect();
  const box = menu.getBoundingClientRect();
  if (box.bottom > frame.bottom && box.height < anchor.getBoundingClientRect().top - frame.top) menu.classList.add("up");
  (items.find((item) => item.getAttribute("aria-checked") === "true") ?? items[0])?.focus();
  return close;
}
