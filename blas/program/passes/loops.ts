/**
 * The operations of passes on loops: tidying, substitution, limits.
 *
 * @module
 */
import { argumentsOf } from "../../scalar/arguments.ts";
import { argument, type Scalar, substitution } from "../../scalar/scalar.ts";
import type { Loop, Operand } from "../program.ts";
import { sameOperand } from "../operand.ts";
import { countFunctions } from "./expression_facts.ts";

/** The largest number of operands of a loop: each has its own pointer. */
const MAX_OPERANDS = 30;
/** The largest number of functions in all expressions of a loop together. */
const MAX_FUNCTIONS = 200;
/** An expression of more functions than this takes long to rebuild. */
const LONG = 32;

/** Returns the index of the argument that an expression consists of, or `undefined` if it is not just an argument. */
export function copiedArgument(expression: Scalar): number | undefined {
  return expression.kind === "argument" ? expression.index : undefined;
}

/** Returns the loop without operands that no expression uses, and with each operand once. */
export function tidyLoop(loop: Loop): Loop {
  const used = new Set<number>();
  for (const expression of loop.expressions) for (const index of argumentsOf(expression)) used.add(index);
  const operands: Operand[] = [], places: number[] = [];
  for (let index = 0; index < loop.operands.length; index++) {
    if (used.has(index)) places[index] = placeAmong(operands, loop.operands[index]!);
  }
  if (operands.length === loop.operands.length) return loop;
  return { ...loop, operands, expressions: loop.expressions.map(argumentsReplaced((k) => argument(places[k]!))) };
}

/** Returns the place of an operand among others, to which it is added if it is new. */
function placeAmong(operands: Operand[], operand: Operand): number {
  for (let k = 0; k < operands.length; k++) {
    const other = operands[k]!;
    if (other.value === operand.value && sameOperand(other, operand)) return k;
  }
  return operands.push(operand) - 1;
}

/**
 * Returns a function that replaces the arguments of expressions, and returns the same object if nothing changes. Use it
 * for the expressions of one loop: parts that they share are visited once.
 */
export function argumentsReplaced(replace: (index: number) => Scalar): (expression: Scalar) => Scalar {
  const replaced = substitution((part) => part.kind === "argument" ? replace(part.index) : undefined);
  return (expression) => {
    const indices = argumentsOf(expression), given = indices.map(replace);
    if (indices.every((index, k) => given[k] === argument(index))) return expression;
    const known = latest.get(expression);
    if (known !== undefined && given.every((one, k) => one === known.given[k])) return known.made;
    const made = replaced(expression);
    latest.set(expression, { given, made });
    return made;
  };
}

/** What was last made of an expression: the loops of an optimizer are the same for all parameters. */
const latest = /* @__PURE__ */ new WeakMap<Scalar, { readonly given: readonly Scalar[]; readonly made: Scalar }>();

/** Returns the argument that stands for an operand, and adds the operand to the others if it is new. */
export function argumentFor(operand: Operand, operands: Operand[]): Scalar {
  return argument(placeAmong(operands, operand));
}

/** Tells whether a loop is within the limits on operands and functions. */
export function fits({ operands, expressions }: Loop): boolean {
  if (operands.length > MAX_OPERANDS) return false;
  // What expressions share counts once, so there are at most as many functions as in each of them apart.
  let most = 0;
  for (const expression of expressions) most += functionsIn(expression);
  return most <= MAX_FUNCTIONS || countFunctions(expressions, MAX_FUNCTIONS) <= MAX_FUNCTIONS;
}

const counted = /* @__PURE__ */ new WeakMap<Scalar, number>();

/** Returns the number of functions in an expression, or a number above the limit. Each expression is counted once. */
function functionsIn(expression: Scalar): number {
  const known = counted.get(expression);
  if (known !== undefined) return known;
  const count = countFunctions([expression], MAX_FUNCTIONS);
  counted.set(expression, count);
  return count;
}

/** The replacement of an operand: an expression over other operands, which have the loop's shape. */
export type Inlined = { readonly expression: Scalar; readonly operands: readonly Operand[] };

/**
 * Inlines the expressions of another loop into a loop that reads its values.
 *
 * @param loop The reader.
 * @param given Returns the replacement of an operand, over operands of the reader's shape; `undefined` keeps the
 * operand.
 * @returns `undefined` if the loop would be too large.
 */
export function inlineOperands(
  loop: Loop,
  given: (operand: Operand) => Inlined | undefined,
): Loop | undefined {
  const operands: Operand[] = [], replacements = new Map<number, Scalar>();
  const found = loop.operands.map(given);
  const place = (one: Inlined | undefined, index: number): void => {
    if (replacements.has(index)) return;
    const own = one?.operands.map((inner) => argumentFor(inner, operands));
    const replacement = one === undefined || own === undefined
      ? argumentFor(loop.operands[index]!, operands)
      : argumentsReplaced((k) => own[k]!)(one.expression);
    replacements.set(index, replacement);
  };
  // The operands of long expressions come first, where they keep their numbers: a chain of loops, each inlined into the next,
  // would otherwise be rebuilt at every step.
  found.forEach((one, index) => {
    if (one !== undefined && functionsIn(one.expression) > LONG) place(one, index);
  });
  found.forEach(place);
  const inlined = tidyLoop({
    ...loop,
    operands,
    expressions: loop.expressions.map(argumentsReplaced((k) => replacements.get(k)!)),
  });
  return fits(inlined) ? inlined : undefined;
}
