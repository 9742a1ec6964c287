// An explorer: controls, a figure that answers to them, a summary and the data. One module for two hosts: Jupyter, where
// anywidget gives it a model that Python answers, and a static page, where host.js gives it one that a baked grid answers.

const KERNEL_PATIENCE = 5000; // ms to wait for an answer before saying that there is no kernel
const OTHERS_PATIENCE = 20_000; // ms to wait for plotly.js if another explorer has asked for it
const SNAPSHOT_DELAY = 1500; // ms of rest before a picture is kept for a notebook without a kernel
const HEIGHT = 420; // px of a figure that does not say
const STAGE = { width: 850, least: 0.65 }; // px that a figure is laid out for when it fills the window; of its height, at least
const LEGEND = { beside: 40, gap: 5, row: 21.2, below: 66 }; // px of plotly's: beside words, between entries, a row, an axis

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, string>} [attributes]
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[T]}
 */
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/**
 * Plotly, from the page; else from Python, packed, once for all explorers of a notebook. While cells run, a kernel is
 * busy and the answer may take long.
 * @param {Model} model
 * @returns {Promise<Plotly>}
 */
function plotly(model) {
  return new Promise((resolve, reject) => {
    let asked = false;
    /** @type {(content: {kind: string}, buffers: DataView[]) => Promise<void>} */
    const receive = async (content, buffers) => {
      if (content.kind !== "plotly") return;
      model.off("msg:custom", receive);
      if (!window.Plotly) {
        const packed = new Blob([/** @type {DataView<ArrayBuffer>} */ (buffers[0])]).stream();
        const text = await new Response(packed.pipeThrough(new DecompressionStream("gzip"))).text();
        // A classic script: plotly's bundle must find no AMD loader, or it hides itself in there.
        new Function("define", "module", "exports", text).call(window);
      }
      if (!window.Plotly) reject(new Error("plotly.js did not start"));
    };
    const wait = () => {
      if (window.Plotly) return resolve(window.Plotly);
      // One explorer asks for all; if that one's kernel is gone, the next asks its own.
      if (!asked && Date.now() - (window.plotlyAsked ?? 0) > OTHERS_PATIENCE) {
        asked = true;
        window.plotlyAsked = Date.now();
        model.on("msg:custom", receive);
        model.send({ kind: "plotly" });
      }
      setTimeout(wait, 100);
    };
    wait();
  });
}

/**
 * Numbers as plotly packs them, or as they are.
 * @param {any} values
 * @returns {any[]}
 */
function unpacked(values) {
  if (values === undefined || values === null) return [];
  if (!values.bdata) return Array.from(values);
  const bytes = Uint8Array.from(atob(values.bdata), (character) => character.charCodeAt(0));
  const kinds = { f4: Float32Array, f8: Float64Array, i1: Int8Array, i2: Int16Array, i4: Int32Array, u1: Uint8Array, u2: Uint16Array, u4: Uint32Array };
  const flat = Array.from(new kinds[/** @type {keyof typeof kinds} */ (values.dtype)](bytes.buffer));
  if (!values.shape) return flat;
  const columns = Number(String(values.shape).split(",")[1]);
  return Array.from({ length: flat.length / columns }, (_, row) => flat.slice(row * columns, (row + 1) * columns));
}

/**
 * What a figure draws, as rows of a table: its own, or series and coordinates.
 * @param {PlotlyFigure} figure
 * @returns {{head: string[], rows: (string | number)[][]}}
 */
