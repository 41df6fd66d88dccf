/**
 * Scalar expressions as vector instructions.
 *
 * @module
 */
import { type Scalar, subexpressions } from "../../scalar/scalar.ts";
import type { Vector } from "../lane_instructions.ts";
import type { VectorMath } from "../math/vector_math.ts";
import { BINARY_VECTORS, COMPARISON_MASKS, UNARY_VECTORS } from "../math/mod.ts";

/** What an expression's parts were computed into, so far. */
export type Computed = {
  /** Computes what has not been computed yet, and gives the vector that holds it. */
  readonly value: (x: Scalar) => Vector;
};

/**
 * Prepares the parts of an expression to be computed in a kernel, each at most once.
 *
 * @param math What to compute with.
 * @param argument The vector that holds an argument; called once for each.
 * @param known Parts that have been computed before.
 */
export function computing(
  math: VectorMath,
  argument: (index: number) => Vector,
  known: ReadonlyMap<Scalar, Vector> = new Map(),
): Computed {
  const values = new Map(known), masks = new Map<Scalar, Vector>();
  const value = (x: Scalar): Vector => {
    const found = values.get(x);
    if (found !== undefined) return found;
    const made = x.kind === "constant" ? math.constant(x.value) : math.keep(compute(x));
    values.set(x, made);
    return made;
  };
  const compute = (x: Exclude<Scalar, { kind: "constant" }>): Vector => {
    switch (x.kind) {
      case "argument":
        return argument(x.index);
      case "unary":
        return UNARY_VECTORS[x.name](math, value(x.inputs[0]));
      case "binary":
        return powerByMultiplying(math, x, value) ?? extremumWithConstant(math, x, value) ??
          BINARY_VECTORS[x.name](math, value(x.inputs[0]), value(x.inputs[1]));
      case "select": {
        const [test, then, otherwise] = x.inputs, a = value(then), b = value(otherwise);
        return math.choose(mask(test), a, b);
      }
    }
  };
  const mask = (test: Scalar): Vector => {
    const found = masks.get(test);
    if (found !== undefined) return found;
    const compare = test.kind === "binary" ? COMPARISON_MASKS[test.name] : undefined;
    const made = math.keep(
      compare !== undefined && test.kind === "binary"
        ? compare(math, value(test.inputs[0]), value(test.inputs[1]))
        : math.float.ne(value(test), math.constant(0)),
    );
    masks.set(test, made);
    return made;
  };
  return { value };
}

/**
 * The larger or smaller of something and a constant, in one instruction where `max` of WebAssembly is eight. That one keeps its
 * first operand where it is NaN, and where both are 0; 0 is added to make -0 the 0 that is larger.
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

/** Powers with small constant exponents, as products and roots: within 2 ulp too, and far faster. */
function powerByMultiplying(math: VectorMath, x: Scalar, value: (x: Scalar) => Vector): Vector | undefined {
  if (x.kind !== "binary" || x.name !== "pow" || x.inputs[1].kind !== "constant") return undefined;
  const { float, keep, constant, choose } = math, base = () => value(x.inputs[0]);
  const inverse = () => keep(float.div(constant(1), base()));
  // Two cases differ from those of sqrt: the root of -0 is 0 here, and of -Infinity, Infinity.
  const root = () =>
    choose(float.eq(base(), constant(-Infinity)), constant(Infinity), float.add(float.sqrt(base()), constant(0)));
  switch (x.inputs[1].value) {
    case -2:
      return float.mul(inverse(), inverse());
    case -1:
      return float.div(constant(1), base());
    case -0.5:
      return float.div(constant(1), root());
    case 0.5:
      return root();
    case 3:
      return float.mul(float.mul(base(), base()), base());
    case 4: {
      const square = keep(float.mul(base(), base()));
      return float.mul(square, square);
    }
    default:
      return undefined;
  }
}

/** The arguments that occur in an expression, ascending. */
export function argumentsOf(expression: Scalar): readonly number[] {
  const indices = subexpressions(expression).flatMap((x) => x.kind === "argument" ? [x.index] : []);
  return indices.sort((a, b) => a - b);
}

/** Tells which parts of an expression have the same value for all elements when these arguments have. */
export function uniformParts(expression: Scalar, uniform: (index: number) => boolean): ReadonlySet<Scalar> {
  const result = new Set<Scalar>();
  for (const x of subexpressions(expression)) {
    const same = x.kind === "constant" ||
      (x.kind === "argument" ? uniform(x.index) : x.inputs.every((y) => result.has(y)));
    if (same) result.add(x);
  }
  return result;
}
