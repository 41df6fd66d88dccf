import { assert, assertEquals } from "@std/assert";
import { ones } from "../../autograd/constructors.ts";
import { key } from "../../autograd/key.ts";
import { toList } from "../../autograd/read.ts";
import { glorotUniform, learned } from "../../layers/initializers.ts";

Deno.test("glorotUniform() fills up to sqrt(6 / (fanIn + fanOut)), of which a kernel's size multiplies both", () => {
  for (const [shape, fans] of [[[40, 60], 100], [[20, 30, 3, 3], 450]] as const) {
    const limit = Math.sqrt(6 / fans),
      largest = Math.max(...toList(glorotUniform(key(0), shape, "float64")).map(Math.abs));
    assert(largest <= limit && largest > 0.99 * limit);
  }
});

Deno.test("learned() makes a variable of the same values", () => {
  const t = learned(ones([2]));
  assertEquals([t.tag, toList(t)], ["variable", [1, 1]]);
});
