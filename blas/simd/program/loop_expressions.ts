/**
 * The expressions of loops: at which level each part changes, and how much it costs.
 *
 * @module
 */
import { binary, type Scalar, select, substitute, unary } from "../../scalar/scalar.ts";
import { argumentsOf } from "../../scalar/arguments.ts";
import { FUNCTION_COSTS } from "../../scalar/functions.ts";
import { partsIn, rewrite } from "../elementwise/rewrite.ts";

/** The parts of some expressions, inputs first, each with the innermost level that it changes along; -1: never. */
export type Parts = ReadonlyMap<Scalar, number>;

/**
 * Rewrites expressions as kernels do, and replaces quotients by products with a reciprocal if the divisor does not
 * change along the innermost level, so that the reciprocal is computed once.
 *
 * @param changes Tells whether an argument changes along the innermost level.
 * @param isSingle Tells whether an argument is one number for the whole loop, by which the loop divides: a reciprocal
 * is off by the same share for all elements, which adds up where results are divided again and again, or multiplied with
 * each other. Default: none is, and constants have reciprocals, too.
 */
export function inLoops(
  expressions: readonly Scalar[],
  changes: (index: number) => boolean,
  isSingle?: (index: number) => boolean,
): readonly Scalar[] {
  const stays = (divisor: Scalar) =>
    isSingle !== undefined && argumentsOf(divisor).every(isSingle) &&
    !(divisor.kind === "constant" && isPowerOfTwo(divisor.value));
  return expressions.map((expression) => {
    const whole = rewrite(expression);
    const varies = (x: Scalar) => argumentsOf(x).some(changes);
    if (!partsIn(whole).some((x) => isQuotient(x) && varies(x))) return whole;
    function visit(root: Scalar): Scalar {
      return substitute(root, (x) => {
        if (!isQuotient(x)) return undefined;
        const [a, b] = x.inputs;
        if (varies(b) || !varies(a) || stays(b) || (b.kind === "constant" && !hasReciprocal(b.value))) return undefined;
        const divisor = visit(b);
        if (b.kind === "constant") return binary("mul", visit(a), binary("div", 1, divisor));
        const factor = towardsOne(divisor);
        return binary("mul", binary("mul", visit(a), factor), binary("div", 1, binary("mul", divisor, factor)));
      });
    }
    return visit(whole);
  });
}

const isQuotient = (x: Scalar): x is Extract<Scalar, { kind: "binary" }> => x.kind === "binary" && x.name === "div";

/** Tells whether a float32, and hence a float64, has a reciprocal of full precision. */
const hasReciprocal = (x: number): boolean => Math.abs(x) > 2 ** -126 && Math.abs(x) < 2 ** 126;

/** Tells whether the reciprocal of a number is exact. */
export const isPowerOfTwo = (x: number): boolean => Math.abs(x) === 2 ** Math.round(Math.log2(Math.abs(x)));

/**
 * Returns a power of two by which to multiply dividend and divisor, 1 except in extreme cases: the reciprocal of a
 * number below float32's smallest normal number can be infinite where the quotient is not.
 */
function towardsOne(divisor: Scalar): Scalar {
  const size = unary("abs", divisor);
  const far = 2 ** 64; // between its reciprocal and it, numbers have reciprocals of full precision in float32
  const large = select(binary("greater", size, far), 1 / far, 1);
  return select(binary("less", size, 1 / far), far, large);
}

/** Returns the parts of some expressions. */
export function partsOf(expressions: readonly Scalar[], levelOf: (argument: number) => number): Parts {
  const levels = new Map<Scalar, number>();
  for (const expression of expressions) {
    for (const x of partsIn(expression)) {
      if (levels.has(x)) continue;
      const level = x.kind === "constant"
        ? -1
        : x.kind === "argument"
        ? levelOf(x.index)
        : Math.max(...x.inputs.map((input) => levels.get(input)!));
      levels.set(x, level);
    }
  }
  return levels;
}

/** Lists the parts that change along the enclosing level, and are computed before this level begins. */
export function needed(parts: Parts, level: number): readonly Scalar[] {
  const some: Scalar[] = [];
  parts.forEach((own, x) => {
    if (own === level - 1 && x.kind !== "constant") some.push(x);
  });
  return some;
}

/** Estimates the number of instructions for the parts that change along a level. */
export function weightOf(parts: Parts, level: number): number {
  let weight = 1;
  parts.forEach((own, x) => {
    if (own === level) weight += weightOfPart(x);
  });
  return weight;
}

function weightOfPart(x: Scalar): number {
  if (!("name" in x)) return 1;
  const isExtremum = x.name === "max" || x.name === "min";
  return isExtremum && x.inputs.some(({ kind }) => kind === "constant") ? 1 : FUNCTION_COSTS[x.name].instructions;
}

/** Lists the arguments that occur in any of some expressions, in ascending order. */
export function argumentsIn(expressions: readonly Scalar[]): readonly number[] {
  const indices = new Set(expressions.flatMap(argumentsOf));
  return [...indices].sort((a, b) => a - b);
}
