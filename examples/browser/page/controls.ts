/// <reference lib="dom" />
/**
 * The form with a visitor's settings.
 *
 * @module
 */
import {
  ACTIVATION_NAMES,
  type ActivationName,
  DATA_NAMES,
  type DataName,
  LIMITS,
  OPTIMIZER_NAMES,
  type OptimizerName,
  positionOf,
  RATE_POSITIONS,
  rateAt,
  type Settings,
  USUAL_RATES,
} from "../settings.ts";
import { element, make } from "./dom.ts";

const LABELS: Readonly<Record<DataName | ActivationName | OptimizerName, string>> = {
  spirals: "Spirals",
  moons: "Moons",
  circles: "Circles",
  tanh: "tanh",
  relu: "ReLU",
  gelu: "GELU",
  silu: "SiLU",
  sigmoid: "Sigmoid",
  adam: "Adam",
  sgd: "SGD",
  momentum: "SGD with momentum",
  rmsprop: "RMSprop",
  adagrad: "Adagrad",
  lion: "Lion",
};

/** The form. */
export type Controls = {
  /** Reads the speed: steps for each picture. */
  stepsPerFrame(): number;
};

/**
 * Fills the form, and calls a function whenever the visitor has changed something.
 *
 * @param start The settings at the beginning.
 */
export function controls(start: Settings, changed: (settings: Settings) => void): Controls {
  const data = element("data", HTMLElement), activation = element("activation", HTMLSelectElement);
  const optimizer = element("optimizer", HTMLSelectElement), speed = element("speed", HTMLSelectElement);
  let settings = start;
  const set = (change: Partial<Settings>): void => changed(settings = { ...settings, ...change });

  // Without this, the form would reload the page when the return key is pressed.
  element("settings", HTMLFormElement).addEventListener("submit", (event) => event.preventDefault());
  DATA_NAMES.forEach((name) => {
    const input = make("input", { type: "radio", name: "data", value: name });
    input.checked = name === start.data;
    input.addEventListener("change", () => set({ data: name }));
    data.append(make("label", {}, input, make("span", {}, LABELS[name])));
  });
  choices(activation, ACTIVATION_NAMES, start.activation, (name) => set({ activation: name }));
  const showRate = slider("rate", [0, RATE_POSITIONS], positionOf(start.learningRate), {
    text: (position) => String(rateAt(position)),
    chosen: (position) => set({ learningRate: rateAt(position) }),
  });
  choices(optimizer, OPTIMIZER_NAMES, start.optimizer, (name) => {
    showRate(positionOf(USUAL_RATES[name]));
    set({ optimizer: name, learningRate: rateAt(positionOf(USUAL_RATES[name])) });
  });
  slider("layers", LIMITS.layers, start.layers, { text: String, chosen: (layers) => set({ layers }) });
  slider("width", LIMITS.width, start.width, { text: String, chosen: (width) => set({ width }) });
  return { stepsPerFrame: () => Number(speed.value) };
}

/** Fills a list of choices. */
function choices<T extends keyof typeof LABELS>(
  select: HTMLSelectElement,
  names: readonly T[],
  start: T,
  chosen: (name: T) => void,
): void {
  select.append(...names.map((name) => make("option", { value: name }, LABELS[name])));
  select.value = start;
  select.addEventListener("change", () => {
    const name = names.find((name) => name === select.value);
    if (name !== undefined) chosen(name);
  });
}

/** Sets up a slider, whose number stands beside it. Returns what moves it without calling `chosen`. */
function slider(
  id: string,
  [least, most]: readonly [number, number],
  start: number,
  { text, chosen }: { readonly text: (value: number) => string; readonly chosen: (value: number) => void },
): (value: number) => void {
  const input = element(id, HTMLInputElement), output = element(`${id}-value`, HTMLOutputElement);
  [input.min, input.max] = [String(least), String(most)];
  const show = (value: number): void => {
    input.value = String(value);
    output.textContent = text(value);
    input.setAttribute("aria-valuetext", text(value));
  };
  show(start);
  input.addEventListener("input", () => {
    show(Number(input.value));
    chosen(Number(input.value));
  });
  return show;
}
