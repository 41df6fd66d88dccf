/**
 * The arguments of expressions.
 *
 * Loops grow by one function at a time while they are fused, so nothing here walks an expression anew that it has walked
 * before.
 *
 * @module
 */
import type { Scalar } from "./scalar.ts";

/** Numbers in ascending order, each once. */
type Indices = readonly number[];

const NONE: Indices = [];

/** Returns a function of expressions that asks each part once, in all expressions together. */
function remembered(look: (x: Extract<Scalar, { inputs: unknown }>) => Indices, leaf: (x: Scalar) => Indices) {
  const known = new WeakMap<Scalar, Indices>();
  return (x: Scalar): Indices => {
    if (!("inputs" in x)) return leaf(x);
    const found = known.get(x);
    if (found !== undefined) return found;
    const made = look(x);
    known.set(x, made);
    return made;
  };
}

/** Returns the arguments of an expression, ascending. */
export const argumentsOf: (expression: Scalar) => Indices = /* @__PURE__ */ remembered(
  ({ inputs }) => unionOf(inputs, argumentsOf),
  (x) => x.kind === "argument" ? [x.index] : NONE,
);

/** Returns the arguments that are compared for equality, perhaps after other functions, in ascending order. */
export const comparedArgumentsOf: (expression: Scalar) => Indices = /* @__PURE__ */ remembered(
  (x) => {
    const compares = x.kind === "binary" &&
      (x.name === "equal" || x.name === "greaterEqual" || x.name === "lessEqual");
    return compares ? argumentsOf(x) : unionOf(x.inputs, comparedArgumentsOf);
  },
  () => NONE,
);

function unionOf(inputs: readonly Scalar[], indicesOf: (x: Scalar) => Indices): Indices {
  let union = indicesOf(inputs[0]!);
  for (let k = 1; k < inputs.length; k++) union = joined(union, indicesOf(inputs[k]!));
  return union;
}

/** Merges two lists; returns one of them if the other adds nothing. */
function joined(a: Indices, b: Indices): Indices {
  if (a === b || b.every((index) => a.includes(index))) return a;
  if (a.every((index) => b.includes(index))) return b;
  return [...new Set([...a, ...b])].sort((x, y) => x - y);
}
