// The hands-free page: hold to talk, read the answer from across the room, hear it. Each clip is an ordinary message to Parley.

import { announce, el, icon, iconButton, toast } from "./dom.js";
import { blocks } from "./blocks.js";
import { drawModal } from "./modal.js";
import { record } from "./media.js";
import { act, channel, connect, fileUrl, name, share, store, subscribe, topLevel, replies } from "./store.js";

const $ = (id) => document.getElementById(id);
const SHORTEST = 400; // ms: less is a tap by mistake
const LONGEST = 60_000;
const PATIENCE = 45_000;
const FORGOTTEN = 120_000; // so long after the last word the next person is asked who they are
let recording = null;
let starting = false;
let sentAt = 0;
let shownTs = "";
let spokenTs = "";
let patience = 0;
let leaving = 0;
let sound = true;

const direct = () => store.channels.find((one) => one.is_im)?.id;

// ------------------------------------------------------------------------------------------------- who

async function choosePerson() {
  const dialog = $("people");
  const people = await (await fetch("/people")).json();
  const choose = (person) => { sessionStorage.setItem("handsfree", person.id); dialog.close(); reset(); connect(person.id); };
  dialog.replaceChildren(
    el("div", { class: "sheet-head" }, el("h2", { id: "people-title" }, "Who is speaking?"), store.me ? iconButton("close", "Close", () => dialog.close()) : null),
    el("div", { class: "sheet-body" }, people.map((person) => el("button", { type: "button", class: "hf-person", onclick: () => choose(person) }, person.name, el("small", {}, person.title)))));
  dialog.oncancel = (event) => { if (!store.me) event.preventDefault(); };
  if (!dialog.open) dialog.showModal();
}

function stay() {
  clearTimeout(leaving);
  leaving = setTimeout(() => { if (!recording && !sentAt) { reset(); choosePerson(); } }, FORGOTTEN);
}

function reset() {
  shownTs = spokenTs = "";
  sentAt = 0;
  clearTimeout(patience);
  welcome();
}

// ------------------------------------------------------------------------------------------------ talk

async function begin(event) {
  event?.preventDefault();
  if (recording || starting || $("talk").disabled || sentAt) return;
  window.speechSynthesis?.cancel();
  $("spoken")?.pause();
  starting = true;
  const made = await record();
  starting = false;
  if (!made) return;
  recording = made;
  if (!held) return finish(); // let go while the microphone was being opened
  draw();
  recording.limit = setTimeout(finish, LONGEST);
}

let held = false;
const press = (event) => { held = true; begin(event); };
const release = (event) => { event?.preventDefault(); held = false; finish(); };

async function finish() {
  const made = recording;
  if (!made) return;
  recording = null;
  clearTimeout(made.limit);
  if (performance.now() - made.began < SHORTEST) {
    made.cancel();
    draw();
    return toast("Hold the button while you speak.");
  }
  const { clip, duration } = await made.stop();
  const form = new FormData();
  form.append("channel", direct());
  form.append("clip", "1");
  form.append("duration_ms", String(duration));
  form.append("text", "");
  form.append("file", clip, clip.name);
  // By the workspace's own clock: what is newer than all that is here now is the answer.
  sentAt = Number(topLevel(direct()).at(-1)?.ts ?? "1");
  draw();
  const answer = await share(form);
  if (!answer.ok) { sentAt = 0; return draw(); }
  patience = setTimeout(() => { sentAt = 0; draw(); toast("Parley has not answered. Say it again, or type it in Slack."); }, PATIENCE);
  look();
}

// ---------------------------------------------------------------------------------------------- answer

// The newest answer, and those that came with it: a card may be followed by a note.
function look() {
  const mine = topLevel(direct()).filter((m) => m.user === store.bot.id && (Number(m.ts) > sentAt || m.ts === shownTs));
  const newest = mine.at(-1);
  if (!newest) return;
  if (sentAt && Number(newest.ts) > sentAt) { sentAt = 0; clearTimeout(patience); shownTs = newest.ts; }
  if (newest.ts === shownTs || !shownTs) show(newest);
}

const lines = (m) => (m.text ?? "").replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&").split("\n").map((line) => line.trim()).filter(Boolean);

function show(m) {
  const heard = m.blocks?.find((one) => one.block_id === "heard");
  const words = lines(m);
  const fact = words.find((line) => !/^(I heard|I am not sure, I heard)/.test(line)) ?? words[0] ?? "";
  const rest = withoutFact((m.blocks ?? []).filter((one) => one !== heard), fact);
  const place = { form: null, send: (block_id, action_id, value) => { stay(); return act("click", { channel: m.channel, ts: m.ts, block_id, action_id, value }); } };
  const said = heard ? /[“]_?(.*?)_?[”]/s.exec(heard.text?.text ?? "")?.[1] : "";
  $("answer").replaceChildren(
    said ? el("p", { class: "hf-heard" }, `“${said}”`) : null,
    el("h1", { class: "hf-fact" }, short(fact)),
    rest.length ? blocks(rest, place) : el("div", {}, words.slice(1).map((line) => el("p", {}, line))),
    heard?.accessory ? blocks([{ type: "actions", block_id: "heard", elements: [heard.accessory] }], place) : null);
  $("answer").scrollTop = 0;
  announce(fact);
  stay();
  draw();
  say(m, fact);
}

