// Before a browser is signed out for lack of use, its person is told and can stay signed in.
//
// What is typed into a page is in no one's hands but its own until it is sent, so nobody should
// lose it by thinking for long (WCAG 2.2, 2.2.1). Without JavaScript the account page says the time.

const form = document.querySelector("form[data-fp-rest-minutes]");
const rest = Number(form.dataset.fpRestMinutes) * 60 * 1000;
const warned = Math.min(3 * 60 * 1000, rest / 2);
const minutes = Math.max(1, Math.round(warned / 60000));
const own = form.dataset.fpOwnPage;
let box = null;
let timers = [];

const paragraph = (text) => {
  const words = document.createElement("p");
  words.className = "govuk-body";
  words.textContent = text;
  return words;
};
const show = (...parts) => {
  box?.remove();
  box = document.createElement("div");
  box.className = "fp-conflict fp-rest";
  box.setAttribute("role", "alert");
  box.append(...parts);
  document.querySelector("main").prepend(box);
};
const stay = async () => {
  const answer = await fetch(own, { method: "HEAD", redirect: "manual" }).catch(() => null);
  if (!answer?.ok) return over();
  box.remove();
  box = null;
  begin();
};
const warn = () => {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "govuk-button";
  button.textContent = "Stay signed in";
  button.addEventListener("click", stay);
  show(
    paragraph(
      `You will be signed out in ${minutes} ${minutes === 1 ? "minute" : "minutes"}, because this page has not been used for a while. What you have typed and not saved would be lost.`,
    ),
    button,
  );
};
const over = () =>
  show(
    paragraph(
      "You have probably been signed out. Copy what you have typed here, then open Fairplace in another tab and sign in before you save.",
    ),
  );
const begin = () => {
  timers.forEach(clearTimeout);
  timers = [
    setTimeout(warn, rest - warned),
    setTimeout(over, rest),
  ];
};

begin();
