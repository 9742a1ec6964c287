// Shapes that cross a boundary: between Python and the front end, and between the front end and its two hosts.

/** One control: a setting, and the values it can take, in order. */
interface Control {
  name: string;
  label: string;
  kind: "slider" | "choice" | "switch";
  /** What the reader sees of each value, with its unit. */
  labels: string[];
  /** The values as they stand in an address. */
  values: string[];
}

/** Position of each setting among its control's values. */
type Positions = Record<string, number>;

/** A plotly figure as JSON; its layout's `meta` has a summary, and the setting that a click on a point chooses. */
interface PlotlyFigure {
  data: any[];
  layout: any;
}

/** A figure's moments, in words and as what changes in its traces. */
interface Animation {
  texts: string[];
  changes: { trace: number; key: string; values: any }[];
}

/** What a reader is asked before the figure shows: to choose, or, without choices, to name a number. */
interface Prediction {
  question: string;
  choices: string[];
  low: number;
  high: number;
  /** What the runs say. */
  answer: string;
  /** The settings that the question is about. */
  positions: Positions;
}

/** An answer: what to show for these positions. */
interface Answer {
  positions: Positions;
  figure?: PlotlyFigure;
  /** What went wrong instead, in words. */
  error?: string;
}

/** The model of an anywidget, as far as the front end uses it; the page has a stub with the same methods. */
interface Model {
  get(name: "controls"): Control[];
  get(name: "positions"): Positions;
  get(name: "defaults"): Positions;
  get(name: "answer"): Answer;
  get(name: "progress"): number;
  get(name: "prediction"): Prediction | { question?: undefined };
  get(name: "label" | "snapshot"): string;
  set(name: string, value: unknown): void;
  save_changes(): void;
  on(event: string, listener: (...values: any[]) => void): void;
  off(event: string, listener: (...values: any[]) => void): void;
  send(content: unknown): void;
}

/**
 * A grid of baked figures: a template, and what differs from state to state, each value stored once. What differs
 * together shares an index, which counts the positions of those controls on which it depends, the last one fastest.
 */
interface BakedGrid {
  label: string;
  controls: Control[];
  defaults: Positions;
  prediction: Prediction | { question?: undefined };
  template: PlotlyFigure;
  leaves: { controls: string[]; index: number[]; changes: { path: (string | number)[]; values: unknown[] }[] }[];
}

interface Plotly {
  react(element: HTMLElement, data: any[], layout: any, config: any): Promise<unknown>;
  animate(element: HTMLElement, frame: { data: any[] }, options: any): Promise<unknown>;
  purge(element: HTMLElement): void;
  toImage(element: HTMLElement, options: { format: string; width: number; height: number }): Promise<string>;
}

interface ErrorConstructor {
  /** V8's: how many calls of a stack an error keeps. */
  stackTraceLimit?: number;
}

interface Window {
  Plotly?: Plotly;
  /** When an explorer of a notebook last asked Python for plotly.js. */
  plotlyAsked?: number;
  looksAligned: {
    explorer: { render(host: { model: Model; el: HTMLElement }): () => void };
    /** A side file calls this with an explorer's name, a checksum of the text, and the baked grid as JSON. */
    grid(name: string, checksum: number, text: string): void;
  };
}
