import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { tensor64 } from "../../../autograd/values/constructors.ts";
import { toNumber } from "../../../autograd/values/read.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { momentum } from "../../../optim/transforms/momentum.ts";
import { contextOf } from "./transforms.ts";

const context = contextOf(tensor64(1));

Deno.test("momentum() passes on the decaying sum of the gradients, and remembers it", () => {
  const transform = momentum({ decay: 0.5 });
  let state = transform.init(context.params);
  const passed = [8, 4, 0].map((g) => {
    const [update, next] = transform.update(tensor64(g), state, context);
    state = next;
    assertStrictEquals(update, next.velocity);
    return toNumber(update as Tensor);
  });
  assertEquals(passed, [8, 8, 4]);
});

Deno.test("momentum() with nesterov looks one step ahead", () => {
  const transform = momentum({ decay: 0.5, nesterov: true });
  const [update, { velocity }] = transform.update(tensor64(8), transform.init(context.params), context);
  assertEquals([toNumber(update as Tensor), toNumber(velocity as Tensor)], [12, 8]);
});

Deno.test("momentum() refuses an invalid decay", () => {
  for (const decay of [NaN, Infinity, -0.1, 1]) {
    assertThrows(
      () => momentum({ decay }),
      RangeError,
      `Cannot build momentum with decay ${decay}: decay must be in [0, 1)`,
    );
  }
});
