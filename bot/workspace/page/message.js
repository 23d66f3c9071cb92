// One message: who, when, what, files, reactions, the way into its thread, and its menu.

import { el, icon, iconButton, openMenu, toast } from "./dom.js";
import { blocks } from "./blocks.js";
import { emoji, PICKABLE, QUICK } from "./emoji.js";
import { act, fileUrl, name, replies, store } from "./store.js";
import { markdown, mrkdwn } from "./text.js";

export function avatar(userId, small = false) {
  const user = store.users.get(userId);
  const size = small ? "avatar small" : "avatar";
  if (user?.is_bot) return el("span", { class: size, "aria-hidden": "true" }, el("img", { src: "/page/mark.svg", alt: "" }));
  const letters = (user?.name ?? "?").split(/\s+/).map((word) => word[0]).slice(0, 2).join("").toUpperCase();
  const hue = [...store.users.keys()].indexOf(userId) % 5;
  return el("span", { class: `${size} h${Math.max(hue, 0)}`, "aria-hidden": "true" }, letters);
}

export const clock = (ts) => new Date(Number(ts) * 1000).toLocaleTimeString("en", { hour: "numeric", minute: "2-digit" });

function bytes(size) {
  return size < 1024 ? `${size} B` : size < 1048576 ? `${Math.round(size / 1024)} KB` : `${(size / 1048576).toFixed(1)} MB`;
}

function file(one) {
  if (/^image\/(png|jpeg|webp|gif)$/.test(one.mimetype))
    return el("a", { class: "file-image", href: fileUrl(one.url_private), target: "_blank", rel: "noopener" }, el("img", { src: fileUrl(one.url_private), alt: one.alt_txt || one.title || one.name }));
  if (one.subtype === "slack_audio" || one.mimetype.startsWith("audio/"))
    return el("div", { class: "clip" }, el("audio", { controls: true, src: fileUrl(one.url_private), preload: "metadata", "aria-label": one.title }),
      one.transcription?.preview?.content ? el("blockquote", {}, one.transcription.preview.content) : null);
  const card = el("a", { class: "file", href: fileUrl(one.url_private, true), download: one.name },
    el("span", { class: "file-kind", "aria-hidden": "true" }, one.filetype.slice(0, 4).toUpperCase()),
    el("span", { class: "file-words" }, el("b", {}, one.title), el("span", {}, `${one.pretty_type} · ${bytes(one.size)} · download`)));
  return one.mimetype === "text/csv" && one.size < 500_000 ? el("div", {}, card, preview(one)) : card;
}

const PREVIEWED = 20;

