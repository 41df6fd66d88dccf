/**
 * Keys over tensors of words that may be unknown. A draw from such a key applies a primitive to the tensor, so its
 * interpreter decides what the draw means.
 *
 * The tensor is float64, which holds every 32-bit word exactly.
 *
 * @module
 */
import * as either from "../../blas/either.ts";
import { type DType, DTYPES } from "../../blas/dtype.ts";
import type { Shape } from "../../blas/shape.ts";
import { MADE_BY, shared } from "../../blas/shared.ts";
import { VERSION } from "../../blas/version.ts";
import { type View, view } from "../../blas/view.ts";
import { isAbstract } from "../abstract_view.ts";
import { cast } from "../ops/cast.ts";
import { apply, type Primitive } from "../primitive.ts";
import { constantOf, isTensor, type Tensor } from "../tensor.ts";
import { innerView } from "../tensor_record.ts";
import type { Key } from "./key.ts";
import type { Words } from "./threefry.ts";

/** The class of keys over the tensor `[2]` of their words, one for all copies of the library. */
const TensorKey = /* @__PURE__ */ shared("TensorKey", () =>
  class TensorKeyClass implements Key {
    readonly tag = "key";

    constructor(readonly tensor: Tensor<"float64">) {}

    get [MADE_BY](): string {
      return VERSION;
    }

    /** Returns the words; throws the error of the tensor's interpreter if they are not known. */
    get words(): Words {
      const view = innerView(this.tensor);
      return [view.get(0), view.get(1)];
    }
  });

/** Makes a key from a tensor `[2]` of its words. */
export const keyOf = (words: Tensor<"float64">): Key => Object.freeze(new TensorKey(words));

/** Tells whether the words of a key are not known. */
export const isAbstractKey = (key: Key): boolean => key instanceof TensorKey && isAbstract(innerView(key.tensor));

/** Returns the words of a key as a tensor `[2]`. */
export function wordsOf(key: Key): Tensor<"float64"> {
  return key instanceof TensorKey ? key.tensor : constantOf(view(Float64Array.from(key.words)));
}

/** A function from a key's words, and a number if it takes one, to numbers. */
type KeyFunction = {
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: DType;
  /** Computes the values in row-major order. */
  compute(words: Words, data: number | undefined): ArrayLike<number>;
};

const keyPrimitive: Primitive<KeyFunction> = {
  name: "key",
  samples: () => [{
    attributes: {
      name: "rounded",
      shape: [3],
      dtype: "float64",
      compute: ([high, low], data = 0) => [high, low, data].map(Math.round),
    },
    inputs: [{ shape: [2], min: 0.6, max: 1.4 }, { shape: [], min: 2.6, max: 3.4 }],
  }],
  shape: (_, { shape }) => either.right(shape),
  resultDType: ({ dtype }) => dtype,
  evaluate: <D extends DType>([words, data]: readonly View<D>[], { shape, dtype, compute }: KeyFunction): View<D> => {
    const values = compute([words!.get(0), words!.get(1)], data?.get());
    return view(new DTYPES[dtype].Data(values), shape) as View as View<D>; // of that dtype
  },
  vjp: () => null,
};

/** The primitives of this file, for the generic checks. */
export const keyPrimitives = [keyPrimitive];

/**
 * Applies a function to a key if its words, or the number that the function takes, are not known.
 *
 * @param data The number, if it takes one.
 */
export function applyToKey(f: KeyFunction, key: Key, data?: number | Tensor): Tensor {
  const number = data === undefined
    ? []
    : [isTensor(data) ? cast(data, "float64") : constantOf<"float64">(view(new Float64Array([data]), []))];
  return apply({ ...keyPrimitive, name: f.name }, f, [wordsOf(key), ...number]);
}
