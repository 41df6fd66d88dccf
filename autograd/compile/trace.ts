/**
 * One trace of a function: its program, and what its result looks like.
 *
 * @module
 */
import type { Program } from "../../blas/program/program.ts";
import type { View } from "../../blas/view.ts";
import { isAbstract } from "../abstract_view.ts";
import { isKey } from "../random/key.ts";
import { isAbstractKey, keyOf, wordsOf } from "../random/key_tensor.ts";
import { constantOf, type Tensor, variableOf } from "../tensor.ts";
import { innerView } from "../tensor_record.ts";
import { TraceError } from "./errors.ts";
import { type DataLeafSignature, dataOf, type Signature, signatureOf, typeOf, unflattenLeaves } from "./signature.ts";
import { Tracing } from "./tracing.ts";

/** What a function does to arguments of one signature. */
export type Trace = {
  readonly program: Program;
  /** What the function returns, data in the order of the program's results. */
  readonly result: Signature;
};

/**
 * Runs a function with tensors that have no values.
 *
 * @param args The signature of the list of arguments.
 * @param carries Whether the function is a step that returns `[carry, y]`.
 * @throws {TraceError} If the function reads a value, is asynchronous, or returns what no program can give back.
 */
export function trace(f: (...args: never[]) => unknown, args: Signature, carries: boolean): Trace {
  const parameters = dataOf(args).map(typeOf), tracing = new Tracing(parameters);
  let index = 0;
  const lift = (datum: DataLeafSignature): unknown => {
    const traced = tracing.parameter(index++);
    if (datum.kind === "key") return keyOf(constantOf(traced) as Tensor<"float64">);
    return datum.kind === "tensor" && datum.tracked ? variableOf(traced) : constantOf(traced);
  };
  const lifted = unflattenLeaves(args, lift) as never[], returned = tracing.run(() => f(...lifted));
  if (returned instanceof Promise) {
    returned.catch(() => {}); // what it was about to do is of no interest, and shall not end the process
    throw new TraceError("await", "make the function synchronous, and await outside of it");
  }
  const views: View[] = [], result = carries ? pairOf(returned, views) : resultOf(returned, views, false);
  return { program: tracing.program(views), result };
}

/** The result of a step: the carry, whose tensors and keys are all data, and what the step yields. */
function pairOf(returned: unknown, views: View[]): Signature {
  if (!Array.isArray(returned) || returned.length !== 2) {
    throw new TypeError(
      `Cannot scan with a function that returned ${
        Array.isArray(returned) ? `an array of ${returned.length}` : typeof returned
      }: it ` +
        "must return [carry, y]; return undefined as y if there is none",
    );
  }
  return { kind: "list", parts: [resultOf(returned[0], views, true), resultOf(returned[1], views, false)] };
}

/**
 * The signature of a result, as plain code would return it.
 *
 * @param views Where the views of its data are appended.
 * @param all Whether tensors and keys that do not depend on the arguments are data too.
 */
function resultOf(returned: unknown, views: View[], all: boolean): Signature {
  return signatureOf(returned, "result", (part) => {
    if (isKey(part)) {
      if (!all && !isAbstractKey(part)) return { kind: "static", value: part };
      views.push(innerView(wordsOf(part)));
      return { kind: "key" };
    }
    if (!all && !isAbstract(innerView(part))) return { kind: "static", value: part };
    views.push(innerView(part));
    // What operations gave is detached: a result has no graph.
    return { kind: "tensor", dtype: part.dtype, shape: part.shape, tracked: part.tag === "variable" };
  });
}
