import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { ShapeError } from "../../blas/errors.ts";
import {
  allocate,
  broadcastShapes,
  broadcastView,
  isContiguous,
  isView,
  reshapeView,
  rowMajorStrides,
  sameShape,
  sliceView,
  transposeView,
} from "../../blas/checked_views.ts";
import * as blas from "../../blas/mod.ts";
import { type Range, view } from "../../blas/view.ts";

const matrix = view(Float64Array.of(1, 2, 3, 4, 5, 6), [2, 3]);

Deno.test("functions of views compute what the library's own do", () => {
  assertEquals(allocate("float32", [2, 3]).shape, [2, 3]);
  assertEquals([isContiguous(matrix), isContiguous(transposeView(matrix))], [true, false]);
  assertEquals([transposeView(matrix).get(2, 0), transposeView(matrix, [0, 1]).get(0, 2)], [3, 3]);
  assertEquals(sliceView(matrix, [{ start: 1, step: -1, count: 2 }, { start: 0, step: 2, count: 2 }]).get(0, 1), 6);
  assertEquals(sliceView(matrix, [{ start: 9, step: 1, count: 0 }, { start: 0, step: 1, count: 3 }]).shape, [0, 3]);
  assertEquals(broadcastView(view(Float64Array.of(7)), [2, 2]).get(1, 1), 7);
  assertEquals(reshapeView(matrix, [3, 2])?.get(2, 1), 6);
  assertEquals(broadcastShapes("add", [[2, 1], [3]]), { _tag: "Right", right: [2, 3] });
  assertEquals([rowMajorStrides([2, 3]), sameShape([2], [2]), sameShape([2], [3])], [[3, 1], true, false]);
  assertEquals([isView(matrix), isView([1])], [true, false]);
});

Deno.test("what would show elements that a view does not have is refused, and says what is wanted", () => {
  const range = (start: number, step: number, count: number): readonly Range[] => [{ start, step, count }];
  const vector = view(new Float64Array(3));
  for (const ranges of [range(1, 1, 3), range(0, 2, 3), range(-1, 1, 1), range(0, 0.5, 2), range(0, 1, -1), []]) {
    assertThrows(() => sliceView(vector, ranges), ShapeError, "each axis must have a range");
  }
  for (const axes of [[0], [0, 0], [0, 2], [1, 0, 1]]) {
    assertThrows(() => transposeView(matrix, axes), ShapeError, "axes must name each axis of the view once");
  }
  for (const shape of [[3], [3, 3], [2, 3, 1]]) {
    assertThrows(() => broadcastView(matrix, shape), ShapeError, "lengths must be equal, or 1 in the view");
  }
  const message =
    "Cannot apply reshapeView to v [2, 3] and shape [4]: both shapes must have the same number of elements; " +
    "correct the shape";
  assertThrows(() => reshapeView(matrix, [4]), ShapeError, message);
});

/** Every function by its name, called as code without types calls it. */
const library = blas as unknown as Readonly<Record<string, (...args: readonly unknown[]) => unknown>>;

/** Calls of every public function that takes views, shapes or scalar expressions, with good arguments. */
const x = blas.argument(0);
const CALLS: Readonly<Record<string, readonly unknown[]>> = {
  allocate: ["float64", [2]],
  broadcastShapes: ["add", [[2, 1], [3]]],
  broadcastView: [matrix, [4, 2, 3]],
  isContiguous: [matrix],
  reshapeView: [matrix, [6]],
  rowMajorStrides: [[2, 3]],
  sameShape: [[2], [2]],
  sizeOf: [[2]],
  sliceView: [matrix, [{ start: 0, step: 1, count: 1 }, { start: 0, step: 1, count: 1 }]],
  transposeView: [matrix, [1, 0]],
  view: [new Float64Array(2), [2], [1], 0],
  stageValue: [0],
  argument: [0],
  constantScalar: [1],
  unary: ["exp", x],
  binary: ["add", x, 1],
  select: [x, 1, 2],
  exp: [x],
  add: [x, x],
  subexpressions: [x],
  subexpressionsOf: [[x]],
  substitute: [x, () => undefined],
  substitution: [() => undefined],
  evaluateScalar: [x, [1]],
  derivative: [blas.exp(x), 0],
  scalarProgram: [blas.exp(x)],
};

const JUNK: readonly unknown[] = [
  ...[null, NaN, -1, 1.5, 1e10, "x", "", Symbol("s"), 1n, true, {}, [], [undefined], [null], ["a"], [Symbol("s")]],
  ...[
    [-1],
    [1.5],
    [[1], [2, 3]],
    () => {},
    new Date(),
    new Map(),
    Object.create(null),
    { length: 3 },
    new Int32Array(1),
  ],
  ...[{ ...x }, { ...x, id: Symbol("s") }, { ...blas.exp(x), inputs: null }, { ...blas.exp(x), name: "x" }, {
    ...matrix,
  }],
  ...[[1e6, 1e6, 1e6], { kind: "select" }, [{ start: 0 }]],
];

Deno.test("junk in any place of the functions of views and expressions gives a sentence or a value", () => {
  for (const [name, args] of Object.entries(CALLS)) {
    const call = library[name]!;
    call(...args);
    for (const [place] of args.entries()) {
      for (const junk of JUNK) {
        try {
          call(...args.with(place, junk));
        } catch (error) {
          assertMatch((error as Error).message, /^Cannot [^]+: [^]+; [^]+$/, `${name}, argument ${place}`);
        }
      }
    }
    assertMatch(assertThrows(() => call(), Error).message, /^Cannot [^]+: [^]+; [^]+$/, name);
  }
});
