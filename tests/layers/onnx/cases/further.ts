/**
 * Nodes of signals, losses, detectors, transformers and few bits.
 *
 * @module
 */
import { c, f, n } from "./case.ts";
import type { Data } from "../build.ts";

const data = (type: Data["type"], shape: readonly number[], values: readonly number[]): Data => ({
  type,
  shape,
  values,
});
const bytes = data("uint8", [2, 3], [3, 130, 250, 7, 0, 255]), TWO = { outputs: ["float32", "float32"] } as const;
const logs = data("float32", [2, 3, 2], [-0.5, -1, -2, -0.2, -3, -1.5, -1, -0.7, -0.3, -2, -1.1, -0.9]);
const boxes = data("float32", [1, 6, 4], [
  0,
  0,
  1,
  1,
  0,
  0.1,
  1,
  1.1,
  0,
  -0.1,
  1,
  0.9,
  0,
  10,
  1,
  11,
  0,
  10.1,
  1,
  11.1,
  0,
  100,
  1,
  101,
]);
const scores = data("float32", [1, 2, 6], [0.9, 0.75, 0.6, 0.95, 0.5, 0.3, 0.1, 0.2, 0.85, 0.4, 0.3, 0.7]);
const number = (value: number): Data => data("float32", [], [value]), whole = (value: number): Data => n([value], []);

