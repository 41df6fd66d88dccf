import { assert, assertEquals, assertThrows } from "@std/assert";
import * as either from "../../blas/either.ts";
import { ShapeError } from "../../blas/errors.ts";
import { key, tensor64, toList } from "../../autograd/mod.ts";
import { activations, evaluate } from "../../layers/mod.ts";
import { atIndex, located, makeLayer, type NoState, NOTHING, shapeIf, tryShape } from "../../layers/make_layer.ts";

const error = new ShapeError({ op: "Dense", given: { x: [3] }, problem: "too short", remedy: "pad it" });

/** A layer of two elements that negates them, with relu after it. */
const negation = makeLayer<NoState, NoState>({
  kind: "negation",
  name: "Negation",
  config: {},
  activation: activations.relu,
  specs: NOTHING,
  outputShape: (x) => x.length === 1 && x[0] === 2 ? either.right(x) : either.left(error),
  compute: ({ state }, x) => [tensor64(toList(x).map((value) => -value)), state],
});

Deno.test("makeLayer() checks the shape, computes, and applies the activation", () => {
  const variables = negation.init(key(0));
  assertEquals(toList(negation.apply(variables, tensor64([1, -2]), evaluate)[0]), [0, 2]);
  assertThrows(() => negation.apply(variables, tensor64([1, 2, 3]), evaluate), ShapeError, "too short");
  assert(Object.isFrozen(negation));
});

Deno.test("a layer refuses a shape also after one that fits, and takes that one again", () => {
  const variables = negation.init(key(0)), fits = tensor64([1, -2]);
  for (let k = 0; k < 2; k++) {
    assertEquals(toList(negation.apply(variables, fits, evaluate)[0]), [0, 2]);
    for (const x of [tensor64([1, 2, 3]), tensor64([[1, -2]])]) {
      assertThrows(() => negation.apply(variables, x, evaluate), ShapeError, "too short");
    }
  }
});

Deno.test("shape rules return shapes or errors, and other errors are thrown", () => {
  const rule = { op: "Dense", x: [3], result: () => [4], problem: () => "too short", remedy: () => "pad it" };
  assertEquals(shapeIf(true, rule), either.right([4]));
  assert(either.isLeft(shapeIf(false, rule)));
  assertEquals(
    tryShape(() => {
      throw error;
    }),
    either.left(error),
  );
  assertThrows(
    () =>
      tryShape(() => {
        throw new RangeError("other");
      }),
    RangeError,
    "other",
  );
});

Deno.test("atIndex() and located() name the position of a layer, nested ones by their path", () => {
  assertEquals([atIndex(error, 2).op, atIndex(atIndex(error, 2), 1).op], ['Dense at "2"', 'Dense at "1.2"']);
  assertThrows(
    () =>
      located(3, () => {
        throw error;
      }),
    ShapeError,
    'Dense at "3"',
  );
  assertEquals(located(3, () => 7), 7);
});
