/**
 * The arrays that a backward pass makes, and gives back as soon as none of its cotangents shows them.
 *
 * @module
 */
import type { DataOf, DType } from "../blas/dtype.ts";
import { type ArrayOwner, canRecycle, LEAST_BYTES, recycle, withOwner } from "../blas/recycling.ts";
import { isAbstract, isRunningAbstractly } from "./abstract_view.ts";
import type { AnyPrimitive } from "./primitive.ts";
import type { Tensor } from "./tensor.ts";
import { innerView } from "./tensor_record.ts";
import { insideTransform } from "./transforms/nesting.ts";

/** Owns the large arrays of one backward pass. */
export class Recycler implements ArrayOwner {
  /** The arrays, each with the number of cotangents that show it. */
  readonly #shown = new Map<object, number>();
  /** Those that none shows. */
  readonly #idle = new Set<DataOf<DType>>();

  /** Takes an array that the pass has made. */
  readonly own = (data: DataOf<DType>): void => {
    this.#shown.set(data, 0);
    this.#idle.add(data);
  };

  /** Lets go of an array. */
  readonly release = (data: object): void => {
    this.#shown.delete(data);
    this.#idle.delete(data as DataOf<DType>); // nothing else is in the set
  };

  /** Notes that a tensor has become a cotangent, or that it no longer is one. */
  note(cotangent: Tensor, change: 1 | -1): void {
    const data = largeDataOf(cotangent), count = data && this.#shown.get(data);
    if (data === undefined || count === undefined) return;
    this.#shown.set(data, count + change);
    if (count + change === 0) this.#idle.add(data);
    else this.#idle.delete(data);
  }

  /**
   * Runs the derivative rule of one application, and gives back what nobody needs after it.
   *
   * Only rules of operations of programs are known to keep nothing. Others may run what users wrote, so cotangents that
   * they are given, and arrays that are made meanwhile, belong to nobody.
   *
   * @param taken The cotangents of its results, which are no longer needed afterwards.
   */
  step(primitive: AnyPrimitive, taken: readonly (Tensor | null)[], rule: () => void): void {
    if (primitive.operator !== undefined) withOwner(this, rule);
    else {
      for (const cotangent of taken) if (cotangent !== null) this.release(innerView(cotangent).data);
      withOwner(undefined, rule);
    }
    for (const cotangent of taken) if (cotangent !== null) this.note(cotangent, -1);
    for (const data of this.#idle) {
      this.#shown.delete(data);
      recycle(data);
    }
    this.#idle.clear();
  }
}

/** Returns the array that a tensor shows; `undefined` if it is too small to be owned. */
function largeDataOf(t: Tensor): DataOf<DType> | undefined {
  const data = innerView(t).data as DataOf<DType>; // only read
  return data.byteLength < LEAST_BYTES ? undefined : data;
}

/**
 * Returns a recycler for a backward pass; `undefined` if its results may be differentiated again, traced or mapped, so that
 * somebody else may read what it makes.
 */
export function recyclerFor(seeds: ReadonlyMap<Tensor, Tensor>): Recycler | undefined {
  if (insideTransform() || isRunningAbstractly() || !canRecycle()) return undefined;
  for (const pair of seeds) if (pair.some((t) => isAbstract(innerView(t)))) return undefined;
  return new Recycler();
}
