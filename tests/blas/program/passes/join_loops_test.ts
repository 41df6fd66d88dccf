import { assertEquals } from "@std/assert";
import { draftOf } from "../../../../blas/program/passes/draft.ts";
import { graphOf } from "../../../../blas/program/passes/graph.ts";
import {
  canBeFollowed,
  isWanted,
  joinedTypes,
  joinLoops,
  readsEachOnce,
  readsInPassing,
} from "../../../../blas/program/passes/join_loops.ts";
import type { Loop } from "../../../../blas/program/program.ts";
import { add, argument, exp, mul } from "../../../../blas/scalar/scalar.ts";
import { map, type, whole } from "../../simd/program/small_programs.ts";
import { PAIR, pairs } from "../held_programs.ts";

const x = argument(0), y = argument(1), SHAPE = [2, 3];
const loopOf = (expression: Loop["expressions"][number], ...values: readonly number[]): Loop => ({
  shape: SHAPE,
  operands: values.map((value) => whole(value, SHAPE)),
  expressions: [expression],
});
/** Value 2 is `x * y` of values 0 and 1; value 3, `2 + exp(0)`. */
const first = { loop: loopOf(mul(x, y), 0, 1), values: [2] },
  second = { loop: loopOf(add(x, exp(y)), 2, 0), values: [3] };

Deno.test("a joined loop computes the first expression where the second reads it, and reads each operand once", () => {
  const joined = joinLoops(first, second, () => false)!;
  assertEquals(joined.values, [3]);
  assertEquals(joined.loop.operands.map(({ value }) => value), [0, 1]);
  assertEquals(joined.loop.expressions, [add(mul(x, y), exp(x))]);
});

Deno.test("values of the first loop that are wanted stay, before those of the second", () => {
  const joined = joinLoops(first, second, (value) => value === 2)!;
  assertEquals([joined.values, joined.loop.expressions], [[2, 3], [mul(x, y), add(mul(x, y), exp(x))]]);
});

Deno.test("a loop that reads neighbours, or a part, does not read in passing", () => {
  assertEquals(readsInPassing(second.loop, [2]), true);
  const shifted = { ...second.loop, operands: [{ ...whole(2, SHAPE), stride: [1, 2] }, whole(0, SHAPE)] };
  assertEquals([readsInPassing(shifted, [2]), readsInPassing(shifted, [0])], [false, true]);
});

Deno.test("loops of other shapes are joined where strides can express it", () => {
  const flat = { loop: { ...second.loop, shape: [6], operands: [whole(2, [6]), whole(0, [6])] }, values: [3] };
  assertEquals(joinLoops(first, flat, () => false)!.loop.shape, SHAPE);
  assertEquals(joinLoops(first, flat, () => false, [6])!.loop.operands.map(({ stride }) => stride), [[1], [1]]);
  const turned = {
    ...first,
    loop: { ...first.loop, operands: [{ ...whole(0, SHAPE), stride: [1, 2] }, whole(1, SHAPE)] },
  };
  assertEquals(joinLoops(turned, flat, () => false, [6]), undefined, "a transposed matrix has no single stride");
});

Deno.test("readsEachOnce() refuses repeated elements and single ones", () => {
  assertEquals(readsEachOnce(whole(0, SHAPE)), true);
  assertEquals([[0, 1], [3, 0]].map((stride) => readsEachOnce({ ...whole(0, SHAPE), stride })), [false, false]);
  assertEquals(readsEachOnce(whole(0, [1, 1])), false);
  assertEquals(readsEachOnce({ ...whole(0, [1, 3]), stride: [0, 1] }), true);
});

Deno.test("isWanted() is true of results, and of values that others than one node read", () => {
  const program = pairs(1, [[mul(x, x), 0], [exp(x), 1], [exp(x), 1], [mul(x, 2), 2]], [4]),
    graph = graphOf(draftOf(program));
  const [, one, , last] = graph.nodes();
  assertEquals([isWanted(graph, 1, one!), isWanted(graph, 2, last!), isWanted(graph, 4, last!)], [true, false, true]);
});

Deno.test("a map has no epilogue; joined types are those of the values", () => {
  assertEquals(canBeFollowed(map(PAIR, x, 0)), false);
  const [a, b] = [{ ...map(PAIR, x, 0), values: [7] }, { ...map([3], x, 0), values: [8] }];
  assertEquals(joinedTypes([8, 7], a!, b!), { values: [8, 7], results: [type([3]), type(PAIR)] });
});
