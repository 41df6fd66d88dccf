/**
 * One trace of a function: its program, and what its result looks like.
 *
 * @module
 */
import type { Program } from "../../blas/program/program.ts";
import { type View, view } from "../../blas/view.ts";
import { isAbstract } from "../abstract_view.ts";
import { isKey } from "../random/key.ts";
import { isAbstractKey, keyOf, wordsOf } from "../random/key_tensor.ts";
import { constantOf, isTensor, type Tensor, variableOf } from "../tensor.ts";
import { TraceError } from "./errors.ts";
import { type DataLeafSignature, dataOf, isRecord, type Signature, typeOf, unflattenLeaves } from "./signature.ts";
import { TracedView, Tracing } from "./tracing.ts";

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
  const parameters = dataOf(args).map(([, datum]) => typeOf(datum)), tracing = new Tracing(parameters);
  let index = 0;
  const lift = (datum: DataLeafSignature): unknown => {
    const traced = tracing.parameter(index++, datum.kind === "number");
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

/** The result of a step: the carry, all of which is data, and what the step yields. */
function pairOf(returned: unknown, views: View[]): Signature {
  if (!Array.isArray(returned) || returned.length !== 2) {
    throw new TypeError(
      `Cannot scan with a function that returned ${
        Array.isArray(returned) ? `an array of ${returned.length}` : typeof returned
      }: ` +
        "it must return [carry, y]; return undefined as y if there is none",
    );
  }
  return { kind: "list", parts: [resultOf(returned[0], views, true), resultOf(returned[1], views, false)] };
}

/**
 * The signature of a result, as plain code would return it.
 *
 * @param views Where the views of its data are appended.
 * @param all Whether tensors, keys and numbers that do not depend on the arguments are data too.
 */
function resultOf(returned: unknown, views: View[], all: boolean): Signature {
  const visit = (part: unknown, path: string): Signature => {
    if (isTensor(part) && (all || isAbstract(part.view))) {
      const { view, dtype, shape } = part as Tensor;
      views.push(view);
      if (view instanceof TracedView && view.isNumber) return { kind: "number" };
      return { kind: "tensor", dtype, shape, tracked: part.tag === "variable" };
    }
    if (isKey(part) && (all || isAbstractKey(part))) {
      views.push(wordsOf(part).view);
      return { kind: "key" };
    }
    if (typeof part === "number" && all) {
      views.push(view(new Float64Array([part]), []));
      return { kind: "number" };
    }
    if (isTensor(part) || isKey(part)) return { kind: "static", value: part };
    if (Array.isArray(part)) {
      return {
        kind: "list",
        parts: part.map((child, k) => visit(child, join(path, String(k)))),
      };
    }
    if (part instanceof Map || part instanceof Set) throw collectionError(part, path);
    if (!isRecord(part)) return { kind: "static", value: part };
    const names = Object.keys(part);
    return { kind: "record", names, parts: names.map((name) => visit(part[name], join(path, name))) };
  };
  return visit(returned, "");
}

const collectionError = (part: object, path: string): TraceError =>
  new TraceError(
    `return a ${part instanceof Map ? "Map" : "Set"}${path === "" ? "" : ` at "${path}"`}`,
    "return records and arrays; valueAndGradient gives gradients as a tree where backward gives a Map",
  );

const join = (path: string, name: string): string => path === "" ? name : `${path}.${name}`;
