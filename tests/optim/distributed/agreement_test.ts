import { assertEquals, assertThrows } from "@std/assert";
import { agreement } from "../../../optim/distributed/agreement.ts";
import type { Numbers, Transport } from "../../../optim/distributed/transport.ts";
import { mirror } from "./mirror.ts";

/** Rank 1 of 3 whose rank 0 describes something, and whose rank 2 agrees with that. */
const beside = (described: (own: Numbers) => Numbers): Transport => ({
  ...mirror(3),
  rank: 1,
  broadcast: (numbers) => numbers.set(described(numbers)),
  sum: () => {},
});

const captured = (description: string): Numbers => {
  let seen: Numbers = new Float64Array(0);
  agreement({ ...mirror(1), broadcast: (numbers) => (seen = numbers.slice(), undefined) })(description);
  return seen;
};

Deno.test("agreement() compares each description once", () => {
  const transport = mirror(2), agree = agreement(transport);
  for (const description of ["sum float32 [2]", "sum float32 [3]", "sum float32 [2]"]) agree(description);
  assertEquals(transport.log.length, 4);
});

Deno.test("agreement() names what each rank is about to do if they differ", () => {
  const agree = agreement(beside(() => captured("sum float32 [3]")));
  agree("sum float32 [3]");
  assertThrows(
    () => agree("sum float32 [2]"),
    TypeError,
    "Cannot exchange between 3 ranks: rank 1 is about to sum float32 [2], and rank 0 to sum float32 [3]: all ranks must",
  );
});

Deno.test("agreement() tells ranks that agree with rank 0 which ones do not", () => {
  const others = agreement({ ...mirror(3), sum: (numbers) => numbers.set([0, 1, 1]) });
  assertThrows(
    () => others("sum float32 [2]"),
    TypeError,
    "about to sum float32 [2], and ranks 1, 2 to do something else",
  );
});

Deno.test("agreement() tells long descriptions apart that differ only at their end", () => {
  const long = Array.from({ length: 500 }, (_, k) => `float32 [${k}]`).join(", ");
  const agree = agreement(beside(() => captured(`sum ${long}, float32 [1]`)));
  assertThrows(() => agree(`sum ${long}, float32 [2]`), TypeError, "float32 [30], float32 [31]");
});
