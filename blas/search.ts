/**
 * Where the extremum of each of many windows is.
 *
 * Nothing but comparisons is computed, so plain loops do for every engine.
 *
 * @module
 */
import { coalesce, forEachRun } from "./walk.ts";
import type { MutableView, View } from "./view.ts";

/** Which element of a window is looked for. */
export type Extremum = "max" | "min";

/** Numbers that stand for elements: an offset, plus each index times a step. */
export type ElementNumbers = { readonly offset: number; readonly stride: readonly number[] };

/**
 * Finds in each window the first of the largest or smallest elements, the first NaN before all.
 *
 * @param x The axes of `y`, then those of a window of one element at least.
 * @param numbers What stands for each element of `x`.
 * @param y Receives the numbers of the elements found.
 */
export function search(extremum: Extremum, x: View, numbers: ElementNumbers, y: MutableView): void {
  const rank = y.shape.length,
    window = coalesce(x.shape.slice(rank), [x.stride.slice(rank), numbers.stride.slice(rank)]);
  const outer = coalesce(y.shape, [x.stride.slice(0, rank), numbers.stride.slice(0, rank), y.stride]);
  const last = outer.shape.length - 1, n = outer.shape[last]!;
  const [xStep, numberStep, yStep] = outer.strides.map((steps) => steps[last]!) as [number, number, number];
  const data = x.data as MutableView["data"], find = finderOf(extremum, data, window.shape, window.strides);
  forEachRun(outer, [x.offset, numbers.offset, y.offset], ([p, number, q]) => {
    for (let i = 0; i < n; i++) y.data[q! + i * yStep] = number! + i * numberStep + find(p! + i * xStep);
  });
}

type Steps = readonly (readonly number[])[];

/** Returns the function that looks through the window that begins at a position. */
function finderOf(extremum: Extremum, data: MutableView["data"], shape: readonly number[], steps: Steps) {
  const sign = extremum === "max" ? 1 : -1;
  if (shape.length > 2) return (start: number) => findAnywhere(sign, data, shape, steps, start);
  const [rows, columns] = shape.length === 1 ? [1, shape[0]!] : shape as readonly [number, number];
  const [xSteps, numberSteps] = steps as [readonly number[], readonly number[]];
  const [rowStep, step] = shape.length === 1 ? [0, xSteps[0]!] : xSteps as [number, number];
  const [rowNumber, number] = shape.length === 1 ? [0, numberSteps[0]!] : numberSteps as [number, number];
  return (start: number): number => {
    let best = sign * data[start]!, found = 0;
    for (let u = 0; u < rows && best === best; u++) {
      for (let v = 0, p = start + u * rowStep; v < columns; v++, p += step) {
        const value = sign * data[p]!;
        if (value <= best) continue;
        best = value;
        found = u * rowNumber + v * number;
        if (value !== value) break; // NaN: nothing is before it
      }
    }
    return found;
  };
}

/** The same for windows of any number of axes. */
function findAnywhere(
  sign: number,
  data: MutableView["data"],
  shape: readonly number[],
  steps: Steps,
  start: number,
): number {
  const last = shape.length - 1, [step, number] = steps.map((own) => own[last]!) as [number, number];
  let best = sign * data[start]!, found = 0;
  forEachRun({ shape, strides: steps }, [start, 0], ([from, first]) => {
    for (let v = 0; v < shape[last]! && best === best; v++) {
      const value = sign * data[from! + v * step]!;
      if (value <= best) continue;
      best = value;
      found = first! + v * number;
    }
  });
  return found;
}
