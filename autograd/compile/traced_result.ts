/**
 * What a traced function returned: its signature, and the views of its data.
 *
 * @module
 */
import type { View } from "../../blas/view.ts";
import { isAbstract } from "../abstract_view.ts";
import { isKey } from "../random/key.ts";
import { isAbstractKey, wordsOf } from "../random/key_tensor.ts";
import { innerView } from "../tensor_record.ts";
import { checkPair } from "../transforms/scan.ts";
import { type Signature, signatureOf } from "./signature.ts";

/** Returns the result of a step: the carry, whose tensors and keys are all data, and the value that the step yields. */
export function pairOf(returned: unknown, views: View[]): Signature {
  checkPair(returned);
  return { kind: "list", parts: [resultOf(returned[0], views, true), resultOf(returned[1], views, false)] };
}

/**
 * Returns the signature of a result, as plain code would return it.
 *
 * @param views The array that the views of its data are appended to.
 * @param all Whether tensors and keys that do not depend on the arguments are data too.
 */
export function resultOf(returned: unknown, views: View[], all: boolean): Signature {
  return signatureOf(returned, "result", (part) => {
    if (isKey(part)) {
      if (!all && !isAbstractKey(part)) return { kind: "static", value: part };
      views.push(innerView(wordsOf(part)));
      return { kind: "key" };
    }
    if (!all && !isAbstract(innerView(part))) return { kind: "static", value: part };
    views.push(innerView(part));
    // Results of operations are detached: a result has no graph.
    const always = part.tag === "constant" && !isAbstract(innerView(part)) ? { always: part } : {};
    return { kind: "tensor", dtype: part.dtype, shape: part.shape, tracked: part.tag === "variable", ...always };
  });
}
