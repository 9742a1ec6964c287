// Terms of the glossary show their definition: while the pointer rests on them or they have the focus, and on a tap.
// Escape puts it away. A click, and a second tap, follows the link to the glossary.

const GAP = 6; // pixels between a term and its definition
const LINGER = 200; // ms that a pointer may take from the term to its definition

/** @type {{link: HTMLElement, definition: HTMLElement} | undefined} */
let shown;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let leaving;

function hide() {
  clearTimeout(leaving);
  if (shown) shown.definition.hidden = true;
  shown = undefined;
}

function leave() {
  clearTimeout(leaving);
  leaving = setTimeout(hide, LINGER);
}

/**
 * @param {HTMLElement} link
 * @param {HTMLElement} definition
 */
function show(link, definition) {
  clearTimeout(leaving);
  if (shown?.link === link) return;
  hide();
  shown = { link, definition };
  definition.hidden = false;
  place();
}

function place() {
  if (!shown) return;
  const { link, definition } = shown;
  // Below the term's first line, or above where there is no room; whole on the screen in either case.
  const [term, box] = [link.getClientRects()[0], definition.getBoundingClientRect()];
  const screen = document.documentElement;
  const above = term.bottom + GAP + box.height > screen.clientHeight && term.top - GAP - box.height > 0;
  definition.style.top = `${above ? term.top - GAP - box.height : term.bottom + GAP}px`;
  definition.style.left = `${Math.max(GAP, Math.min(term.left, screen.clientWidth - box.width - GAP))}px`;
}

document.addEventListener("DOMContentLoaded", () => {
  for (const word of document.querySelectorAll("a > .std-term")) {
    const link = /** @type {HTMLAnchorElement} */ (word.parentElement);
    const definition = document.getElementById(`definition-of-${link.hash.slice(1)}`);
    if (!definition) continue;
    link.setAttribute("aria-describedby", definition.id);
    let seen = false; // was it shown before the finger came down?
    link.addEventListener("pointerdown", () => (seen = shown?.link === link));
    link.addEventListener("click", (event) => {
      const finger = /** @type {PointerEvent} */ (event).pointerType === "touch";
      if (finger && !seen) event.preventDefault();
      if (finger && !seen) show(link, definition);
      else hide();
    });
    link.addEventListener("mouseenter", () => show(link, definition));
    link.addEventListener("mouseleave", leave);
    link.addEventListener("focus", () => show(link, definition));
    link.addEventListener("blur", leave);
    definition.addEventListener("mouseenter", () => clearTimeout(leaving));
    definition.addEventListener("mouseleave", leave);
  }
  document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
  document.addEventListener("pointerdown", (event) => {
    const at = /** @type {Node} */ (event.target);
    if (shown && !shown.link.contains(at) && !shown.definition.contains(at)) hide();
  });
  window.addEventListener("scroll", place, { passive: true });
  window.addEventListener("resize", place);
});
