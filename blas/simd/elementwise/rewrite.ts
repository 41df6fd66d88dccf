/**
 * Rewriting expressions so that kernels compute the same functions faster and without losing digits.
 *
 * @module
 */
import { add, div, exp, mul, type Scalar, subexpressions, substitute } from "../../scalar/scalar.ts";

type Unary = Extract<Scalar, { kind: "unary" }>;

/** The parts of expressions, and what they were rewritten as: programs ask for both again and again. */
const parts = new WeakMap<Scalar, readonly Scalar[]>(), rewritten = new WeakMap<Scalar, Scalar>();

/** Lists the parts of an expression, each once, inputs before the parts that use them. It is walked once. */
export function partsIn(expression: Scalar): readonly Scalar[] {
  const found = parts.get(expression);
  if (found !== undefined) return found;
  const made = subexpressions(expression);
  parts.set(expression, made);
  return made;
}

/**
 * Rewrites `1 + tanh(u)` as `2 / (1 + exp(-2 u))`, which does not cancel for negative `u`, and drops factors that
 * cancel: the approximate GELU becomes `x / (1 + exp(-2 u))`.
 */
export function rewrite(expression: Scalar): Scalar {
  const found = rewritten.get(expression);
  if (found !== undefined) return found;
  // Rebuilding an expression takes longer than checking that it has nothing to rewrite.
  const isPlain = !partsIn(expression).some((x) => (x.kind === "unary" && x.name === "tanh") || isTwoOver(x));
  const made = isPlain ? expression : rebuilt(expression);
  rewritten.set(expression, made);
  return made;
}

function rebuilt(expression: Scalar): Scalar {
  const uses = new Map<Scalar, number>();
  for (const part of partsIn(expression)) {
    if ("inputs" in part) { for (const input of part.inputs) uses.set(input, (uses.get(input) ?? 0) + 1); }
  }
  const visit = (part: Scalar): Scalar =>
    substitute(part, (inner) => {
      const found = onePlusTanh(inner);
      // If tanh(u) is needed anyway, 1 + tanh(u) is one addition.
      if (found !== undefined && uses.get(found) === 1) {
        return div(2, add(1, exp(timesMinusTwo(visit(found.inputs[0])))));
      }
      return undefined;
    });
  return substitute(visit(expression), withoutHalves);
}

/** Tells whether an expression is `2 / y`. */
const isTwoOver = (x: Scalar): x is Extract<Scalar, { kind: "binary" }> =>
  x.kind === "binary" && x.name === "div" && isConstant(x.inputs[0], 2);

/** Returns the `tanh(u)` of `1 + tanh(u)`, if the expression has this form. */
function onePlusTanh(x: Scalar): Unary | undefined {
  if (x.kind !== "binary" || x.name !== "add") return undefined;
  const [a, b] = x.inputs;
  const other = isConstant(a, 1) ? b : isConstant(b, 1) ? a : undefined;
  return other?.kind === "unary" && other.name === "tanh" ? other : undefined;
}

const isConstant = (x: Scalar, value: number): boolean => x.kind === "constant" && x.value === value;

/** Splits an expression into `c x`, with `c` of 1 if it has no constant factor. */
function factored(x: Scalar): { readonly factor: number; readonly rest: Scalar } {
  if (x.kind !== "binary" || x.name !== "mul") return { factor: 1, rest: x };
  const [a, b] = x.inputs;
  return a.kind === "constant"
    ? { factor: a.value, rest: b }
    : b.kind === "constant"
    ? { factor: b.value, rest: a }
    : { factor: 1, rest: x };
}

/** Returns `-2 x`, exactly. */
function timesMinusTwo(x: Scalar): Scalar {
  const { factor, rest } = factored(x);
  return mul(-2 * factor, rest);
}

/** Returns `x / y` for `(x / 2) (2 / y)`, with the factors in either order. */
function withoutHalves(x: Scalar): Scalar | undefined {
  if (x.kind !== "binary" || x.name !== "mul") return undefined;
  for (const [a, b] of [x.inputs, [x.inputs[1], x.inputs[0]] as const]) {
    const { factor, rest } = factored(a);
    if (factor === 0.5 && isTwoOver(b)) {
      return div(withoutHalves(rest) ?? rest, b.inputs[1]);
    }
  }
  return undefined;
}