function table(figure) {
  const [head, ...lines] = /** @type {string[][]} */ (figure.layout.meta?.rows ?? []);
  if (head) return { head, rows: lines.filter((line) => line.some(Boolean)) };
  /** @param {any} axis */
  const title = (axis) => String(axis?.title?.text ?? axis?.title ?? "");
  const [x, y] = [title(figure.layout.xaxis) || "x", title(figure.layout.yaxis) || "y"];
  /** @param {any} value */
  const rounded = (value) => (typeof value === "number" ? Number(value.toPrecision(5)) : value);
  /** @type {(string | number)[][]} */
  const rows = [];
  let depth = false;
  for (const trace of figure.data) {
    const [xs, ys, zs] = [unpacked(trace.x), unpacked(trace.y), unpacked(trace.z)];
    if (zs.length) depth = true;
    if (zs.length) zs.forEach((row, i) => row.forEach((/** @type {any} */ z, /** @type {number} */ j) => rows.push([trace.name ?? "", xs[j], ys[i], z].map(rounded))));
    // A gap in a line is no data; the text of a point says which of several lines in one trace it is on.
    else xs.forEach((value, i) => value !== null && rows.push([[trace.name, trace.text?.[i]].filter(Boolean).join(", "), value, ys[i]].map(rounded)));
  }
  return { head: depth ? ["series", x, y, "value"] : ["series", x, y], rows };
}

/** @param {any} layout */
function axesOf(layout) {
  return [...new Set(["xaxis", "yaxis", ...Object.keys(layout).filter((name) => /^[xy]axis\d*$/.test(name))])];
}

/**
 * A copy of the figure in the page's colours: its "black" is the text's colour, its "white" the background's.
 * @param {PlotlyFigure} figure
 * @param {HTMLElement} element
 * @returns {PlotlyFigure}
 */
