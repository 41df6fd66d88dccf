import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { ones } from "../../autograd/mod.ts";
import { key } from "../../autograd/random/key.ts";
import { specsOf } from "../../layers/specs_of.ts";
import { applyLayer, initLayer, shapeAfter } from "../../layers/layer_calls.ts";
import { type AnyLayer, denseLayer, evaluate, forward, residual, sequential, summary } from "../../layers/mod.ts";

const dense = denseLayer(2, 2), variables = dense.init(key(0)), x = ones([2]);

Deno.test("layers are called for what they return", () => {
  assertEquals(Object.keys(initLayer(dense, key(0))), ["params", "state"]);
  assertEquals(applyLayer(dense, variables, x, evaluate)[0].shape, [2]);
  assertEquals(shapeAfter(dense, [5, 2]), { _tag: "Right", right: [5, 2] });
  assertEquals(shapeAfter(dense, [3])._tag, "Left");
});

Deno.test("layers from elsewhere whose functions return something else are named, alone and in models", () => {
  const broken = (method: "init" | "apply" | "outputShape", result: unknown): AnyLayer =>
    ({ ...dense, name: "Mine", [method]: () => result }) as AnyLayer;
  const calls: readonly (() => unknown)[] = [undefined, null, 3, {}, [], [3]].flatMap((result) => {
    const noApply = broken("apply", result), noInit = broken("init", result), noShape = broken("outputShape", result);
    const model = sequential([noApply]), around = residual(noApply);
    return [
      () => forward(noApply, variables, x),
      () => forward(model, model.init(key(0)), x),
      () => forward(around, around.init(key(0)), x),
      () => sequential([noInit]).init(key(0)),
      () => residual(noInit).init(key(0)),
      () => sequential([noShape]).outputShape([2]),
      () => residual(noShape).outputShape([2]),
      () => summary(noShape),
      () => specsOf({ ...noInit, specs: null } as never),
    ];
  });
  for (const call of calls) {
    assertMatch(
      assertThrows(call, TypeError).message,
      /^Cannot use the layer Mine: its \w+ returned .+: it must return /,
    );
  }
  for (const specs of [3, { params: [null], state: [] }, { params: { weight: 1 }, state: [] }]) {
    assertThrows(
      () => summary({ ...dense, specs } as never),
      TypeError,
      "is among its variables: they must be tensors",
    );
  }
});
