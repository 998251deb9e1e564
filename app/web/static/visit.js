// Keeps what is typed during a visit until the server has it: each part of the page is saved as
// it is filled in, kept on the device without a connection, and sent when that returns.
//
// A part's record in localStorage: {base, typed, sending, known}. base: the version it is written
// over. typed: fields not yet on their way. sending: {key, base, fields}: sent with a key of its own
// until an answer comes, so that the server takes it once, however often it is sent. known:
// {version, fields}, the last that the server took: the page that opens without a connection may
// be older, and shows it then.

const PAUSE = 1200;
const AGAIN = 8000;
const FRAME = ["csrf_token", "key", "seen"];

const newKey = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((n) => n.toString(16).padStart(2, "0")).join("");

const part = (form) => {
  const place = `fairplace-visit:${form.dataset.fpPart}`;
  const status = form.querySelector("[data-fp-saved]");
  const box = form.querySelector("[data-fp-conflict]");
  let timer = null;
  let busy = false;
  let stopped = false;

  const load = () => JSON.parse(localStorage.getItem(place) || "null");
  const keep = (record) => {
    if ("fpLeaving" in document.documentElement.dataset) return; // signing out, by device.js
    if (record.typed || record.sending || record.known)
      localStorage.setItem(place, JSON.stringify(record));
    else localStorage.removeItem(place);
  };
  const fresh = (version, known) => ({ base: version, typed: null, sending: null, known });

  const say = (text) => {
    if (status.textContent !== text) status.textContent = text;
  };
  const read = () =>
    Object.fromEntries([...new FormData(form)].filter(([name]) => !FRAME.includes(name)));
  const fill = (fields) => {
    [...form.elements].forEach((element) => {
      if (!element.name || FRAME.includes(element.name)) return;
      if (element.type === "radio") element.checked = fields[element.name] === element.value;
      else if (element.type !== "submit") element.value = fields[element.name] ?? "";
    });
  };
  const waits = () => Boolean(record.typed || record.sending);
  const later = (pause) => {
    clearTimeout(timer);
    timer = setTimeout(send, pause);
  };

  const settle = (answer) => {
    const known = { version: answer.version, fields: record.sending.fields };
    record = { ...fresh(answer.version, known), typed: record.typed };
    form.elements.seen.value = answer.version;
    keep(record);
    say(record.typed ? "Saving …" : `Saved ${answer.at}`);
    if (record.typed) later(0);
  };

  const choose = (answer) => {
    stopped = true;
    const mine = record.typed || record.sending.fields;
    const words = document.createElement("p");
    words.className = "govuk-body";
    words.textContent = `${answer.by} saved a newer version of this part ${answer.at}. Yours is kept on this device.`;
    const button = (text, act) => {
      const made = document.createElement("button");
      made.type = "button";
      made.className = "govuk-button govuk-button--secondary";
      made.textContent = text;
      made.addEventListener("click", () => {
        box.hidden = true;
        stopped = false;
        act();
      });
      return made;
    };
    const buttons = document.createElement("div");
    buttons.className = "govuk-button-group";
    buttons.append(
      button("Keep mine", () => {
        record = { ...fresh(answer.version, null), typed: mine };
        keep(record);
        send();
      }),
      button("Use theirs", () => {
        fill(answer.fields);
        record = fresh(answer.version, { version: answer.version, fields: answer.fields });
        form.elements.seen.value = answer.version;
        keep(record);
        say(`Saved ${answer.at} by ${answer.by}`);
      }),
    );
    box.replaceChildren(words, buttons);
    box.hidden = false;
    say("Not saved: choose which version to keep");
  };

  const send = async () => {
    if (busy || stopped) return;
    if (!record.sending && record.typed) {
      record.sending = { key: newKey(), base: record.base, fields: record.typed };
      record.typed = null;
      keep(record);
    }
    if (!record.sending) return;
    busy = true;
    const { key, base, fields } = record.sending;
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        headers: { Accept: "application/json" },
        body: new URLSearchParams({ ...fields, key, seen: base, csrf_token: form.elements.csrf_token.value }),
        cache: "no-store",
      });
      if (answer.redirected || !answer.headers.get("Content-Type")?.includes("json")) {
        say("Not saved. Kept on this device: open this page again and sign in.");
        later(AGAIN * 4);
        return;
      }
      const told = await answer.json();
      if (told.state === "saved") settle(told);
      else if (told.state === "conflict") choose(told);
      else say(`Not saved. Kept on this device. ${told.reasons.join(" ")}`);
    } catch {
      say("No connection. Kept on this device, and sent when the connection returns.");
      later(AGAIN);
    } finally {
      busy = false;
    }
    if (record.typed && !stopped) later(0);
  };

  const typed = (pause) => {
    record.typed = read();
    keep(record);
    if (stopped) return;
    if (!busy) say("Saving …");
    later(pause);
  };

  form.addEventListener("input", () => typed(PAUSE));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    typed(0);
  });
  window.addEventListener("online", () => send());
  const shown = Number(form.elements.seen.value);
  let record = load() || fresh(shown, null);
  if (record.known?.version > shown) {
    fill(record.known.fields);
    form.elements.seen.value = record.known.version;
  } else {
    record.known = null;
  }
  if (!waits()) record.base = Number(form.elements.seen.value);
  keep(record);
  if (waits()) {
    fill(record.typed || record.sending.fields);
    say("Kept on this device. Sending …");
    later(0);
  }
  return { waits };
};

const parts = [...document.querySelectorAll("form[data-fp-part]")].map(part);
const anyWaits = () => parts.some((each) => each.waits());

window.addEventListener("beforeunload", (event) => {
  // where the page opens again without a connection, nothing is lost by leaving it
  if (anyWaits() && !navigator.serviceWorker?.controller) event.preventDefault();
});
document.querySelectorAll("[data-fp-leave] form").forEach((form) => {
  form.addEventListener("submit", (event) => {
    if (!anyWaits()) return;
    event.preventDefault();
    document.querySelector("[data-fp-unsent]").textContent =
      "Some parts are not saved yet. Wait for the connection, or put right what is marked, then finish.";
  });
});
