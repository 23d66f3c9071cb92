// Slack's mrkdwn, the markdown block and rich text, as nodes. Nothing here ever parses HTML.

import { el } from "./dom.js";
import { emoji } from "./emoji.js";
import { store, name } from "./store.js";

const plain = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
const withEmoji = (text) => text.replace(/:([a-z0-9_+-]+):/g, (whole, code) => emoji(code) ?? whole);

export function link(url, label) {
  const safe = /^(https?:|mailto:|\/)/i.test(url);
  return safe ? el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, label || url) : document.createTextNode(label || url);
}

const mention = (label) => el("span", { class: "mention" }, label);

export function when(seconds, format) {
  const date = new Date(seconds * 1000);
  const days = { day: "numeric", month: "long", year: "numeric" };
  return format
    .replaceAll("{date_num}", date.toLocaleDateString("en-CA"))
    .replaceAll(/\{date_long(_pretty)?\}/g, date.toLocaleDateString("en", { weekday: "long", ...days }))
    .replaceAll(/\{date_short(_pretty)?\}/g, date.toLocaleDateString("en", { ...days, month: "short" }))
    .replaceAll(/\{date(_pretty)?\}/g, date.toLocaleDateString("en", days))
    .replaceAll("{time_secs}", date.toLocaleTimeString("en", { hour: "numeric", minute: "2-digit", second: "2-digit" }))
    .replaceAll("{time}", date.toLocaleTimeString("en", { hour: "numeric", minute: "2-digit" }));
}

function token(body) {
  if (body.startsWith("@")) return mention(`@${name(body.slice(1).split("|")[0])}`);
  if (body.startsWith("#")) {
    const [id, label] = body.slice(1).split("|");
    return el("a", { class: "mention", href: `#/c/${id}` }, `#${store.channels.find((c) => c.id === id)?.name ?? label ?? id}`);
  }
  if (body.startsWith("!date^")) {
    const [, seconds, rest] = body.split("^");
    const [format, fallback] = rest.split("|");
    return document.createTextNode(/^\d+$/.test(seconds) ? when(Number(seconds), format) : (fallback ?? ""));
  }
  if (body.startsWith("!")) return mention(`@${body.slice(1).split("|").at(-1).replace(/^subteam\^\w+$/, "group").replace(/^@/, "")}`);
  const bar = body.indexOf("|");
  return bar < 0 ? link(plain(body)) : link(plain(body.slice(0, bar)), plain(body.slice(bar + 1)));
}

