// What this page knows, fed by one WebSocket that comes back by itself.

import { toast } from "./dom.js";

export const store = {
  ready: false, connected: false, online: false, me: null, title: "", bot: { id: "", name: "Parley" },
  users: new Map(), channels: [], messages: new Map(), stack: [], home: null, prompts: new Map(), statuses: new Map(),
  titles: new Map(), unread: new Map(), commands: [], shortcuts: [], globals: [], faults: [],
};

const listeners = new Set();
let socket = null;
let wait = 500;
let timer = 0;

export function subscribe(listener) { listeners.add(listener); }
function emit(kind, detail) { for (const listener of listeners) listener(kind, detail); }

export function connect(user) {
  clearTimeout(timer);
  if (socket) { socket.onclose = null; socket.close(); }
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  socket = new WebSocket(`${scheme}://${location.host}/live?as=${encodeURIComponent(user)}`);
  socket.onopen = () => { wait = 500; store.connected = true; };
  socket.onmessage = (event) => apply(JSON.parse(event.data));
  socket.onclose = () => {
    store.connected = false;
    emit("connection");
    timer = setTimeout(() => connect(store.me ?? user), wait);
    wait = Math.min(wait * 2, 8000);
  };
}

const apply = (change) => {
  version++;
  switch (change.kind) {
    case "snapshot":
      Object.assign(store, { ready: true, connected: true, me: change.me, title: change.title, bot: change.bot, online: change.online,
        channels: change.channels, stack: change.stack, home: change.home, commands: change.commands, shortcuts: change.shortcuts, globals: change.global_shortcuts, faults: change.faults });
      store.users = new Map(change.users.map((user) => [user.id, user]));
      store.messages = new Map(change.messages.map((message) => [key(message.channel, message.ts), message]));
      store.prompts = new Map(change.prompts.map((prompts) => [prompts.channel, prompts]));
      store.titles = new Map(change.titles.map((one) => [key(one.channel, one.thread_ts), one.title]));
      store.statuses = new Map(change.statuses.map((status) => [key(status.channel, status.thread_ts), status.status]));
      break;
    case "message": {
      const id = key(change.message.channel, change.message.ts);
      change.fresh = !store.messages.has(id);
      store.messages.set(id, change.message);
      break;
    }
    case "message_gone": store.messages.delete(key(change.channel, change.ts)); break;
    case "views": store.stack = change.stack; break;
    case "home": store.home = change.view; break;
    case "prompts": store.prompts.set(change.channel, change); break;
    case "status":
      if (change.status) store.statuses.set(key(change.channel, change.thread_ts), change.status);
      else store.statuses.delete(key(change.channel, change.thread_ts));
      break;
    case "title": store.titles.set(key(change.channel, change.thread_ts), change.title); break;
    case "bot": store.online = change.online; break;
    case "faults": store.faults = change.pending; break;
  }
  emit(change.kind, change);
};

export function key(channel, ts) { return `${channel}/${ts}`; }
export function channel(id) { return store.channels.find((one) => one.id === id); }
export function name(user) { return store.users.get(user)?.name ?? user; }
export function status(channelId, threadTs) { return store.statuses.get(key(channelId, threadTs ?? "")); }

// Conversations in order of time and threads by their root, made anew when messages have changed.
let index = { version: -1 };
let version = 0;

function indexed() {
  if (index.version === version) return index;
  const channels = new Map();
  const threads = new Map();
  const put = (map, id, m) => (map.get(id) ?? map.set(id, []).get(id)).push(m);
  for (const m of [...store.messages.values()].sort((a, b) => a.ts.localeCompare(b.ts))) {
    put(channels, m.channel, m);
    if (m.thread_ts && m.thread_ts !== m.ts) put(threads, key(m.channel, m.thread_ts), m);
  }
  index = { version, channels, threads };
  return index;
}

export const message = (id, ts) => store.messages.get(key(id, ts));
export const replies = (id, ts) => indexed().threads.get(key(id, ts)) ?? [];

export function topLevel(id) {
  return (indexed().channels.get(id) ?? []).filter((m) => !m.thread_ts || m.thread_ts === m.ts || m.broadcast);
}
export function thread(id, ts) {
  const root = message(id, ts);
  return root ? [root, ...replies(id, ts)] : replies(id, ts);
}

// What a person does; a refusal comes back as a sentence and is shown.
export async function act(what, body = {}) {
  try {
    const answer = await fetch(`/do/${what}?as=${encodeURIComponent(store.me)}`, {
      method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
    return await read(answer);
  } catch {
    toast("The workspace cannot be reached.");
    return { ok: false };
  }
}

export async function share(form) {
  try {
    return await read(await fetch(`/do/share?as=${encodeURIComponent(store.me)}`, { method: "POST", body: form }));
  } catch {
    toast("The file could not be sent.");
    return { ok: false };
  }
}

async function read(answer) {
  const type = answer.headers.get("content-type") ?? "";
  const body = type.includes("json") ? await answer.json() : { ok: false, sentence: answer.status === 413 ? "That file is too large." : `The workspace refused that (${answer.status}).` };
  if (!body.ok && body.sentence) toast(body.sentence);
  return body;
}

// A private file of the workspace, by the address at which this page may see it.
export function fileUrl(url, download = false) {
  const found = /\/files-pri\/[^-/]+-([^/]+)\/([^/?]+)/.exec(url ?? "");
  if (!found) return url;
  return `/page/file/${found[1]}/${found[2]}?as=${encodeURIComponent(store.me)}${download ? "&download" : ""}`;
}
