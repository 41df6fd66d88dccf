/**
 * Functions of single elements, and arithmetic that broadcasts.
 *
 * @module
 */
import {
  add,
  clamp,
  div,
  erf,
  exp,
  gelu,
  greater,
  log,
  log1p,
  maximum,
  mul,
  pow,
  rsqrt,
  scale,
  sigmoid,
  silu,
  sin,
  sub,
  tanh,
  type Tensor,
  where,
} from "@nanograd/nanograd";
import { uniform } from "../fill.ts";
import { operation, type OperationOptions, type Workload } from "../workload.ts";

const BOTH = ["float32", "float64"] as const, LOW = 2e5, HIGH = 1.5e6;

/** A function of one tensor, whose elements lie in `offset` plus or minus `scale`. */
function unary(
  name: string,
  f: (x: Tensor) => Tensor,
  range: { readonly scale?: number; readonly offset?: number } = { scale: 3 },
  options: OperationOptions = { dtypes: BOTH },
): readonly Workload[] {
  const draw: Parameters<typeof operation>[2] = (d) => ({
    inputs: [uniform(d.matrix(LOW, HIGH), range)],
    run: ([x]) => f(x!),
  });
  return operation("elementwise", name, draw, options);
}

/** A function of two tensors. */
const binary = (name: string, f: (a: Tensor, b: Tensor) => Tensor, offset = 0): readonly Workload[] =>
  operation("elementwise", name, (d) => {
    const shape = d.matrix(LOW, HIGH), inputs = [uniform(shape, { offset }), uniform(shape, { offset })];
    return { inputs, run: ([a, b]) => f(a!, b!) };
  });

/** Functions of single elements. */
export const elementwise: readonly Workload[] = [
  ...unary("exp", exp),
  ...unary("tanh", tanh),
  ...unary("sigmoid", sigmoid),
  ...unary("gelu", (x) => gelu(x), { scale: 3 }, { dtypes: BOTH, modes: ["forward", "backward"] }),
  ...unary("gelu by erf", (x) => gelu(x, { approximate: "none" })),
  ...unary("erf", erf),
  ...unary("log", log, { scale: 2, offset: 2.5 }),
  ...unary("log1p", log1p, { scale: 0.9 }),
  ...unary("sin", sin, { scale: 20 }),
  ...unary("rsqrt", rsqrt, { scale: 2, offset: 2.5 }, {}),
  ...unary("power 2.5", (x) => pow(x, 2.5), { scale: 2, offset: 2.5 }),
  ...unary("silu", silu, { scale: 3 }, { modes: ["backward"] }),
  ...unary("clamp", (x) => clamp(x, -1, 1), { scale: 3 }, {}),
  ...binary("add", (a, b) => add(a, b)),
  ...binary("divide", (a, b) => div(a, b), 2),
  ...binary("power of tensors", (a, b) => pow(a, b), 2),
  ...binary("maximum", (a, b) => maximum(a, b)),
  ...binary("where", (a, b) => where(greater(a, b), a, scale(b, 0.5))),
];

const MODES = { modes: ["forward", "backward"] } as const;

/** Arithmetic of operands of different shapes. */
export const broadcasts: readonly Workload[] = [
  ...operation("broadcast", "matrix plus row", (d) => {
    const [rows, columns] = d.matrix(LOW, HIGH);
    return { inputs: [uniform([rows, columns]), uniform([columns])], run: ([a, b]) => add(a!, b!) };
  }),
  ...operation("broadcast", "matrix times row", (d) => {
    const [rows, columns] = d.matrix(LOW, HIGH);
    return { inputs: [uniform([rows, columns]), uniform([columns])], run: ([a, b]) => mul(a!, b!) };
  }, MODES),
  ...operation("broadcast", "matrix times column", (d) => {
    const [rows, columns] = d.matrix(LOW, HIGH);
    return { inputs: [uniform([rows, columns]), uniform([rows, 1])], run: ([a, b]) => mul(a!, b!) };
  }, MODES),
  ...operation("broadcast", "column minus row", (d) => {
    const [rows, columns] = d.matrix(LOW, HIGH);
    return { inputs: [uniform([rows, 1]), uniform([1, columns])], run: ([a, b]) => sub(a!, b!) };
  }),
  ...operation("broadcast", "images plus channels", (d) => {
    const channels = d.between(8, 96), size = d.between(10, 34), batch = Math.ceil(4e5 / (channels * size * size));
    const inputs = [uniform([batch, channels, size, size]), uniform([channels, 1, 1])];
    return { inputs, run: ([a, b]) => add(a!, b!) };
  }),
  ...operation("broadcast", "images times channels", (d) => {
    const channels = d.between(8, 96), size = d.between(10, 34), batch = Math.ceil(4e5 / (channels * size * size));
    const inputs = [uniform([batch, channels, size, size]), uniform([channels, 1, 1])];
    return { inputs, run: ([a, b]) => mul(a!, b!) };
  }, MODES),
  ...operation("broadcast", "middle axis", (d) => {
    const [outer, middle, inner] = [d.between(20, 90), d.between(20, 90), d.between(20, 90)];
    const inputs = [uniform([outer, middle, inner]), uniform([outer, 1, inner])];
    return { inputs, run: ([a, b]) => mul(a!, b!) };
  }),
  ...operation("broadcast", "tensor of one element", (d) => {
    const inputs = [uniform(d.matrix(LOW, HIGH)), uniform([])];
    return { inputs, run: ([a, b]) => mul(a!, b!) };
  }, MODES),
];
