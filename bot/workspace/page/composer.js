// The message field: text, files, photographs, clips, commands and names.

import { el, iconButton, openMenu, toast } from "./dom.js";
import { pickFiles, record, takePhoto } from "./media.js";
import { act, share, store } from "./store.js";

export class Composer {
  // `place()` gives {channel, thread_ts} at the time of sending.
  constructor({ id, label, place, sent }) {
    Object.assign(this, { place, sent, items: [], editing: null, suggestions: null });
    this.text = el("textarea", { id, rows: "1", "aria-label": label, placeholder: label, autocomplete: "off", "aria-autocomplete": "list" });
    this.tray = el("div", { class: "tray" });
    this.sendButton = iconButton("send", "Send", () => this.submit(), { class: "icon-button send" });
    this.globals = iconButton("more", "Shortcuts", () => openMenu(this.node, this.globals,
      store.globals.map((one) => ({ label: one.label, run: () => act("shortcut", { callback_id: one.callback_id }) }))), { "aria-haspopup": "menu", "aria-expanded": "false", hidden: true });
    this.row = el("div", { class: "composer-row" },
      iconButton("clip", "Attach a file or photograph", async () => this.add(await pickFiles())),
      iconButton("camera", "Take a photograph", async () => this.add(await takePhoto())),
      iconButton("mic", "Record a clip", () => this.recordClip()), this.globals, this.sendButton);
    this.node = el("div", { class: "composer" }, this.tray, this.text, this.row);
    this.text.addEventListener("input", () => { this.fit(); this.suggest(); });
    this.text.addEventListener("keydown", (event) => this.key(event));
    this.text.addEventListener("blur", () => setTimeout(() => { if (document.activeElement !== this.text) this.noSuggestions(); }, 150));
    this.text.addEventListener("paste", (event) => { if (event.clipboardData.files.length) { event.preventDefault(); this.add([...event.clipboardData.files]); } });
    this.node.addEventListener("dragover", (event) => { event.preventDefault(); this.node.classList.add("over"); });
    this.node.addEventListener("dragleave", () => this.node.classList.remove("over"));
    this.node.addEventListener("drop", (event) => { event.preventDefault(); this.node.classList.remove("over"); this.add([...event.dataTransfer.files]); });
    this.fit();
  }

  relabel(label) { this.globals.hidden = !store.globals?.length; this.text.placeholder = label; this.text.setAttribute("aria-label", label); }
  focus() { this.text.focus({ preventScroll: true }); }

  fit() {
    this.text.style.height = "auto";
    this.text.style.height = `${this.text.scrollHeight + 2}px`;
    this.sendButton.disabled = !this.text.value.trim() && !this.items.length;
  }

  add(files) {
    for (const file of files) this.items.push({ file, url: URL.createObjectURL(file) });
    this.drawTray();
    this.focus();
  }

  drawTray() {
    this.tray.replaceChildren(...this.items.map((item) => el("div", { class: "tray-item" },
      item.clip ? el("audio", { controls: true, src: item.url }) : item.file.type.startsWith("image/") ? el("img", { src: item.url, alt: "" }) : null,
      item.clip ? null : el("span", {}, item.file.name),
      iconButton("close", `Remove ${item.file.name}`, () => { this.items = this.items.filter((one) => one !== item); URL.revokeObjectURL(item.url); this.drawTray(); this.focus(); }))));
    this.fit();
  }

  async recordClip() {
    const recording = await record();
    if (!recording) return;
    const time = el("span", { role: "timer" }, "0:00");
    const ticking = setInterval(() => { const s = Math.floor((performance.now() - recording.began) / 1000); time.textContent = `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`; }, 250);
    const end = () => { clearInterval(ticking); bar.replaceWith(this.row); };
    const stop = el("button", { type: "button", class: "button primary", onclick: async () => { end(); const { clip, duration } = await recording.stop(); this.items.push({ file: clip, url: URL.createObjectURL(clip), clip: true, duration }); this.drawTray(); this.sendButton.focus(); } }, "Done");
    const bar = el("div", { class: "recording" }, el("i", { "aria-hidden": "true" }), "Recording", time, el("button", { type: "button", class: "button", onclick: () => { recording.cancel(); end(); this.focus(); } }, "Cancel"), stop);
    this.row.replaceWith(bar);
    stop.focus();
  }

