/**
 * Every kind of layer, in float64, for tests of what holds for all of them.
 *
 * @module
 */
import {
  activationLayer,
  activations,
  avgPool2dLayer,
  batchNorm1d,
  batchNorm2d,
  conv1dLayer,
  conv2dLayer,
  convTranspose2dLayer,
  denseLayer,
  dropout,
  flattenLayer,
  globalAvgPool2dLayer,
  groupNormLayer,
  gruLayer,
  instanceNormLayer,
  lambda,
  type Layer,
  layerNormLayer,
  lora,
  lstmCell,
  lstmLayer,
  maxPool2dLayer,
  multiHeadAttention,
  positionEmbedding,
  preluLayer,
  recurrent,
  residual,
  rmsNormLayer,
  rnnCell,
  rnnLayer,
  sequential,
  upsampleLayer,
} from "../../layers/mod.ts";

const dtype = "float64";

/** Each layer with shapes that it accepts, of one example and of batches, and one that it rejects. */
export const LAYERS: readonly {
  readonly layer: Layer;
  readonly takes: readonly (readonly [input: readonly number[], output: readonly number[]])[];
  readonly refuses?: readonly number[];
}[] = [
  { layer: denseLayer(3, 2, { dtype }), takes: [[[3], [2]], [[4, 3], [4, 2]], [[0, 3], [0, 2]]], refuses: [4] },
  {
    layer: conv2dLayer(2, 4, [3, 2], {
      stride: [2, 1],
      padding: [1, 0, 1, 1],
      groups: 2,
      activation: activations.tanh,
      dtype,
    }),
    takes: [[[2, 5, 4], [4, 3, 4]], [[3, 2, 5, 4], [3, 4, 3, 4]]],
    refuses: [3, 5, 4],
  },
  {
    layer: conv2dLayer(1, 2, 3, { bias: false, dilation: 2, dtype }),
    takes: [[[1, 6, 7], [2, 2, 3]]],
    refuses: [1, 4, 9],
  },
  {
    layer: conv1dLayer(2, 4, 3, { stride: 2, padding: [2, 1], groups: 2, activation: activations.tanh, dtype }),
    takes: [[[2, 6], [4, 4]], [[3, 2, 6], [3, 4, 4]]],
    refuses: [3, 6],
  },
  {
    layer: convTranspose2dLayer(4, 2, [3, 2], { stride: 2, padding: [1, 0], outputPadding: [1, 0], groups: 2, dtype }),
    takes: [[[4, 2, 3], [2, 4, 6]], [[3, 4, 2, 3], [3, 2, 4, 6]]],
    refuses: [3, 2, 3],
  },
  {
    layer: convTranspose2dLayer(1, 2, 2, { bias: false, dilation: 2, dtype }),
    takes: [[[1, 2, 3], [2, 4, 5]]],
    refuses: [2, 3],
  },
  {
    layer: instanceNormLayer(2, { dtype }),
    takes: [[[2, 3, 2], [2, 3, 2]], [[3, 2, 3, 2], [3, 2, 3, 2]]],
    refuses: [3, 3, 2],
  },
  { layer: preluLayer(1, { dtype }), takes: [[[3], [3]], [[2, 3, 1, 1, 2], [2, 3, 1, 1, 2]]] },
  {
    layer: preluLayer(2, { dtype, initial: 0.5 }),
    takes: [[[2], [2]], [[3, 2], [3, 2]], [[2, 3, 2], [2, 3, 2]], [[1, 2, 3, 2], [1, 2, 3, 2]]],
    refuses: [3],
  },
  { layer: upsampleLayer(2, { mode: "cubic", alignCorners: true }), takes: [[[2, 2, 1], [2, 4, 2]]], refuses: [4, 3] },
  {
    layer: upsampleLayer([2, 3]),
    takes: [[[2, 2, 1], [2, 4, 3]], [[3, 2, 2, 1], [3, 2, 4, 3]]],
    refuses: [4, 3],
  },
  {
    layer: lora(sequential([denseLayer(3, 4, { dtype, activation: activations.tanh }), denseLayer(4, 3, { dtype })]), {
      rank: 2,
      alpha: 3,
    }) as object as Layer,
    takes: [[[3], [3]], [[4, 3], [4, 3]]],
    refuses: [4],
  },
  {
    layer: lora(lstmLayer(3, 3, { dtype, layers: 2, dropout: 0.3 }), { rank: 1 }) as object as Layer,
    takes: [[[4, 3], [4, 3]]],
    refuses: [4, 2],
  },
  {
    layer: batchNorm2d(2, { dtype }),
    takes: [[[2, 3, 4], [2, 3, 4]], [[3, 2, 2, 2], [3, 2, 2, 2]]],
    refuses: [3, 2, 2],
  },
  { layer: batchNorm1d(3, { dtype }), takes: [[[4, 3], [4, 3]], [[2, 3, 5], [2, 3, 5]]], refuses: [4, 2] },
  {
    layer: recurrent(lstmCell(3, 2, { dtype }), { bidirectional: true }) as object as Layer,
    takes: [[[4, 3], [4, 4]], [[2, 5, 3], [2, 5, 4]], [[2, 0, 3], [2, 0, 4]]],
    refuses: [4, 2],
  },
  {
    layer: recurrent(rnnCell(3, 2, { dtype, bias: false }), {
      reverse: true,
      returnSequences: false,
    }) as object as Layer,
    takes: [[[4, 3], [2]], [[2, 5, 3], [2, 2]]],
    refuses: [3],
  },
  { layer: rnnLayer(3, 2, { dtype }) as object as Layer, takes: [[[4, 3], [4, 2]]], refuses: [4, 2] },
  {
    layer: lstmLayer(3, 2, { dtype, layers: 2, dropout: 0.3 }) as object as Layer,
    takes: [[[4, 3], [4, 2]], [[2, 5, 3], [2, 5, 2]]],
    refuses: [1, 1, 1, 3],
  },
  {
    layer: gruLayer(3, 2, { dtype, bidirectional: true, returnSequences: false }) as object as Layer,
    takes: [[[4, 3], [4]], [[2, 5, 3], [2, 4]]],
    refuses: [4, 2],
  },
  { layer: dropout(0.4), takes: [[[5], [5]], [[2, 3, 4], [2, 3, 4]]] },
  { layer: layerNormLayer(4, { dtype }), takes: [[[4], [4]], [[3, 4], [3, 4]]], refuses: [3] },
  { layer: layerNormLayer([2, 3], { dtype }), takes: [[[2, 3], [2, 3]], [[4, 2, 3], [4, 2, 3]]], refuses: [3] },
  { layer: rmsNormLayer(4, { dtype }), takes: [[[4], [4]], [[3, 4], [3, 4]]], refuses: [3] },
  {
    layer: groupNormLayer(2, 4, { dtype }),
    takes: [[[4, 3, 2], [4, 3, 2]], [[2, 4, 3, 2], [2, 4, 3, 2]], [[3, 4], [3, 4]], [[4], [4]]],
    refuses: [2, 3, 3],
  },
  { layer: flattenLayer(), takes: [[[2, 3, 4], [24]], [[5, 2, 3, 4], [5, 24]]], refuses: [3, 4] },
  { layer: flattenLayer({ axes: 2 }), takes: [[[3, 4], [12]], [[5, 3, 4], [5, 12]]], refuses: [4] },
  {
    layer: maxPool2dLayer(2, { stride: [2, 1], padding: 1 }),
    takes: [[[2, 4, 3], [2, 3, 4]], [[3, 2, 4, 3], [3, 2, 3, 4]]],
    refuses: [4, 3],
  },
  {
    layer: avgPool2dLayer([2, 3], { ceilMode: true, countIncludePad: false, padding: [1, 0] }),
    takes: [[[2, 5, 7], [2, 3, 3]], [[3, 2, 5, 7], [3, 2, 3, 3]]],
    refuses: [2],
  },
  { layer: globalAvgPool2dLayer(), takes: [[[2, 4, 3], [2]], [[3, 2, 4, 3], [3, 2]]], refuses: [4, 3] },
  { layer: activationLayer(activations.silu), takes: [[[3], [3]], [[2, 2], [2, 2]]] },
  {
    layer: residual(denseLayer(3, 3, { dtype }), { activation: activations.tanh }),
    takes: [[[2, 3], [2, 3]]],
    refuses: [4],
  },
  {
    layer: residual(sequential([conv2dLayer(2, 4, 3, { stride: 2, padding: 1, dtype }), batchNorm2d(4, { dtype })]), {
      shortcut: conv2dLayer(2, 4, 1, { stride: 2, bias: false, dtype }),
    }),
    takes: [[[2, 4, 4], [4, 2, 2]], [[3, 2, 4, 4], [3, 4, 2, 2]]],
    refuses: [3, 4, 4],
  },
  { layer: multiHeadAttention(4, 2, { dtype }), takes: [[[3, 4], [3, 4]], [[2, 3, 4], [2, 3, 4]]], refuses: [4] },
  { layer: multiHeadAttention(4, 4, { causal: true, bias: false, dtype }), takes: [[[5, 4], [5, 4]]], refuses: [3, 3] },
  {
    layer: positionEmbedding(5, 4, { dtype }),
    takes: [[[5, 4], [5, 4]], [[2, 3, 4], [2, 3, 4]], [[0, 4], [0, 4]]],
    refuses: [6, 4],
  },
  {
    layer: sequential([dropout(0.3), denseLayer(3, 2, { dtype }), batchNorm1d(2, { dtype })]),
    takes: [[[4, 3], [4, 2]]],
    refuses: [4, 4],
  },
  { layer: lambda((x) => activations.tanh.forward(x)), takes: [[[2], [2]], [[3, 1], [3, 1]]] },
];
