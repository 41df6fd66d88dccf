import { assert, assertEquals } from "@std/assert";
import {
  activationLayer,
  activations,
  avgPool2dLayer,
  batchNorm1d,
  batchNorm2d,
  conv2dLayer,
  denseLayer,
  dropout,
  embedding,
  evaluate,
  flattenLayer,
  globalAvgPool2dLayer,
  groupNormLayer,
  type Layer,
  layerNormLayer,
  maxPool2dLayer,
  multiHeadAttention,
  residual,
  rmsNormLayer,
  sequential,
  train,
} from "../../layers/mod.ts";
import {
  add,
  compile,
  type DType,
  key,
  type ParameterTree,
  randomInteger,
  randomNormal,
  sum,
  tanh,
  type Tensor,
  toList,
  tree,
  valueAndGradient,
} from "../../autograd/mod.ts";

const images = (dtype: DType) => randomNormal(key(1), [2, 3, 6, 6], { dtype }) as Tensor;
const rows = (dtype: DType) => randomNormal(key(1), [4, 6], { dtype }) as Tensor;
const sequences = (dtype: DType) => randomNormal(key(1), [2, 5, 8], { dtype }) as Tensor;

const drawn = key(7);

type Case = readonly [layer: (dtype: DType) => Layer, x: (dtype: DType) => Tensor];

const LAYERS: Readonly<Record<string, Case>> = {
  dense: [(dtype) => denseLayer(6, 3, { dtype, activation: activations.gelu }) as Layer, rows],
  conv2d: [(dtype) => conv2dLayer(3, 4, 3, { dtype, stride: 2, padding: 1 }) as Layer, images],
  "conv2d of groups": [(dtype) => conv2dLayer(3, 6, 3, { dtype, groups: 3, dilation: 2 }) as Layer, images],
  batchNorm2d: [(dtype) => batchNorm2d(3, { dtype }) as Layer, images],
  batchNorm1d: [(dtype) => batchNorm1d(6, { dtype }) as Layer, rows],
  layerNorm: [(dtype) => layerNormLayer(6, { dtype }) as Layer, rows],
  rmsNorm: [(dtype) => rmsNormLayer(6, { dtype }) as Layer, rows],
  groupNorm: [(dtype) => groupNormLayer(3, 3, { dtype }) as Layer, images],
  dropout: [() => dropout(0.4) as Layer, rows],
  embedding: [
    (dtype) => embedding(5, 4, { dtype }) as Layer,
    (dtype) => randomInteger(key(2), [3, 4], { dtype, max: 5 }) as Tensor,
  ],
  maxPool2d: [() => maxPool2dLayer(2) as Layer, images],
  avgPool2d: [() => avgPool2dLayer(2) as Layer, images],
  attention: [(dtype) => multiHeadAttention(8, 2, { dtype, causal: true }) as Layer, sequences],
  "a model": [
    (dtype) =>
      sequential([
        conv2dLayer(3, 4, 3, { dtype, padding: 1 }),
        batchNorm2d(4, { dtype }),
        activationLayer(activations.relu),
        residual(sequential([conv2dLayer(4, 4, 3, { dtype, padding: 1 }), batchNorm2d(4, { dtype })])),
        maxPool2dLayer(2),
        globalAvgPool2dLayer(),
        flattenLayer({ axes: 1 }),
        dropout(0.1),
        denseLayer(4, 3, { dtype }),
      ]) as unknown as Layer,
    images,
  ],
};

for (const dtype of ["float64", "float32"] as const) {
  for (const [name, [build, input]] of Object.entries(LAYERS)) {
    Deno.test(`${name} in ${dtype} is compiled in both modes, with its gradients and its state`, () => {
      const layer = build(dtype), { params, state } = layer.init(key(0)), x = input(dtype);
      const trained = valueAndGradient((p: ParameterTree, x: Tensor, k: typeof drawn) => {
        const [y, next] = layer.apply({ params: p as never, state }, x, train(k));
        return [sum(tanh(y)), [y, next]] as const;
      }, { hasAux: true });
      const f = (p: ParameterTree, x: Tensor, k: typeof drawn) => {
        const { value, gradients, aux } = trained(p, x, k);
        const [y] = layer.apply({ params: p as never, state }, x, evaluate);
        return [value, gradients, aux, add(y, 0)] as unknown as ParameterTree;
      };
      const [got, wanted] = [compile(f), f].map((g) => tree.entries<Tensor>(g(params as ParameterTree, x, drawn)));
      assertEquals(got!.map(([path]) => path), wanted!.map(([path]) => path));
      const tolerance = dtype === "float64" ? 1e-11 : 2e-4;
      got!.forEach(([path, t], k) => {
        const expected = toList(wanted![k]![1]);
        toList(t).forEach((v, i) =>
          assert(Math.abs(v - expected[i]!) <= tolerance, `${path} ${i}: ${v}, ${expected[i]}`)
        );
      });
    });
  }
}
