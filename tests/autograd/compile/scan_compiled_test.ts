import { assertEquals, assertThrows } from "@std/assert";
import { add, compile, constant, type Tensor, toNumber } from "../../../autograd/mod.ts";

/** A step that adds up its inputs, and yields their sums. */
const step = compile((total: Tensor, x: Tensor) => {
  const next = add(total, x);
  return [next, next] as const;
});

Deno.test("a compiled scan yields every result and returns the last carry", () => {
  const scan = step.scan(constant(0), [1, 2, 3].map((x) => constant(x)));
  const yielded: number[] = [];
  for (let next = scan.next();; next = scan.next()) {
    if (next.done) {
      assertEquals([yielded, toNumber(next.value)], [[1, 3, 6], 6]);
      return;
    }
    yielded.push(toNumber(next.value));
  }
});

Deno.test("a compiled scan refuses inputs that cannot be iterated over when it is made", () => {
  assertThrows(() => step.scan(constant(0), 3 as never), TypeError, "Cannot scan over");
});
