// Lets the page of a visit that is being carried out open again without a connection.
//
// It is registered for that one page alone. Online the server always answers first, and its answer
// is kept; what the server no longer gives (signed out, finished, not found) is no longer kept.
// visit-kept.js keeps the page the first time, device.js takes it away when its person signs out.

const STORE = "fairplace-visit-pages";
const KEPT_AT = "X-Kept-At";
const LONGEST = 12 * 60 * 60 * 1000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

const stamped = (answer) => {
  const headers = new Headers(answer.headers);
  headers.set(KEPT_AT, String(Date.now()));
  return new Response(answer.body, { status: answer.status, headers });
};
const isFresh = (kept) => Date.now() - Number(kept.headers.get(KEPT_AT)) < LONGEST;

const page = async (request) => {
  const store = await caches.open(STORE);
  const { pathname } = new URL(request.url);
  try {
    const answer = await fetch(request);
    if (answer.ok) await store.put(pathname, stamped(answer.clone()));
    else if (answer.status < 500) await store.delete(pathname);
    return answer;
  } catch {
    const kept = await store.match(pathname, { ignoreVary: true });
    if (kept && isFresh(kept)) return kept;
    await store.delete(pathname);
    return Response.error();
  }
};

const file = async (request) => {
  const store = await caches.open(STORE);
  const kept = await store.match(request, { ignoreVary: true });
  return kept || fetch(request);
};

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (address.pathname.startsWith("/static/")) event.respondWith(file(request));
});
