// The static page's side: it loads a figure's baked grid when the figure scrolls near, gives the explorer a model that
// the grid answers, and keeps the explorer's state in the page's address.

const NEAR = "600px"; // how far below the screen a figure starts to load
const PRESENT = "present"; // in an address, beside the settings: the figure fills the window
const PATIENCE = 600; // frames that printing waits for figures
const ADDRESS_DELAY = 250; // ms of rest before the address follows; browsers refuse more than a few writes a second

const here = /** @type {HTMLScriptElement} */ (document.currentScript);
/** @type {Map<string, (checksum: number, text: string) => void>} */
const waiting = new Map();

/** @type {Map<string, Promise<void>>} */
const loaded = new Map();

/**
 * Load a classic script, which works from a file too, where modules and fetch do not.
 * @param {string} address
 * @returns {Promise<void>}
 */
function script(address) {
  let promise = loaded.get(address);
  if (!promise) {
    promise = new Promise((resolve, reject) => {
      const tag = document.createElement("script");
      tag.src = address;
      tag.onload = () => resolve();
      tag.onerror = () => reject(new Error(`${address} is missing`));
      document.head.append(tag);
    });
    loaded.set(address, promise);
    promise.catch(() => loaded.delete(address)); // so that it is tried again
  }
  return promise;
}

/** What each byte does to a CRC-32. */
const CRC = Int32Array.from({ length: 256 }, (_, byte) => {
  for (let bit = 0; bit < 8; bit++) byte = (byte >>> 1) ^ (0xedb88320 & -(byte & 1));
  return byte;
});

/** @param {string} text  @returns {number} its CRC-32 */
function checksumOf(text) {
  let sum = ~0;
  for (let i = 0; i < text.length; i++) sum = (sum >>> 8) ^ CRC[(sum ^ text.charCodeAt(i)) & 255];
  return ~sum >>> 0;
}

/** @type {Map<string, Promise<BakedGrid>>} */
const grids = new Map();

/**
 * A figure's grid, for as many places as show it.
 * @param {string} name
 * @param {string} address
 * @returns {Promise<BakedGrid>}
 */
function gridOf(name, address) {
  let promise = grids.get(address);
  if (!promise) {
    promise = new Promise((resolve, reject) => {
      waiting.set(name, (checksum, text) => {
        if (checksumOf(text) === checksum) resolve(JSON.parse(text));
        else reject(new Error(`${address} is damaged`));
      });
      script(address).then(() => reject(new Error(`${address} is damaged`)), reject);
    });
    grids.set(address, promise);
    promise.catch(() => grids.delete(address));
  }
  return promise;
}

/**
 * The stub that stands for an anywidget's model; what Python would compute, it looks up.
 * @param {BakedGrid} grid
 * @returns {Model}
 */
function bakedModel(grid) {
  /** @type {Map<string, Set<Function>>} */
  const listeners = new Map();
  const stops = Object.fromEntries(grid.controls.map(({ name, labels }) => [name, labels.length]));
  /** @param {Positions} positions  @returns {Answer} */
  const answer = (positions) => {
    const figure = structuredClone(grid.template);
    for (const { controls, index, changes } of grid.leaves) {
      const state = controls.reduce((before, name) => before * stops[name] + positions[name], 0);
      for (const { path, values } of changes) {
        /** @type {any} */
        let place = figure;
        for (const step of path.slice(0, -1)) place = place[step];
        place[path[path.length - 1]] = values[index[state]];
      }
    }
    return { positions, figure };
  };
  /** @type {Record<string, any>} */
  const values = { label: grid.label, controls: grid.controls, defaults: grid.defaults, prediction: grid.prediction, positions: grid.defaults, progress: -1, answer: answer(grid.defaults) };
  /** @type {Set<string>} */
  const changed = new Set();
  return /** @type {Model} */ ({
    get: (/** @type {string} */ name) => values[name],
    set: (name, value) => {
      values[name] = value;
      changed.add(name);
    },
    save_changes: () => {
      if (changed.has("positions")) values.answer = answer(values.positions);
      const names = changed.has("positions") ? [...changed, "answer"] : [...changed];
      changed.clear();
      for (const name of names) listeners.get(`change:${name}`)?.forEach((listener) => listener());
    },
    on: (event, listener) => listeners.set(event, (listeners.get(event) ?? new Set()).add(listener)),
    off: (event, listener) => listeners.get(event)?.delete(listener),
    send: () => {},
  });
}

