/**
 * Logs as JSON lines: a record of each step in a line of its own.
 *
 * @module
 */
import { append, type Appending, readText, setAside } from "./files.ts";
import type { EncodedStep } from "./step_record.ts";

/**
 * Moves aside what a torn write has left at the end, and the steps from `from` on, which the run is about to do again. Lines
 * that are not records of steps stay.
 */
export function openJsonLines(writing: Appending, path: string, from: number): void {
  const text = readText(writing, path), end = text.lastIndexOf("\n") + 1;
  const lines = text.slice(0, end).split("\n").slice(0, -1), torn = text.slice(end);
  // A last line that is whole but for its line break is a record like any other.
  const all = torn !== "" && stepIn(torn) !== undefined ? [...lines, torn] : lines;
  const isOver = (line: string): boolean => (stepIn(line) ?? -1) >= from;
  const kept = all.filter((line) => !isOver(line)), over = all.filter(isOver);
  const aside = [...over, ...all === lines && torn !== "" ? [torn] : []];
  const whole = kept.map((line) => `${line}\n`).join("");
  if (aside.length > 0) setAside(writing, path, whole, aside.join("\n"));
  else if (all !== lines) append(writing, path, "\n");
}

/** Returns the step of a line; `undefined` if it is not a record of a step. */
function stepIn(line: string): number | undefined {
  try {
    const record: unknown = JSON.parse(line);
    const hasStep = typeof record === "object" && record !== null && "step" in record;
    return hasStep && typeof record.step === "number" ? record.step : undefined;
  } catch {
    return undefined;
  }
}

/** Appends a step. */
export function appendJsonLine(writing: Appending, path: string, encoded: EncodedStep): void {
  const { step, seconds, scalars, histograms, images, text, hyperparameters } = encoded;
  const part = (name: string, entries: readonly (readonly [string, unknown])[]) =>
    entries.length === 0 ? {} : { [name]: Object.fromEntries(entries) };
  const record = {
    step,
    seconds,
    ...part("scalars", scalars),
    ...part("histograms", histograms),
    ...part("images", images.map(([name, { width, height, channels }]) => [name, { width, height, channels }])),
    ...part("text", text),
    ...part("hyperparameters", Object.entries(hyperparameters ?? {})),
  };
  append(writing, path, `${JSON.stringify(record, (_, value: unknown) => jsonOf(value))}\n`);
}

/** JSON has neither NaN nor infinities: they become strings. */
const jsonOf = (value: unknown): unknown =>
  typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
