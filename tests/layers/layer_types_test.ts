/** What the types of layers say, and what they refuse. Nothing here needs to run: it must type-check. */
import { assertEquals } from "@std/assert";
import { key, ones, type Tensor, tensor32, toList } from "../../autograd/mod.ts";
import type { DType } from "../../blas/mod.ts";
import {
  activations,
  type AnyLayer,
  batchNorm1d,
  batchNorm2d,
  conv2dLayer,
  decodeTree,
  denseLayer,
  type DenseParams,
  embedding,
  encodeModel,
  encodeTree,
  formatLayer,
  forward,
  groupNormLayer,
  type Layer,
  layerNormLayer,
  multiHeadAttention,
  parameterCount,
  parameters,
  positionEmbedding,
  residual,
  rmsNormLayer,
  sequential,
  summary,
} from "../../layers/mod.ts";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Does nothing, if its type argument is `true`. */
function holds<T extends true>(): void {
  return void (undefined as T | undefined);
}

type Single = Tensor<"float32">;
type Double = Tensor<"float64">;

const start = key(0);

Deno.test("params have the dtype that the layer was made with, float32 if none was named", () => {
  const single = denseLayer(1, 1).init(start).params,
    double = denseLayer(1, 1, { dtype: "float64" }).init(start).params;
  holds<Same<typeof single.weight, Single>>();
  holds<Same<typeof single.bias, Single>>();
  holds<Same<typeof double.weight, Double>>();
  // @ts-expect-error: its dtype is float64
  const wrong: Single = double.weight;
  const unknown = denseLayer(1, 1, { dtype: "float32" as DType }).init(start).params;
  holds<Same<typeof unknown.weight, Tensor>>();
  assertEquals([wrong.dtype, unknown.weight.dtype], ["float64", "float32"]);
});

Deno.test("every layer with variables is generic in its dtype", () => {
  const dtype = "float64";
  const norm = batchNorm2d(1, { dtype }).init(start);
  holds<Same<typeof norm.params.gamma, Double>>();
  holds<Same<typeof norm.state.runningMean, Double>>();
  const flat = batchNorm1d(1).init(start);
  holds<Same<typeof flat.params.beta, Single>>();
  holds<Same<typeof flat.state.runningVariance, Single>>();
  const conv = conv2dLayer(1, 1, 1, { dtype }).init(start).params;
  holds<Same<typeof conv.weight, Double>>();
  holds<Same<typeof conv.bias, Double>>();
  const table = embedding(1, 1, { dtype }).init(start).params, place = positionEmbedding(1, 1).init(start).params;
  holds<Same<typeof table.weight, Double>>();
  holds<Same<typeof place.weight, Single>>();
  const layer = layerNormLayer(1, { dtype }).init(start).params, group = groupNormLayer(1, 1).init(start).params;
  holds<Same<typeof layer.bias, Double>>();
  holds<Same<typeof group.weight, Single>>();
  const root = rmsNormLayer(1, { dtype }).init(start).params;
  holds<Same<typeof root.weight, Double>>();
  const attention = multiHeadAttention(2, 1, { dtype }).init(start).params;
  holds<Same<typeof attention.query.weight, Double>>();
  holds<Same<typeof attention.output.bias, Double>>();
});

Deno.test("bias is there, or not, as the layer was made", () => {
  const bare = denseLayer(1, 1, { bias: false }).init(start).params;
  // @ts-expect-error: it has no bias
  assertEquals(bare.bias, undefined);
  assertEquals(Object.keys(bare), ["weight"]);
  const bareConv = conv2dLayer(1, 1, 1, { bias: false }).init(start).params;
  // @ts-expect-error: it has no bias
  assertEquals(bareConv.bias, undefined);
  const bareMap = multiHeadAttention(2, 1, { bias: false }).init(start).params.value;
  // @ts-expect-error: it has no bias
  assertEquals(bareMap.bias, undefined);
  const perhaps = denseLayer(1, 1, { bias: true as boolean }).init(start).params;
  holds<Same<typeof perhaps.bias, Single | undefined>>();
  const general: DenseParams = bare, more: DenseParams = denseLayer(1, 1, { dtype: "float64" }).init(start).params;
  holds<Same<typeof general.bias, Tensor | undefined>>();
  assertEquals(more.weight.dtype, "float64");
});

Deno.test("models pass the types of their layers on", () => {
  const model = sequential([
    denseLayer(2, 2, { activation: activations.relu }),
    residual(denseLayer(2, 2, { bias: false })),
  ]);
  const { params, state } = model.init(start);
  holds<Same<(typeof params)[0]["weight"], Single>>();
  holds<Same<(typeof params)[1][0]["weight"], Single>>();
  // @ts-expect-error: the layer inside the residual has no bias
  assertEquals(params[1][0].bias, undefined);
  // @ts-expect-error: there are two layers
  assertEquals(params[2], undefined);
  assertEquals(forward(model, { params, state }, ones([2])).shape, [2]);
});

Deno.test("forward() takes variables of which the types do not say the dtype, and no others", () => {
  const layer = denseLayer(2, 1), weight: Tensor = ones([1, 2]), bias: Tensor = ones([1]);
  assertEquals(toList(forward(layer, { params: { weight, bias }, state: [] }, ones([2]))), [3]);
  const wrong = () => {
    // @ts-expect-error: the bias is missing
    forward(layer, { params: { weight }, state: [] }, ones([2]));
    // @ts-expect-error: the input is an array
    forward(layer, layer.init(start), [1, 2]);
    // @ts-expect-error: input and variables are swapped
    forward(layer, ones([2]), layer.init(start));
    // @ts-expect-error: there is no such option
    denseLayer(2, 1, { activaton: activations.relu });
  };
  assertEquals(typeof wrong, "function");
});

/** Params described by an interface, which has no index signature. */
interface Scale {
  factor: Tensor<"float32">;
  inner: { offset: Tensor<"float32"> };
}

function scaleLayer(): Layer<Scale, readonly []> {
  const { name, activation, ...rest } = denseLayer(1, 1);
  return {
    ...rest,
    kind: "scale",
    name: `Scale ${name}`,
    activation,
    specs: { params: [], state: [] },
    init: () => ({ params: { factor: tensor32([2]), inner: { offset: tensor32([1]) } }, state: [] }),
    apply: ({ state }, x) => [x, state],
  };
}

Deno.test("interfaces can be params wherever layers take them", () => {
  const layer = scaleLayer(), model = sequential([layer, residual(layer)]), variables = model.init(start);
  const scale: Scale = variables.params[0], inner: Scale = variables.params[1][0], any: AnyLayer = layer;
  assertEquals([toList(scale.factor), toList(inner.inner.offset)], [[2], [1]]);
  assertEquals(toList(forward(model, variables, ones([1]))), [2]);
  assertEquals([parameterCount(variables), parameters(layer.init(start)).length], [4, 2]);
  assertEquals([summary(any).length > 0, formatLayer(layer)], [true, "Scale Dense: 1 -> 1"]);
  const back = decodeTree(encodeTree(scale), scale);
  assertEquals(back._tag === "Right" ? toList(back.right.inner.offset) : [], [1]);
  const save = () => encodeModel(layer, layer.init(start)); // its types are right, though it has no settings to be saved by
  assertEquals(typeof save, "function");
});
