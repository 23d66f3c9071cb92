// Camera and microphone.

import { el, icon, toast } from "./dom.js";

function picker(props) {
  return new Promise((resolve) => {
    const input = el("input", { type: "file", ...props });
    input.addEventListener("change", () => resolve([...input.files]));
    input.addEventListener("cancel", () => resolve([]));
    input.click();
  });
}

export const pickFiles = () => picker({ multiple: true });

// A phone has a camera of its own behind the file field; elsewhere the picture is taken here.
export async function takePhoto() {
  if (matchMedia("(pointer: coarse)").matches || !navigator.mediaDevices?.getUserMedia)
    return picker({ accept: "image/*", capture: "environment" });
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1920 } } });
  } catch {
    toast("No camera may be used here. Choose a photograph instead.");
    return picker({ accept: "image/*" });
  }
  const dialog = document.getElementById("camera");
  const video = el("video", { autoplay: true, muted: true, playsinline: true });
  video.srcObject = stream;
  return new Promise((resolve) => {
    const done = (files) => {
      for (const track of stream.getTracks()) track.stop();
      dialog.close();
      resolve(files);
    };
    const shoot = () => {
      const canvas = el("canvas");
      canvas.width = video.videoWidth;
      canvas.height = video.videoHeight;
      canvas.getContext("2d").drawImage(video, 0, 0);
      canvas.toBlob((blob) => done(blob ? [new File([blob], "photo.jpg", { type: "image/jpeg" })] : []), "image/jpeg", 0.92);
    };
    const take = el("button", { type: "button", class: "button primary", onclick: shoot, disabled: true }, icon("camera"), "Take photograph");
    video.addEventListener("loadeddata", () => { take.disabled = false; take.focus(); });
    dialog.replaceChildren(
      el("div", { class: "sheet-head" }, el("h2", {}, "Take a photograph")),
      el("div", { class: "sheet-body" }, video),
      el("div", { class: "sheet-foot" }, el("button", { type: "button", class: "button", onclick: () => done([]) }, "Cancel"), take));
    dialog.oncancel = () => done([]);
    dialog.showModal();
  });
}

// Starts recording; gives {stop(): Promise<File & {duration}>, cancel()}, or null when it may not.
export async function record() {
  if (!navigator.mediaDevices?.getUserMedia || !window.MediaRecorder) {
    toast("This browser cannot record.");
    return null;
  }
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  } catch {
    toast("The microphone may not be used. Allow it in the browser and try again.");
    return null;
  }
  const type = ["audio/mp4", "audio/webm;codecs=opus", "audio/webm"].find((one) => MediaRecorder.isTypeSupported(one)) ?? "";
  const recorder = new MediaRecorder(stream, type ? { mimeType: type } : {});
  const parts = [];
  const began = performance.now();
  recorder.addEventListener("dataavailable", (event) => parts.push(event.data));
  recorder.start(500);
  const release = () => { for (const track of stream.getTracks()) track.stop(); };
  return {
    began,
    cancel() { recorder.stop(); release(); },
    stop: () => new Promise((resolve) => {
      recorder.addEventListener("stop", () => {
        release();
        const plain = (recorder.mimeType || "audio/webm").split(";")[0];
        const clip = new File(parts, `audio_message.${plain.endsWith("mp4") ? "m4a" : "webm"}`, { type: plain });
        resolve({ clip, duration: Math.round(performance.now() - began) });
      });
      recorder.stop();
    }),
  };
}
