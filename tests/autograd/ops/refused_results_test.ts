/**
 * Results that no array can hold are refused in the name of the function that was called, before any work.
 *
 * @module
 */
import { assertEquals, assertThrows } from "@std/assert";
import * as ng from "../../../autograd/mod.ts";
import { ShapeError, type Tensor } from "../../../autograd/mod.ts";

/** Views of one number. */
const repeated = (...shape: readonly number[]): Tensor<"float32"> => ng.broadcastTo(ng.ones(shape.map(() => 1)), shape);
const long = repeated(2 ** 30),
  wide = repeated(2 ** 16),
  deep = repeated(...new Array(64).fill(1)),
  place = repeated(2 ** 16, 1);

const CALLS: { readonly [name: string]: () => unknown } = {
  concat: () => ng.concat([long, long], 0),
  stack: () => ng.stack([long, long]),
  pad: () => ng.pad(long, [[2 ** 30, 0]]),
  tile: () => ng.tile(long, [4]),
  expandDims: () => ng.expandDims(deep, 0),
  outer: () => ng.outer(wide, wide),
  take: () => ng.take(repeated(2, 3), long, 0),
  upsampleNearest2d: () => ng.upsampleNearest2d(repeated(2 ** 20, 1, 16, 16), 4),
  // The result is small, and the padded volume is not.
  conv3d: () =>
    ng.conv3d(repeated(1, 5, 2 ** 14, 2 ** 14), ng.ones([1, 1, 1, 1, 1]), null, { stride: 9, padding: [2, 0, 0] }),
  takeAlong: () => ng.takeAlong(place, ng.broadcastTo(ng.zeros([1, 1]), [1, 2 ** 16]), 1),
};

for (const [name, call] of Object.entries(CALLS)) {
  Deno.test(`${name}() refuses a result that is too large by its own name`, () => {
    assertThrows(call, ShapeError, `Cannot apply ${name} to shape`);
  });
}

Deno.test("scanAlong() refuses a list of results that is too large after one step", () => {
  let steps = 0;
  const scanned = () => ng.scanAlong((c: Tensor<"float32">) => (steps++, [c, long]), ng.ones([1]), null, { length: 3 });
  assertThrows(scanned, ShapeError, "Cannot apply scanAlong to shape");
  assertEquals(steps, 1);
});
