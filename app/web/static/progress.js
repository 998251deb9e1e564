// Follows work under way without loading the page again: asks this page for JSON
// {fraction, message, done, next, figures, stage} and goes on to `next` when it is done.
// stage: where the work stands; another than the page was made in and the page is loaded again.
// figures: the text of each element that names itself by data-fp-figure.

const EVERY = 1500;
const PATIENCE = 15000;

const write = (element, text) => {
  // Only a change is written, so that a screen reader is not told the same thing twice.
  if (element && element.textContent !== text) element.textContent = text;
};

const show = (root, { fraction, message, figures }) => {
  Object.entries(figures || {}).forEach(([name, text]) => {
    write(document.querySelector(`[data-fp-figure="${name}"]`), text);
  });
  const bar = root.querySelector("[data-fp-progress-bar]");
  const figure = root.querySelector("[data-fp-progress-figure]");
  write(root.querySelector("[data-fp-progress-message]"), message);
  if (fraction === null || fraction === undefined) {
    bar.removeAttribute("value");
    write(figure, "Working …");
  } else {
    bar.value = fraction;
    write(figure, `${Math.round(fraction * 100)}% done`);
  }
};

const follow = (root, pause) => {
  setTimeout(async () => {
    try {
      const answer = await fetch(window.location.href, {
        headers: { Accept: "application/json" },
        cache: "no-store",
      });
      if (answer.redirected || !answer.headers.get("Content-Type")?.includes("json")) {
        window.location.reload();
        return;
      }
      const state = await answer.json();
      if (state.stage && state.stage !== root.dataset.fpProgress) {
        window.location.reload();
        return;
      }
      show(root, state);
      if (state.done) {
        window.location.replace(state.next || window.location.href);
        return;
      }
      follow(root, EVERY);
    } catch {
      write(
        root.querySelector("[data-fp-progress-figure]"),
        "The connection was lost. The work goes on; trying again …",
      );
      follow(root, Math.min(pause * 2, PATIENCE));
    }
  }, pause);
};

document.querySelectorAll("[data-fp-progress]").forEach((root) => follow(root, EVERY));
