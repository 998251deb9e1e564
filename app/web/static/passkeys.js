// Asks the browser for a passkey: makes one, or uses one, and sends the form with what it answers.
// A form with data-fp-passkey="create" or "get" holds the site's wishes in data-fp-options, as
// WebAuthn has them with bytes written in base64url.

const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=/g, "");

const known = (list) => (list || []).map((each) => ({ ...each, id: bytes(each.id) }));

const wishes = (options) => ({
  ...options,
  challenge: bytes(options.challenge),
  ...(options.user && { user: { ...options.user, id: bytes(options.user.id) } }),
  ...(options.excludeCredentials && { excludeCredentials: known(options.excludeCredentials) }),
  ...(options.allowCredentials && { allowCredentials: known(options.allowCredentials) }),
});

const made = (key) => ({
  attestationObject: text(key.response.attestationObject),
  transports: key.response.getTransports ? key.response.getTransports() : [],
});

const used = (key) => ({
  authenticatorData: text(key.response.authenticatorData),
  signature: text(key.response.signature),
  userHandle: key.response.userHandle ? text(key.response.userHandle) : null,
});

const answer = (key, own) => ({
  id: key.id,
  rawId: text(key.rawId),
  type: key.type,
  extensions: JSON.stringify(key.getClientExtensionResults()),
  response: { clientDataJSON: text(key.response.clientDataJSON), ...own(key) },
});

const ask = async (form) => {
  const publicKey = wishes(JSON.parse(form.dataset.fpOptions));
  const creating = form.dataset.fpPasskey === "create";
  const key = await navigator.credentials[creating ? "create" : "get"]({ publicKey });
  form.elements.credential.value = JSON.stringify(answer(key, creating ? made : used));
  form.submit();
};

const form = document.querySelector("[data-fp-passkey]");
const failed = document.querySelector("[data-fp-passkey-failed]");

const start = async () => {
  failed.hidden = true;
  try {
    if (!window.PublicKeyCredential) throw new Error("no passkeys");
    await ask(form);
  } catch {
    // the browser does not tell more, so that a page cannot find out which keys there are
    failed.hidden = false;
    failed.focus();
  }
};

if (form) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    start();
  });
  start();
}
