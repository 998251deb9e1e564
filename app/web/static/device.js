// What visits keep on this device goes when its person signs out, or another one signs in.
//
// A visit's page goes once the visit is finished. Nothing is done where nothing was kept. What has not been sent is asked about before signing out,
// and stays where somebody else signs in: it is under its own person's number.

const STORE = "fairplace-visit-pages";
const OWNER = "fairplace-visit-pages:owner";
const form = document.querySelector("form[data-fp-user]");
const me = form.dataset.fpUser;
const own = `fairplace-visit:${me}:`;
const parts = () => Object.keys(localStorage).filter((name) => name.startsWith(own));

const asked = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
const files = async () => {
  const request = indexedDB.open("fairplace-visit-files", 1);
  request.onupgradeneeded = () => request.result.createObjectStore("files", { keyPath: "key" });
  return asked(request);
};
const filesOf = async (user) => {
  const rows = await asked((await files()).transaction("files").objectStore("files").getAll());
  return rows.filter((row) => row.user === user);
};

const dropPages = async () => {
  await caches.delete(STORE);
  const workers = await navigator.serviceWorker.getRegistrations();
  await Promise.all(workers.map((worker) => worker.unregister()));
  localStorage.removeItem(OWNER);
};
const dropMine = async () => {
  parts().forEach((name) => localStorage.removeItem(name));
  for (const row of await filesOf(me)) {
    await asked((await files()).transaction("files", "readwrite").objectStore("files").delete(row.key));
  }
};
const visitsUnsent = async () => {
  const typed = parts()
    .filter((name) => {
      const record = JSON.parse(localStorage.getItem(name));
      return record.typed || record.sending;
    })
    .map((name) => name.split(":")[2]);
  return new Set([...typed, ...(await filesOf(me)).map((row) => row.visit)]);
};

const ask = (visits) => {
  const box = document.createElement("div");
  box.className = "fp-conflict fp-unsent";
  box.setAttribute("role", "alert");
  const words = document.createElement("p");
  words.className = "govuk-body";
  words.textContent =
    "Something from a visit is on this device and has not been sent. If you sign out now, it is deleted. Open the visit with a connection to send it first.";
  const links = document.createElement("div");
  links.className = "govuk-button-group";
  for (const number of visits) {
    const link = document.createElement("a");
    link.className = "govuk-button";
    link.href = `/visits/${number}/carry-out`;
    link.textContent = "Open the visit";
    links.append(link);
  }
  const button = document.createElement("button");
  button.type = "button";
  button.className = "govuk-button govuk-button--warning";
  button.textContent = "Delete it and sign out";
  button.addEventListener("click", leave);
  links.append(button);
  box.append(words, links);
  document.querySelector("main").prepend(box);
  links.firstChild.focus();
};
const leave = async () => {
  document.documentElement.dataset.fpLeaving = "";
  try {
    await dropMine();
    await dropPages();
  } finally {
    form.submit();
  }
};

const done = document.querySelector("[data-fp-visit-done]");
const dropVisit = async () => {
  const { fpVisitDone: page, fpVisit: number } = done.dataset;
  await (await caches.open(STORE)).delete(page);
  const worker = await navigator.serviceWorker.getRegistration(page);
  await worker?.unregister();
  for (const name of parts().filter((name) => name.split(":")[2] === number)) {
    const record = JSON.parse(localStorage.getItem(name));
    if (!record.typed && !record.sending) localStorage.removeItem(name);
  }
};

if (done && localStorage.getItem(OWNER)) dropVisit();
if (localStorage.getItem(OWNER) && localStorage.getItem(OWNER) !== me) dropPages();
form.addEventListener("submit", (event) => {
  if (!localStorage.getItem(OWNER) && !parts().length) return;
  event.preventDefault();
  visitsUnsent().then((visits) => (visits.size ? ask(visits) : leave()), leave);
});
