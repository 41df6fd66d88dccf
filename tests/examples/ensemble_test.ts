import { assert, assertEquals } from "@std/assert";
import { opinions } from "../../examples/ensemble.ts";

Deno.test("an ensemble agrees where it has seen points, and less between them", () => {
  const [seen, between, right] = opinions([-2.2, 0.5, 2.4], { members: 8, steps: 300 });
  assert(Math.abs(seen!.mean - Math.sin(-2.2)) < 0.1, `${seen!.mean}`);
  assert(between!.spread > 2 * Math.max(seen!.spread, right!.spread), `${seen!.spread} ${between!.spread}`);
  assertEquals([seen, between, right].map((one) => one!.x), [-2.2, 0.5, 2.4]);
});
