// Keeps the page of a visit, with the files that draw it, so that it opens without a connection.
// The worker (visit-worker.js) answers with them; they go when the visit is finished or its person
// signs out (device.js).

const STORE = "fairplace-visit-pages";
const OWNER = "fairplace-visit-pages:owner";
const status = document.querySelector("[data-fp-kept]");
const { fpWorker, fpUser } = status.dataset;
const here = location.pathname;

const say = () => {
  status.textContent = navigator.onLine
    ? "This page also opens without a connection."
    : "No connection. This page goes on working; what you enter is kept on this device.";
  status.classList.toggle("fp-kept--offline", !navigator.onLine);
};

const stamped = (answer) => {
  const headers = new Headers(answer.headers);
  headers.set("X-Kept-At", String(Date.now()));
  return new Response(answer.body, { status: answer.status, headers });
};

const keep = async () => {
  localStorage.setItem(OWNER, fpUser);
  await navigator.serviceWorker.register(fpWorker, { scope: here });
  const store = await caches.open(STORE);
  const drawn = performance
    .getEntriesByType("resource")
    .map((entry) => entry.name)
    .filter((name) => new URL(name).pathname.startsWith("/static/"));
  for (const name of new Set(drawn)) {
    if (!(await store.match(name, { ignoreVary: true }))) await store.add(name);
  }
  if (!(await store.match(here, { ignoreVary: true }))) {
    const answer = await fetch(here, { cache: "no-store" });
    if (answer.ok && !answer.redirected) await store.put(here, stamped(answer));
  }
  await navigator.serviceWorker.ready;
};

const begin = async () => {
  if (!("serviceWorker" in navigator) || !window.caches) return;
  try {
    await keep();
  } catch {
    // without a connection the page was kept before, or is not there to be kept
    if (!(await caches.match(here, { ignoreVary: true }))) return;
  }
  say();
  window.addEventListener("online", say);
  window.addEventListener("offline", say);
};

if (document.readyState === "complete") begin();
else window.addEventListener("load", begin);
