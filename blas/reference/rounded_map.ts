/**
 * Element-wise maps of programs, in which one expression is what several plain calls compute: each function is rounded to the
 * dtype. So a product beyond float32 is infinite where a quotient follows, as in plain calls.
 *
 * @module
 */
import type { DType } from "../dtype.ts";
import type { Engine } from "../engine.ts";
import { rowsBy } from "../rows.ts";
import { BINARY_FUNCTIONS, UNARY_FUNCTIONS } from "../scalar/functions.ts";
import type { Scalar } from "../scalar/scalar.ts";
import type { ScalarInstruction } from "../scalar/scalar_program.ts";
import type { MutableView, View } from "../view.ts";
import { map, run } from "./map.ts";
import { sumByLoops } from "./sum.ts";

/** Returns an engine that rounds after each function, which computes all else as the given one does. */
export const roundingEngine = (engine: Engine): Engine => ({
  ...engine,
  map: roundedMap,
  rows: rowsBy({ map: roundedMap, reduce: engine.reduce }, sumByLoops),
});

/** Computes an expression for every element of the output, rounded to its dtype after each function. */
export function roundedMap<D extends DType>(
  expression: Scalar,
  inputs: readonly View<D>[],
  output: MutableView<D>,
): void {
  map(expression, inputs, output, output.dtype === "float32" ? runRounded : run);
}

/** Functions whose results are float32 if their operands are. */
// deno-fmt-ignore: a list of names, several in a line
const EXACT: ReadonlySet<string> = /* @__PURE__ */ new Set([
  "neg", "abs", "sign", "floor", "ceil", "round", "trunc", "max", "min",
  "less", "greater", "lessEqual", "greaterEqual", "equal",
]);

function runRounded(instruction: ScalarInstruction, registers: readonly Float64Array[], n: number): void {
  const { expression, inputs, target } = instruction;
  if (expression.kind === "select" || EXACT.has(expression.name)) return run(instruction, registers, n);
  const out = registers[target]!, x = registers[inputs[0]!]!;
  if (expression.kind === "unary") {
    const f = UNARY_FUNCTIONS[expression.name];
    if (expression.name === "exp") { for (let i = 0; i < n; i++) out[i] = Math.fround(Math.exp(x[i]!)); }
    else if (expression.name === "sqrt") { for (let i = 0; i < n; i++) out[i] = Math.fround(Math.sqrt(x[i]!)); }
    else for (let i = 0; i < n; i++) out[i] = Math.fround(f(x[i]!));
    return;
  }
  const y = registers[inputs[1]!]!;
  switch (expression.name) {
    case "add":
      for (let i = 0; i < n; i++) out[i] = Math.fround(x[i]! + y[i]!);
      return;
    case "sub":
      for (let i = 0; i < n; i++) out[i] = Math.fround(x[i]! - y[i]!);
      return;
    case "mul":
      for (let i = 0; i < n; i++) out[i] = Math.fround(x[i]! * y[i]!);
      return;
    case "div":
      for (let i = 0; i < n; i++) out[i] = Math.fround(x[i]! / y[i]!);
      return;
    default: {
      const f = BINARY_FUNCTIONS[expression.name];
      for (let i = 0; i < n; i++) out[i] = Math.fround(f(x[i]!, y[i]!));
    }
  }
}