// The fact stands above in large type: the first block does not say it again.
function withoutFact(rest, fact) {
  const [first, ...others] = rest;
  if (first?.type !== "section" || !first.text) return rest;
  const [head, ...more] = first.text.text.split("\n");
  const plain = head.replace(/[*_]/g, "").replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&").trim();
  if (plain !== fact || fact.length > LONG) return rest;
  if (more.length) return [{ ...first, text: { ...first.text, text: more.join("\n") } }, ...others];
  return first.accessory ? rest : others;
}

const LONG = 120;
const short = (text) => (text.length > LONG ? `${text.slice(0, 117).replace(/\s\S*$/, "")}…` : text);

// A spoken answer that Parley attached is played; else the browser's own voice reads the fact, where it has one.
function say(m, fact) {
  if (!sound) return;
  const clip = [m, ...replies(m.channel, m.ts), ...topLevel(m.channel)].filter((one) => one.user === store.bot.id && Number(one.ts) >= Number(m.ts))
    .flatMap((one) => one.files ?? []).find((file) => file.mimetype?.startsWith("audio/"));
  if (clip && spokenTs !== `${m.ts}/${clip.id}`) {
    spokenTs = `${m.ts}/${clip.id}`;
    window.speechSynthesis?.cancel();
    $("spoken")?.remove();
    const player = el("audio", { id: "spoken", src: fileUrl(clip.url_private), autoplay: true });
    document.body.append(player);
    player.play?.().catch(() => {});
  } else if (!clip && spokenTs !== m.ts && window.speechSynthesis?.getVoices().length) {
    spokenTs = m.ts;
    window.speechSynthesis.cancel();
    window.speechSynthesis.speak(new SpeechSynthesisUtterance(fact));
  }
}

function welcome() {
  $("answer").replaceChildren(el("div", { class: "hf-welcome" }, el("h1", {}, "What do you need?"),
    el("p", {}, "“Where are the seven and a half gloves?”"), el("p", {}, "“Used two sixteen French Foleys in the ICU.”"), el("p", {}, "“What is low in PACU?”")));
}

// ---------------------------------------------------------------------------------------------- drawing

function draw() {
  $("team").textContent = store.title;
  $("who").textContent = store.me ? name(store.me) : "Who is speaking?";
  const talk = $("talk");
  const ready = store.ready && store.online && store.connected && Boolean(direct());
  talk.disabled = !ready && !recording;
  talk.classList.toggle("on", Boolean(recording));
  talk.classList.toggle("busy", Boolean(sentAt));
  $("talk-mark").replaceChildren(icon("mic"));
  $("talk-words").textContent = recording ? "Listening… let go when done" : sentAt ? "One moment…" : ready ? "Hold to talk" : store.ready ? "Parley is not connected" : "One moment";
}

subscribe((kind) => {
  if (kind === "views" || kind === "snapshot") drawModal();
  if (kind === "snapshot") { stay(); if (!shownTs) welcome(); }
  if (["message", "snapshot"].includes(kind) && (sentAt || shownTs)) look();
  draw();
});

const talk = $("talk");
talk.addEventListener("pointerdown", (event) => { talk.setPointerCapture(event.pointerId); press(event); });
talk.addEventListener("pointerup", release);
talk.addEventListener("pointercancel", release);
talk.addEventListener("contextmenu", (event) => event.preventDefault());
const typing = (event) => event.target.closest?.("dialog, input, textarea, .hf-answer button");
addEventListener("keydown", (event) => { if (event.code === "Space" && !event.repeat && !typing(event)) press(event); });
addEventListener("keyup", (event) => { if (event.code === "Space" && !typing(event)) release(event); });
addEventListener("blur", () => { held = false; finish(); });
$("who").addEventListener("click", choosePerson);
$("sound").addEventListener("click", () => {
  sound = !sound;
  $("sound").setAttribute("aria-pressed", String(sound));
  $("sound").textContent = sound ? "Sound on" : "Sound off";
  if (!sound) { window.speechSynthesis?.cancel(); $("spoken")?.pause(); }
});

const asked = new URLSearchParams(location.search).get("as") ?? sessionStorage.getItem("handsfree");
welcome();
draw();
if (asked) connect(asked); else choosePerson();
