/**
 * The operations that random programs are made of, each with arguments that suit the values that exist.
 *
 * @module
 */
import { add, type DType, tanh, type Tensor } from "../../mod.ts";
import type { Argument, Reference } from "./call.ts";

/** What a {@link Build} draws and adds calls with. */
export type Building = {
  readonly dtype: DType;
  /** Draws a whole number below `count`. */
  readonly draw: (count: number) => number;
  /** Draws an element of a list. */
  readonly one: <T>(from: readonly T[]) => T;
  /** Draws a value, preferably a recent one, with `rank` axes if any value has that many. */
  readonly pick: (rank?: number) => Reference;
  readonly shapeOf: (value: Reference) => readonly number[];
  /** Adds a call to the program, and returns its result. */
  readonly call: (name: string, ...args: readonly Argument[]) => Reference;
};

/** Adds the calls of one operation to a program; if the library refuses one, the program stays as it was. */
export type Build = (building: Building) => Reference;

const unary = (name: string): Build => ({ pick, call }) => call(name, pick());
const small = ({ pick, call }: Building): Reference => call("tanh", pick());
const positive = ({ pick, call }: Building): Reference => call("add", call("abs", pick()), 0.5);
const binary = (name: string): Build => ({ pick, call }) => call(name, pick(), pick());
const axisOf = ({ draw, shapeOf }: Building, value: Reference): number => {
  const rank = shapeOf(value).length;
  return rank === 0 ? 0 : draw(2 * rank) - rank;
};
const along = (name: string, of: (b: Building) => Reference = ({ pick }) => pick()): Build => (b) => {
  const x = of(b);
  return b.call(name, x, axisOf(b, x));
};
const axesOf = (b: Building, x: Reference): Argument => {
  const axes = b.shapeOf(x).map((_, axis) => axis).filter(() => b.draw(2) === 0);
  return b.draw(3) === 0 ? {} : { axes, keepDims: b.draw(2) === 0 };
};
const reduction = (name: string, of: (b: Building) => Reference = ({ pick }) => pick()): Build => (b) => {
  const x = of(b);
  return b.call(name, x, axesOf(b, x));
};
const permuted = ({ draw }: Building, rank: number): readonly number[] => {
  const rest = Array.from({ length: rank }, (_, k) => k), order: number[] = [];
  while (rest.length > 0) order.push(...rest.splice(draw(rest.length), 1));
  return order;
};
const positions = ({ draw }: Building, length: number): readonly number[] =>
  Array.from({ length: 1 + draw(3) }, () => draw(Math.max(1, length)));

/** Names of functions of one number that are defined everywhere. */
const UNARY = [
  "neg",
  "tanh",
  "sigmoid",
  "relu",
  "gelu",
  "softplus",
  "sin",
  "cos",
  "silu",
  "elu",
  "leakyRelu",
  "abs",
  "erf",
  "asinh",
  "atan",
  "logSigmoid",
  "mish",
  "selu",
  "softsign",
  "hardSwish",
  "isFinite",
  "logicalNot",
  "nanToNum",
  "stopGradient",
];
const OF_SMALL = ["exp", "square", "expm1", "sinh", "cosh", "exp2", "erfc", "asin", "atanh", "erfInv"];
const OF_POSITIVE = ["log", "sqrt", "log1p", "reciprocal", "rsqrt", "log2", "log10", "logGamma", "digamma"];
const BINARY = [
  "add",
  "sub",
  "mul",
  "maximum",
  "minimum",
  "hypot",
  "logAddExp",
  "greater",
  "lessEqual",
  "equal",
];

