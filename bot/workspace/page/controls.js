// Interactive elements. In a message or home tab they act at once; in a form they are read when it is sent.

import { el, icon, openMenu } from "./dom.js";
import { mrkdwn, label } from "./text.js";
import { store } from "./store.js";

export function confirmFirst(confirm) {
  const dialog = document.getElementById("confirm");
  return new Promise((resolve) => {
    const done = (answer) => { dialog.close(); resolve(answer); };
    const yes = el("button", { type: "button", class: `button ${confirm.style === "danger" ? "filled" : "primary"}`, onclick: () => done(true) }, label(confirm.confirm));
    dialog.replaceChildren(
      el("div", { class: "sheet-head" }, el("h2", { id: "confirm-title" }, label(confirm.title))),
      el("div", { class: "sheet-body" }, confirm.text.type === "mrkdwn" ? mrkdwn(confirm.text.text) : label(confirm.text)),
      el("div", { class: "sheet-foot" }, el("button", { type: "button", class: "button", onclick: () => done(false) }, label(confirm.deny)), yes));
    dialog.oncancel = () => resolve(false);
    dialog.showModal();
    yes.focus();
  });
}

const options = (element) => [...(element.options ?? []), ...(element.option_groups ?? []).flatMap((group) => group.options)];
const option = (one, chosen) => el("option", { value: one.value, selected: chosen }, label(one.text));

function select(element, id, start, groups) {
  const node = el("select", { class: "control", id, "aria-label": label(element.placeholder) || element.action_id });
  node.append(el("option", { value: "" }, label(element.placeholder) || "Choose…"));
  node.append(...groups);
  node.value = start ?? "";
  return { node, get: () => node.value || null, focus: node };
}

function choices(element, id, type) {
  const start = new Set((element.initial_options ?? (element.initial_option ? [element.initial_option] : [])).map((one) => one.value));
  const node = el("div", { class: "choices", role: type === "radio" ? "radiogroup" : "group", id });
  const inputs = options(element).map((one) => {
    const input = el("input", { type, name: id, value: one.value, checked: start.has(one.value) });
    node.append(el("label", { class: "choice" }, input, el("span", {}, one.text.type === "mrkdwn" ? mrkdwn(one.text.text) : label(one.text), one.description ? el("small", {}, label(one.description)) : null)));
    return input;
  });
  const chosen = () => inputs.filter((input) => input.checked).map((input) => input.value);
  return { node, get: () => (type === "radio" ? chosen()[0] ?? null : chosen()), focus: inputs[0] };
}

function multi(element, id) {
  const inner = choices(element, id, "checkbox");
  const words = () => { const n = inner.get().length; return n ? `${n} chosen` : label(element.placeholder) || "Choose…"; };
  const summary = el("summary", {}, el("span", {}, words()));
  const node = el("details", { class: "multi" }, summary, inner.node);
  inner.node.addEventListener("change", () => { summary.firstChild.textContent = words(); });
  return { ...inner, node, late: node, focus: summary };
}

function typed(element, id, type, start) {
  const node = element.multiline ? el("textarea", { class: "control", id, rows: "4" }) : el("input", { class: "control", id, type });
  node.value = start ?? "";
  if (element.placeholder) node.placeholder = label(element.placeholder);
  if (element.max_length) node.maxLength = element.max_length;
  if (type === "number") node.step = element.is_decimal_allowed ? "any" : "1";
  if (type === "email" || type === "url" || type === "number") node.setAttribute("inputmode", { number: "decimal" }[type] ?? type);
  return { node, get: () => node.value || null, focus: node, typed: true };
}

const people = () => [...store.users.values()].map((user) => el("option", { value: user.id }, user.name));
const places = () => store.channels.map((one) => el("option", { value: one.id }, one.is_im ? one.name : `#${one.name}`));
const stamp = (seconds) => { const date = new Date(seconds * 1000 - new Date().getTimezoneOffset() * 60000); return date.toISOString().slice(0, 16); };

// A control that holds a value: {node, get, focus}; null for what holds none.
export function holder(element, id) {
  switch (element.type) {
    case "static_select":
      return select(element, id, element.initial_option?.value, element.option_groups
        ? element.option_groups.map((group) => el("optgroup", { label: label(group.label) }, group.options.map((one) => option(one)))) : element.options.map((one) => option(one)));
    case "users_select": return select(element, id, element.initial_user, people());
    case "channels_select": case "conversations_select": return select(element, id, element.initial_channel ?? element.initial_conversation, places());
    case "multi_static_select": return multi(element, id);
    case "multi_users_select": return multi({ ...element, options: [...store.users.values()].map((u) => ({ text: { text: u.name }, value: u.id })), initial_options: (element.initial_users ?? []).map((value) => ({ value })) }, id);
    case "checkboxes": return choices(element, id, "checkbox");
    case "radio_buttons": return choices(element, id, "radio");
    case "plain_text_input": return typed(element, id, "text", element.initial_value);
    case "number_input": return typed(element, id, "text", element.initial_value);
    case "email_text_input": return typed(element, id, "email", element.initial_value);
    case "url_text_input": return typed(element, id, "url", element.initial_value);
    case "datepicker": return typed(element, id, "date", element.initial_date);
    case "timepicker": return typed(element, id, "time", element.initial_time);
    case "datetimepicker": {
      const held = typed(element, id, "datetime-local", element.initial_date_time ? stamp(element.initial_date_time) : "");
      return { ...held, get: () => (held.node.value ? Math.floor(new Date(held.node.value).getTime() / 1000) : null) };
    }
    default: return null;
  }
}

// A control outside a form: `send(action_id, value)` tells the bot.
export function control(element, id, send) {
  const run = async (node, value) => {
    if (element.confirm && !(await confirmFirst(element.confirm))) return;
    node.setAttribute("aria-busy", "true");
    await send(element.action_id, value);
    node.removeAttribute("aria-busy");
  };
  if (element.type === "button") {
    const props = { class: `button ${element.style ?? ""}`, "aria-label": element.accessibility_label ?? null, data: { action: element.action_id } };
    const button = element.url
      ? el("a", { ...props, href: /^https?:/.test(element.url) ? element.url : "#", target: "_blank", rel: "noopener noreferrer" }, label(element.text))
      : el("button", { type: "button", ...props }, label(element.text));
    button.addEventListener("click", () => { if (button.getAttribute("aria-busy") !== "true") run(button, null); });
    return button;
  }
  if (element.type === "overflow") {
    const anchor = el("span", { class: "menu-anchor" });
    const opener = el("button", { type: "button", class: "icon-button", "aria-haspopup": "menu", "aria-expanded": "false", "aria-label": "More choices", data: { action: element.action_id } }, icon("more"));
    opener.addEventListener("click", () => openMenu(anchor, opener, element.options.map((one) => ({ label: label(one.text), run: () => run(opener, one.value) }))));
    anchor.append(opener);
    return anchor;
  }
  if (element.type === "feedback_buttons") {
    return el("span", { class: "b-actions" }, ["positive_button", "negative_button"].map((side) => el("button", { type: "button", class: "button", onclick: (event) => run(event.currentTarget, element[side].value) }, label(element[side].text))));
  }
  const held = holder(element, id);
  if (!held) return el("span", { class: "unknown" }, `This page does not show ${element.type}.`);
  held.focus.dataset.action = element.action_id;
  if (held.late) held.late.addEventListener("toggle", () => { if (!held.late.open) run(held.node, held.get()); });
  else held.node.addEventListener("change", () => { const value = held.get(); if (value !== null) run(held.node, value); });
  return held.node;
}
