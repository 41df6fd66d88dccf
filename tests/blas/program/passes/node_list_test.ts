import { assert, assertEquals } from "@std/assert";
import type { DraftInstruction } from "../../../../blas/program/passes/draft.ts";
import { type Node, nodeListOf } from "../../../../blas/program/passes/node_list.ts";

/** A list of `count` nodes, whose steps are only names here. */
const listOf = (count: number) => nodeListOf(Array.from({ length: count }, (_, k) => k as unknown as DraftInstruction));

const stepsOf = (nodes: readonly Node[]): readonly number[] => nodes.map(({ step }) => step as unknown as number);

/** Tells whether positions rise in the order of the nodes. */
const isOrdered = (nodes: readonly Node[]): boolean =>
  nodes.every(({ position }, k) => k === 0 || nodes[k - 1]!.position < position);

Deno.test("nodes are listed in order, removed, and moved behind another one", () => {
  const list = listOf(5), [a, b, c, d, e] = list.nodes();
  list.remove(b!);
  assertEquals([stepsOf(list.nodes()), b!.position], [[0, 2, 3, 4], -1]);
  list.moveBehind(d!, [e!, a!]);
  assertEquals(stepsOf(list.nodes()), [2, 3, 4, 0]);
  list.moveBehind(c!, []);
  assert(isOrdered(list.nodes()));
});

Deno.test("positions stay in order after a thousand moves to one place", () => {
  const list = listOf(4), [first, second, third] = list.nodes();
  for (let k = 0; k < 1000; k++) list.moveBehind(first!, [k % 2 === 0 ? third! : second!]);
  assert(isOrdered(list.nodes()));
  assertEquals(stepsOf(list.nodes()), [0, 1, 2, 3]);
});
