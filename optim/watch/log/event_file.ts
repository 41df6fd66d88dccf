/**
 * Logs as event files, which TensorBoard reads.
 *
 * @module
 */
import {
  histogramValue,
  hyperparametersValue,
  imageValue,
  restartEvent,
  scalarValue,
  summaryEvent,
  textValue,
  versionEvent,
} from "./event_messages.ts";
import { append, type Appending } from "./files.ts";
import { recordOf } from "./records.ts";
import type { EncodedStep } from "./step_record.ts";

const NAME = /^events\.out\.tfevents\.(\d+)\.nanograd\.(\d+)$/;

/**
 * Begins an event file. A run that goes on has a file of its own after those it has written before: what a torn write has
 * left at the end of one of them stays there, and TensorBoard reads up to it. The new file says that steps from `from` on
 * are done again.
 *
 * @returns The path of the file.
 */
export function openEventFile(writing: Appending, folder: string, { step, seconds }: EncodedStep): string {
  const earlier = writing.fs.readdirSync(folder).flatMap((name) => {
    const [, second, count] = NAME.exec(name) ?? [];
    return second === undefined ? [] : [{ second: Number(second), count: Number(count) }];
  });
  // Readers take the files in the order of their names, and the clock may have been set back.
  const second = Math.max(Math.floor(seconds), ...earlier.map((file) => file.second));
  const count = Math.max(-1, ...earlier.filter((file) => file.second === second).map((file) => file.count)) + 1;
  const padded = (value: number, digits: number): string => String(value).padStart(digits, "0");
  const path = `${folder}/events.out.tfevents.${padded(second, 10)}.nanograd.${padded(count, 4)}`;
  append(writing, path, recordOf(versionEvent(seconds)));
  if (earlier.length > 0) append(writing, path, recordOf(restartEvent(seconds, step)));
  return path;
}

/** Appends a step. */
export function appendEvent(writing: Appending, path: string, encoded: EncodedStep): void {
  const { step, seconds, scalars, histograms, images, text, hyperparameters } = encoded;
  const values = [
    ...hyperparameters === undefined ? [] : [hyperparametersValue(hyperparameters, seconds)],
    ...scalars.map(([name, value]) => scalarValue(name, value)),
    ...histograms.map(([name, histogram]) => histogramValue(name, histogram)),
    ...images.map(([name, image]) => imageValue(name, image)),
    ...text.map(([name, content]) => textValue(name, content)),
  ];
  append(writing, path, recordOf(summaryEvent(seconds, step, values)));
}
