import { assert, assertAlmostEquals } from "@std/assert";
import { neg, tensor64, toList } from "../../mod.ts";
import { follow, train } from "../../examples/neural_ode.ts";

Deno.test("follow() integrates to the fourth order", () => {
  const decay = toList(follow((y) => neg(y), tensor64([1, 2]), 20)); // one unit of time
  assertAlmostEquals(decay.at(-2)!, Math.exp(-1), 1e-7);
  assertAlmostEquals(decay.at(-1)!, 2 * Math.exp(-1), 1e-7);
});

Deno.test("the network learns the motion of the spiral", () => {
  const losses: number[] = [], { onPieces } = train(60, (_, loss) => losses.push(loss));
  assert(onPieces < losses[0]! / 20, `${losses[0]} to ${onPieces}`);
});
