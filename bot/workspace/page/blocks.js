// Block Kit as nodes.

import { el } from "./dom.js";
import { control, holder } from "./controls.js";
import { markdown, richText, textObject, label } from "./text.js";
import { fileUrl, store } from "./store.js";

let serial = 0;

function picture(element) {
  const id = element.slack_file?.id;
  const src = id ? `/page/file/${id}/image?as=${encodeURIComponent(store.me)}` : fileUrl(element.slack_file?.url ?? element.image_url);
  return el("img", { src, alt: element.alt_text ?? "", loading: "lazy" });
}

function cell(one) {
  if (one.type === "rich_text") return richText(one);
  return one.type === "raw_number" ? String(one.text ?? one.value ?? "") : one.text;
}

function table(block) {
  const settings = block.column_settings ?? [];
  const side = (n) => ({ right: "to-right", center: "to-center" })[settings[n]?.align] ?? "";
  const row = (cells, tag) => el("tr", {}, cells.map((one, n) => {
    const text = one.type === "rich_text" ? null : String(one.text ?? "");
    const tight = settings[n]?.is_wrapped ? "" : text !== null && text.length < 34 ? "tight" : "";
    return el(tag, { class: `${side(n)} ${tight}`, scope: tag === "th" ? "col" : null }, cell(one));
  }));
  const [head, ...rest] = block.rows;
  return el("div", { class: "table-wrap", tabindex: "0", role: "region", "aria-label": "Table" },
    el("table", {}, el("thead", {}, row(head, "th")), el("tbody", {}, rest.map((cells) => row(cells, "td")))));
}

// `place` says where the blocks stand: {send(block_id, action_id, value), form: Map | null}.
export function block(one, place) {
  const send = (action, value) => place.send(one.block_id, action, value);
  const interactive = (element) => {
    if (place.form && holdsInForm(element)) {
      const held = holder(element, `c${++serial}`);
      place.form.set(one.block_id, { get: held.get, element, held, block: one });
      held.node.addEventListener("change", () => { const value = held.get(); if (value !== null) send(element.action_id, value); });
      return held.node;
    }
    return control(element, `c${++serial}`, send);
  };
  switch (one.type) {
    case "header": return el("h3", { class: "b-header" }, label(one.text));
    case "divider": return el("hr", { class: "b-divider" });
    case "section": return el("div", { class: "b-section" },
      one.text ? textObject(one.text) : null,
      one.fields ? el("div", { class: "b-fields" }, one.fields.map(textObject)) : null,
      one.accessory ? el("div", { class: "accessory" }, one.accessory.type === "image" ? picture(one.accessory) : interactive(one.accessory)) : null);
    case "context": return el("div", { class: "b-context" }, one.elements.map((part) => (part.type === "image" ? picture(part) : textObject(part))));
    case "actions": case "context_actions": return el("div", { class: "b-actions" }, one.elements.map(interactive));
    case "image": return el("figure", { class: "b-image" }, one.title ? el("figcaption", {}, label(one.title)) : null, picture(one));
    case "markdown": return markdown(one.text);
    case "rich_text": return richText(one);
    case "table": return table(one);
    case "input": return input(one, place);
    default: return el("div", { class: "unknown" }, `This page does not show ${one.type} blocks.`);
  }
}

const holdsInForm = (element) => !["button", "overflow", "image", "feedback_buttons"].includes(element.type);

function input(one, place) {
  const id = `c${++serial}`;
  const held = holder(one.element, id);
  if (!held) return el("div", { class: "unknown" }, `This page does not show ${one.element.type}.`);
  const grouped = ["checkboxes", "radio_buttons"].includes(one.element.type);
  const words = [label(one.label), one.optional ? el("span", { class: "optional" }, " (optional)") : null];
  const hint = one.hint ? el("div", { class: "hint", id: `${id}-hint` }, label(one.hint)) : null;
  const error = el("div", { class: "error", id: `${id}-error`, role: "alert" });
  const described = `${one.hint ? `${id}-hint ` : ""}${id}-error`;
  held.focus.setAttribute("aria-describedby", described);
  if (!one.optional && !grouped) held.focus.setAttribute("aria-required", "true");
  if (one.element.type === "static_select") held.node.removeAttribute("aria-label");
  place.form?.set(one.block_id, { get: held.get, element: one.element, held, block: one,
    fail: (sentence) => { error.textContent = sentence ?? ""; held.focus.setAttribute("aria-invalid", sentence ? "true" : "false"); } });
  if (one.dispatch_action) held.node.addEventListener("change", () => place.send(one.block_id, one.element.action_id, held.get()));
  return grouped
    ? el("fieldset", { class: "b-input", data: { block: one.block_id } }, el("legend", { class: "label" }, words), held.node, hint, error)
    : el("div", { class: "b-input", data: { block: one.block_id } }, el("label", { for: id }, words), held.node, hint, error);
}

export function blocks(list, place) {
  return el("div", { class: "blocks" }, list.map((one) => block(one, place)));
}