// Each rule: what it looks like, what it becomes. The earliest match in the text wins.
const MRKDWN = [
  [/```\n?([\s\S]+?)\n?```/, (m) => el("pre", {}, el("code", {}, plain(m[1])))],
  [/`([^`\n]+)`/, (m) => el("code", {}, plain(m[1]))],
  [/<([^<>\n]+)>/, (m) => token(m[1])],
  [/(?<![\p{L}\p{N}*])\*(?=\S)([^*\n]*?\S)\*(?![\p{L}\p{N}*])/u, (m) => el("strong", {}, inline(m[1], MRKDWN))],
  [/(?<![\p{L}\p{N}_])_(?=\S)([^_\n]*?\S)_(?![\p{L}\p{N}_])/u, (m) => el("em", {}, inline(m[1], MRKDWN))],
  [/(?<![\p{L}\p{N}~])~(?=\S)([^~\n]*?\S)~(?![\p{L}\p{N}~])/u, (m) => el("s", {}, inline(m[1], MRKDWN))],
];

const MARKDOWN = [
  [/`([^`\n]+)`/, (m) => el("code", {}, m[1])],
  [/!?\[([^\]\n]*)\]\(([^()\s]+)\)/, (m) => link(m[2], m[1])],
  [/<((?:https?:|mailto:|[@#!])[^<>\n]+)>/, (m) => token(m[1])],
  [/\*\*(?=\S)([^\n]*?\S)\*\*/, (m) => el("strong", {}, inline(m[1], MARKDOWN))],
  [/~~(?=\S)([^\n]*?\S)~~/, (m) => el("s", {}, inline(m[1], MARKDOWN))],
  [/(?<![\p{L}\p{N}*])\*(?=\S)([^*\n]*?\S)\*(?![*\p{L}\p{N}])/u, (m) => el("em", {}, inline(m[1], MARKDOWN))],
  [/(?<![\p{L}\p{N}_])_(?=\S)([^_\n]*?\S)_(?![_\p{L}\p{N}])/u, (m) => el("em", {}, inline(m[1], MARKDOWN))],
];

function inline(text, rules) {
  const nodes = [];
  let rest = text;
  while (rest) {
    let best = null;
    for (const [pattern, make] of rules) {
      const found = pattern.exec(rest);
      if (found && (!best || found.index < best.found.index)) best = { found, make };
    }
    if (!best) { nodes.push(withEmoji(rules === MRKDWN ? plain(rest) : rest)); break; }
    if (best.found.index) {
      const before = rest.slice(0, best.found.index);
      nodes.push(withEmoji(rules === MRKDWN ? plain(before) : before));
    }
    nodes.push(best.make(best.found));
    rest = rest.slice(best.found.index + best.found[0].length);
  }
  return nodes;
}

export function mrkdwn(text) {
  const node = el("div", { class: "text" });
  let quote = null;
  // Fenced code spans lines; everything else is read line by line for quotes.
  for (const part of text.split(/(```[\s\S]+?```)/)) {
    if (part.startsWith("```")) { node.append(...inline(part, MRKDWN)); continue; }
    const lines = part.split("\n");
    lines.forEach((line, index) => {
      const quoted = /^(?:&gt;|>) ?(.*)$/.exec(line);
      const last = index === lines.length - 1;
      if (quoted) {
        if (!quote) { quote = el("blockquote"); node.append(quote); } else quote.append("\n");
        quote.append(...inline(quoted[1], MRKDWN));
      } else {
        quote = null;
        node.append(...inline(line, MRKDWN), last ? "" : "\n");
      }
    });
  }
  return node;
}

export function textObject(object) {
  if (!object) return null;
  return object.type === "mrkdwn" ? mrkdwn(object.text) : el("div", { class: "text" }, object.emoji === false ? object.text : withEmoji(object.text));
}

export const label = (object) => withEmoji(object?.text ?? "");

const cells = (line) => line.trim().replace(/^\||\|$/g, "").split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));

export function markdown(text) {
  const node = el("div", { class: "markdown" });
  const lines = text.split("\n");
  for (let i = 0; i < lines.length;) {
    const line = lines[i];
    const heading = /^(#{1,6})\s+(.*)$/.exec(line);
    if (/^```/.test(line)) {
      const from = ++i;
      while (i < lines.length && !/^```/.test(lines[i])) i++;
      node.append(el("pre", {}, el("code", {}, lines.slice(from, i++).join("\n"))));
    } else if (heading) {
      node.append(el(heading[1].length < 3 ? "h3" : "h4", {}, inline(heading[2], MARKDOWN))); i++;
    } else if (/^\s*([-*_])(\s*\1){2,}\s*$/.test(line)) { node.append(el("hr", { class: "b-divider" })); i++;
    } else if (line.includes("|") && /^\s*\|?[\s:|-]+\|[\s:|-]*$/.test(lines[i + 1] ?? "")) {
      const sides = cells(lines[i + 1]).map((cell) => (/^-+:$/.test(cell) ? "to-right" : /^:-+:$/.test(cell) ? "to-center" : ""));
      const head = el("tr", {}, cells(line).map((cell, n) => el("th", { class: sides[n], scope: "col" }, inline(cell, MARKDOWN))));
      const body = el("tbody");
      for (i += 2; i < lines.length && lines[i].includes("|"); i++)
        body.append(el("tr", {}, cells(lines[i]).map((cell, n) => el("td", { class: `${sides[n] ?? ""} ${cell.length < 24 ? "tight" : ""}` }, inline(cell, MARKDOWN)))));
      node.append(el("div", { class: "table-wrap", tabindex: "0" }, el("table", {}, el("thead", {}, head), body)));
    } else if (/^\s*([-*+]|\d+[.)])\s+/.test(line)) {
      const list = el(/^\s*\d/.test(line) ? "ol" : "ul");
      for (; i < lines.length && /^\s*([-*+]|\d+[.)])\s+/.test(lines[i]); i++)
        list.append(el("li", {}, inline(lines[i].replace(/^\s*([-*+]|\d+[.)])\s+/, ""), MARKDOWN)));
      node.append(list);
    } else if (/^>/.test(line)) {
      const quote = el("blockquote");
      for (; i < lines.length && /^>/.test(lines[i]); i++) quote.append(...inline(lines[i].replace(/^>\s?/, ""), MARKDOWN), "\n");
      node.append(quote);
    } else if (line.trim()) {
      const paragraph = el("p", { class: "text" }, inline(line, MARKDOWN));
      for (i++; i < lines.length && lines[i].trim() && !/^(#|>|```|\s*([-*+]|\d+[.)])\s)|\|/.test(lines[i]); i++) paragraph.append("\n", ...inline(lines[i], MARKDOWN));
      node.append(paragraph);
    } else i++;
  }
  return node;
}

function richElement(part) {
  const style = part.style ?? {};
  let node;
  switch (part.type) {
    case "text": node = document.createTextNode(part.text); break;
    case "link": node = link(part.url, part.text); break;
    case "user": node = mention(`@${name(part.user_id)}`); break;
    case "usergroup": node = mention("@group"); break;
    case "channel": node = token(`#${part.channel_id}`); break;
    case "broadcast": node = mention(`@${part.range}`); break;
    case "emoji": node = document.createTextNode(emoji(part.name) ?? `:${part.name}:`); break;
    case "date": node = document.createTextNode(when(part.timestamp, part.format)); break;
    default: node = document.createTextNode(part.text ?? part.fallback ?? "");
  }
  if (style.code) node = el("code", {}, node);
  if (style.bold) node = el("strong", {}, node);
  if (style.italic) node = el("em", {}, node);
  if (style.strike) node = el("s", {}, node);
  return node;
}

export function richText(block) {
  const node = el("div", { class: "rich" });
  for (const part of block.elements ?? []) {
    const inner = () => (part.elements ?? []).map(richElement);
    if (part.type === "rich_text_list") {
      const list = el(part.style === "ordered" ? "ol" : "ul", {}, part.elements.map((item) => el("li", {}, item.elements.map(richElement))));
      if (part.indent) list.style.marginLeft = `${part.indent * 22}px`;
      node.append(list);
    } else if (part.type === "rich_text_preformatted") node.append(el("pre", {}, el("code", {}, inner())));
    else if (part.type === "rich_text_quote") node.append(el("blockquote", {}, inner()));
    else node.append(el("div", { class: "text" }, inner()));
  }
  return node;
}