function themed(figure, element) {
  const style = getComputedStyle(element);
  const ink = style.color;
  const paper = style.getPropertyValue("--explorer-paper").trim() || "white";
  const grid = `rgba(${ink.match(/[\d.]+/g)?.slice(0, 3).join(",")},0.16)`;
  /** @type {(value: any, key: string) => any} */
  const recolored = (value, key) => {
    if (value === "black" && /color/i.test(key)) return ink;
    if (value === "white" && /color/i.test(key)) return paper;
    if (Array.isArray(value)) return key === "data" || /color|shapes|annotations/i.test(key) ? value.map((item) => recolored(item, key)) : value;
    if (value && typeof value === "object" && !value.bdata) {
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, recolored(item, name)]));
    }
    return value;
  };
  const { title: _, ...layout } = recolored(figure.layout, "layout");
  layout.font = { color: ink, ...layout.font };
  for (const axis of axesOf(layout)) {
    layout[axis] = { gridcolor: grid, linecolor: ink, tickcolor: ink, ...layout[axis] };
  }
  return { data: recolored(figure.data, "data"), layout: { paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", ...layout, autosize: true } };
}

/**
 * @param {Control} control
 * @param {string} id
 */
function inputFor(control, id) {
  // JupyterLab takes arrow keys from every element that does not say this of itself.
  const common = { id, "data-lm-suppress-shortcuts": "true" };
  if (control.kind === "choice") {
    const options = control.labels.map((label, position) => element("option", { value: String(position) }, label));
    return element("select", common, ...options);
  }
  if (control.kind === "switch") return element("input", { ...common, type: "checkbox" });
  return element("input", { ...common, type: "range", min: "0", max: String(control.labels.length - 1), step: "1" });
}

/**
 * The layout with the room below that its legend will take. Plotly finds it out by drawing everything twice; where there
 * is room enough it draws once. Where this is too little, plotly still finds more.
 * @param {PlotlyFigure} figure
 * @param {number} width
 * @returns {any}
 */
function withRoom({ data, layout }, width) {
  const named = data.filter(({ name, showlegend, type }) => name && (showlegend ?? type !== "heatmap"));
  if (layout.legend?.orientation !== "h" || layout.showlegend === false || named.length < 2) return layout;
  const pen = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
  pen.font = `${layout.font.size}px "Open Sans", verdana, arial, sans-serif`; // plotly's own
  const entries = named.map(({ name }) => pen.measureText(name).width + LEGEND.beside);
  const wide = width - layout.margin.l - layout.margin.r;
  const inOneRow = entries.reduce((sum, entry) => sum + entry + LEGEND.gap, 0) <= wide;
  const columns = Math.floor((wide + LEGEND.gap) / (Math.max(...entries) + LEGEND.gap));
  const rows = inOneRow ? 1 : Math.ceil(entries.length / Math.max(1, columns));
  return { ...layout, margin: { ...layout.margin, b: Math.ceil(LEGEND.below + rows * LEGEND.row) } };
}

const AT_ONCE = { transition: { duration: 0 }, frame: { duration: 0, redraw: false }, mode: "immediate" };

/**
 * All of a figure of lines and points that plotly would have to draw anew, axes and legend and all, if it were otherwise;
 * where only points move, plotly can move them. Empty where that is never so.
 * @param {PlotlyFigure} figure
 * @param {number} width
 */
function frameOf({ data, layout: { meta: _, ...layout } }, width) {
  const fixed = axesOf(layout).every((name) => layout[name]?.range) && data.every(({ type }) => type === "scatter");
  return fixed ? JSON.stringify([width, layout, data.map(({ x: _x, y: _y, ...look }) => look)]) : "";
}

/**
 * The figure as it is at one of its moments.
 * @param {PlotlyFigure} figure
 * @param {number} moment
 * @returns {PlotlyFigure}
 */
function at(figure, moment) {
  const { changes } = /** @type {Animation} */ (figure.layout.meta.animation);
  const data = [...figure.data];
  for (const { trace, key, values } of changes) {
    /** @type {any} */
    let part = (data[trace] = { ...data[trace] });
    const [last, ...outer] = key.split(".").reverse();
    for (const name of outer.reverse()) part = part[name] = { ...part[name] };
    part[last] = unpacked(values)[moment];
  }
  return { data, layout: figure.layout };
}

/**
 * Play, pause, step, speed; and the same moments as text.
 * @param {() => void} changed called when another moment is to be drawn
 */
function player(changed) {
  let moment = 0;
  /** @type {string[]} */
  let texts = [];
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let playing;
  const keys = { "data-lm-suppress-shortcuts": "true" };
  const play = element("button", { type: "button" }, "Play");
  const back = element("button", { type: "button", "aria-label": "One step back" }, "◀");
  const forth = element("button", { type: "button", "aria-label": "One step on" }, "▶");
  const where = element("input", { type: "range", min: "0", step: "1", "aria-label": "moment", ...keys });
  const pace = element("select", { "aria-label": "speed", ...keys });
  for (const [label, wait] of [["slow", 1200], ["normal", 600], ["fast", 250]]) pace.append(element("option", { value: String(wait) }, String(label)));
  pace.value = "600";
  const now = element("p", { class: "explorer-moment" });
  const list = element("ol", { start: "0" });
  const words = element("details", { class: "explorer-words" }, element("summary", {}, "Every step in words"), list);
  const box = element("div", { class: "explorer-player", role: "group", "aria-label": "animation", hidden: "" });
  box.append(element("div", { class: "explorer-keys" }, play, back, forth, where, pace), now, words);

  /** @param {number} next */
  const go = (next) => {
    moment = Math.max(0, Math.min(texts.length - 1, next));
    where.value = String(moment);
    where.setAttribute("aria-valuetext", texts[moment]);
    now.textContent = texts[moment];
    changed();
  };
  const pause = () => {
    clearInterval(playing);
    playing = undefined;
    play.textContent = "Play";
    now.setAttribute("aria-live", "polite"); // one step at a time can be read out; a run of them cannot
  };
  const run = () => {
    clearInterval(playing);
    play.textContent = "Pause";
    now.removeAttribute("aria-live");
    playing = setInterval(() => {
      if (moment >= texts.length - 1) pause();
      else go(moment + 1);
    }, Number(pace.value));
  };
  play.addEventListener("click", () => {
    if (playing) return pause();
    if (moment >= texts.length - 1) go(0);
    run();
  });
  for (const [button, by] of /** @type {[HTMLElement, number][]} */ ([[back, -1], [forth, 1]])) {
    button.addEventListener("click", () => (pause(), go(moment + by)));
  }
  where.addEventListener("input", () => (pause(), go(Number(where.value))));
  pace.addEventListener("change", () => playing && run());
  return {
    box,
    pause,
    moment: () => moment,
    /** A new figure stands at its last moment. @param {string[]} lines */
    load: (lines) => {
      pause();
      texts = lines;
      box.hidden = !lines.length;
      if (!lines.length) return;
      list.replaceChildren(...lines.map((line) => element("li", {}, line)));
      where.max = String(lines.length - 1);
      moment = lines.length - 1;
      where.value = where.max;
      where.setAttribute("aria-valuetext", lines[moment]);
      now.textContent = lines[moment];
    },
  };
}

const NOT_YET = "No kernel has answered yet: this is the figure as it was last shown. If no cell is running, run the cell above to move it.";
const MEMORY = "looks-aligned/prediction/";

/** What this browser keeps of the reader's predictions; some browsers keep nothing for a page that is a file. */
const memory = {
  /** @param {string} name  @returns {string | null} */
  read: (name) => {
    try {
      return localStorage.getItem(MEMORY + name);
    } catch {
      return null;
    }
  },
  /** @param {string} name  @param {string | null} value */
  write: (name, value) => {
    try {
      if (value === null) localStorage.removeItem(MEMORY + name);
      else localStorage.setItem(MEMORY + name, value);
    } catch {
      // The page works on; it only forgets.
    }
  },
};

const SKIPPED = ""; // kept in place of an answer

/**
 * A question to answer, or to skip, before the figure shows; then the answer stands beside what the runs say.
 * @param {string} name
 * @param {Prediction} prediction
 * @param {(open: boolean, asked: boolean) => void} turned whether the figure is open now, and whether the reader just opened it
 */
function predictor(name, prediction, turned) {
  const { question, choices, low, high, answer } = prediction;
  const keys = { "data-lm-suppress-shortcuts": "true" };
  const form = element("form", { class: "explorer-question" });
  const complaint = element("p", { class: "explorer-complaint", role: "alert" });
  const field = element("fieldset", {}, element("legend", {}, question));
  const number = element("input", { type: "number", name: "answer", min: String(low), max: String(high), step: "1", required: "", ...keys });
  if (choices.length) {
    for (const choice of choices) {
      const option = element("input", { type: "radio", name: "answer", value: choice, ...keys });
      field.append(element("label", {}, option, choice));
    }
  } else field.append(element("label", {}, number, `a number from ${low} to ${high}`));
  const commit = element("button", { type: "submit" }, "Commit");
  const skip = element("button", { type: "button" }, "Skip");
  form.noValidate = true; // what is wrong is said in the form, in the page's own words
  form.append(element("p", { class: "explorer-eyebrow" }, "Predict first"), field, complaint, element("div", { class: "explorer-keys" }, commit, skip));
  const verdict = element("p", { class: "explorer-verdict", tabindex: "-1" });
  const again = element("button", { type: "button" }, "Ask me again");
  const outcome = element("div", { class: "explorer-outcome" }, verdict, again);
  const box = element("div", { class: "explorer-predictor" }, form, outcome);

  /** @param {string | null} said  @param {boolean} asked */
  const show = (said, asked) => {
    form.hidden = said !== null;
    outcome.hidden = said === null;
    outcome.classList.toggle("explorer-unasked", !asked);
    verdict.textContent = said === null ? "" : `${question} ${said === SKIPPED ? "You skipped this." : `You said ${said}.`} The runs say: ${answer}.`;
    turned(said !== null, asked);
    if (asked && said !== null) verdict.focus({ preventScroll: true });
  };
  /** @param {string} said */
  const keep = (said) => {
    memory.write(name, said);
    show(said, true);
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const said = String(new FormData(form).get("answer") ?? "").trim();
    const fits = choices.length ? said !== "" : said !== "" && Number.isInteger(Number(said)) && Number(said) >= low && Number(said) <= high;
    complaint.textContent = fits ? "" : choices.length ? "Choose one of the answers, or skip." : `Give a whole number from ${low} to ${high}, or skip.`;
    if (fits) keep(said);
  });
  skip.addEventListener("click", () => keep(SKIPPED));
  again.addEventListener("click", () => {
    memory.write(name, null);
    form.reset();
    show(null, true);
    /** @type {HTMLElement | null} */ (form.querySelector("input"))?.focus();
  });
  return { box, start: () => show(memory.read(name), false), open: () => form.hidden || show(SKIPPED, false), ask: () => show(null, false) };
}

