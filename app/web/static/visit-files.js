// Photographs and documents of a visit: kept on the device until the server has them, sent once.
//
// A file waits in IndexedDB with a key of its own, which goes with it: the server takes a key once,
// however often it is sent. What the server refuses stays, with the reason, until it is removed.

const AGAIN = 8000;
const form = document.querySelector("form[data-fp-files]");
const list = document.querySelector("[data-fp-queue]");
const user = form.dataset.fpUser;
const visit = form.dataset.fpVisit;
const most = Number(form.dataset.fpMost);

const newKey = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((n) => n.toString(16).padStart(2, "0")).join("");
const asked = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
const opened = () => {
  const request = indexedDB.open("fairplace-visit-files", 1);
  request.onupgradeneeded = () => request.result.createObjectStore("files", { keyPath: "key" });
  return asked(request);
};
const store = async (mode) => (await opened()).transaction("files", mode).objectStore("files");
const put = async (row) => asked((await store("readwrite")).put(row));
const remove = async (key) => asked((await store("readwrite")).delete(key));
const mine = async () =>
  (await asked((await store("readonly")).getAll()))
    .filter((row) => row.user === user && row.visit === visit)
    .sort((one, other) => one.at - other.at);

const lineOf = (row) => {
  const found = list.querySelector(`[data-fp-key="${row.key}"]`);
  if (found) return found;
  const line = document.createElement("li");
  line.dataset.fpKey = row.key;
  list.append(line);
  return line;
};
const show = (row, words) => {
  const line = lineOf(row);
  const told = document.createElement("span");
  told.className = row.refused ? "govuk-error-message" : "fp-quiet";
  told.textContent = words;
  line.replaceChildren(`${row.caption} `, told);
  if (!row.refused) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "fp-link-button";
  button.textContent = `Remove ${row.caption}`;
  button.addEventListener("click", async () => {
    await remove(row.key);
    line.remove();
  });
  line.append(button);
};

const send = async (row) => {
  const body = new FormData();
  body.set("csrf_token", form.elements.csrf_token.value);
  for (const name of ["key", "part", "caption"]) body.set(name, row[name]);
  body.set("file", new File([row.blob], row.name, { type: row.blob.type }));
  const answer = await fetch(form.action, {
    method: "POST",
    headers: { Accept: "application/json" },
    body,
    cache: "no-store",
  });
  if (answer.redirected || !answer.headers.get("Content-Type")?.includes("json")) {
    show(row, "Kept on this device: open this page again and sign in.");
    return false;
  }
  const told = await answer.json();
  if (told.state === "saved") {
    await remove(row.key);
    show(row, `(${told.about})`);
  } else {
    row.refused = told.reasons.join(" ");
    await put(row);
    show(row, row.refused);
  }
  return true;
};

let busy = false;
let timer = null;
const sendAll = async () => {
  if (busy) return;
  busy = true;
  clearTimeout(timer);
  try {
    for (let left = await unsent(); left.length; left = await unsent()) {
      left.forEach((row) => show(row, "Sending …"));
      if (!(await send(left[0]))) break;
    }
  } catch {
    (await unsent()).forEach((row) => show(row, "Kept on this device until the connection returns."));
    timer = setTimeout(sendAll, AGAIN);
  } finally {
    busy = false;
  }
};
const unsent = async () => (await mine()).filter((row) => !row.refused);

const clearError = (field) => {
  const group = field.closest(".govuk-form-group");
  group.classList.remove("govuk-form-group--error");
  group.querySelector(".govuk-error-message")?.remove();
  field.removeAttribute("aria-invalid");
};
const refuse = (field, words) => {
  const group = field.closest(".govuk-form-group");
  group.classList.add("govuk-form-group--error");
  const told = document.createElement("p");
  told.className = "govuk-error-message";
  told.id = `${field.id}-refused`;
  told.textContent = words;
  const before = group.querySelector(".govuk-radios, .govuk-drop-zone, .govuk-file-upload, .govuk-input");
  before.before(told);
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", told.id);
  field.focus();
};

const faultOf = (file) => {
  if (!file) return "Choose the file to send";
  if (!file.size) return "The file is empty. Choose another.";
  const megabytes = (bytes) => Math.round(bytes / 1024 / 1024);
  return file.size > most
    ? `This file has ${megabytes(file.size)} MB. Send one of at most ${megabytes(most)} MB: take the photograph smaller, or make a smaller copy.`
    : null;
};

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { part, caption, file } = form.elements;
  const radio = [...part].find((each) => each.checked);
  [part[0], caption, file].forEach(clearError);
  const [chosen] = file.files;
  const faults = [
    [part[0], radio ? null : "Select what it is about"],
    [caption, caption.value.trim() ? null : "Enter what it shows"],
    [file, faultOf(chosen)],
  ].filter(([, words]) => words);
  if (faults.length) {
    faults.reverse().forEach(([field, words]) => refuse(field, words));
    return;
  }
  const row = {
    key: newKey(), user, visit, part: radio.value, caption: caption.value.trim(),
    name: chosen.name, blob: chosen, at: Date.now(),
  };
  try {
    await put(row);
  } catch {
    form.submit(); // the device keeps nothing (a private window): sent as without a script
    return;
  }
  caption.value = "";
  file.value = "";
  show(row, "Sending …");
  sendAll();
});
form.elements.file.addEventListener("change", () => {
  clearError(form.elements.file);
  const words = form.elements.file.files.length ? faultOf(form.elements.file.files[0]) : null;
  if (words) refuse(form.elements.file, words);
});
window.addEventListener("online", sendAll);

document.querySelectorAll("[data-fp-leave] form").forEach((leave) => {
  let sure = false;
  leave.addEventListener("submit", (event) => {
    if (sure || event.defaultPrevented) return;
    event.preventDefault();
    mine().then((rows) => {
      if (!rows.length) {
        sure = true;
        leave.requestSubmit();
        return;
      }
      const told = document.querySelector("[data-fp-unsent]");
      told.textContent =
        "Some photographs or documents are not sent yet. Wait for the connection, or remove what was refused, then finish.";
    });
  });
});

mine().then((rows) => {
  rows.filter((row) => row.refused).forEach((row) => show(row, row.refused));
  sendAll();
});
