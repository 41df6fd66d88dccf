/**
 * Keys over tensors of words that may be unknown. A draw from such a key applies a primitive to the tensor, so its
 * interpreter decides what the draw means.
 *
 * The tensor is float64, which holds every 32-bit word exactly.
 *
 * @module
 */
import * as either from "../../blas/either.ts";
import { checkKeyNumber } from "../../blas/program/operations/check_indices.ts";
import { foldInOf } from "../../blas/program/operations/draw.ts";
import { MADE_BY, shared } from "../../blas/shared.ts";
import { VERSION } from "../../blas/version.ts";
import { view } from "../../blas/view.ts";
import { batchOneByOne } from "../batch.ts";
import { isAbstract } from "../abstract_view.ts";
import { cast } from "../ops/cast.ts";
import { apply, type Primitive } from "../primitive.ts";
import { abstractKeyNumber } from "../values/indices.ts";
import { constantOf, isTensor, type Tensor } from "../tensor.ts";
import { innerView } from "../tensor_record.ts";
import type { Key } from "./key.ts";
import type { Words } from "../../blas/threefry.ts";

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

/** Tells whether a value is a key over a tensor, without asking for its words. */
export const isTensorKey = (value: object): value is Key => value instanceof TensorKey;

/** Tells whether the words of a key are not known. */
export const isAbstractKey = (key: Key): boolean => key instanceof TensorKey && isAbstract(innerView(key.tensor));

/** Returns the words of a key as a tensor `[2]`. */
export function wordsOf(key: Key): Tensor<"float64"> {
  return key instanceof TensorKey ? key.tensor : constantOf(view(Float64Array.from(key.words)));
}

/** Keys hold their words in float64, whatever the dtype of the operands. */
type FoldInAttributes = { readonly dtype: "float64" };

const foldInPrimitive: Primitive<FoldInAttributes> = {
  name: "foldIn",
  samples: () => [{
    attributes: { dtype: "float64" },
    inputs: [{ shape: [2], min: 0, max: 2 ** 24, whole: true }, { shape: [], min: 0, max: 2 ** 24, whole: true }],
  }],
  shape: () => either.right([2]),
  resultDType: ({ dtype }) => dtype,
  operator: () => foldInOf,
  batch: batchOneByOne,
  vjp: () => null,
};

/** The primitives of this file, for the generic checks. */
export const keyPrimitives = [foldInPrimitive];

/** Folds a number into a key where the words of the key, or the number, are not known. */
export function foldAbstractly(key: Key, data: number | Tensor): Key {
  const isKnown = !isTensor(data) || !isAbstract(innerView(data));
  const number = isKnown
    ? constantOf<"float64">(view(Float64Array.of(checkKeyNumber(isTensor(data) ? innerView(data).get() : data)), []))
    : abstractKeyNumber(cast(data, "float64"));
  return keyOf(apply(foldInPrimitive, { dtype: "float64" }, [wordsOf(key), number]));
}