/** Families of operations; each is drawn as often as any other. */
export const FAMILIES: { readonly [name: string]: readonly Build[] } = {
  elementwise: [
    ...UNARY.map(unary),
    ...OF_SMALL.map((name): Build => (b) => b.call(name, b.call("mul", small(b), 0.9))),
    ...OF_POSITIVE.map((name): Build => (b) => b.call(name, positive(b))),
    (b) => b.call("clamp", b.pick(), { min: -1.5, max: 2 }),
    (b) => b.call("pow", positive(b), b.one([2, 3, 0.5, -1])),
  ],
  binary: [
    ...BINARY.map(binary),
    (b) => b.call(b.one(["div", "atan2", "safeDiv"]), b.pick(), positive(b)),
    (b) => b.call("where", b.call("greater", b.pick(), 0), b.pick(), b.pick()),
    (b) => b.call(b.one(["add", "mul", "sub"]), b.pick(), b.one([0, 1, -1, 0.5, 2])),
    (b) => b.call("lerp", b.pick(), b.pick(), 0.25),
  ],
  reductions: [
    ...["sum", "mean", "max", "min", "variance", "standardDeviation", "logSumExp", "norm"].map((name) =>
      reduction(name)
    ),
    reduction("product", small),
    ...["cumsum", "cummax", "cummin", "logCumSumExp"].map((name) => along(name)),
    along("cumprod", small),
    ...["softmax", "logSoftmax"].map((name): Build => (b) => {
      const x = b.pick();
      return b.call(name, x, { axis: axisOf(b, x) });
    }),
    (b) => b.call("sort", b.pick()),
    (b) => {
      const x = b.pick();
      return b.call("topK", x, 1, { axis: axisOf(b, x) });
    },
  ],
  movement: [
    (b) => {
      const x = b.pick();
      return b.call("transpose", x, permuted(b, b.shapeOf(x).length));
    },
    (b) => {
      const x = b.pick(), size = b.shapeOf(x).reduce((product, length) => product * length, 1);
      const factor = b.one([1, 2, 3, 4, 6].filter((k) => size % k === 0));
      return b.call("reshape", x, b.one([[size], [factor, size / factor], [size / factor, 1, factor]]));
    },
    (b) => {
      const x = b.pick(), [length = 1] = b.shapeOf(x), start = b.draw(Math.max(1, length));
      return b.call("slice", x, start, start + b.draw(length - start + 1));
    },
    (b) => {
      const x = b.pick();
      return b.call("flip", x, [axisOf(b, x)]);
    },
    (b) => {
      const x = b.pick();
      return b.call("concat", [x, b.call("neg", x), x], axisOf(b, x));
    },
    (b) => {
      const x = b.pick();
      return b.call("stack", [x, b.call("sin", x)], axisOf(b, x));
    },
    (b) => {
      const x = b.pick();
      return b.call("pad", x, b.shapeOf(x).map(() => [b.draw(2), b.draw(3)]));
    },
    (b) => {
      const x = b.pick(), axis = axisOf(b, x);
      return b.call("take", x, positions(b, b.shapeOf(x).at(axis) ?? 1), axis);
    },
    (b) => b.call("roll", b.pick(), 1),
    ...["tril", "triu", "diagonal", "flatten", "squeeze"].map(unary),
    (b) => {
      const x = b.pick();
      return b.call("expandDims", x, axisOf(b, x));
    },
    (b) => {
      const x = b.pick();
      return b.call("broadcastTo", x, [2, ...b.shapeOf(x)]);
    },
    (b) => {
      const x = b.pick();
      return b.call("tile", x, b.shapeOf(x).map(() => 1 + b.draw(2)));
    },
  ],
  products: [
    binary("matmul"),
    (b) => b.call("matmul", b.pick(2), b.call("transpose", b.pick(2))),
    (b) => {
      const x = b.pick(2);
      return b.call("matmul", b.call("transpose", x), x);
    },
    (b) => b.call("outer", b.pick(1), b.pick(1)),
    (b) => b.call("dot", b.pick(1), b.pick(1)),
    (b) => b.call("einsum", "ij,kj->ik", b.pick(2), b.pick(2)),
    (b) => {
      // A symmetric matrix far from singular.
      const x = b.call("tanh", b.pick(2)), n = b.shapeOf(x)[0] ?? 1;
      const a = b.call(
        "add",
        b.call("matmul", x, b.call("transpose", x)),
        b.call("mul", 2, b.call("eye", n, n, { dtype: b.dtype })),
      );
      return b.call(b.one(["inverse", "cholesky", "logDeterminant"]), a);
    },
    (b) => {
      const step = (carry: Tensor, x: Tensor): readonly [Tensor, Tensor] => {
        const next = tanh(add(carry, x));
        return [next, next];
      };
      const xs = b.pick();
      const carry = b.call("sum", b.call("mul", xs, 0), { axes: [0] });
      return b.call("scanAlong", step, carry, xs);
    },
  ],
  images: [
    (b) => b.call("conv2d", b.pick(4), b.pick(4), null, { padding: 1, stride: b.one([1, 2]) }),
    (b) => {
      // As many channels as the image has.
      const x = b.pick(4), channels = b.shapeOf(x)[1] ?? 1;
      const weight = b.call("broadcastTo", b.call("tanh", b.pick(1)), [3, channels, 2, b.shapeOf(b.pick(1))[0] ?? 1]);
      return b.call("conv2d", x, weight, null, { padding: 1 });
    },
    (b) => b.call("maxPool2d", b.pick(4), { size: 2, stride: b.one([1, 2]) }),
    (b) => b.call("avgPool2d", b.pick(4), { size: 2, stride: b.one([1, 2]), padding: b.one([0, 1]) }),
    (b) => b.call("upsampleNearest2d", b.pick(4), 2),
    (b) => b.call("globalAvgPool2d", b.pick(4)),
    (b) => b.call("resize", b.pick(4), [3, 5], { mode: b.one(["nearest", "linear", "cubic"]) }),
  ],
};