  edit(message, text) {
    this.editing = message;
    this.text.value = text;
    this.fit();
    this.focus();
    toast("Change the message and press Enter; Esc leaves it as it was.");
  }

  async submit() {
    const text = this.text.value.trim();
    const items = this.items;
    if (!text && !items.length) return;
    const where = this.place();
    if (this.editing) {
      const { channel, ts } = this.editing;
      this.editing = null;
      this.clear();
      await act("edit", { channel, ts, text });
      return;
    }
    const command = /^(\/\S+)\s*([\s\S]*)$/.exec(text);
    if (command && !items.length) {
      if (command[1] !== "/invite" && !store.commands.some((one) => one.command === command[1])) return toast(`${command[1]} is not a command here. Start with a space to send it as a message.`);
      if (where.thread_ts) return toast("Commands work in the conversation, not in a thread.");
      this.clear();
      await act("slash", { channel: where.channel, command: command[1], text: command[2] });
      return;
    }
    this.clear();
    if (!items.length) await act("say", { ...where, text });
    // As in Slack: what is attached together is one message; a clip is a message of its own.
    const clips = items.filter((item) => item.clip), files = items.filter((item) => !item.clip);
    for (const [index, together] of [...(files.length ? [files] : []), ...clips.map((clip) => [clip])].entries()) {
      const form = new FormData();
      form.append("channel", where.channel);
      if (where.thread_ts) form.append("thread_ts", where.thread_ts);
      form.append("text", index === 0 ? text : "");
      if (together[0].clip) { form.append("clip", "1"); form.append("duration_ms", String(together[0].duration)); }
      for (const item of together) form.append("file", item.file, item.file.name);
      await share(form);
      for (const item of together) URL.revokeObjectURL(item.url);
    }
    this.sent?.();
  }

  clear() { this.text.value = ""; this.items = []; this.drawTray(); this.noSuggestions(); }

  key(event) {
    if (this.suggestions) {
      const { entries } = this.suggestions;
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) { event.preventDefault(); this.suggestions.at = (this.suggestions.at + step + entries.length) % entries.length; return this.mark(); }
      const complete = event.key === "Tab" || (event.key === "Enter" && !event.shiftKey);
      if (complete && entries[this.suggestions.at].insert.trim() !== this.text.value.trim()) { event.preventDefault(); return this.take(entries[this.suggestions.at]); }
      if (event.key === "Escape") { event.preventDefault(); event.stopPropagation(); return this.noSuggestions(); }
    }
    if (event.key === "Escape" && this.editing) { event.stopPropagation(); this.editing = null; return this.clear(); }
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.submit(); }
  }

  suggest() {
    const before = this.text.value.slice(0, this.text.selectionStart);
    const command = /^\/(\S*)$/.exec(before);
    const named = /(?:^|\s)@([\p{L}]*)$/u.exec(before);
    let entries = [];
    if (command) entries = [...store.commands, { command: "/invite", description: `Bring ${store.bot.name} into this channel`, hint: "" }]
      .filter((one) => one.command.slice(1).startsWith(command[1])).map((one) => ({ label: `${one.command} ${one.hint}`, note: one.description, insert: `${one.command} `, from: 0 }));
    else if (named) entries = [...store.users.values()].filter((one) => one.id !== store.me && one.name.toLowerCase().includes(named[1].toLowerCase()))
      .map((one) => ({ label: `@${one.name}`, note: one.title, insert: `@${one.name} `, from: before.length - named[1].length - 1 }));
    this.noSuggestions();
    if (!entries.length) return;
    const node = el("div", { class: "menu suggest", role: "listbox", id: `${this.text.id}-suggest` }, entries.map((entry) =>
      el("button", { type: "button", role: "option", tabindex: "-1", onpointerdown: (event) => { event.preventDefault(); this.take(entry); } }, el("span", {}, entry.label), el("small", {}, entry.note))));
    this.suggestions = { entries, node, at: 0 };
    this.node.append(node);
    this.mark();
  }

  mark() { [...this.suggestions.node.children].forEach((child, n) => { child.classList.toggle("chosen", n === this.suggestions.at); child.setAttribute("aria-selected", String(n === this.suggestions.at)); }); }
  noSuggestions() { this.suggestions?.node.remove(); this.suggestions = null; }

  take(entry) {
    const end = this.text.selectionStart;
    this.text.setRangeText(entry.insert, entry.from, end, "end");
    this.noSuggestions();
    this.fit();
    this.focus();
  }
}