/** The cases of this file. */
export const FURTHER_CASES = [
  c("DFT", [f([1, 6, 1])], { axis: 1 }),
  c("DFT", [f([2, 5, 2]), whole(4)], { axis: 1, inverse: 1 }),
  c("DFT", [f([2, 6, 1])], { axis: 1, onesided: 1 }),
  c("DFT", [f([2, 5, 3, 2]), null, whole(1)], {}, { opset: 20 }),
  c("STFT", [f([2, 12, 1]), whole(3), f([4], 0, 1)], { onesided: 1 }),
  ...["HannWindow", "HammingWindow", "BlackmanWindow"].flatMap((name) => [
    c(name, [whole(7)], {}, { known: [0] }),
    c(name, [whole(7)], { periodic: 0 }, { known: [0] }),
  ]),
  c("NegativeLogLikelihoodLoss", [logs, n([0, 2, 1, 1], [2, 2]), f([3], 0.5, 2)]),
  c("NegativeLogLikelihoodLoss", [logs, n([0, 2, 1, 1], [2, 2])], { reduction: "none", ignore_index: 1 }),
  c("SoftmaxCrossEntropyLoss", [f([3, 4]), n([0, 3, 2])], { reduction: "sum" }, TWO),
  c("SoftmaxCrossEntropyLoss", [f([3, 4]), n([0, 3, 2]), f([4], 0.5, 2)], { ignore_index: 3 }, TWO),
  c("QuantizeLinear", [f([2, 3], -3, 3), number(0.02), data("uint8", [], [128])], {}, { outputs: ["uint8"] }),
  c("QuantizeLinear", [f([2, 3], -3, 3), f([3], 0.01, 0.05), data("int8", [3], [1, -2, 3])], { axis: 1 }, {
    outputs: ["int8"],
  }),
  c("DequantizeLinear", [bytes, number(0.1), data("uint8", [], [128])]),
  c("DequantizeLinear", [bytes, f([2], 0.1, 0.5), data("uint8", [2], [1, 2])], { axis: 0 }),
  c("DynamicQuantizeLinear", [f([2, 3], -1, 2)], {}, { outputs: ["uint8", "float32", "uint8"] }),
  c(
    "MatMulInteger",
    [bytes, data("uint8", [3, 2], [1, 2, 3, 4, 5, 6]), data("uint8", [], [12]), data("uint8", [], [2])],
    {},
    { outputs: ["int32"], known: [1, 2, 3] },
  ),
  c(
    "ConvInteger",
    [
      data("uint8", [1, 1, 3, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9]),
      data("uint8", [1, 1, 2, 2], [1, 1, 2, 1]),
      data("uint8", [], [1]),
    ],
    { pads: [1, 1, 0, 0] },
    { outputs: ["int32"] },
  ),
  c("NonMaxSuppression", [boxes, scores, whole(3), number(0.5), number(0.2)], {}, { outputs: ["int64"] }),
  c(
    "NonMaxSuppression",
    [
      data("float32", [1, 3, 4], [0.5, 0.5, 1, 1, 0.5, 0.6, 1, 1, 5, 5, 1, 2]),
      data("float32", [1, 1, 3], [0.9, 0.8, 0.7]),
      whole(5),
      number(0.4),
    ],
    { center_point_box: 1 },
    { outputs: ["int64"] },
  ),
  c("RoiAlign", [f([2, 3, 8, 9]), data("float32", [2, 4], [1, 1.5, 6, 7, 0, 2, 12, 5]), n([0, 1])], {
    output_height: 3,
    output_width: 2,
    sampling_ratio: 2,
    spatial_scale: { float: 0.8 },
  }),
  c("RoiAlign", [f([1, 2, 8, 9]), data("float32", [1, 4], [1, 1.5, 6, 7]), n([0])], {
    output_height: 2,
    output_width: 2,
    coordinate_transformation_mode: "output_half_pixel",
  }),
  c("Unique", [f([4], 0, 1)], {}, { outputs: ["float32", "int64", "int64", "int64"] }),
  c("Unique", [data("float32", [6], [2, 1, 1, 3, 4, 3])], {}, { outputs: ["float32", "int64", "int64", "int64"] }),
  c("Unique", [data("float32", [6], [2, 1, 1, 3, 4, 3])], { sorted: 0 }, {
    outputs: ["float32", "int64", "int64", "int64"],
  }),
  c("Unique", [data("float32", [3, 2], [1, 0, 1, 0, 0, 5])], { axis: 0 }, {
    outputs: ["float32", "int64", "int64", "int64"],
  }),
  c("CenterCropPad", [f([5, 4, 3]), n([3, 7, 3])], {}, { opset: 18 }),
  c("CenterCropPad", [f([5, 4, 3]), n([6, 1])], { axes: [2, 0] }, { opset: 18 }),
  c("AffineGrid", [f([2, 2, 3]), n([2, 1, 3, 4])], { align_corners: 1 }, { opset: 20 }),
  c("AffineGrid", [f([1, 2, 3]), n([1, 1, 3, 4])], {}, { opset: 20 }),
  c("Col2Im", [f([1, 8, 6]), n([3, 4]), n([2, 2])], {}, { opset: 18 }),
  c("Col2Im", [f([1, 4, 15]), n([4, 6]), n([2, 2])], { strides: [2, 2], pads: [1, 2, 1, 2] }, {
    opset: 18,
    known: [1, 2],
  }),
  c("MaxUnpool", [data("float32", [1, 1, 2, 2], [1, 2, 3, 4]), n([5, 7, 13, 15], [1, 1, 2, 2])], {
    kernel_shape: [2, 2],
    strides: [2, 2],
  }),
  c("Det", [f([2, 3, 3])]),
  c("Attention", [f([1, 2, 3, 4]), f([1, 2, 5, 4]), f([1, 2, 5, 4])], {}, { opset: 23, known: [] }),
  c("Attention", [f([1, 3, 8]), f([1, 3, 4]), f([1, 3, 4])], {
    q_num_heads: 4,
    kv_num_heads: 2,
    is_causal: 1,
    scale: { float: 0.3 },
  }, { opset: 23, known: [] }),
  c("Attention", [f([1, 2, 3, 4]), f([1, 2, 3, 4]), f([1, 2, 3, 4]), f([3, 3])], { softcap: { float: 2 } }, {
    opset: 23,
    known: [],
  }),
  c("RotaryEmbedding", [f([1, 2, 3, 4]), f([6, 2]), f([6, 2]), n([0, 1, 5], [1, 3])], {}, { opset: 23, known: [3] }),
  c("RotaryEmbedding", [f([1, 3, 8]), f([1, 3, 2]), f([1, 3, 2])], { num_heads: 2, interleaved: 1 }, {
    opset: 23,
    known: [],
  }),
];
