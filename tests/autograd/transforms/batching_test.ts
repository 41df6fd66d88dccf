import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import {
  add,
  compile,
  formatProgram,
  mul,
  sum,
  take,
  type Tensor,
  tensor64,
  toArray,
  toList,
  vmap,
  zeros,
} from "../../../autograd/mod.ts";
import { mapBatches, withAxisInFront, withFirstAxisAt } from "../../../autograd/transforms/batching.ts";

type T64 = Tensor<"float64">;

Deno.test("a function runs once for all examples, and what does not depend on them is computed once", () => {
  let runs = 0;
  const shared = tensor64(3), batch = { tensor: tensor64([[1, 2], [3, 4]]), isBatched: true };
  const found = mapBatches(2, [batch, { tensor: shared, isBatched: false }], ([x, w]) => {
    runs++;
    return [mul(sum(x!), w!), add(w!, 1), x!];
  });
  assertEquals(runs, 1);
  assertEquals(found.map(({ tensor, isBatched }) => [toArray(tensor), isBatched]), [
    [[9, 21], true],
    [4, false],
    [[[1, 2], [3, 4]], true],
  ]);
});

Deno.test("an axis is moved to the front and back", () => {
  const t = zeros([2, 3, 4, 5]);
  assertEquals(withAxisInFront(t, 2).shape, [4, 2, 3, 5]);
  assertEquals(withFirstAxisAt(withAxisInFront(t, 2), 2).shape, [2, 3, 4, 5]);
  assertEquals([withAxisInFront(t, 0), withFirstAxisAt(t, 0)], [t, t]);
});

Deno.test("rows of one table for all examples are gathered from that, not from copies of it", () => {
  const table = tensor64([[1, 2], [3, 4], [5, 6]]),
    rows = (i: T64) => take(table, i),
    indices = tensor64([[0, 2], [2, 1]]);
  const mapped = compile(vmap(rows));
  assertEquals(toArray(mapped(indices)), [[[1, 2], [5, 6]], [[5, 6], [3, 4]]]);
  assertMatch(formatProgram(mapped, indices).split("As it runs")[1]!, /gather %\d+(\[3, 2\])? /);
});

Deno.test("elements cannot be read inside, whoever asks", () => {
  assertThrows(
    () => mapBatches(1, [{ tensor: tensor64([1]), isBatched: true }], ([x]) => [tensor64(toList(x!))]),
    Error,
    "Cannot read",
  );
});
