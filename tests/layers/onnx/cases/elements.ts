/**
 * Nodes that compute element by element, and reductions.
 *
 * @module
 */
import { c, f, n } from "./case.ts";

const named = (names: readonly string[], low: number, high: number) =>
  names.map((name) => c(name, [f([2, 3], low, high)]));

/** The cases of this file. */
export const ELEMENT_CASES = [
  ...named(["Abs", "Neg", "Sign", "Exp", "Floor", "Ceil", "Round", "Sin", "Cos", "Tan", "Atan", "Sinh", "Cosh"], -3, 3),
  ...named(["Tanh", "Asinh", "Erf", "Relu", "Sigmoid", "Softplus", "Softsign", "Identity", "HardSwish"], -3, 3),
  ...named(["Reciprocal", "Sqrt", "Log"], 0.5, 4),
  ...named(["Asin", "Acos", "Atanh"], -0.9, 0.9),
  ...named(["Acosh"], 1.1, 4),
  c("Round", [{ type: "float32", shape: [5], values: [0.5, 1.5, 2.5, -0.5, -1.5] }]),
  c("Mish", [f([5])], {}, { opset: 18 }),
  c("LeakyRelu", [f([4])], { alpha: { float: 0.2 } }),
  c("Elu", [f([4])], { alpha: { float: 0.5 } }),
  c("Selu", [f([4])]),
  c("Celu", [f([4])], { alpha: { float: 2 } }),
  c("HardSigmoid", [f([4], -6, 6)], { alpha: { float: 0.1 } }),
  c("ThresholdedRelu", [f([6])], { alpha: { float: 0.5 } }),
  c("Shrink", [f([6])], { lambd: { float: 0.7 }, bias: { float: 0.2 } }),
  c("PRelu", [f([2, 3, 4]), f([3, 1])]),
  c("Gelu", [f([4])], {}, { opset: 20 }),
  c("Gelu", [f([4])], { approximate: "tanh" }, { opset: 20 }),
  c("Clip", [f([6]), f([], -1, -0.5), f([], 0.5, 1)]),
  c("Clip", [f([6]), null, f([], 0.5, 1)]),
  c("Clip", [f([6])], { min: { float: -0.5 }, max: { float: 0.25 } }, { opset: 7 }),
  ...["Add", "Sub", "Mul", "Div", "Max", "Min"].map((name) => c(name, [f([2, 1, 3]), f([4, 1], 0.5, 2)])),
  ...["Add", "Sub", "Mul", "Div"].map((name) =>
    c(name, [n([7, -7, 9]), n([2, 2, -4])], {}, { outputs: ["int64"], known: [0, 1].slice(1) })
  ),
  c("Sum", [f([2, 3]), f([3]), f([1])]),
  c("Mean", [f([2, 3]), f([2, 3])]),
  c("Max", [f([3]), f([3]), f([3])]),
  c("Pow", [f([2, 3], 0.5, 2), f([3])]),
  c("Pow", [f([2, 3]), { type: "float32", shape: [], values: [2] }]),
  c("Pow", [f([2, 3], 0.5, 2), n([3], [])]),
  c("Mod", [n([7, -7, 7, -7]), n([3, 3, -3, -3])], {}, { outputs: ["int64"] }),
  c("Mod", [f([4], -5, 5), f([4], 1, 2)], { fmod: 1 }),
  ...["Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual"].map((name) =>
    c(name, [n([1, 2, 3], [3], "int32"), n([2, 2, 2], [3], "int32")], {}, { outputs: ["bool"] })
  ),
  ...["And", "Or", "Xor"].map((name) =>
    c(name, [n([0, 0, 1, 1], [4], "bool"), n([0, 1, 0, 1], [4], "bool")], {}, { outputs: ["bool"] })
  ),
  ...["BitwiseAnd", "BitwiseOr", "BitwiseXor"].map((name) =>
    c(name, [n([12, 10, 2 ** 31, 7]), n([10, 6, 2 ** 31 + 5, 0])], {}, { opset: 18, outputs: ["int64"] })
  ),
  c("BitwiseXor", [n([-7]), n([5])], {}, { opset: 18, outputs: ["int64"], known: [0, 1] }),
  c("BitwiseNot", [n([12, -3])], {}, { opset: 18, outputs: ["int64"] }),
  c("BitShift", [n([200, 3], [2], "uint8"), n([1, 4], [2], "uint8")], { direction: "LEFT" }, { outputs: ["uint8"] }),
  c("BitShift", [n([200, 3], [2], "uint8"), n([3, 1], [2], "uint8")], { direction: "RIGHT" }, { outputs: ["uint8"] }),
  c("Not", [n([0, 1], [2], "bool")], {}, { outputs: ["bool"] }),
  c("Where", [n([0, 1, 1], [3], "bool"), f([2, 3]), f([1])]),
  c("IsNaN", [{ type: "float32", shape: [3], values: [1, NaN, Infinity] }], {}, { outputs: ["bool"] }),
  c("IsInf", [{ type: "float32", shape: [3], values: [-Infinity, NaN, Infinity] }], { detect_negative: 0 }, {
    outputs: ["bool"],
  }),
  ...[
    "ReduceMean",
    "ReduceMax",
    "ReduceMin",
    "ReduceProd",
    "ReduceL1",
    "ReduceL2",
    "ReduceSumSquare",
    "ReduceLogSumExp",
  ]
    .flatMap((name) => [
      c(name, [f([2, 3, 4])], { axes: [1, -1], keepdims: 0 }),
      c(name, [f([2, 3, 4]), n([0])], {}, { opset: 18 }),
      c(name, [f([2, 3])]),
    ]),
  c("ReduceLogSum", [f([2, 3], 0.5, 2)], { axes: [1] }),
  c("ReduceSum", [f([2, 3, 4]), n([1])], { keepdims: 0 }),
  c("ReduceSum", [f([2, 3])], { axes: [0] }, { opset: 11 }),
  c("ReduceSum", [f([2, 3])], { noop_with_empty_axes: 1 }),
  c("ArgMax", [f([3, 4])], { axis: 1 }, { outputs: ["int64"] }),
  c("ArgMax", [{ type: "float32", shape: [4], values: [1, 3, 3, 0] }], { select_last_index: 1 }, {
    outputs: ["int64"],
  }),
  c("ArgMin", [f([3, 4])], { axis: 0, keepdims: 0 }, { outputs: ["int64"] }),
  c("CumSum", [f([3, 4]), n([1], [])]),
  c("CumSum", [f([3, 4]), n([0], [])], { exclusive: 1, reverse: 1 }),
  c("Softmax", [f([2, 3, 4])]),
  c("Softmax", [f([2, 3, 4])], { axis: 1 }),
  c("Softmax", [f([2, 3, 4])], {}, { opset: 11 }),
  c("LogSoftmax", [f([2, 3, 4])], { axis: 0 }),
  c("Hardmax", [f([3, 4])]),
  c("Cast", [{ type: "float32", shape: [4], values: [1.7, -1.7, 0, 3] }], { to: 7 }, { outputs: ["int64"] }),
  c("Cast", [{ type: "float32", shape: [4], values: [1.7, -1.7, 0, 3] }], { to: 9 }, { outputs: ["bool"] }),
  c("Cast", [n([1, 0, 5])], { to: 1 }),
  c("Cast", [n([300, -1, 5], [3], "int32")], { to: 2 }, { outputs: ["uint8"], known: [0] }),
];
