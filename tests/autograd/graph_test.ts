import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { constant, tensor64 } from "../../autograd/values/constructors.ts";
import { topologicalOrder } from "../../autograd/graph.ts";
import { add, exp, mul } from "../../autograd/ops/mod.ts";
import type { Tensor } from "../../autograd/tensor.ts";

const isVariable = (t: Tensor): boolean => t.tag === "variable";

Deno.test("topologicalOrder() lists each tracked tensor once, inputs before the tensors that use them, the root last", () => {
  const links = fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 1, maxLength: 30 });
  fc.assert(fc.property(links, (pairs) => {
    const data = constant(1, { dtype: "float64" });
    const made = pairs.reduce<Tensor[]>(
      (all, [i, j]) => [...all, add(all[i % all.length]!, all[j % all.length]!)],
      [tensor64(1), tensor64(2), data],
    );
    const root = made.at(-1)!, order = topologicalOrder(root, isVariable), place = new Map(order.map((t, k) => [t, k]));
    assertEquals(place.size, order.length);
    if (!root.requiresGrad) return assertEquals(order.length, 0);
    assertStrictEquals(order.at(-1), root);
    for (const t of order) {
      assert(t.requiresGrad);
      if (t.tag !== "node") continue;
      for (const input of t.inputs) if (input.requiresGrad) assert(place.get(input)! < place.get(t)!);
    }
  }));
});

Deno.test("topologicalOrder() does not look behind a leaf", () => {
  const x = tensor64(1), y = exp(x), z = mul(y, y);
  assertEquals(topologicalOrder(z, (t) => t === y), [y, z]);
  assertEquals(topologicalOrder(z, (t) => t === z), [z]);
  assertEquals(topologicalOrder(constant(1), isVariable), []);
});
