/**
 * Where the extremum of each of many windows is.
 *
 * There are only comparisons, so plain loops are fast enough for most sizes.
 *
 * @module
 */
import { coalesce, forEachRun } from "./walk.ts";
import type { DType } from "./dtype.ts";
import type { SearchOperands } from "./engine.ts";
import { sizeOf } from "./shape.ts";
import { type MutableView, sliceView, unsafeView, type View } from "./view.ts";

/** Which element of a window is searched for. */
export type Extremum = "max" | "min";

/** Numbers that stand for elements: an offset, plus each index times a step. */
export type ElementNumbers = { readonly offset: number; readonly stride: readonly number[] };

/**
 * Finds in each window the first of the largest or smallest elements, or the first NaN.
 *
 * @param x The axes of `y`, then those of a window, which has at least one element.
 * @param numbers The number of each element of `x`.
 * @param y Receives the numbers of the elements found.
 */
export function search(extremum: Extremum, x: View, numbers: ElementNumbers, y: MutableView): void {
  const rank = y.shape.length,
    window = coalesce(x.shape.slice(rank), [x.stride.slice(rank), numbers.stride.slice(rank)]);
  const outer = coalesce(y.shape, [x.stride.slice(0, rank), numbers.stride.slice(0, rank), y.stride]);
  const last = outer.shape.length - 1, n = outer.shape[last]!;
  // A step of each operand.
  const [xStep, numberStep, yStep] = outer.strides.map((steps) => steps[last]!) as [number, number, number];
  // Only read here.
  const data = x.data as MutableView["data"], find = finderOf(extremum, data, window.shape, window.strides);
  forEachRun(outer, [x.offset, numbers.offset, y.offset], ([p, number, q]) => {
    for (let i = 0; i < n; i++) y.data[q! + i * yStep] = number! + i * numberStep + find(p! + i * xStep);
  });
}

/** Searches the windows of all regions, one after another. */
export function searchRegions<D extends DType>({ extremum, x, regions, y }: SearchOperands<D>): void {
  for (const { place, shape, stride, offset, numbers } of regions) {
    if (sizeOf(shape) === 0) continue;
    search(extremum, unsafeView(x.data, shape, stride, offset), numbers, sliceView(y, place));
  }
}

type Steps = readonly (readonly number[])[];

/** Returns the function that searches the window that begins at a position. */
function finderOf(
  extremum: Extremum,
  data: MutableView["data"],
  shape: readonly number[],
  steps: Steps,
): (start: number) => number {
  const sign = extremum === "max" ? 1 : -1, rank = shape.length;
  if (rank > 2) return (start) => findAnywhere(sign, data, shape, steps, start);
  const ofRows = (own: readonly number[]): number => rank === 1 ? 0 : own[0]!, last = rank - 1;
  // The steps from one element to the next, and between their numbers.
  const [ofElements, ofNumbers] = steps as readonly [readonly number[], readonly number[]];
  const step = ofElements[last]!,
    rowStep = ofRows(ofElements),
    number = ofNumbers[last]!,
    rowNumber = ofRows(ofNumbers);
  const columns = shape[rank - 1]!, rows = rank === 1 ? 1 : shape[0]!;
  const find = extremum === "max" ? findLargest : findSmallest;
  return (start) => find(data, start, rows, columns, rowStep, step, rowNumber, number);
}

/** Returns the number of the first extremum, or the first NaN, of a window of rows and columns that begins at `start`. */
type Find = (
  data: MutableView["data"],
  start: number,
  rows: number,
  columns: number,
  rowStep: number,
  step: number,
  rowNumber: number,
  number: number,
) => number;

// Written out for both: one function, of elements times a sign, takes 1.45 times as long for rows of 1,000. Three
// elements are compared at once, and only then one by one, since most are not the best so far.

const findLargest: Find = (data, start, rows, columns, rowStep, step, rowNumber, number) => {
  let best = data[start]!, found = 0;
  if (best !== best) return 0;
  for (let u = 0; u < rows; u++) {
    let p = (start + Math.imul(u, rowStep)) | 0;
    for (let v = 0; v < columns;) {
      if (v + 3 <= columns) {
        const second = (p + step) | 0, third = (second + step) | 0;
        if (data[p]! <= best && data[second]! <= best && data[third]! <= best) {
          v += 3;
          p = (third + step) | 0;
          continue;
        }
      }
      const value = data[p]!;
      if (!(value <= best)) {
        found = u * rowNumber + v * number;
        if (value !== value) return found;
        best = value;
      }
      v++;
      p = (p + step) | 0;
    }
  }
  return found;
};

const findSmallest: Find = (data, start, rows, columns, rowStep, step, rowNumber, number) => {
  let best = data[start]!, found = 0;
  if (best !== best) return 0;
  for (let u = 0; u < rows; u++) {
    let p = (start + Math.imul(u, rowStep)) | 0;
    for (let v = 0; v < columns;) {
      if (v + 3 <= columns) {
        const second = (p + step) | 0, third = (second + step) | 0;
        if (data[p]! >= best && data[second]! >= best && data[third]! >= best) {
          v += 3;
          p = (third + step) | 0;
          continue;
        }
      }
      const value = data[p]!;
      if (!(value >= best)) {
        found = u * rowNumber + v * number;
        if (value !== value) return found;
        best = value;
      }
      v++;
      p = (p + step) | 0;
    }
  }
  return found;
};

/** Does the same for windows of any number of axes. */
function findAnywhere(
  sign: number,
  data: MutableView["data"],
  shape: readonly number[],
  steps: Steps,
  start: number,
): number {
  // A step of each operand.
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
