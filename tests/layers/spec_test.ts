import { assertEquals, assertThrows } from "@std/assert";
import { isTensor, key, toList } from "../../autograd/mod.ts";
import { initializers } from "../../layers/mod.ts";
import { initialize, TensorSpec } from "../../layers/spec.ts";

Deno.test("TensorSpec allocates nothing, and is zeros by default", () => {
  const spec = new TensorSpec([2 ** 30, 2 ** 30], "float32");
  assertEquals([spec.shape, spec.initializer.name, Object.isFrozen(spec)], [[2 ** 30, 2 ** 30], "zeros", true]);
});

Deno.test("TensorSpec refuses shapes and dtypes that are invalid", () => {
  for (const shape of [[-1], [1.5], 3 as never]) assertThrows(() => new TensorSpec(shape, "float32"), TypeError);
  assertThrows(() => new TensorSpec([1], "float16" as never), TypeError, "Cannot specify a tensor");
});

Deno.test("initialize() makes params variables and state constants", () => {
  const specs = {
    params: { weight: new TensorSpec([2], "float64", initializers.ones), bias: new TensorSpec([1], "float64") },
    state: [new TensorSpec([1], "float64", initializers.constant(3))],
  };
  const { params, state } = initialize<{ weight: unknown; bias: unknown }, readonly unknown[]>(specs, key(0));
  const tensors = [params.weight, params.bias, state[0]].filter(isTensor);
  assertEquals(tensors.map((t) => [t.tag, toList(t)]), [["variable", [1, 1]], ["variable", [0]], ["constant", [3]]]);
});
