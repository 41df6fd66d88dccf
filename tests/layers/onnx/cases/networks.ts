/**
 * Nodes that networks are built of.
 *
 * @module
 */
import { c, f, n } from "./case.ts";

const recurrent = (gates: number, directions: number, features = 3, hidden = 2) => ({
  w: f([directions, gates * hidden, features], -1, 1),
  r: f([directions, gates * hidden, hidden], -1, 1),
  b: f([directions, 2 * gates * hidden], -1, 1),
  h: f([directions, 2, hidden], -1, 1),
});

const lstm = recurrent(4, 2), one = recurrent(4, 1), gru = recurrent(3, 2), rnn = recurrent(1, 2), x = f([4, 2, 3]);
const LSTM = { outputs: ["float32", "float32", "float32"] } as const,
  TWO = { outputs: ["float32", "float32"] } as const;

/** The cases of this file. */
export const NETWORK_CASES = [
  c("MatMul", [f([2, 3, 4]), f([4, 5])]),
  c("MatMul", [f([4]), f([2, 4, 3])]),
  c("MatMul", [f([2, 3]), f([3])]),
  c("Gemm", [f([3, 2]), f([4, 3]), f([4])], { transA: 1, transB: 1, alpha: { float: 0.5 }, beta: { float: 2 } }),
  c("Einsum", [f([2, 3, 4]), f([2, 4, 5])], { equation: "bij, bjk -> bik" }),
  c("Conv", [f([1, 4, 7, 6]), f([6, 2, 3, 2]), f([6])], {
    group: 2,
    strides: [2, 1],
    pads: [1, 0, 0, 1],
    dilations: [1, 2],
  }),
  c("Conv", [f([2, 3, 8]), f([4, 3, 3])], { pads: [2, 0], strides: [2] }),
  c("Conv", [f([1, 2, 4, 5, 6]), f([3, 2, 2, 3, 2])], { pads: [0, 1, 0, 1, 1, 0] }),
  c("Conv", [f([1, 1, 7, 7]), f([1, 1, 3, 3])], { auto_pad: "SAME_UPPER", strides: [2, 2] }),
  c("Conv", [f([1, 1, 6, 6]), f([1, 1, 2, 2])], { auto_pad: "SAME_LOWER" }),
  c("ConvTranspose", [f([1, 4, 3, 4]), f([4, 2, 3, 3]), f([4])], {
    group: 2,
    strides: [2, 2],
    pads: [1, 0, 1, 1],
    output_padding: [1, 0],
  }),
  c("ConvTranspose", [f([1, 2, 5]), f([2, 3, 4])], { strides: [2], pads: [1, 1] }),
  c("ConvTranspose", [f([1, 1, 3, 3]), f([1, 2, 3, 3])], { strides: [3, 2], output_shape: [10, 8] }),
  c("ConvTranspose", [f([1, 4, 2, 3, 3]), f([4, 3, 2, 3, 2]), f([6])], {
    group: 2,
    strides: [2, 1, 3],
    pads: [0, 1, 0, 1, 1, 0],
    output_padding: [1, 0, 2],
  }),
  c("ConvTranspose", [f([1, 1, 3, 3, 3]), f([1, 2, 1, 2, 1])], { pads: [1, 0, 0, 0, 0, 1], dilations: [1, 2, 1] }),
  c("MaxPool", [f([1, 2, 7, 8])], { kernel_shape: [3, 2], strides: [2, 2], pads: [1, 0, 1, 1] }),
  c("MaxPool", [f([1, 2, 7, 8])], { kernel_shape: [2, 2], strides: [3, 3], ceil_mode: 1 }),
  c("MaxPool", [f([1, 2, 9])], { kernel_shape: [3], dilations: [2] }),
  c("MaxPool", [f([1, 1, 4, 4, 5])], { kernel_shape: [2, 2, 2] }),
  c("MaxPool", [f([2, 2, 5, 6])], { kernel_shape: [3, 2], strides: [2, 2], pads: [1, 0, 1, 1] }, {
    outputs: ["float32", "int64"],
  }),
  ...[[5, 6], [4, 3, 5]].map((lengths) =>
    c("MaxPool", [f([2, 2, ...lengths])], { kernel_shape: lengths.map(() => 2), storage_order: 1 }, {
      outputs: ["float32", "int64"],
    })
  ),
  c("AveragePool", [f([1, 2, 7, 8])], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
  c("AveragePool", [f([1, 2, 7, 8])], { kernel_shape: [3, 3], pads: [1, 1, 1, 1], count_include_pad: 1 }),
  c("AveragePool", [f([1, 2, 6])], { kernel_shape: [2], auto_pad: "SAME_UPPER" }),
  c("LpPool", [f([1, 2, 6, 6])], { kernel_shape: [2, 3], p: 3 }),
  c("LpPool", [f([1, 2, 6, 7])], { kernel_shape: [2, 3], p: 2, dilations: [2, 1], pads: [1, 0, 0, 1] }, { opset: 18 }),
  c("LpPool", [f([1, 2, 6, 8])], { kernel_shape: [2, 3], strides: [1, 2], ceil_mode: 1 }, { opset: 18 }),
  ...[0, 1].flatMap((ceil) =>
    [0, 1].map((padded) =>
      c("AveragePool", [f([1, 2, 10, 11])], {
        kernel_shape: [3, 2],
        strides: [2, 3],
        dilations: [2, 3],
        pads: [1, 1, 0, 1],
        ceil_mode: ceil,
        count_include_pad: padded,
      }, { opset: 19 })
    )
  ),
  ...["GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool"].map((name) => c(name, [f([2, 3, 4, 5])])),
  c("BatchNormalization", [f([2, 3, 4]), f([3]), f([3]), f([3]), f([3], 0.5, 2)], { epsilon: { float: 1e-3 } }),
  c("LayerNormalization", [f([2, 3, 4]), f([3, 4]), f([3, 4])], { axis: 1 }),
  c("LayerNormalization", [f([2, 3, 4]), f([4])]),
  c("InstanceNormalization", [f([2, 3, 4, 5]), f([3]), f([3])]),
  c("GroupNormalization", [f([2, 4, 3]), f([4]), f([4])], { num_groups: 2 }, { opset: 21 }),
  c("LpNormalization", [f([2, 3])], { axis: 0, p: 1 }),
  c("MeanVarianceNormalization", [f([2, 3, 4, 4])]),
  c("LRN", [f([1, 5, 2, 2])], { size: 3, alpha: { float: 0.5 }, bias: { float: 2 } }),
  c("Dropout", [f([3])]),
  c("LSTM", [x, lstm.w, lstm.r, lstm.b], { direction: "bidirectional", hidden_size: 2 }, LSTM),
  c("LSTM", [x, one.w, one.r, one.b, n([4, 2], [2], "int32"), one.h, one.h, f([1, 6])], {
    direction: "reverse",
    hidden_size: 2,
  }, LSTM),
  c("LSTM", [x, one.w, one.r], { hidden_size: 2, clip: { float: 0.5 }, input_forget: 1 }, LSTM),
  c("LSTM", [x, one.w, one.r], {
    hidden_size: 2,
    activations: ["HardSigmoid", "Relu", "Affine"],
    activation_alpha: { floats: [0.3, 0.5] },
    activation_beta: { floats: [0.4, 0.1] },
  }, LSTM),
  c(
    "GRU",
    [x, gru.w, gru.r, gru.b, n([3, 4], [2], "int32"), gru.h],
    { direction: "bidirectional", hidden_size: 2 },
    TWO,
  ),
  c("GRU", [x, gru.w, gru.r, gru.b], { direction: "bidirectional", hidden_size: 2, linear_before_reset: 1 }, TWO),
  c("RNN", [x, rnn.w, rnn.r, rnn.b, null, rnn.h], {
    direction: "bidirectional",
    hidden_size: 2,
    activations: ["Tanh", "Relu"],
  }, TWO),
];
