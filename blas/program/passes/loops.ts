/**
 * What passes do to loops: tidying, substitution, limits.
 *
 * @module
 */
import { argument, type Scalar, substitution } from "../../scalar/scalar.ts";
import type { Loop, Operand } from "../program.ts";
import { sameOperand } from "../operand.ts";
import { argumentsOf, countFunctions } from "./expression_facts.ts";

/** Most operands of a loop: each has a pointer of its own. */
const MAX_OPERANDS = 30;
/** Most functions in all expressions of a loop together. */
const MAX_FUNCTIONS = 200;

/** Tells whether an expression is nothing but one of its arguments, and gives that one's index. */
export function copiedArgument(expression: Scalar): number | undefined {
  return expression.kind === "argument" ? expression.index : undefined;
}

/** The loop without operands that no expression uses, and with each operand once. */
export function tidyLoop(loop: Loop): Loop {
  const used = new Set<number>();
  for (const expression of loop.expressions) for (const index of argumentsOf(expression)) used.add(index);
  const operands: Operand[] = [], places = new Map<number, number>();
  let same = used.size === loop.operands.length;
  loop.operands.forEach((operand, index) => {
    if (!used.has(index)) return;
    const known = operands.findIndex((other) => sameOperand(other, operand));
    if (known < 0) operands.push(operand);
    else same = false;
    places.set(index, known < 0 ? operands.length - 1 : known);
  });
  if (same) return loop;
  return {
    ...loop,
    operands,
    expressions: loop.expressions.map(argumentsReplaced((k) => argument(places.get(k)!))),
  };
}

/**
 * Returns a function that gives expressions other arguments; the very expression where they stay. It is for the expressions of
 * one loop: what they share is walked once.
 */
export function argumentsReplaced(replace: (index: number) => Scalar): (expression: Scalar) => Scalar {
  const replaced = substitution((part) => part.kind === "argument" ? replace(part.index) : undefined);
  const stays = (index: number) => replace(index) === argument(index);
  return (expression) => argumentsOf(expression).every(stays) ? expression : replaced(expression);
}

/** The argument that stands for an operand, which joins the others if it is not among them. */
export function argumentFor(operand: Operand, operands: Operand[]): Scalar {
  const known = operands.findIndex((other) => sameOperand(other, operand));
  return argument(known >= 0 ? known : operands.push(operand) - 1);
}

/** Tells whether a loop is one that code is made for: with operands and expressions that are not too many. */
export function fits({ operands, expressions }: Loop): boolean {
  return operands.length <= MAX_OPERANDS && countFunctions(expressions, MAX_FUNCTIONS) <= MAX_FUNCTIONS;
}

/** What takes the place of an operand: an expression over others, which have the loop's shape. */
export type Inlined = { readonly expression: Scalar; readonly operands: readonly Operand[] };

/**
 * A loop that computes for itself what it read of another one.
 *
 * @param loop The reader.
 * @param given For an operand: what it reads, as an expression over operands of the reader's shape; `undefined` to keep it.
 * @returns `undefined` if the loop would not fit.
 */
export function inlineOperands(
  loop: Loop,
  given: (operand: Operand) => Inlined | undefined,
): Loop | undefined {
  const operands: Operand[] = [], replacements: Scalar[] = [];
  for (const operand of loop.operands) {
    const found = given(operand);
    if (found === undefined) {
      replacements.push(argumentFor(operand, operands));
      continue;
    }
    const own = found.operands.map((inner) => argumentFor(inner, operands));
    replacements.push(argumentsReplaced((k) => own[k]!)(found.expression));
  }
  const inlined = tidyLoop({
    ...loop,
    operands,
    expressions: loop.expressions.map(argumentsReplaced((k) => replacements[k]!)),
  });
  return fits(inlined) ? inlined : undefined;
}
