/** Layers and their settings cannot be changed, not even by code without types. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { isTensor, key, ones, toList } from "../../autograd/mod.ts";
import {
  activations,
  batchNorm2d,
  conv2dLayer,
  denseLayer,
  evaluate,
  initializers,
  type Layer,
  layerNormLayer,
  maxPool2dLayer,
  sequential,
  TensorSpec,
} from "../../layers/mod.ts";
import { LAYERS } from "./all_layers.ts";

/** Returns the reachable arrays and records that are not frozen, with their paths. */
function changeable(value: unknown, path: string): readonly string[] {
  if (typeof value !== "object" || value === null || isTensor(value)) return [];
  const inside = Object.entries(value).flatMap(([name, part]) => changeable(part, `${path}.${name}`));
  return Object.isFrozen(value) ? inside : [path, ...inside];
}

Deno.test("every layer is frozen, with its settings, its specs, its activation and the layers inside", () => {
  for (const { layer } of LAYERS) assertEquals(changeable(layer, layer.name), []);
  assertEquals(changeable({ activations, initializers }, "").slice(1), []);
  for (const made of [activations.leakyRelu(0.1), activations.elu(2), initializers.normal(1)]) {
    assertEquals(changeable(made, made.name), []);
  }
});

Deno.test("code without types cannot change a setting in silence", () => {
  const layer = conv2dLayer(1, 2, 3, { stride: [1, 1] }) as { config: Record<string, unknown>; name: string };
  assertThrows(() => layer.config.inChannels = 5, TypeError);
  assertThrows(() => (layer.config.stride as number[])[0] = 5, TypeError);
  assertThrows(() => layer.name = "Other", TypeError);
  const model = sequential([denseLayer(1, 1)]) as unknown as { layers: Layer[] };
  assertThrows(() => model.layers.push(denseLayer(1, 1)), TypeError);
});

Deno.test("later changes of the caller's arrays change no layer, and the arrays are not frozen", () => {
  const size = [3, 3] as [number, number], stride = [1, 1] as [number, number], axes = [4];
  const layers = [denseLayer(2, 2)], shape = [2, 3];
  const conv = conv2dLayer(1, 1, size, { stride }), pool = maxPool2dLayer(size, { stride });
  const norm = layerNormLayer(axes), model = sequential(layers), spec = new TensorSpec(shape, "float32");
  size[0] = 1;
  stride[0] = 2;
  axes[0] = 7;
  layers.push(denseLayer(5, 5));
  shape[0] = 9;
  assertEquals([conv.config.kernelSize, conv.config.stride, pool.config.size], [[3, 3], [1, 1], [3, 3]]);
  const image = ones([1, 6, 6]);
  assertEquals(conv.apply(conv.init(key(0)), image, evaluate)[0].shape, [1, 4, 4]);
  assertEquals(pool.apply(pool.init(key(0)), image, evaluate)[0].shape, [1, 4, 4]);
  assertEquals(norm.outputShape([4])._tag, "Right");
  assertEquals([model.layers.length, model.init(key(0)).params.length, spec.shape[0]], [1, 1, 2]);
});

Deno.test("a frozen layer still makes another: by spreading it", () => {
  const layer = { ...batchNorm2d(2), name: "Stem" };
  assert(!Object.isFrozen(layer));
  assertEquals(toList(layer.init(key(0)).params.gamma), [1, 1]);
});
