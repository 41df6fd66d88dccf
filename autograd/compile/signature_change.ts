/**
 * The difference between the signatures of two calls, in words, and the remedy.
 *
 * @module
 */
import type { Signature } from "./signature.ts";
import { joinPath } from "./walk.ts";

/** Why two calls need two programs. */
export type SignatureChange = {
  /** The argument that changes, from what to what; or that the engine does. */
  readonly cause: string;
  /** What to do so that one program is enough. */
  readonly remedy: string;
};

/**
 * Returns the first difference between the signatures of two calls, values before shapes; if there is none, the engine
 * has changed.
 */
export function changeBetween(before: Signature, after: Signature): SignatureChange {
  const found = [...differences(before, after, "")];
  const [path, a, b] = found.find(([, x, y]) => x.kind === "static" && y.kind === "static") ?? found[0] ?? [];
  if (path === undefined || a === undefined || b === undefined) {
    return { cause: "the engine in use changes", remedy: "set the engine once, before the first call" };
  }
  return { cause: `${placeOf(path)} from ${describeSignature(a)} to ${describeOther(a, b)}`, remedy: remedyFor(a, b) };
}

/** Names the place of a change; the empty path is the list of all arguments. */
const placeOf = (path: string): string => path === "" ? "the list of arguments changes" : `argument ${path} changes`;

type Difference = readonly [path: string, before: Signature, after: Signature];

const NOTHING: Signature = { kind: "static", value: undefined };

function* differences(before: Signature, after: Signature, path: string): Generator<Difference> {
  if (before.kind === "list" && after.kind === "list") {
    const length = Math.max(before.parts.length, after.parts.length),
      inside = Array.from({ length }, (_, k) => [
        ...differences(before.parts[k] ?? NOTHING, after.parts[k] ?? NOTHING, joinPath(path, String(k))),
      ]).flat();
    yield* inside.length === 0 && before.parts.length !== after.parts.length
      ? [[path, before, after] as const]
      : inside;
  } else if (before.kind === "record" && after.kind === "record") {
    const inside = [...new Set([...before.names, ...after.names])].flatMap((name) => [
      ...differences(fieldOf(before, name), fieldOf(after, name), joinPath(path, name)),
    ]);
    // If no field differs, fields are in another order, or additional ones are undefined.
    yield* inside.length === 0 && before.names.join() !== after.names.join()
      ? [[path, before, after] as const]
      : inside;
  } else if (describeSignature(before) !== describeSignature(after) || !sameStatic(before, after)) {
    yield [path, before, after];
  }
}

const fieldOf = ({ names, parts }: Extract<Signature, { kind: "record" }>, name: string): Signature =>
  parts[names.indexOf(name)] ?? NOTHING;

const sameStatic = (a: Signature, b: Signature): boolean =>
  a.kind !== "static" || b.kind !== "static" || Object.is(a.value, b.value);

/** Describes a signature in words, such as "float64 [2, 3]" or "the number 3". */
export function describeSignature(signature: Signature): string {
  switch (signature.kind) {
    case "tensor":
      return `${signature.tracked ? "a variable " : ""}${signature.dtype} [${signature.shape.join(", ")}]`;
    case "key":
      return "a key";
    case "list":
      return `an array of ${signature.parts.length}`;
    case "record":
      return `a record of ${signature.names.join(", ") || "nothing"}`;
    case "static":
      return describeValue(signature.value);
  }
}

/** Describes a signature beside another one: two functions of one name have the same description. */
const describeOther = (a: Signature, b: Signature): string =>
  describeSignature(a) === describeSignature(b) ? "another one" : describeSignature(b);

function describeValue(value: unknown): string {
  if (Object.is(value, -0)) return "the number -0";
  switch (typeof value) {
    case "string":
      return `the text ${JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)}`;
    case "function":
      return value.name === "" ? "a function without a name" : `the function ${value.name}`;
    case "number":
    case "bigint":
      return `the ${typeof value} ${value}`;
    default:
      return String(value);
  }
}

function remedyFor(a: Signature, b: Signature): string {
  if (a.kind !== "static" && b.kind !== "static" && (a.kind !== "tensor" || b.kind !== "tensor")) {
    return "every structure is a program of its own: pass trees of one structure, with their fields in one order";
  }
  if (a.kind === "tensor" && b.kind === "tensor") {
    return "every shape, dtype and kind of tensor is a program of its own: pad to a few shapes, or stay with variables or " +
      "with constants";
  }
  const values = [a, b].flatMap((part) => part.kind === "static" ? [part.value] : []);
  if (values.length === 2 && values.every((value) => typeof value === "number")) {
    return "every number is a program of its own: pass constant(x), a tensor, which is data";
  }
  if (values.some((value) => typeof value === "function")) {
    return "functions are told apart by identity: define it once, outside of the loop";
  }
  if (values.some((value) => value === undefined)) {
    return "what is left out makes another program: pass as many arguments, elements and fields in every call";
  }
  return "every value is a program of its own: compile one function for each, or pass what changes as a tensor";
}
