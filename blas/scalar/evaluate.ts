/**
 * Computing scalar expressions, number by number.
 *
 * @module
 */
import { checkArguments } from "./checks.ts";
import { BINARY_FUNCTIONS, UNARY_FUNCTIONS } from "./functions.ts";
import { checkScalar } from "./made_scalars.ts";
import { type Scalar, subexpressions } from "./scalar.ts";

/**
 * Computes an expression for given arguments: the definition that every engine's loops must agree with.
 *
 * @param root The expression.
 * @param args A number for each argument.
 */
export function evaluateScalar(root: Scalar, args: readonly number[]): number {
  checkScalar("evaluate", root);
  checkArguments(args);
  const values = new Map<Scalar, number>();
  for (const x of subexpressions(root)) {
    // Called only for inputs that this kind of expression has.
    const at = (k: 0 | 1 | 2): number => values.get((x as Extract<Scalar, { kind: "select" }>).inputs[k])!;
    values.set(
      x,
      x.kind === "constant"
        ? x.value
        : x.kind === "argument"
        ? args[x.index]!
        : x.kind === "unary"
        ? UNARY_FUNCTIONS[x.name](at(0))
        : x.kind === "binary"
        ? BINARY_FUNCTIONS[x.name](at(0), at(1))
        : at(0) !== 0
        ? at(1)
        : at(2),
    );
  }
  return values.get(root)!;
}
