/**
 * Scalar expressions as chains of nodes.
 *
 * @module
 */
import type { DType } from "../../../blas/dtype.ts";
import type { BinaryFunction, UnaryFunction } from "../../../blas/scalar/functions.ts";
import { type Scalar, subexpressions } from "../../../blas/scalar/scalar.ts";
import type { GraphWriter, Wire } from "./graph_writer.ts";

/** What nodes are added with. */
type Scope = { readonly writer: GraphWriter; readonly number: (value: number) => Wire };

const node = (operator: string) => ({ writer }: Scope, x: Wire): Wire => writer.one(operator, [x]);

/** Functions of one number. Those that ONNX lacks are made of others, so that no digits are lost. */
const UNARY: { readonly [F in UnaryFunction]: (scope: Scope, x: Wire) => Wire } = {
  neg: node("Neg"),
  abs: node("Abs"),
  sign: node("Sign"),
  sqrt: node("Sqrt"),
  floor: node("Floor"),
  ceil: node("Ceil"),
  round: node("Round"),
  trunc: ({ writer }, x) => writer.one("Mul", [writer.one("Sign", [x]), writer.one("Floor", [writer.one("Abs", [x])])]),
  exp: node("Exp"),
  exp2: ({ writer, number }, x) => writer.one("Pow", [number(2), x]),
  // Kahan: with u = exp(x) rounded, (u - 1) x / log(u) is exp(x) - 1 to all digits.
  expm1: ({ writer, number }, x) => {
    const u = writer.one("Exp", [x]), less = writer.one("Sub", [u, number(1)]);
    const small = writer.one("Div", [writer.one("Mul", [less, x]), writer.one("Log", [u])]);
    const isFar = writer.one("Greater", [writer.one("Abs", [x]), number(0.5)]),
      isOne = writer.one("Equal", [u, number(1)]);
    return writer.one("Where", [isFar, less, writer.one("Where", [isOne, x, small])]);
  },
  log: node("Log"),
  log1p: ({ writer, number }, x) => {
    const u = writer.one("Add", [x, number(1)]), far = writer.one("Log", [u]);
    const small = writer.one("Div", [writer.one("Mul", [far, x]), writer.one("Sub", [u, number(1)])]);
    const isFar = writer.one("Greater", [x, number(1)]), isOne = writer.one("Equal", [u, number(1)]);
    return writer.one("Where", [isFar, far, writer.one("Where", [isOne, x, small])]);
  },
  sin: node("Sin"),
  cos: node("Cos"),
  atan: node("Atan"),
  tanh: node("Tanh"),
  sigmoid: node("Sigmoid"),
  erf: node("Erf"),
};

const two = (operator: string) => ({ writer }: Scope, x: Wire, y: Wire): Wire => writer.one(operator, [x, y]);

/** Functions of two numbers that give a number. */
const BINARY: { readonly [F in Exclude<BinaryFunction, Comparison>]: (scope: Scope, x: Wire, y: Wire) => Wire } = {
  add: two("Add"),
  sub: two("Sub"),
  mul: two("Mul"),
  div: two("Div"),
  pow: two("Pow"),
  max: two("Max"),
  min: two("Min"),
  // Mod takes integers alone.
  remainder: ({ writer }, x, y) => {
    const whole = writer.one("Floor", [writer.one("Div", [x, y])]);
    return writer.one("Sub", [x, writer.one("Mul", [whole, y])]);
  },
};

type Comparison = "greater" | "greaterEqual" | "less" | "lessEqual" | "equal";

/** Functions of two numbers that give a boolean. */
const COMPARISONS: { readonly [F in Comparison]: string } = {
  greater: "Greater",
  greaterEqual: "GreaterOrEqual",
  less: "Less",
  lessEqual: "LessOrEqual",
  equal: "Equal",
};

const isComparison = (name: BinaryFunction): name is Comparison => Object.hasOwn(COMPARISONS, name);

/** Adds the nodes of expressions; the operands broadcast. */
export function expressionWires(
  writer: GraphWriter,
  dtype: DType,
  expressions: readonly Scalar[],
  operand: (index: number) => Wire,
): readonly Wire[] {
  const scope: Scope = { writer, number: (value) => writer.constant(dtype, [], [value]) };
  const numbers = new Map<Scalar, Wire>(), truths = new Map<Scalar, Wire>();
  const truthOf = (part: Scalar): Wire => {
    const found = truths.get(part);
    if (found !== undefined) return found;
    const isZero = writer.one("Equal", [numberOf(part), scope.number(0)]), truth = writer.one("Not", [isZero]);
    truths.set(part, truth);
    return truth;
  };
  const numberOf = (part: Scalar): Wire => {
    const found = numbers.get(part);
    if (found !== undefined) return found;
    const truth = truths.get(part); // a comparison
    const wire = truth === undefined ? write(part) : writer.one("Cast", [truth], { to: dtype === "float32" ? 1 : 11 });
    numbers.set(part, wire);
    return wire;
  };
  const write = (part: Scalar): Wire => {
    switch (part.kind) {
      case "constant":
        return scope.number(part.value);
      case "argument":
        return operand(part.index);
      case "unary":
        return UNARY[part.name](scope, numberOf(part.inputs[0]));
      case "binary": {
        const [x, y] = part.inputs, { name } = part;
        if (isComparison(name)) {
          truths.set(part, writer.one(COMPARISONS[name], [numberOf(x), numberOf(y)]));
          return numberOf(part);
        }
        if (name === "max" && y.kind === "constant" && Object.is(y.value, 0)) return writer.one("Relu", [numberOf(x)]);
        return BINARY[name](scope, numberOf(x), numberOf(y));
      }
      case "select": {
        const [test, then, otherwise] = part.inputs;
        return writer.one("Where", [truthOf(test), numberOf(then), numberOf(otherwise)]);
      }
    }
  };
  // Inputs come first, so that long chains do not nest calls; booleans are not made numbers where nobody asks.
  for (const expression of expressions) {
    for (const part of subexpressions(expression)) {
      if (part.kind === "binary" && isComparison(part.name)) {
        if (!truths.has(part)) truths.set(part, writer.one(COMPARISONS[part.name], part.inputs.map(numberOf)));
      } else numberOf(part);
    }
  }
  return expressions.map(numberOf);
}