/**
 * The state that an address asks for: every setting it names, at its nearest value, and a word on what did not fit.
 * @param {BakedGrid} grid
 * @param {URLSearchParams} asked
 * @returns {{positions: Positions, note: string}}
 */
function positionsIn(grid, asked) {
  const positions = { ...grid.defaults };
  const notes = [];
  for (const [name, value] of asked) {
    const control = grid.controls.find((one) => one.name === name);
    if (!control) {
      notes.push(`it has no setting “${name}”`);
      continue;
    }
    const exact = control.values.indexOf(value);
    const numbers = control.values.map(Number);
    if (exact >= 0) positions[name] = exact;
    else if (value.trim() !== "" && Number.isFinite(Number(value)) && numbers.every(Number.isFinite)) {
      const distance = numbers.map((number) => Math.abs(number - Number(value)));
      positions[name] = distance.indexOf(Math.min(...distance));
      notes.push(`${control.label} ${value} is not on this page, so you see the nearest, ${control.labels[positions[name]]}`);
    } else notes.push(`${control.label} cannot be “${value}”`);
  }
  return { positions, note: notes.length ? `About the address: ${notes.join("; ")}.` : "" };
}

/** @returns {{name: string, asked: URLSearchParams}} what stands behind the # */
function addressed() {
  const [name, ...rest] = location.hash.slice(1).split("?");
  return { name, asked: new URLSearchParams(rest.join("?")) };
}

/** @param {BakedGrid} grid  @param {Positions} positions  @returns {string} the settings, as in an address */
function queryOf(grid, positions) {
  return grid.controls.map(({ name, values }) => `${encodeURIComponent(name)}=${encodeURIComponent(values[positions[name]])}`).join("&");
}

/**
 * @param {HTMLElement} el
 * @param {BakedGrid} grid
 * @returns {() => void} what undoes it
 */
function show(el, grid) {
  const model = bakedModel(grid);
  el.replaceChildren();
  el.style.minHeight = ""; // it kept the figure's place
  const undo = window.looksAligned.explorer.render({ model, el });
  if (el.dataset.still !== undefined) {
    el.dispatchEvent(new Event("open-figure"));
    model.set("positions", positionsIn(grid, new URLSearchParams(el.dataset.still)).positions);
    model.save_changes();
    return undo;
  }
  if (!grid.controls.length) return undo;
  const status = /** @type {HTMLElement} */ (el.querySelector(".explorer-note"));

  const address = () => {
    return `#${el.id}?${queryOf(grid, model.get("positions"))}`;
  };
  const follow = () => {
    const { name, asked } = addressed();
    if (name !== el.id) return;
    const present = asked.has(PRESENT);
    asked.delete(PRESENT);
    if (asked.size) el.dispatchEvent(new Event("open-figure"));
    else if (present) el.dispatchEvent(new Event("ask-figure"));
    const { positions, note } = positionsIn(grid, asked);
    model.set("positions", positions);
    model.save_changes();
    status.textContent = note;
    el.scrollIntoView();
    if (present) el.dispatchEvent(new Event("present-figure"));
  };

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let resting;
  model.on("change:positions", () => {
    clearTimeout(resting);
    resting = setTimeout(() => history.replaceState(null, "", address()), ADDRESS_DELAY);
  });
  const copy = document.createElement("button");
  copy.type = "button";
  copy.textContent = "Copy link";
  copy.addEventListener("click", async () => {
    const link = new URL(address(), location.href).href;
    try {
      await navigator.clipboard.writeText(link);
      status.textContent = "Link copied.";
    } catch {
      status.textContent = `Copy this link: ${link}`; // from a file, and where the reader says no
    }
  });
  el.querySelector(".explorer-tools")?.append(copy);
  window.addEventListener("hashchange", follow);
  follow();
  return undo;
}

/**
 * Load plotly. While it starts it throws and catches errors, and where a debugger listens each of them costs the whole
 * bundle to be parsed again, for the lines of a stack that nobody reads; so it starts without stacks.
 */
function plotlyOnce() {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = undefined;
  return script(new URL("plotly-cartesian.min.js", here.src).href).finally(() => (Error.stackTraceLimit = limit));
}

/** @param {HTMLElement} el  @returns {Promise<BakedGrid>} */
function gridFor(el) {
  return gridOf(el.dataset.figure ?? el.id, new URL(/** @type {string} */ (el.dataset.grid), document.baseURI).href);
}

