// The drawer with what can be made to go wrong.

import { el, iconButton } from "./dom.js";
import { act, store } from "./store.js";

const SWITCHES = [
  ["rate_limit", "Too many requests", "The next message of the bot is answered 429: wait 3 seconds."],
  ["api_error", "Refused", "The next message of the bot is refused with internal_error."],
  ["http_error", "Server error", "The next message of the bot meets HTTP 503 and is not posted."],
  ["lose_answer", "Answer lost", "The next message is posted, but the bot is told 503."],
  ["slow", "Slow", "The next message of the bot takes three seconds."],
  ["lose_ack", "Acknowledgement lost", "What the bot next acknowledges is not heard: the event comes again."],
  ["duplicate", "Event twice", "The next event is delivered twice, with the same id."],
  ["expire_trigger", "Trigger expired", "The next form comes too late to open."],
  ["refresh", "Move connection", "The bot is asked to reconnect, as Slack does every few hours."],
  ["drop", "Cut connection", "The network breaks with no goodbye."],
];

const dialog = document.getElementById("faults");
const opener = document.getElementById("faults-open");
const pending = el("div", { "aria-live": "polite" });

export function drawFaults() {
  opener.textContent = store.faults.length ? `Faults: ${store.faults.length} waiting` : "Faults";
  opener.classList.toggle("on", store.faults.length > 0);
  pending.replaceChildren(store.faults.length
    ? el("div", { class: "pending" }, el("strong", {}, "Waiting to go wrong"), el("ul", {}, store.faults.map((one) => el("li", {}, one))), el("button", { type: "button", class: "button", onclick: () => act("fault", { name: "clear" }) }, "Put all off"))
    : el("p", { class: "quiet" }, "Nothing is set to go wrong."));
}

opener.addEventListener("click", () => {
  dialog.replaceChildren(
    el("div", { class: "sheet-head" }, el("h2", { id: "faults-title" }, "Faults"), iconButton("close", "Close", () => dialog.close())),
    el("div", { class: "sheet-body" },
      el("p", { class: "quiet" }, "Make the local workspace fail as Slack sometimes does, and watch the bot cope. Each switch works once."), pending,
      SWITCHES.map(([name, title, words]) => el("div", { class: "fault" }, el("div", {}, el("b", {}, title), el("span", {}, words)),
        el("button", { type: "button", class: "button", "aria-label": `Set: ${title}`, onclick: () => act("fault", { name }) }, "Set")))));
  drawFaults();
  dialog.showModal();
});
dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
