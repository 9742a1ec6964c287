// What the reader has done, kept in this browser and nowhere else: ticks on the chapters' pages, all of it on the front
// page. Predictions are kept by the figures that ask for them, under the same prefix.

const PREFIX = "looks-aligned/";
const KINDS = ["read", "exercise", "prediction"];

/** Some browsers keep nothing for a page that is a file: then ticks last as long as the page, and the overview says so. */
const store = {
  /** @returns {Record<string, string>} all that is kept, without the prefix */
  all: () => {
    try {
      const keys = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
      return Object.fromEntries(keys.map((key) => [key.slice(PREFIX.length), localStorage.getItem(key) ?? ""]));
    } catch {
      return {};
    }
  },
  /** @param {string} key  @param {string | null} value  @returns {boolean} whether the browser keeps it */
  write: (key, value) => {
    try {
      if (value === null) localStorage.removeItem(PREFIX + key);
      else localStorage.setItem(PREFIX + key, value);
      return true;
    } catch {
      return false;
    }
  },
};

/** @param {unknown} found  @returns {Record<string, string>} what an exported file holds; throws if it is none */
function checked(found) {
  const kept = /** @type {any} */ (found)?.[PREFIX];
  if (!kept || typeof kept !== "object") throw new Error("it is no export of this book");
  for (const [key, value] of Object.entries(kept)) {
    if (!KINDS.includes(key.split("/")[0]) || typeof value !== "string") throw new Error(`it holds “${key}”, which is nothing of this book's`);
  }
  return kept;
}

/** @param {HTMLInputElement} tick */
function follow(tick) {
  const key = String(tick.dataset.progress);
  const show = () => (tick.checked = key in store.all());
  tick.addEventListener("change", () => store.write(key, tick.checked ? "" : null));
  window.addEventListener("pageshow", show);
  show();
  /** @type {HTMLElement} */ (tick.closest("[hidden]")).hidden = false;
}

/** @param {HTMLElement} overview */
function oversee(overview) {
  const status = /** @type {HTMLElement} */ (overview.querySelector("[role=status]"));
  const show = () => {
    const kept = store.all();
    for (const row of /** @type {NodeListOf<HTMLElement>} */ (overview.querySelectorAll("tr[data-keys]"))) {
      const keys = /** @type {Record<string, string[]>} */ (JSON.parse(String(row.dataset.keys)));
      for (const [kind, own] of Object.entries(keys)) {
        const cell = /** @type {HTMLElement} */ (row.querySelector(`[data-kind=${kind}]`));
        const done = own.filter((key) => key in kept).length;
        cell.textContent = kind === "read" ? (done ? "yes" : "no") : own.length ? `${done} of ${own.length}` : "–";
        cell.classList.toggle("progress-done", own.length > 0 && done === own.length);
      }
    }
  };
  /** @param {string} name  @param {() => void} act */
  const button = (name, act) => overview.querySelector(`[data-act=${name}]`)?.addEventListener("click", act);
  const file = /** @type {HTMLInputElement} */ (overview.querySelector("input[type=file]"));
  button("export", () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([JSON.stringify({ [PREFIX]: store.all() }, null, 1)], { type: "application/json" }));
    link.download = "looks-aligned-progress.json";
    link.click();
    URL.revokeObjectURL(link.href);
    status.textContent = "Exported.";
  });
  button("import", () => file.click());
  file.addEventListener("change", async () => {
    const [chosen] = file.files ?? [];
    file.value = "";
    if (!chosen) return;
    try {
      const kept = checked(JSON.parse(await chosen.text()));
      const all = Object.entries(kept).map(([key, value]) => store.write(key, value));
      status.textContent = all.every(Boolean) ? "Brought back." : "This browser keeps nothing for this page.";
    } catch (error) {
      status.textContent = `${chosen.name} cannot be brought back: ${error instanceof Error ? error.message : error}. Nothing was changed.`;
    }
    show();
  });
  button("clear", () => {
    if (!confirm("Forget what you have read, predicted and done? This cannot be undone.")) return;
    for (const key of Object.keys(store.all())) store.write(key, null);
    status.textContent = "Cleared.";
    show();
  });
  if (!store.write("tried", "") || !store.write("tried", null)) status.textContent = "This browser keeps nothing for this page.";
  window.addEventListener("pageshow", show);
  show();
  overview.hidden = false;
}

document.addEventListener("DOMContentLoaded", () => {
  for (const tick of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("input[data-progress]"))) follow(tick);
  const overview = /** @type {HTMLElement | null} */ (document.querySelector(".progress-overview"));
  if (overview) oversee(overview);
});