/** Show a figure, or say why not. @param {HTMLElement} el  @returns {Promise<(() => void) | void>} what undoes it */
async function start(el) {
  try {
    const [grid] = await Promise.all([gridFor(el), plotlyOnce()]);
    return show(el, grid);
  } catch (error) {
    const message = document.createElement("p");
    message.className = "explorer-note";
    message.setAttribute("role", "alert");
    message.textContent = `This figure could not be loaded: ${error instanceof Error ? error.message : error}.`;
    el.replaceChildren(message);
  }
}

/**
 * What is printed in a figure's place: a copy in ink, as wide as paper, under its question. So nothing changes of what
 * the reader has before them. With each stands what undoes it.
 * @type {Map<HTMLElement, (() => void) | void>}
 */
const copies = new Map();

async function copyForPaper() {
  if (copies.size) return;
  await Promise.all(hosts.filter(({ dataset }) => dataset.still === undefined).map(copy));
}

/** @param {HTMLElement} original */
async function copy(original) {
  const el = document.createElement("div");
  el.className = "explorer-host explorer-paper";
  el.ariaHidden = "true";
  copies.set(el, undefined);
  original.after(el);
  const grid = await gridFor(original).catch(() => undefined); // that there is none, start says
  const positions = grid ? shownBy(original, grid) : {};
  Object.assign(el.dataset, { figure: original.id, grid: original.dataset.grid, still: grid ? queryOf(grid, positions) : "" });
  const undo = await start(el);
  if (!copies.has(el)) return undo?.(); // by now all is printed
  copies.set(el, undo);
  if (!grid) return;
  const settings = document.createElement("p");
  settings.className = "explorer-settings";
  settings.textContent = grid.controls.map(({ name, label, labels }) => `${label}: ${labels[positions[name]]}`).join(" · ");
  el.append(settings);
  const [words, unfolded] = [el, original].map((host) => /** @type {HTMLDetailsElement | null} */ (host.querySelector(".explorer-words")));
  if (words) words.open = unfolded?.open ?? false;
}

/** The state that a figure is in, or else the one that it asks about. @param {HTMLElement} host  @param {BakedGrid} grid  @returns {Positions} */
function shownBy(host, grid) {
  const positions = /** @type {HTMLElement | null} */ (host.querySelector(".explorer-plot[data-positions]"))?.dataset.positions?.split(",");
  const asks = host.querySelector(".explorer-question:not([hidden])");
  if (!positions || asks) return { ...grid.defaults, ...(grid.prediction.question ? grid.prediction.positions : {}) };
  return Object.fromEntries(grid.controls.map(({ name }, place) => [name, Number(positions[place])]));
}

/** @param {HTMLElement} el  @returns {boolean} whether it is drawn, or says why not */
function settled(el) {
  return !!el.querySelector(".explorer-plot[data-positions], .explorer-note:not(:empty)");
}

function removeCopies() {
  for (const [el, undo] of copies) {
    undo?.();
    el.remove();
  }
  copies.clear();
}

window.looksAligned.grid = (name, checksum, text) => waiting.get(name)?.(checksum, text);

const near = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      start(/** @type {HTMLElement} */ (target));
    }
  },
  { rootMargin: NEAR },
);
const { name, asked } = addressed();
const hosts = [.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".explorer-host"))];
const target = hosts.find(({ id }) => id === name);
if (target) {
  target.scrollIntoView();
  start(target); // ahead of its neighbours
}
for (const el of hosts) {
  if (el.dataset.still !== undefined) start(el); // to be printed, wherever the reader is
  else if (el !== target) near.observe(el);
}

const root = document.documentElement;
let heard = false;
/** @type {string | undefined} */
let theme; // the reader's, while it is printed
window.addEventListener("beforeprint", () => {
  heard = true;
  theme ??= root.dataset.theme;
  root.dataset.theme = "light"; // colours of programs, too, are made for a ground
  copyForPaper();
});
window.addEventListener("afterprint", () => {
  if (theme) root.dataset.theme = theme;
  theme = undefined;
  removeCopies();
});
const print = window.print.bind(window);
/** A browser's own command waits for nothing. The page's button waits until every figure is drawn. */
window.print = async () => {
  await copyForPaper();
  for (let frames = 0; frames < PATIENCE && ![...copies.keys()].every(settled); frames++) await new Promise(requestAnimationFrame);
  heard = false;
  print();
  if (!heard) removeCopies(); // it may not print, in a frame
};
if (!target && asked.size) {
  // An address that names no figure of this page: say so where a reader looks.
  const message = document.createElement("p");
  message.className = "explorer-note";
  message.setAttribute("role", "status");
  message.textContent = `About the address: this page has no figure “${name}”.`;
  document.querySelector("main, article, body")?.prepend(message);
}