// Rows of a CSV text; a quoted field may hold commas, line ends and doubled quotes.
function rows(text) {
  const found = [[]];
  for (const [, quoted, bare, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    found.at(-1).push(quoted === undefined ? bare : quoted.replaceAll('""', '"'));
    if (end === "") break;
    if (end !== ",") found.push([]);
  }
  return found.filter((row) => row.length > 1 || row[0]);
}

function preview(one) {
  const box = el("div");
  const node = el("details", { class: "preview" }, el("summary", {}, "Preview"), box);
  node.addEventListener("toggle", async () => {
    if (!node.open || box.firstChild) return;
    const answer = await fetch(fileUrl(one.url_private));
    if (!answer.ok) return box.replaceChildren("The file could not be read.");
    const all = rows((await answer.text()).replace(/^\uFEFF/, ""));
    const side = (text) => (/^-?[\d.,]+%?$/.test(text) ? "to-right tight" : "");
    const line = (row, tag) => el("tr", {}, row.map((text) => el(tag, { class: tag === "td" ? side(text) : "" }, text)));
    box.replaceChildren(el("div", { class: "table-wrap", tabindex: "0" }, el("table", {}, el("thead", {}, line(all[0] ?? [], "th")), el("tbody", {}, all.slice(1, PREVIEWED + 1).map((row) => line(row, "td"))))),
      all.length > PREVIEWED + 1 ? el("div", { class: "quiet" }, `and ${all.length - PREVIEWED - 1} more rows in the file`) : "");
  });
  return node;
}

function content(m) {
  const place = { form: null, send: (block_id, action_id, value) => act("click", { channel: m.channel, ts: m.ts, block_id, action_id, value }) };
  const parts = [];
  const own = store.users.get(m.user)?.is_bot;
  if (m.streaming_state === "in_progress") parts.push(el("div", { class: "growing" }, markdown(m.text)));
  else if (own && m.blocks?.length) parts.push(blocks(m.blocks, place));
  else if (m.text) parts.push(mrkdwn(m.text));
  for (const one of m.files ?? []) parts.push(file(one));
  return parts;
}

function tools(m, open) {
  const bar = el("div", { class: "tools", role: "group", "aria-label": "Message actions" });
  const react = (code) => act("react", { channel: m.channel, ts: m.ts, name: code });
  if (!m.ephemeral) {
    for (const code of QUICK) bar.append(el("button", { type: "button", class: "icon-button quick", "aria-label": `React with ${code.replaceAll("_", " ")}`, onclick: () => react(code) }, emoji(code)));
    if (open.thread) bar.append(iconButton("reply", "Reply in thread", () => open.thread(m.thread_ts ?? m.ts), { class: "icon-button" }));
  }
  const opener = iconButton("more", "More actions", () => {
    const entries = store.shortcuts.map((one) => ({ label: one.label, run: () => act("shortcut", { callback_id: one.callback_id, channel: m.channel, ts: m.ts }) }));
    if (m.ephemeral) entries.length = 0;
    else if (open.thread) entries.unshift({ label: "Reply in thread", run: () => open.thread(m.thread_ts ?? m.ts) });
    if (!m.ephemeral && matchMedia("(hover: none)").matches) for (const code of PICKABLE.slice(0, 3)) entries.push({ content: `${emoji(code)}  React`, run: () => react(code) });
    entries.push({ label: "Copy text", run: () => navigator.clipboard?.writeText(m.text).then(() => toast("Copied."), () => toast("The browser did not allow copying.")) });
    if (m.user === store.me) {
      entries.push({ label: "Edit message", run: () => open.edit(m) });
      entries.push({ label: "Delete message", danger: true, run: () => act("delete", { channel: m.channel, ts: m.ts }) });
    }
    openMenu(bar, opener, entries);
  }, { "aria-haspopup": "menu", "aria-expanded": "false" });
  bar.append(opener);
  return bar;
}

function threadLink(m, open) {
  const under = replies(m.channel, m.ts).filter((one) => !one.ephemeral);
  if (!under.length) return null;
  const who = [...new Set(under.map((one) => one.user))].slice(0, 3);
  return el("button", { type: "button", class: "thread-link", onclick: () => open.thread(m.ts) },
    who.map((user) => avatar(user, true)), `${under.length} ${under.length === 1 ? "reply" : "replies"}`, el("span", {}, `last ${clock(under.at(-1).ts)}`));
}

// `open` is how a message opens other things: thread(ts), edit(message); thread is null inside a thread.
export function message(m, { follows, open, here }) {
  const user = store.users.get(m.user);
  const reactions = Object.values(m.reactions ?? []).map((one) => {
    const mine = one.users.includes(store.me);
    return el("button", { type: "button", class: "reaction", "aria-pressed": String(mine), title: one.users.map(name).join(", "), onclick: () => act("react", { channel: m.channel, ts: m.ts, name: one.name }) }, `${emoji(one.name) ?? `:${one.name}:`} ${one.count}`);
  });
  const classes = ["message", follows ? "more" : "", m.ephemeral ? "ephemeral" : "", here ? "here" : ""].join(" ");
  return el("article", { class: classes, tabindex: "-1", data: { ts: m.ts }, "aria-label": `${name(m.user)}, ${clock(m.ts)}` },
    avatar(m.user),
    el("div", { class: "body" },
      m.ephemeral ? el("div", { class: "only-you" }, icon("eye"), "Only visible to you") : null,
      follows ? null : el("div", { class: "byline" }, el("b", {}, name(m.user)), user?.is_bot ? el("span", { class: "tag" }, "Assistant") : el("span", { class: "title" }, user?.title ?? ""),
        el("time", { datetime: new Date(Number(m.ts) * 1000).toISOString() }, clock(m.ts))),
      content(m),
      m.edited && !user?.is_bot ? el("span", { class: "edited" }, "(edited)") : null,
      reactions.length ? el("div", { class: "reactions" }, reactions) : null,
      open.thread && !m.ephemeral ? threadLink(m, open) : null),
    tools(m, open));
}

// Where to begin reading: one's own question where the bot answers it, else the bot's newest message; a file belongs to the answer before.
function beginning(messages, known, last) {
  const bot = (m) => Boolean(store.users.get(m?.user)?.is_bot);
  if (!messages.some((m) => known.has(m.ts))) {
    const mine = messages.findLastIndex((m) => m.user === store.me);
    return mine >= 0 && messages.slice(mine + 1).every(bot) ? messages[mine].ts : null;
  }
  const at = messages.findIndex((m) => !known.has(m.ts));
  if (at < 0) return last;
  const [first, before] = [messages[at], messages[at - 1]];
  if (!bot(first)) return first.user === store.me ? first.ts : null;
  if (bot(before) && first.files?.length) return last;
  return before?.user === store.me ? before.ts : first.ts;
}

// A list that keeps the nodes of messages that did not change, so that focus and half-used controls stay.
export class MessageList {
  constructor(node) {
    this.node = node;
    this.kept = new Map();
    this.pinned = true;
    this.at = 0;
    node.addEventListener("scroll", () => { this.pinned = Math.abs(node.scrollTop - this.at) < 2 || node.scrollHeight - node.scrollTop - node.clientHeight < 120; });
    // A picture that arrives late must not push the end of the conversation out of sight.
    node.addEventListener("load", () => { if (this.pinned) this.toEnd(); }, true);
  }

  // The end, but never past the beginning of an answer: what is longer than the window is read from its head.
  toEnd() {
    const end = this.node.scrollHeight - this.node.clientHeight;
    const own = this.asked?.isConnected ? this.node.scrollTop + this.asked.getBoundingClientRect().top - this.node.getBoundingClientRect().top - 8 : end;
    this.node.scrollTop = Math.min(end, own);
    this.at = this.node.scrollTop;
    this.pinned = true;
  }

  draw(messages, { open, days = true, after = null }) {
    const focused = document.activeElement?.closest?.(".message")?.dataset.ts;
    const inside = focused && this.node.contains(document.activeElement);
    const wanted = [];
    const kept = new Map();
    let last = null;
    messages.forEach((m, index) => {
      const day = new Date(Number(m.ts) * 1000).toDateString();
      if (days && day !== last?.day) wanted.push(this.rule(day));
      const follows = Boolean(last && last.day === day && last.m.user === m.user && !last.m.ephemeral === !m.ephemeral && Number(m.ts) - Number(last.m.ts) < 240 && !(after !== null && index === 1));
      const under = open.thread ? replies(m.channel, m.ts).length : 0;
      const version = JSON.stringify([m, follows, under, store.me]);
      const old = this.kept.get(m.ts);
      const entry = old?.version === version ? old : { version, node: message(m, { follows, open }) };
      kept.set(m.ts, entry);
      wanted.push(entry.node);
      if (after !== null && index === 0) wanted.push(after);
      last = { m, day };
    });
    this.begins = beginning(messages, this.kept, this.begins);
    this.asked = kept.get(this.begins)?.node;
    this.kept = kept;
    let at = this.node.firstChild;
    for (const node of wanted) {
      if (node === at) { at = at.nextSibling; continue; }
      this.node.insertBefore(node, at);
    }
    while (at) { const next = at.nextSibling; at.remove(); at = next; }
    if (inside && !this.node.contains(document.activeElement)) kept.get(focused)?.node.focus({ preventScroll: true });
    if (this.pinned || this.jump) this.toEnd();
    this.jump = false;
  }

  rule(day) {
    const today = new Date().toDateString();
    const words = day === today ? "Today" : new Date(day).toLocaleDateString("en", { weekday: "long", day: "numeric", month: "long" });
    return el("div", { class: "day" }, words);
  }

  // Arrows walk through messages; Enter opens the thread of the one in focus.
  walk(event, openThread) {
    const all = [...this.node.querySelectorAll(".message")];
    const at = all.indexOf(document.activeElement);
    if (document.activeElement !== this.node && at < 0) return;
    if (event.key === "ArrowUp") (all[at < 0 ? all.length - 1 : at - 1] ?? all[0])?.focus();
    else if (event.key === "ArrowDown") all[at + 1]?.focus();
    else if (event.key === "Enter" && at >= 0 && openThread) openThread(all[at].dataset.ts);
    else return;
    event.preventDefault();
  }
}
