import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { DraftInstruction } from "../../../../blas/program/passes/draft.ts";
import { type Node, type NodeList, nodeListOf } from "../../../../blas/program/passes/node_list.ts";

const stepsOf = (count: number): readonly DraftInstruction[] =>
  Array.from({ length: count }, (_, value): DraftInstruction => ({
    values: [value],
    results: [{ dtype: "float32", shape: [1] }],
    operation: { kind: "map", loop: { shape: [1], operands: [], expressions: [] } },
  }));

const valuesOf = (list: NodeList): readonly number[] => list.nodes().map(({ step }) => step.values[0]!);

function assertAscending(list: NodeList): void {
  const positions = list.nodes().map(({ position }) => position);
  assert(positions.every((position, k) => position > 0 && (k === 0 || position > positions[k - 1]!)));
}

Deno.test("nodeListOf() moves and removes nodes as an array would, and positions tell the order", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(11), fc.nat(11), fc.nat(3)), { maxLength: 60 }), (changes) => {
      const list = nodeListOf(stepsOf(12)), nodes = list.nodes();
      let wanted: readonly Node[] = nodes;
      for (const [a, b, kind] of changes) {
        const node = nodes[a]!, other = nodes[b]!;
        if (node.position < 0) continue;
        if (kind === 0 && wanted.length > 2) {
          list.remove(node);
          wanted = wanted.filter((one) => one !== node);
          assertEquals(node.position, -1);
        } else if (node !== other && other.position >= 0) {
          list.moveBehind(node, [other]);
          const left = wanted.filter((one) => one !== other), at = left.indexOf(node) + 1;
          wanted = [...left.slice(0, at), other, ...left.slice(at)];
        }
        assertEquals(valuesOf(list), wanted.map(({ step }) => step.values[0]!));
        assertAscending(list);
      }
    }),
  );
});

Deno.test("moveBehind() keeps the order of what it moves, a thousand times to one place", () => {
  const list = nodeListOf(stepsOf(5)), [first, second, third] = list.nodes() as readonly [Node, Node, Node];
  for (let k = 0; k < 1000; k++) {
    list.moveBehind(first, k % 2 === 0 ? [second, third] : [third, second]);
    assertAscending(list);
  }
  assertEquals(valuesOf(list), [0, 2, 1, 3, 4]);
});