/**
 * @param {{model: Model, el: HTMLElement}} host
 * @returns {() => void} what undoes it
 */
function render({ model, el }) {
  const controls = model.get("controls");
  const prediction = model.get("prediction");
  // At random, since each widget of a notebook has this module, and a count of its own.
  const mark = Math.random().toString(36).slice(2);
  const title = element("p", { class: "explorer-title" });
  const summary = element("p", { class: "explorer-summary", "aria-live": "polite" });
  const note = element("p", { class: "explorer-note", role: "status" });
  const plot = element("div", { class: "explorer-plot", role: "img" });
  const bar = element("progress", { max: "1", "aria-label": "computing" });
  const stop = element("button", { type: "button" }, "Stop");
  const working = element("div", { class: "explorer-working", hidden: "" }, bar, stop);
  const reset = element("button", { type: "button" }, "Reset");
  const present = element("button", { type: "button" }, "Present");
  const download = element("button", { type: "button" }, "Download data (CSV)");
  const data = element("details", { class: "explorer-data" }, element("summary", {}, "Data table"));
  const tools = element("div", { class: "explorer-tools" }, ...(controls.length ? [reset] : []), present, download);

  /** @type {{control: Control, input: HTMLInputElement | HTMLSelectElement, output: HTMLElement}[]} */
  const fields = controls.map((control) => {
    const id = `explorer-${mark}-${control.name}`;
    return { control, input: inputFor(control, id), output: element("output", { for: id }) };
  });
  const rows = fields.map(({ control, input, output }) =>
    element("div", { class: `explorer-control explorer-${control.kind}` }, element("label", { for: input.id }, control.label), input, output),
  );
  const box = element("div", { class: "explorer", role: "group", "aria-label": model.get("label") });
  const animation = player(() => paint());
  const body = element("div", { class: "explorer-body" });
  body.append(element("div", { class: "explorer-controls" }, ...rows), note, title, working, plot, animation.box, summary, tools, data);
  box.append(body);
  const close = element("button", { type: "button" }, "Close");
  const stage = element("dialog", { class: "explorer-stage", "aria-label": model.get("label") }, close);
  el.append(box, stage);

  /** @type {PlotlyFigure | undefined} */
  let shown;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let patience;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let snapshot;
  let painting = false;
  let stale = false;
  let framed = ""; // of the figure that is drawn

  const showPositions = () => {
    const positions = model.get("positions");
    for (const { control, input, output } of fields) {
      const position = positions[control.name];
      if (control.kind === "switch") /** @type {HTMLInputElement} */ (input).checked = position === 1;
      else input.value = String(position);
      output.textContent = control.kind === "slider" ? control.labels[position] : "";
      if (control.kind === "slider") input.setAttribute("aria-valuetext", control.labels[position]);
    }
  };

  /** @param {Positions} positions */
  const ask = (positions) => {
    clearTimeout(patience);
    patience = setTimeout(() => {
      note.textContent = "No kernel answers. Run the cell above to move this figure.";
    }, KERNEL_PATIENCE);
    model.set("positions", positions);
    model.save_changes();
    showPositions();
  };

  const fillTable = () => {
    if (!data.open || !shown) return;
    const { head, rows } = table(shown);
    const body = rows.map((row) => element("tr", {}, ...row.map((cell) => element("td", {}, String(cell)))));
    const headings = element("tr", {}, ...head.map((cell) => element("th", { scope: "col" }, cell)));
    const made = element("table", {}, element("thead", {}, headings), element("tbody", {}, ...body));
    data.replaceChildren(data.children[0], element("div", { class: "explorer-scroll", tabindex: "0", role: "region", "aria-label": "data" }, made));
  };

  const paint = async () => {
    if (!shown || body.hidden) return; // what is hidden has no size to be drawn in
    if (painting) {
      stale = true; // one drawing in flight; the newest figure follows it
      return;
    }
    painting = true;
    const late = setTimeout(() => {
      const kept = model.get("snapshot");
      note.textContent = NOT_YET;
      if (kept) plot.replaceChildren(element("img", { src: kept, alt: summary.textContent ?? "" }));
    }, KERNEL_PATIENCE);
    try {
      const library = await plotly(model);
      clearTimeout(late);
      if (body.hidden) return; // by its question, since
      if (note.textContent === NOT_YET) note.textContent = "";
      if (plot.querySelector(":scope > img")) plot.replaceChildren();
      do {
        stale = false;
        const { data, layout } = themed(shown.layout.meta?.animation ? at(shown, animation.moment()) : shown, box);
        if (stage.open) layout.height = heightOnStage(layout.height ?? HEIGHT);
        const frame = frameOf({ data, layout }, plot.clientWidth);
        if (frame && frame === framed) await library.animate(plot, { data: data.map(({ x, y }) => ({ x, y })) }, AT_ONCE);
        else await library.react(plot, data, withRoom({ data, layout }, plot.clientWidth), { displayModeBar: false, responsive: true });
        framed = frame;
        const drawn = /** @type {any} */ (plot);
        drawn.removeAllListeners("plotly_click");
        drawn.on("plotly_click", choose);
      } while (stale);
      plot.dataset.ink = getComputedStyle(box).color;
      plot.dataset.positions = controls.map(({ name }) => model.get("answer").positions[name]).join(",");
      keepSnapshot(library);
    } catch (error) {
      clearTimeout(late);
      note.textContent = `This figure could not be drawn: ${error instanceof Error ? error.message : error}.`;
    } finally {
      painting = false;
    }
  };

  /** @param {Plotly} library */
  const keepSnapshot = (library) => {
    clearTimeout(snapshot);
    snapshot = setTimeout(async () => {
      if (model.get("snapshot") === undefined || !plot.isConnected) return;
      model.set("snapshot", await library.toImage(plot, { format: "png", width: plot.clientWidth, height: plot.clientHeight }));
      model.save_changes();
    }, SNAPSHOT_DELAY);
  };

  const showAnswer = () => {
    const answer = model.get("answer");
    if (!answer.figure && !answer.error) return;
    clearTimeout(patience);
    note.textContent = answer.error ?? "";
    box.classList.toggle("explorer-failed", Boolean(answer.error));
    if (!answer.figure) return;
    shown = answer.figure;
    const { layout } = shown;
    title.textContent = layout.title?.text ?? "";
    summary.textContent = layout.meta?.summary ?? title.textContent;
    plot.setAttribute("aria-label", summary.textContent ?? "");
    plot.style.minHeight = stage.open ? "" : `${layout.height ?? HEIGHT}px`;
    animation.load(layout.meta?.animation?.texts ?? []);
    fillTable();
    if (stage.open) fillStage();
    else paint();
  };

  const showProgress = () => {
    const progress = model.get("progress");
    clearTimeout(patience);
    working.hidden = !(progress >= 0);
    if (progress >= 0) bar.value = progress;
  };

  for (const field of fields) {
    const { control, input } = field;
    input.addEventListener("focus", () => (held = field));
    input.addEventListener("input", () => {
      const position = control.kind === "switch" ? Number(/** @type {HTMLInputElement} */ (input).checked) : Number(input.value);
      ask({ ...model.get("positions"), [control.name]: position });
    });
  }
  reset.addEventListener("click", () => ask({ ...model.get("defaults") }));
  stop.addEventListener("click", () => model.send({ kind: "stop" }));
  data.addEventListener("toggle", fillTable);
  download.addEventListener("click", () => {
    if (!shown) return;
    const { head, rows } = table(shown);
    const text = [head, ...rows].map((row) => row.map((cell) => `"${String(cell).replaceAll('"', '""')}"`).join(",")).join("\n");
    const link = element("a", { href: URL.createObjectURL(new Blob([text], { type: "text/csv" })), download: `${model.get("label")}.csv` });
    link.click();
    URL.revokeObjectURL(link.href);
  });
  /** A click on a point chooses a setting, if the figure says which; the point says the position. @param {any} event */
  const choose = (event) => {
    const control = controls.find(({ name }) => name === shown?.layout.meta?.click);
    const position = Number(event.points[0]?.customdata);
    if (control && position in control.labels) ask({ ...model.get("positions"), [control.name]: position });
  };

  /** px of the stage that are not the figure's. */
  const besides = () => box.scrollHeight - plot.clientHeight;
  /** What is left of the window for a figure that would like this height, in the stage's own pixels. @param {number} height */
  const heightOnStage = (height) => Math.max(STAGE.least * height, window.innerHeight / Number(stage.dataset.zoom) - besides());
  /** As large as the window is wide, or as lets a tall figure be seen whole. */
  const fillStage = () => {
    let zoom = Math.max(1, window.innerWidth / STAGE.width);
    for (const _ of ["by width", "by height"]) {
      stage.dataset.zoom = String(zoom);
      box.style.setProperty("zoom", String(zoom));
      zoom = Math.max(1, Math.min(zoom, window.innerHeight / (besides() + STAGE.least * (shown?.layout.height ?? HEIGHT))));
    }
    paint();
  };
  /** The control that the keys of a presenter's remote move. */
  let held = fields[0];
  const enterStage = () => {
    if (stage.open) return;
    el.style.minHeight = `${el.clientHeight}px`; // the page behind stays where it is
    plot.style.minHeight = "";
    stage.prepend(box);
    stage.showModal();
    fillStage();
    window.addEventListener("resize", fillStage);
  };
  stage.addEventListener("close", () => {
    window.removeEventListener("resize", fillStage);
    box.style.removeProperty("zoom");
    el.prepend(box);
    el.style.minHeight = "";
    if (shown) plot.style.minHeight = `${shown.layout.height ?? HEIGHT}px`;
    paint();
    present.focus({ preventScroll: true });
  });
  stage.addEventListener("keydown", (event) => {
    const by = { PageDown: 1, PageUp: -1 }[event.key];
    if (!by || !held || body.hidden) return;
    event.preventDefault();
    const positions = model.get("positions");
    const position = positions[held.control.name] + by;
    if (position in held.control.labels) ask({ ...positions, [held.control.name]: position });
  });
  present.addEventListener("click", enterStage);
  el.addEventListener("present-figure", enterStage);
  close.addEventListener("click", () => stage.close());

  // The book's theme also says again what it has said; only a change of colours needs a new drawing.
  const watcher = new MutationObserver(() => plot.dataset.ink !== getComputedStyle(box).color && paint());
  watcher.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  watcher.observe(document.body, { attributeFilter: ["data-jp-theme-light"] });
  model.on("change:answer", showAnswer);
  model.on("change:positions", showPositions);
  model.on("change:progress", showProgress);
  showPositions();
  showAnswer();
  if (prediction?.question) {
    const question = predictor(model.get("label"), prediction, (open, asked) => {
      body.hidden = !open;
      if (!open) animation.pause();
      else if (asked) ask({ ...model.get("positions"), ...prediction.positions });
      paint();
    });
    box.prepend(question.box);
    question.start();
    // Whoever was sent to a state is shown that state.
    el.addEventListener("open-figure", question.open);
    el.addEventListener("ask-figure", question.ask); // whatever this reader has answered: it is put to a group
  }

  return () => {
    animation.pause();
    watcher.disconnect();
    clearTimeout(patience);
    clearTimeout(snapshot);
    model.off("change:answer", showAnswer);
    model.off("change:positions", showPositions);
    model.off("change:progress", showProgress);
    window.removeEventListener("resize", fillStage);
    window.Plotly?.purge(plot);
  };
}

export default { render };
