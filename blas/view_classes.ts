/**
 * Views as instances of ndarray's classes.
 *
 * The `ndarray` package generates one class for each dtype and rank, and takes 80 ns to look the class up; here it is kept.
 *
 * @module
 */
import { ndarray } from "../deps.ts";
import { type DataOf, type DType, newData } from "./dtype.ts";
import type { Shape } from "./shape.ts";

/** A class of ndarray: its constructor takes the data, all lengths, all strides, and the offset. */
type ViewClass = new (data: DataOf<DType>, ...numbers: readonly number[]) => object;

/** The classes used so far, by dtype and rank. */
const classes: { readonly [D in DType]: ViewClass[] } = { float32: [], float64: [] };

/**
 * Makes a view, with copies of the shape and the strides.
 *
 * @param data The elements.
 * @param n The lengths of the axes.
 * @param s The strides.
 * @param offset Where the first element is. Nothing is checked.
 */
export function newView(data: DataOf<DType>, n: Shape, s: readonly number[], offset: number): object {
  const dtype: DType = data instanceof Float32Array ? "float32" : "float64";
  const View = classes[dtype][n.length] ?? classOf(dtype, n.length);
  switch (n.length) { // a call that spreads the arrays takes three times as long
    case 0:
      return new View(data, offset);
    case 1:
      return new View(data, n[0]!, s[0]!, offset);
    case 2:
      return new View(data, n[0]!, n[1]!, s[0]!, s[1]!, offset);
    case 3:
      return new View(data, n[0]!, n[1]!, n[2]!, s[0]!, s[1]!, s[2]!, offset);
    case 4:
      return new View(data, n[0]!, n[1]!, n[2]!, n[3]!, s[0]!, s[1]!, s[2]!, s[3]!, offset);
    default:
      return new View(data, ...n, ...s, offset);
  }
}

function classOf(dtype: DType, rank: number): ViewClass {
  // Ndarray's types hide the class of each rank.
  const sample = ndarray(newData(dtype, 1), new Array<number>(rank).fill(1)) as unknown as { readonly shape: Shape };
  if (rank === 0) Object.freeze(sample.shape); // an empty array that all 0-d views share
  return classes[dtype][rank] = sample.constructor as ViewClass; // ndarray's constructor takes what ViewClass says
}
