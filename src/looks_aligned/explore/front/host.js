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

/**
 * @param {HTMLElement} el
 * @param {BakedGrid} grid
 */
function show(el, grid) {
  const model = bakedModel(grid);
  el.replaceChildren();
  el.style.minHeight = ""; // it kept the figure's place
  window.looksAligned.explorer.render({ model, el });
  if (el.dataset.still !== undefined) {
    el.dispatchEvent(new Event("open-figure"));
    model.set("positions", positionsIn(grid, new URLSearchParams(el.dataset.still)).positions);
    return model.save_changes();
  }
  if (!grid.controls.length) return;
  const status = /** @type {HTMLElement} */ (el.querySelector(".explorer-note"));

  const address = () => {
    const positions = model.get("positions");
    const query = grid.controls.map(({ name, values }) => `${encodeURIComponent(name)}=${encodeURIComponent(values[positions[name]])}`);
    return `#${el.id}?${query.join("&")}`;
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

/** @type {Map<HTMLElement, Promise<void>>} */
const started = new Map();

/** @param {HTMLElement} el  @returns {Promise<void>} resolved when it is there, or says why it is not */
function start(el) {
  const promise = started.get(el) ?? load(el);
  started.set(el, promise);
  return promise;
}

/** @param {HTMLElement} el */
async function load(el) {
  try {
    const side = new URL(/** @type {string} */ (el.dataset.grid), document.baseURI).href;
    const [grid] = await Promise.all([gridOf(el.dataset.figure ?? el.id, side), plotlyOnce()]);
    show(el, grid);
  } catch (error) {
    const message = document.createElement("p");
    message.className = "explorer-note";
    message.setAttribute("role", "alert");
    message.textContent = `This figure could not be loaded: ${error instanceof Error ? error.message : error}.`;
    el.replaceChildren(message);
  }
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

let printing = false;
/** @type {HTMLElement[]} */
let opened = [];
/** On paper nobody scrolls or answers: all figures load, and those that ask first are open while the page is printed. */
async function openForPaper() {
  printing = true;
  await Promise.all(hosts.map((el) => start(el)));
  if (!printing) return; // it took longer than the printing
  const closed = hosts.filter((el) => el.querySelector(".explorer-question:not([hidden])"));
  for (const el of closed) el.dispatchEvent(new Event("open-figure"));
  opened.push(...closed);
}
window.addEventListener("beforeprint", openForPaper);
window.addEventListener("afterprint", () => {
  printing = false;
  const closing = opened;
  opened = [];
  setTimeout(() => closing.forEach((el) => el.dispatchEvent(new Event("ask-figure")))); // until then nothing hears events
});
const print = window.print.bind(window);
/** A browser's own command waits for nothing. The page's button waits until every figure is drawn. */
window.print = async () => {
  await openForPaper();
  for (let frames = 0; frames < PATIENCE && document.querySelector(".explorer-plot:not([data-positions])"); frames++) {
    await new Promise(requestAnimationFrame);
  }
  print();
};

if (!target && asked.size) {
  // An address that names no figure of this page: say so where a reader looks.
  const message = document.createElement("p");
  message.className = "explorer-note";
  message.setAttribute("role", "status");
  message.textContent = `About the address: this page has no figure “${name}”.`;
  document.querySelector("main, article, body")?.prepend(message);
}
