/**
 * What passes ask of loops and do to them: costs, arguments, substitution, loops made one.
 *
 * @module
 */
import { FUNCTION_COSTS } from "../../scalar/functions.ts";
import { argument, type Scalar, subexpressions, substitute } from "../../scalar/scalar.ts";
import type { Loop, Operand } from "../program.ts";
import { sameOperand } from "../operand.ts";

/** Most operands of a loop: each has a pointer of its own. */
const MAX_OPERANDS = 30;
/** Most functions in all expressions of a loop together. */
const MAX_FUNCTIONS = 200;

/** What is known of an expression by looking at it once. */
type Facts = {
  /** Its arguments, ascending. */
  readonly arguments: readonly number[];
  /** How many functions it is made of. */
  readonly functions: number;
  /** About how long it takes, an addition being 1. */
  readonly cost: number;
  /** The arguments that are compared for equality, be it after other functions. */
  readonly compared: ReadonlySet<number>;
};

const facts = new WeakMap<Scalar, Facts>();

const NONE: ReadonlySet<number> = new Set();

/** Looks at an expression. */
export function factsOf(expression: Scalar): Facts {
  const found = facts.get(expression);
  if (found !== undefined) return found;
  const parts = subexpressions(expression), args: number[] = [];
  let functions = 0, cost = 0, compared: Set<number> | undefined;
  for (const part of parts) {
    if (part.kind === "argument") args.push(part.index);
    if (!("inputs" in part)) continue;
    functions++;
    cost += part.kind === "select" ? 1 : FUNCTION_COSTS[part.name].time;
    if (part.kind !== "binary") continue;
    if (part.name === "equal" || part.name === "greaterEqual" || part.name === "lessEqual") {
      for (const inner of subexpressions(part)) {
        if (inner.kind === "argument") (compared ??= new Set()).add(inner.index);
      }
    }
  }
  args.sort((a, b) => a - b);
  const made = { arguments: args, functions, cost, compared: compared ?? NONE };
  facts.set(expression, made);
  return made;
}

/** Tells whether an expression is nothing but one of its arguments, and gives that one's index. */
export function copiedArgument(expression: Scalar): number | undefined {
  return expression.kind === "argument" ? expression.index : undefined;
}

/** The loop without operands that no expression uses, and with each operand once. */
export function tidyLoop(loop: Loop): Loop {
  const used = new Set<number>();
  for (const expression of loop.expressions) for (const index of factsOf(expression).arguments) used.add(index);
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
    expressions: loop.expressions.map((x) => replaceArguments(x, (k) => argument(places.get(k)!))),
  };
}

/** An expression of other arguments; the very expression where they stay. */
export function replaceArguments(expression: Scalar, replace: (index: number) => Scalar): Scalar {
  if (factsOf(expression).arguments.every((index) => replace(index) === argument(index))) return expression;
  return substitute(expression, (part) => part.kind === "argument" ? replace(part.index) : undefined);
}

/** The argument that stands for an operand, which joins the others if it is not among them. */
export function argumentFor(operand: Operand, operands: Operand[]): Scalar {
  const known = operands.findIndex((other) => sameOperand(other, operand));
  return argument(known >= 0 ? known : operands.push(operand) - 1);
}

/** Tells whether a loop is one that code is made for: with operands and expressions that are not too many. */
export function fits({ operands, expressions }: Loop): boolean {
  if (operands.length > MAX_OPERANDS) return false;
  if (expressions.length === 1) return factsOf(expressions[0]!).functions <= MAX_FUNCTIONS;
  const functions = new Set<Scalar>();
  for (const expression of expressions) {
    for (const part of subexpressions(expression)) if ("inputs" in part) functions.add(part);
  }
  return functions.size <= MAX_FUNCTIONS;
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
    replacements.push(replaceArguments(found.expression, (k) => own[k]!));
  }
  const inlined = tidyLoop({
    ...loop,
    operands,
    expressions: loop.expressions.map((x) => replaceArguments(x, (k) => replacements[k]!)),
  });
  return fits(inlined) ? inlined : undefined;
}
