/**
 * Writing scalar expressions as formulas.
 *
 * @module
 */
import { type Scalar, subexpressions } from "../../scalar/scalar.ts";

/** A formula, and the name of what it defines: a result, or a part that occurs more than once. */
export type Formula = { readonly name: string; readonly text: string };

const OPERATORS: { readonly [name: string]: readonly [symbol: string, strength: number] } = {
  greater: [">", 1],
  greaterEqual: [">=", 1],
  less: ["<", 1],
  lessEqual: ["<=", 1],
  equal: ["==", 1],
  add: ["+", 2],
  sub: ["-", 2],
  mul: ["*", 3],
  div: ["/", 3],
};

/** Writes a number, -0 with its sign. */
export const formatNumber = (x: number): string => Object.is(x, -0) ? "-0" : String(x);

/** The precedence of numbers, names and calls. */
const TIGHT = 9;

/**
 * Writes expressions.
 *
 * @param expressions One for each result.
 * @param args The names of the arguments.
 * @param names The names of the results; without any, a single formula without a name contains everything.
 * @returns Formulas, each of which may refer to those before it.
 */
export function formatExpressions(
  expressions: readonly Scalar[],
  args: readonly string[],
  names: readonly string[],
): readonly Formula[] {
  const formulas: Formula[] = [], known = new Map<Scalar, string>(), shared = sharedParts(expressions);
  const write = (x: Scalar, least: number): string => {
    const name = known.get(x);
    if (name !== undefined) return name;
    const [text, strength] = describe(x, write, args);
    return strength < least ? `(${text})` : text;
  };
  let parts = 0;
  expressions.forEach((expression, k) => {
    for (const part of subexpressions(expression)) {
      if (part === expression || known.has(part) || !shared.has(part)) continue;
      const name = `t${parts++}`;
      formulas.push({ name, text: write(part, 0) });
      known.set(part, name);
    }
    formulas.push({ name: names[k] ?? "", text: write(expression, 0) });
    if (names[k] !== undefined && "inputs" in expression && !known.has(expression)) known.set(expression, names[k]);
  });
  if (names.length > 0) return formulas;
  const before = formulas.slice(0, -1).map(({ name, text }) => `${name} = ${text}`).join("; ");
  const last = formulas[formulas.length - 1]!;
  return [{ name: "", text: before === "" ? last.text : `${last.text} where ${before}` }];
}

function describe(
  x: Scalar,
  write: (x: Scalar, least: number) => string,
  args: readonly string[],
): readonly [text: string, strength: number] {
  switch (x.kind) {
    case "constant":
      return [formatNumber(x.value), x.value < 0 || Object.is(x.value, -0) ? 4 : TIGHT];
    case "argument":
      return [args[x.index]!, TIGHT];
    case "unary":
      return x.name === "neg" ? [`-${write(x.inputs[0], 4)}`, 4] : [`${x.name}(${write(x.inputs[0], 0)})`, TIGHT];
    case "select":
      return [`${write(x.inputs[0], 1)} ? ${write(x.inputs[1], 1)} : ${write(x.inputs[2], 0)}`, 0];
    case "binary": {
      const [a, b] = x.inputs, operator = OPERATORS[x.name];
      if (operator === undefined) return [`${x.name}(${write(a, 0)}, ${write(b, 0)})`, TIGHT];
      const [symbol, strength] = operator;
      return [`${write(a, strength === 1 ? 2 : strength)} ${symbol} ${write(b, strength + 1)}`, strength];
    }
  }
}

/** Finds the functions that occur more than once in all expressions together. */
function sharedParts(expressions: readonly Scalar[]): ReadonlySet<Scalar> {
  const seen = new Set<Scalar>(), shared = new Set<Scalar>();
  const visit = (x: Scalar): void => {
    if (!("inputs" in x)) return;
    if (seen.has(x)) shared.add(x);
    else {
      seen.add(x);
      x.inputs.forEach(visit);
    }
  };
  expressions.forEach(visit);
  return shared;
}
