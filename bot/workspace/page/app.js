// The page: which conversation, which thread, who is looking.

import { announce, el, icon, iconButton, openMenu } from "./dom.js";
import { blocks } from "./blocks.js";
import { Composer } from "./composer.js";
import { drawFaults } from "./faults.js";
import { avatar, MessageList } from "./message.js";
import { drawModal } from "./modal.js";
import { act, channel, connect, key, message, name, status, store, subscribe, thread, topLevel } from "./store.js";

const $ = (id) => document.getElementById(id);
const app = $("app");
const log = new MessageList($("log"));
const route = { channel: null, thread: null, home: false };
const drafts = new Map();
let threadList = null;
let threadComposer = null;

const plain = (text) => text.replace(/<@(\w+)>/g, (_, user) => `@${name(user)}`).replace(/<#\w+\|([^>]+)>/g, "#$1").replace(/<([^>|]+)\|?[^>]*>/g, "$1").replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

const composer = new Composer({ id: "composer-text", label: "Message", place: () => ({ channel: route.channel }), sent: () => { log.jump = true; } });
const chips = el("div", { class: "chips" });
const statusLine = el("div", { class: "status", "aria-live": "polite" });
$("foot").append(statusLine, chips, composer.node, el("div", { class: "hint-line" }, el("kbd", {}, "Enter"), " sends · ", el("kbd", {}, "Shift"), " ", el("kbd", {}, "Enter"), " new line · ", el("kbd", {}, "/"), " commands · ", el("kbd", {}, "@"), " people"));

// Where one is, kept in the address so that Back works.
function go(next) {
  const { channel: id, thread: ts, home } = { ...route, thread: null, home: false, ...next };
  const hash = `#/${home ? "home" : `c/${id}`}${ts ? `/t/${ts}` : ""}`;
  if (location.hash === hash) follow(); else location.hash = hash;
}

function follow() {
  if (!store.ready) return;
  const direct = store.channels.find((one) => one.is_im)?.id;
  const found = /^#\/(?:(home)|c\/(\w+))(?:\/t\/([\d.]+))?/.exec(location.hash);
  const before = { ...route };
  route.home = found?.[1] === "home";
  route.channel = route.home ? direct : channel(found?.[2])?.id ?? direct;
  route.thread = route.home ? null : found?.[3] ?? null;
  if (before.channel !== route.channel) {
    drafts.set(before.channel, composer.text.value);
    composer.text.value = drafts.get(route.channel) ?? "";
    log.jump = true;
  }
  store.unread.delete(route.channel);
  closeSide();
  if (route.home && !before.home) act("open", { tab: "home" });
  if (!route.home && channel(route.channel)?.is_im && (before.channel !== route.channel || before.home)) act("open", { tab: "messages" });
  draw();
  if (route.thread && before.thread !== route.thread) threadComposer?.focus();
  else if (!route.home && !route.thread && !matchMedia("(pointer: coarse)").matches) composer.focus();
}

const openers = { thread: (ts) => go({ thread: ts }), edit: (m) => composer.edit(m, plain(m.text)) };
const threadOpeners = { thread: null, edit: (m) => threadComposer.edit(m, plain(m.text)) };

function drawSide() {
  $("team").textContent = store.title;
  const item = (one, mark, words, current) => {
    const count = store.unread.get(one.id) ?? 0;
    return el("button", { type: "button", class: `side-item ${count ? "unread" : ""}`, "aria-current": current ? "page" : null, data: { channel: one.id }, onclick: () => go({ channel: one.id }) },
      el("span", { class: "mark", "aria-hidden": "true" }, mark), el("span", { class: "name" }, words), count ? el("span", { class: "count", "aria-label": `${count} new` }, String(count)) : null,
      one.is_im ? el("span", { class: `presence ${online() ? "on" : ""}`, title: online() ? "connected" : "offline" }) : null);
  };
  const direct = store.channels.filter((one) => one.is_im);
  const others = store.channels.filter((one) => !one.is_im);
  $("side-list").replaceChildren(
    el("h2", {}, "Assistant"), ...direct.map((one) => item(one, el("img", { src: "/page/mark.svg", alt: "" }), one.name, one.id === route.channel)),
    el("h2", {}, "Channels"), ...others.map((one) => item(one, icon(one.is_private ? "lock" : "hash"), one.name, one.id === route.channel)));
  const me = store.users.get(store.me);
  const opener = el("button", { type: "button", class: "person-button", "aria-haspopup": "menu", "aria-expanded": "false", "aria-label": `You are ${me.name}, ${me.title}. Switch person` },
    avatar(me.id), el("span", { class: "who" }, el("b", {}, me.name), el("span", {}, me.title)), icon("more"));
  opener.addEventListener("click", () => openMenu($("person"), opener, [...store.users.values()].filter((user) => !user.is_bot).map((user) => ({
    content: [avatar(user.id), el("span", { class: "who" }, el("b", {}, user.name), el("span", {}, user.title))], checked: user.id === store.me, run: () => become(user.id) })), { note: "Look through the eyes of" }));
  if (!$("person").contains(document.activeElement) || !$("person").querySelector(".menu")) $("person").replaceChildren(opener);
}

function become(user) {
  sessionStorage.setItem("person", user);
  drafts.clear();
  store.unread.clear();
  store.ready = false;
  store.me = user;
  Object.assign(route, { channel: null, thread: null, home: false });
  // A person's own conversations are not another's; a channel may be.
  const hash = /^#\/(?:home|c\/D)/.test(location.hash) ? "#/" : location.hash.replace(/\/t\/.*/, "");
  history.replaceState(null, "", `/${hash}`);
  connect(user);
}

const online = () => store.connected && store.online;

function drawBar() {
  const here = channel(route.channel);
  if (!here) return;
  $("title").textContent = here.is_im ? here.name : `# ${here.name}`;
  $("purpose").textContent = here.is_im ? here.purpose : `${here.purpose}${here.purpose ? " · " : ""}${here.members.length} members${here.has_bot ? "" : ` · ${store.bot.name} is not here: type /invite`}`;
  document.title = `${here.is_im ? here.name : `#${here.name}`} · ${store.title}`;
  const tab = (words, home) => el("button", { type: "button", role: "tab", id: home ? "tab-home" : "tab-messages", "aria-selected": String(route.home === home), tabindex: route.home === home ? "0" : "-1", onclick: () => go({ channel: here.id, home }),
    onkeydown: (event) => { if (event.key === "ArrowLeft" || event.key === "ArrowRight") { go({ channel: here.id, home: !route.home }); setTimeout(() => $(route.home ? "tab-home" : "tab-messages")?.focus(), 0); } } }, words);
  $("tabs").replaceChildren(...(here.is_im ? [tab("Messages", false), tab("Home", true)] : []));
  const banner = $("banner");
  banner.hidden = online();
  banner.replaceChildren(el("span", { class: "spinner", "aria-hidden": "true" }), store.connected ? `Connecting to ${store.bot.name}. Messages are kept and delivered as soon as it is there.` : "The workspace is not reachable. Trying again…");
}

function drawHome() {
  const home = $("home");
  home.hidden = !route.home;
  $("log").hidden = $("foot").hidden = route.home;
  if (!route.home) return;
  const view = store.home;
  if (home.dataset.hash === (view?.hash ?? "none") && home.dataset.me === store.me) return;
  Object.assign(home.dataset, { hash: view?.hash ?? "none", me: store.me });
  const place = { form: null, send: (block_id, action_id, value) => act("click", { view_id: view.id, block_id, action_id, value }) };
  home.replaceChildren(view ? el("div", {}, blocks(view.blocks, place)) : el("div", { class: "welcome" }, el("img", { src: "/page/mark.svg", alt: "" }), el("h2", {}, online() ? "One moment" : `${store.bot.name} is not connected`), el("p", {}, "Your home tab appears here.")));
}

function drawLog() {
  if (route.home) return;
  const here = channel(route.channel);
  const list = topLevel(route.channel);
  $("log").querySelector(".welcome")?.remove();
  log.draw(list, { open: openers });
  if (!list.length) $("log").replaceChildren(el("div", { class: "welcome" }, el("img", { src: "/page/mark.svg", alt: "" }),
    el("h2", {}, here.is_im ? `Ask ${store.bot.name}` : `# ${here.name}`), el("p", {}, here.is_im ? "Where something is, how much is left, what lapses soon. Write as you would to a colleague." : `${here.purpose || "A channel"}. Mention @${store.bot.name} to ask a question here.`)));
  composer.relabel(here.is_im ? `Ask ${here.name}` : `Message #${here.name}`);
  composer.fit();
  // Questions to begin with; once begun, the room is the answers'.
  const prompts = here.is_im && !list.length ? store.prompts.get(here.id) : null;
  chips.replaceChildren(...(prompts ? [prompts.title ? el("span", {}, prompts.title) : null, ...prompts.prompts.map((one) => el("button", { type: "button", class: "chip", onclick: () => { log.jump = true; act("say", { channel: here.id, text: one.message }); } }, one.title))].filter(Boolean) : []));
  drawStatus(statusLine, statusOf(here.id, null));
}

// At the foot of a conversation stands what the bot does there; a thread that is not open counts as there.
function statusOf(id, ts) {
  if (ts) return status(id, ts);
  const found = [...store.statuses].find(([place]) => place.startsWith(`${id}/`) && place !== `${id}/${route.thread}`);
  return found?.[1];
}

function drawStatus(node, words) {
  node.replaceChildren(...(words ? [el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i")), `${store.bot.name} ${words}`] : []));
}

function drawThread() {
  const pane = $("thread");
  const list = route.thread ? thread(route.channel, route.thread) : [];
  const open = list.length > 0;
  app.classList.toggle("with-thread", open);
  if (!open) { pane.hidden = true; pane.replaceChildren(); threadList = threadComposer = null; delete pane.dataset.ts; return; }
  const here = channel(route.channel);
  const id = key(route.channel, route.thread);
  if (pane.dataset.ts !== id) {
    pane.dataset.ts = id;
    const box = el("div", { class: "thread-log", role: "log", "aria-live": "off", "aria-label": "Thread", tabindex: "0", onkeydown: (event) => threadList.walk(event, null) });
    threadList = new MessageList(box);
    threadList.jump = true;
    threadList.status = el("div", { class: "status", "aria-live": "polite" });
    threadList.rule_ = el("div", { class: "thread-rule" });
    threadComposer = new Composer({ id: "thread-text", label: "Reply in the thread", place: () => ({ channel: route.channel, thread_ts: route.thread }) });
    pane.replaceChildren(
      el("header", { class: "bar" }, el("div", { class: "bar-words" }, el("h2"), el("p", {}, here.is_im ? `with ${here.name}` : `in # ${here.name}`)), iconButton("close", "Close the thread", closeThread)),
      box, el("div", { class: "foot" }, threadList.status, threadComposer.node));
    pane.hidden = false;
  }
  pane.querySelector("h2").textContent = store.titles.get(id) ?? "Thread";
  const n = list.filter((m) => m.ts !== route.thread).length;
  threadList.rule_.textContent = n ? `${n} ${n === 1 ? "reply" : "replies"}` : "No replies yet";
  threadList.draw(list, { open: threadOpeners, days: false, after: threadList.rule_ });
  drawStatus(threadList.status, statusOf(route.channel, route.thread));
}

function closeThread() {
  const root = route.thread;
  go({ thread: null });
  setTimeout(() => ($("log").querySelector(`[data-ts="${root}"]`) ?? composer.text).focus({ preventScroll: true }), 0);
}

function draw() {
  if (!store.ready) return;
  drawSide();
  drawBar();
  drawHome();
  drawLog();
  drawThread();
  drawModal();
  drawFaults();
}

let planned = false;
function soon() {
  if (planned) return;
  planned = true;
  requestAnimationFrame(() => { planned = false; draw(); });
}

subscribe((kind, change) => {
  if (kind === "snapshot") return follow();
  if (kind === "views") return drawModal();
  if (kind === "message" && change.fresh) {
    const m = change.message;
    if (m.user === store.me) log.jump = true;
    else {
      if (m.channel !== route.channel || route.home) store.unread.set(m.channel, (store.unread.get(m.channel) ?? 0) + 1);
      announce(`${name(m.user)}: ${plain(m.text).slice(0, 300)}`);
    }
    // A question that was answered in its thread by the bot: show the answer without a click, as long as nothing else is open.
    if (store.users.get(m.user)?.is_bot && m.channel === route.channel && !m.ephemeral && m.thread_ts && !route.thread && !route.home && !matchMedia("(max-width: 1080px)").matches) {
      const root = message(m.channel, m.thread_ts);
      if (root?.user === store.me) { location.hash = `#/c/${m.channel}/t/${m.thread_ts}`; return; }
    }
  }
  soon();
});

// The list of conversations on a phone, and keys that work everywhere.
function closeSide() { $("side").classList.remove("open"); $("menu").setAttribute("aria-expanded", "false"); }
$("menu").append(icon("menu"));
$("side-close").append(icon("close"));
$("menu").addEventListener("click", () => { $("side").classList.add("open"); $("menu").setAttribute("aria-expanded", "true"); $("side").querySelector(".side-item")?.focus(); });
$("side-close").addEventListener("click", () => { closeSide(); $("menu").focus(); });
$("main").addEventListener("pointerdown", () => { if ($("side").classList.contains("open")) closeSide(); });
$("log").addEventListener("keydown", (event) => log.walk(event, (ts) => openers.thread(ts)));
$("side-list").addEventListener("keydown", (event) => {
  const all = [...$("side-list").querySelectorAll(".side-item")];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const at = all.indexOf(document.activeElement);
  if (!step || at < 0) return;
  event.preventDefault();
  all[(at + step + all.length) % all.length].focus();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
  if ($("side").classList.contains("open")) { closeSide(); $("menu").focus(); }
  else if (route.thread) closeThread();
});
window.addEventListener("hashchange", follow);

const archived = /^\/archives\/(\w+)\/p(\d+)(\d{6})$/.exec(location.pathname);
if (archived) history.replaceState(null, "", `/#/c/${archived[1]}/t/${archived[2]}.${archived[3]}`);
const people = await (await fetch("/people")).json();
// Who one is belongs to the tab, so that two tabs may be two people; the address names somebody once.
const named = new URLSearchParams(location.search).get("as");
const wanted = [named, sessionStorage.getItem("person"), people[0].id].find((id) => people.some((one) => one.id === id));
sessionStorage.setItem("person", wanted);
if (named) history.replaceState(null, "", `/${location.hash}`);
connect(wanted);
