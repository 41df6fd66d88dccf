/**
 * Keys while a function is traced: what is drawn from one is computed anew in every run.
 *
 * A traced key holds a tensor of its two words; float64 holds every 32-bit word exactly.
 *
 * @module
 */
import { either } from "../../deps.ts";
import { type DType, DTYPES } from "../../blas/dtype.ts";
import type { Shape } from "../../blas/shape.ts";
import { type View, view } from "../../blas/view.ts";
import type { Key } from "../random/key.ts";
import { apply, type Primitive } from "../primitive.ts";
import { constantOf, isTensor, type Tensor } from "../tensor.ts";
import { TraceError } from "./errors.ts";
import { isTracedView } from "./traced_view.ts";

/** A key whose words are not known yet. */
class TracedKey {
  readonly tag = "key";

  /** Makes one of a traced tensor `[2]`. */
  constructor(readonly tensor: Tensor<"float64">) {}

  /** Words there are none. */
  get words(): readonly [number, number] {
    throw new TraceError("read the words of a key", "draw from it with randomUniform and the like");
  }
}

/** Makes a key of the tensor of its words. */
export const tracedKey = (words: Tensor<"float64">): Key => new TracedKey(words) as Key;

/** Tells whether the words of a key are not known yet. */
export const isTracedKey = (key: Key): boolean => key instanceof TracedKey;

/** Tells whether a number is in truth a tensor that stands for one. */
export const isTracedNumber = (x: unknown): boolean => isTensor(x) && isTracedView(x.view);

/** The words of a key as a tensor `[2]`. */
export function wordsOf(key: Key): Tensor<"float64"> {
  return key instanceof TracedKey ? key.tensor : constantOf(view(Float64Array.from(key.words)));
}

/** What a function of keys is: from words, and a number where it takes one, to numbers. */
type KeyFunction = {
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: DType;
  /** Computes the values in row-major order. */
  compute(words: readonly [number, number], data: number | undefined): ArrayLike<number>;
};

const keyPrimitive: Primitive<KeyFunction> = {
  name: "key",
  samples: [],
  shape: (_, { shape }) => either.right(shape),
  resultDType: ({ dtype }) => dtype,
  evaluate: <D extends DType>([words, data]: readonly View<D>[], { shape, dtype, compute }: KeyFunction): View<D> => {
    const values = compute([words!.get(0), words!.get(1)], data?.get());
    return view(new DTYPES[dtype].Data(values), shape) as View as View<D>;
  },
  vjp: () => null,
};

/**
 * Applies a function to a traced key.
 *
 * @param data A number that it takes beside, traced or not.
 */
export function applyToKey(f: KeyFunction, key: Key, data?: number): Tensor {
  const number = data === undefined
    ? []
    : [isTensor(data) ? data as Tensor as Tensor<"float64"> : constantOf(view(new Float64Array([data]), []))];
  return apply({ ...keyPrimitive, name: f.name }, f, [wordsOf(key), ...number]);
}
