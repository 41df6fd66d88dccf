import { assertEquals } from "@std/assert";
import { draftOf, programOf } from "../../../../blas/program/passes/draft.ts";
import { graphOf, type Node } from "../../../../blas/program/passes/graph.ts";
import type { Loop, Program } from "../../../../blas/program/program.ts";
import * as s from "../../../../blas/scalar/scalar.ts";
import { assertListing } from "../listings.ts";
import { tracer } from "../tracing.ts";

/** Four loops; the last reads the first, and what `between` says comes between. */
function program(between: "nothing" | "a reader"): Program {
  const t = tracer(), x = t.parameter("float32", [2]);
  const first = t.map(s.exp, x), reader = t.map(s.neg, first), other = t.map(s.tanh, x);
  return t.program(reader, t.map(s.add, first, between === "nothing" ? other : reader), first);
}

Deno.test("join() lets readers of the first step move behind the joined one", () => {
  const graph = graphOf(draftOf(program("nothing"))),
    [first, , , last] = graph.nodes() as readonly [Node, Node, Node, Node];
  const both = {
    values: [...first.step.values, ...last.step.values],
    results: [...first.step.results, ...last.step.results],
  };
  const loop = { shape: [2], operands: [], expressions: [s.constantScalar(1), s.constantScalar(2)] };
  assertEquals(graph.join(first, last, () => ({ ...both, operation: { kind: "map", loop } })), true);
  assertEquals(first.position, -1);
  assertListing(
    programOf(graph.draft()),
    `
      %0  float32[2]  8 B  parameter
      %1  float32[2]  8 B  map tanh(%0)
      %2  float32[2]  8 B  map
      %3  float32[2]  8 B
                             %2 = 1
                             %3 = 2
      %4  float32[2]  8 B  map -%2
      results %4 %3 %2
    `,
  );
});

Deno.test("join() refuses where something reads the first step and is read by the second", () => {
  const graph = graphOf(draftOf(program("a reader"))),
    [first, , , last] = graph.nodes() as readonly [Node, Node, Node, Node];
  assertEquals(graph.join(first, last, () => last.step), false);
  assertEquals(graph.nodes().length, 4);
});

Deno.test("readers() and producer() follow replacements and removals", () => {
  const given = program("nothing"),
    graph = graphOf(draftOf(given)),
    [first, reader, other, last] = graph.nodes() as readonly [Node, Node, Node, Node];
  const value = first.step.values[0]!;
  assertEquals(graph.producer(value), first);
  assertEquals([...graph.readers(value)], [reader, last]);
  graph.replace(reader, { ...reader.step, operation: other.step.operation });
  assertEquals([...graph.readers(value)], [last]);
  graph.remove(first);
  assertEquals(graph.producer(value), undefined);
  assertEquals([graph.isResult(value), graph.isResult(0)], [true, false]);
});

Deno.test("join() gives up where too many read what comes between, and changes nothing", () => {
  const t = tracer(), x = t.parameter("float32", [2]), first = t.map(s.exp, x);
  const readers = Array.from({ length: 1100 }, (_, k) => t.map((y) => s.add(y, k), first));
  const graph = graphOf(draftOf(t.program(t.map(s.tanh, x), ...readers))), nodes = graph.nodes(), last = nodes.at(-1)!;
  assertEquals(graph.join(nodes[0]!, last, () => last.step), false);
  assertEquals(graph.nodes(), nodes);
});

Deno.test("replaceParts() changes the parts of a join that read a value, and who reads what", () => {
  const t = tracer(), x = t.parameter("float32", [2]), first = t.map(s.exp, x), second = t.map(s.neg, x);
  const given = t.program(t.join([4], 0, [first, [0]], [second, [2]]));
  const graph = graphOf(draftOf(given)), [a, b, join] = graph.nodes() as readonly [Node, Node, Node];
  const [value] = a.step.values as [number], [loop] = graph.loopsReading(join, value) as [Loop];
  assertEquals(loop.operands.map((operand) => operand.value), [value]);
  graph.replaceParts(join, value, new Map([[loop, { ...loop, operands: [{ ...loop.operands[0]!, value: 0 }] }]]));
  assertEquals([[...graph.readers(value)], graph.readers(0).has(join)], [[], true]);
  assertEquals([graph.loopsReading(join, value), graph.loopsReading(join, 0).length], [[], 1]);
  assertEquals(graph.loopsReading(b, 0).length, 1, "loops of other operations are found too");
  graph.remove(a);
  assertListing(
    programOf(graph.draft()),
    `
      %0  float32[2]   8 B  parameter
      %1  float32[2]   8 B  map -%0
      %2  float32[4]  16 B  join [4]
                              [0:2] = %0
                              [2:4] = %1
      results %2
    `,
  );
});
