/**
 * Scalar expressions as vector instructions.
 *
 * @module
 */
import { type Scalar, subexpressions } from "../../scalar/scalar.ts";
import type { Vector } from "../lane_instructions.ts";
import type { VectorMath } from "../math/vector_math.ts";
import { BINARY_VECTORS, COMPARISON_MASKS, UNARY_VECTORS } from "../math/mod.ts";

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
 * @param known The parts that have been computed already.
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
          productPlusZero(math, x, value, values) ??
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

/**
 * Computes `a * b + 0`, a sum of one product, which is never -0, in one instruction: adding 0 rounds nothing, so that it does
 * not matter whether the instruction rounds the product first.
 */
function productPlusZero(
  { multiplyAdd, constant }: VectorMath,
  x: Scalar,
  value: (x: Scalar) => Vector,
  known: ReadonlyMap<Scalar, Vector>,
): Vector | undefined {
  if (x.kind !== "binary" || x.name !== "add") return undefined;
  const [a, b] = x.inputs, [product, zero] = a.kind === "constant" ? [b, a] : [a, b];
  if (zero.kind !== "constant" || !Object.is(zero.value, 0) || known.has(product)) return undefined;
  if (product.kind !== "binary" || product.name !== "mul") return undefined;
  return multiplyAdd(value(product.inputs[0]), value(product.inputs[1]), constant(0));
}

/** Computes powers with small constant exponents by products and roots: also within 2 ulp, and far faster. */
function powerByMultiplying(math: VectorMath, x: Scalar, value: (x: Scalar) => Vector): Vector | undefined {
  if (x.kind !== "binary" || x.name !== "pow" || x.inputs[1].kind !== "constant") return undefined;
  const { float, keep, constant, choose } = math, base = () => value(x.inputs[0]);
  const inverse = () => keep(float.div(constant(1), base()));
  // Two cases differ from sqrt: here the root of -0 is 0, and that of -Infinity is Infinity.
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

/** Lists the arguments that occur in an expression, in ascending order. */
export function argumentsOf(expression: Scalar): readonly number[] {
  const indices = subexpressions(expression).flatMap((x) => x.kind === "argument" ? [x.index] : []);
  return indices.sort((a, b) => a - b);
}

/** Finds the parts of an expression that have the same value for all elements if these arguments have. */
export function uniformParts(expression: Scalar, uniform: (index: number) => boolean): ReadonlySet<Scalar> {
  const result = new Set<Scalar>();
  for (const x of subexpressions(expression)) {
    const same = x.kind === "constant" ||
      (x.kind === "argument" ? uniform(x.index) : x.inputs.every((y) => result.has(y)));
    if (same) result.add(x);
  }
  return result;
}
