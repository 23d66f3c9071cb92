// The modal that the bot opened: the topmost of its stack.

import { el, iconButton } from "./dom.js";
import { blocks } from "./blocks.js";
import { label } from "./text.js";
import { act, store } from "./store.js";

const dialog = document.getElementById("modal");
let shown = null;
let form = new Map();

const values = () => Object.fromEntries([...form].map(([block, entry]) => [block, entry.get()]));

function restore(kept) {
  for (const [block, { value, action }] of kept) {
    const entry = form.get(block);
    if (entry && entry.element.action_id === action && entry.held.typed && value !== null) entry.held.node.value = value;
  }
}

async function submit(event, view) {
  event.preventDefault();
  const button = event.submitter;
  if (button?.getAttribute("aria-busy") === "true") return;
  for (const entry of form.values()) entry.fail?.("");
  button?.setAttribute("aria-busy", "true");
  const answer = await act("submit", { view_id: view.id, values: values() });
  button?.removeAttribute("aria-busy");
  if (answer.response_action !== "errors") return;
  const wrong = Object.entries(answer.errors);
  for (const [block, sentence] of wrong) form.get(block)?.fail?.(sentence);
  form.get(wrong[0][0])?.held.focus.focus();
}

export function drawModal() {
  const view = store.stack.at(-1);
  if (!view) {
    shown = null;
    form = new Map();
    if (dialog.open) dialog.close();
    return;
  }
  if (shown === view.hash) return;
  const kept = new Map([...form].map(([block, entry]) => [block, { value: entry.get(), action: entry.element.action_id }]));
  shown = view.hash;
  form = new Map();
  const place = { form, send: (block_id, action_id, value) => act("click", { view_id: view.id, block_id, action_id, value }) };
  const close = () => act("close", {});
  const back = store.stack.length > 1;
  const body = el("div", { class: "sheet-body" }, blocks(view.blocks, place));
  const node = el("form", { novalidate: true, onsubmit: (event) => submit(event, view) },
    el("div", { class: "sheet-head" }, back ? iconButton("back", "Back", close) : null,
      el("h2", { id: "modal-title" }, label(view.title)), iconButton("close", "Close", () => act("close", { all: true }))),
    body,
    view.submit ? el("div", { class: "sheet-foot" },
      el("button", { type: "button", class: "button", onclick: close }, view.close ? label(view.close) : "Cancel"),
      el("button", { type: "submit", class: "button primary" }, label(view.submit)))
      : el("div", { class: "sheet-foot" }, el("button", { type: "button", class: "button", onclick: close }, view.close ? label(view.close) : "Close")));
  dialog.replaceChildren(node);
  restore(kept);
  if (!dialog.open) dialog.showModal();
  (form.values().next().value?.held.focus ?? node.querySelector(".button"))?.focus();
}

dialog.addEventListener("cancel", (event) => { event.preventDefault(); act("close", {}); });
