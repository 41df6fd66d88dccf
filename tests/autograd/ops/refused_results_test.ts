/**
 * Results that no array can hold are refused in the name of the function that was called, before any work.
 *
 * @module
 */
import { assertThrows } from "@std/assert";
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
  takeAlong: () => ng.takeAlong(place, ng.broadcastTo(ng.zeros([1, 1]), [1, 2 ** 16]), 1),
};

for (const [name, call] of Object.entries(CALLS)) {
  Deno.test(`${name}() refuses a result that is too large by its own name`, () => {
    assertThrows(call, ShapeError, `Cannot apply ${name} to shape`);
  });
}
