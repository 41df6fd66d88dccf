/**
 * Scalar expressions as vector instructions.
 *
 * @module
 */
import type { Scalar } from "../../scalar/scalar.ts";
import type { Vector } from "../lane_instructions.ts";
import type { VectorMath } from "../math/vector_math.ts";
import { COMPARISON_MASKS } from "../math/arithmetic.ts";
import { partsIn } from "./rewrite.ts";

/** The parts of an expression that have been computed so far. */
export type Computed = {
  /** Returns the vector that holds a part, and computes it if necessary. */
  readonly value: (x: Scalar) => Vector;
};

/**
 * Prepares to compute the parts of an expression in a kernel, each at most once.
 *
 * @param math The instructions to compute with.
 * @param argument Returns the vector that holds an argument; called once for each.
 * @param known The parts that have been computed already. Default: none.
 */
export function computing(
  math: VectorMath,
  argument: (index: number) => Vector,
  known?: ReadonlyMap<Scalar, Vector>,
): Computed {
  const values = new Map<Scalar, Vector>();
  let masks: Map<Scalar, Vector> | undefined; // few expressions choose
  function value(x: Scalar): Vector {
    const found = values.get(x) ?? known?.get(x);
    if (found !== undefined) return found;
    const made = x.kind === "constant" ? math.constant(x.value) : math.keep(compute(x));
    values.set(x, made);
    return made;
  }
  function compute(x: Exclude<Scalar, { kind: "constant" }>): Vector {
    switch (x.kind) {
      case "argument":
        return argument(x.index);
      case "unary":
        return codeOf(math.functions.unary[x.name], x.name)(math, value(x.inputs[0]));
      case "binary":
        return math.functions.special(math, x, value) ?? extremumWithConstant(math, x, value) ??
          codeOf(math.functions.binary[x.name], x.name)(math, value(x.inputs[0]), value(x.inputs[1]));
      case "select": {
        const [test, then, otherwise] = x.inputs, a = value(then), b = value(otherwise);
        return math.choose(mask(test), a, b);
      }
    }
  }
  function mask(test: Scalar): Vector {
    const found = masks?.get(test);
    if (found !== undefined) return found;
    const compare = test.kind === "binary" ? COMPARISON_MASKS[test.name] : undefined;
    const made = math.keep(
      compare !== undefined && test.kind === "binary"
        ? compare(math, value(test.inputs[0]), value(test.inputs[1]))
        : math.float.ne(value(test), math.constant(0)),
    );
    (masks ??= new Map()).set(test, made);
    return made;
  }
  return { value };
}

/** Returns the code of a function, or throws: this part of an engine has none. */
function codeOf<C>(code: C | undefined, name: string): C {
  if (code !== undefined) return code;
  throw new TypeError(
    `Cannot compute ${name} with the vector code that has been loaded: a primitive must bring that of its functions; make it with elementwise`,
  );
}

/**
 * Computes the maximum or minimum of `x` and a constant in one instruction, where `max` of WebAssembly takes eight.
 * `pmax` returns its first operand if that is NaN, and if both are 0; adding 0 turns -0 into 0, which is larger.
 */
function extremumWithConstant(math: VectorMath, x: Scalar, value: (x: Scalar) => Vector): Vector | undefined {
  if (x.kind !== "binary" || (x.name !== "max" && x.name !== "min")) return undefined;
  const { float, constant } = math, [a, b] = x.inputs, [other, limit] = a.kind === "constant" ? [b, a] : [a, b];
  if (limit.kind !== "constant" || Number.isNaN(limit.value)) return undefined;
  if (x.name === "max") {
    const larger = float.pmax(value(other), constant(limit.value));
    return Object.is(limit.value, 0) ? float.add(larger, constant(0)) : larger;
  }
  return Object.is(limit.value, -0) ? undefined : float.pmin(value(other), constant(limit.value));
}

/** Finds the parts of an expression that have the same value for all elements if these arguments have. */
export function uniformParts(expression: Scalar, uniform: (index: number) => boolean): ReadonlySet<Scalar> {
  const result = new Set<Scalar>();
  for (const x of partsIn(expression)) {
    const same = x.kind === "constant" ||
      (x.kind === "argument" ? uniform(x.index) : x.inputs.every((y) => result.has(y)));
    if (same) result.add(x);
  }
  return result;
}
