import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  activationLayer,
  activations,
  type AnyLayer,
  ConfigError,
  decodeModel,
  denseLayer,
  encodeModel,
  evaluate,
  key,
  layerToConfig,
  lstmCell,
  multiHeadAttention,
  neg,
  ones,
  recurrent,
  sequential,
  type Tensor,
  toList,
} from "../../mod.ts";
import { isAsMade, remembered } from "../../layers/made.ts";

Deno.test("a record is as it was made while its function and the fields asked for are the same", () => {
  const made = remembered({ kind: "a", size: 1, run: () => 1 }, "run");
  assert(isAsMade({ ...made, size: 2 }, "run", ["kind"]));
  assert(!isAsMade({ ...made, size: 2 }, "run", ["kind", "size"]));
  assert(!isAsMade({ ...made, run: () => 1 }, "run", []));
  assert(!isAsMade({ ...made, run: undefined as never }, "run", []));
});

Deno.test("a copy that computes something else is not saved as what it was copied from", () => {
  const dense = denseLayer(3, 2), apply = (() => [ones([2]), {}]) as never;
  const mirrored = { ...activations.relu, forward: neg } as typeof activations.relu;
  const changed: readonly AnyLayer[] = [
    { ...dense, apply },
    { ...dense, config: { ...dense.config, outputSize: 7 } },
    { ...dense, kind: "embedding" },
    { ...multiHeadAttention(8, 2), apply } as AnyLayer,
    sequential([{ ...dense, apply }]),
    { ...sequential([dense]), layers: [] } as AnyLayer,
    denseLayer(3, 2, { activation: mirrored }),
    activationLayer(mirrored),
  ];
  for (const layer of changed) assertThrows(() => layerToConfig(layer), ConfigError);
  assertThrows(() => layerToConfig({ ...dense, apply }), ConfigError, "it must compute as its settings say");
  assertEquals(layerToConfig({ ...dense, name: "Head" }).name, "Head");
  assertEquals(layerToConfig({ ...dense, init: () => dense.init(key(7)) }).kind, "dense");
});

Deno.test("a copied cell with a step of its own runs that step, and is not saved as the cell it was copied from", () => {
  const step = (_: unknown, carry: unknown, x: Tensor) => [carry, x] as never;
  const own = { ...lstmCell(2, 2), step }, layer = recurrent(own as never);
  const x = ones([3, 2]), [y] = layer.apply(layer.init(key(0)), x, evaluate);
  assertEquals(toList(y), toList(x));
  assertThrows(() => layerToConfig(layer as never), Error, "a custom cell cannot be saved");
  assertEquals(layerToConfig(recurrent({ ...lstmCell(2, 2) }) as never).config.cell, "lstm");
});

Deno.test("settings of -0 are read as -0", () => {
  const layer = denseLayer(1, 1, { activation: activations.leakyRelu(-0) });
  const model = decodeModel(encodeModel(layer, layer.init(key(0))));
  assert(model._tag === "Right");
  assertEquals(model.right.layer.activation.config, { alpha: -0 });
});
