import { assertEquals } from "@std/assert";
import { optimize } from "../../../../blas/program/passes/mod.ts";
import * as s from "../../../../blas/scalar/scalar.ts";
import { assertListing } from "../listings.ts";
import { difference } from "../random_programs.ts";
import { type Traced, tracer } from "../tracing.ts";
import { foldViews, joinSums, removeDeadCode } from "./on_programs.ts";

Deno.test("joinSums() writes parts that do not meet to one array, whatever is added between them", () => {
  const t = tracer(), x = t.parameter("float64", [2]), y = t.parameter("float64", [6]);
  const at = (start: number, step = 1): Traced => t.join([6], 0, [x, [start], [step]]);
  const program = t.program(
    t.map(s.add, t.map(s.add, t.map(s.add, at(0, 3), y), at(1, 3)), at(2, 3)),
  );
  const summed = joinSums(program);
  assertEquals(difference(program, summed), undefined);
  assertEquals(difference(program, optimize(program)), undefined);
  assertListing(
    summed,
    `
    %0  float64[2]  16 B  parameter
    %1  float64[6]  48 B  parameter
    %2  float64[6]  48 B  join [6]
                            [0:6:3] = %0 + 0
                            [1:7:3] = %0 + 0
                            [2:8:3] = %0 + 0
    %3  float64[6]  48 B  map %1 + %2
    results %3
    `,
  );
});

Deno.test("joinSums() leaves joins alone that meet, are filled with other numbers or needed by others", () => {
  const t = tracer(),
    x = t.parameter("float64", [2]),
    at = (start: number, fill = 0) => t.join([6], fill, [x, [start]]);
  const read = at(2);
  const program = t.program(
    t.map(s.add, at(0), at(1)),
    t.map(s.add, at(0, 1), at(2, 1)),
    t.map(s.add, at(0), read),
    read,
    t.map(s.mul, at(0), at(2)),
  );
  assertEquals(joinSums(program), program);
});

Deno.test("the derivatives of many slices are written to one array in one go", () => {
  const t = tracer(), x = t.parameter("float32", [3, 4]);
  const columns = Array.from({ length: 4 }, (_, k) => t.map(s.exp, t.slice(x, [[0, 1, 3], [k, 1, 1]])));
  const embedded = columns.map((column, k) => t.join([3, 4], 0, [column, [0, k]]));
  const program = t.program(embedded.reduce((sum, one) => t.map(s.add, sum, one)));
  const { instructions } = optimize(program);
  assertEquals(instructions.map(({ operation }) => operation.kind), ["join"]);
  assertEquals(difference(program, optimize(program)), undefined);
});

Deno.test("joinSums() leaves sums of joins whose zeros are negative, whose shapes differ, or that are read in another order", () => {
  const t = tracer(), x = t.parameter("float64", [2, 2]), row = t.slice(x, [[0, 1, 1], [0, 1, 2]]);
  const square = (at: number) => t.join([4, 4], 0, [x, [at, at]]);
  const program = removeDeadCode(foldViews(t.program(
    t.map(s.add, t.join([4, 4], -0, [x, [0, 0]]), t.join([4, 4], -0, [x, [2, 2]])),
    t.map(s.add, t.reshape(square(0), [2, 8]), t.join([2, 8], 0, [row, [1, 6]])),
    t.map(s.add, square(0), t.transpose(t.join([4, 4], 0, [row, [0, 2]]))),
  )));
  assertEquals(joinSums(program), program);
});

Deno.test("joinSums() compares a further join with all that are joined, and steps that differ by their ends", () => {
  const t = tracer(), x = t.parameter("float64", [2]), y = t.parameter("float64", [3]);
  const at = (part: Traced, start: number, step = 1): Traced => t.join([6], 0, [part, [start], [step]]);
  const program = t.program(
    t.map(s.add, t.map(s.add, at(x, 0), at(x, 4)), at(x, 4)),
    t.map(s.add, at(y, 0, 2), at(x, 1, 3)),
  );
  const { instructions } = joinSums(program);
  assertEquals(instructions.map(({ operation }) => operation.kind).join(" "), "join join map join join map");
  assertEquals(difference(program, joinSums(program)), undefined);
});
