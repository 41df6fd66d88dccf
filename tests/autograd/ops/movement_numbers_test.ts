/**
 * Operations that move elements against PyTorch's and einops' numbers; `tests/fixtures/make_movement.py` wrote them.
 *
 * Covers autograd/ops/roll.ts, autograd/ops/triangle.ts, autograd/ops/diagonal.ts, autograd/ops/einops.ts,
 * autograd/ops/einops_pattern.ts, autograd/ops/scatter.ts, autograd/ops/scatter_primitives.ts, autograd/ops/depth_to_space.ts and
 * autograd/ops/unfold.ts; autograd/ops/meshgrid.ts and autograd/values/linspace.ts against NumPy.
 *
 * @module
 */
import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import * as ng from "../../../autograd/mod.ts";
import { type DType, ShapeError, type Tensor } from "../../../autograd/mod.ts";
import cases from "../../fixtures/movement.json" with { type: "json" };
import { constantFrom, type Recorded } from "../../torch/fixtures.ts";

const functions = ng as unknown as Readonly<Record<string, (...args: readonly unknown[]) => Tensor>>;
const TOLERANCE: { readonly [D in DType]: number } = { float32: 1e-4, float64: 1e-9 };

function assertNear(found: Tensor, wanted: Recorded, what: string): void {
  assertEquals(found.shape, wanted.shape, what);
  ng.toList(found).forEach((own, k) => assertAlmostEquals(own, Number(wanted.data[k]), TOLERANCE[found.dtype], what));
}

cases.forEach(({ op, args, inputs, output, weights, gradients }, k) => {
  Deno.test(`${op}(${args.map((arg) => JSON.stringify(arg))}), case ${k}, agrees with PyTorch or einops, plain and compiled`, () => {
    for (const dtype of ["float64", "float32"] as const) {
      const xs = inputs.map((input) => constantFrom(input as Recorded, dtype)),
        weight = constantFrom(weights as Recorded, dtype);
      const f = (ts: readonly Tensor[]): Tensor =>
        functions[op]!(
          ...args.map((arg) => typeof arg === "string" && arg.startsWith("@") ? ts[Number(arg.slice(1))] : arg),
        );
      const both = (ts: readonly Tensor[]) =>
        [f(ts), ng.gradient((us: readonly Tensor[]) => ng.sum(ng.mul(f(us), weight)))(ts)] as const;
      for (const run of [both, ng.compile(both)]) {
        const [value, slopes] = run(xs);
        assertNear(value, output as Recorded, op);
        slopes.forEach((slope, i) => assertNear(slope, gradients[i] as Recorded, `gradient ${i} of ${op}`));
      }
    }
  });
});

const matrix = ng.tensor64([[1, 2, 3], [4, 5, 6]]);

Deno.test("of several values for one place the last one wins, and alone gets the gradient", () => {
  const t = ng.tensor64([1, 2, 3]), values = ng.tensor64([10, 20, 30]), y = ng.scatter(t, [1, 0, 1], values);
  assertEquals(ng.toList(y), [20, 30, 3]);
  const gradients = ng.backward(ng.mul(y, ng.tensor64([1, 10, 100])));
  assertEquals([ng.toList(gradients.get(t)!), ng.toList(gradients.get(values)!)], [[0, 0, 100], [0, 1, 10]]);
});

Deno.test("second derivatives of scatter() agree with central differences in every mode, at zeros too", () => {
  const t = ng.tensor64([2, 0.5, -1]), values = ng.tensor64([0, 3, 0.7, -2]), weights = ng.tensor64([1, -2, 3]);
  for (const mode of ["set", "add", "max", "min", "multiply"] as const) {
    const f = (a: Tensor, v: Tensor): Tensor =>
      ng.sum(ng.mul(ng.square(ng.scatter(a, [1, 1, 0, 1], v, { mode })), weights));
    ng.checkGradient(f, t, values);
    ng.checkGradient((a, v) => ng.gradient(([p, q]: readonly [Tensor, Tensor]) => f(p, q))([a, v])[1], t, values);
  }
});

Deno.test("indices of scatter() may be tensors in a compiled function, count from the end, and serve all along an axis", () => {
  const f = ng.compile((t: Tensor, at: Tensor, v: Tensor) => ng.scatter(t, at, v, { axis: 1 }));
  assertEquals(ng.toArray(f(matrix, ng.tensor64([[-1]]), ng.tensor64([[8], [9]]))), [[1, 2, 8], [4, 5, 9]]);
  assertThrows(() => f(matrix, ng.tensor64([[3]]), ng.tensor64([[8], [9]])), RangeError, "Cannot apply scatter");
  const nd = ng.compile((t: Tensor, at: Tensor) => ng.gatherND(t, at));
  assertEquals(ng.toArray(nd(matrix, ng.tensor64([[1, -1], [0, 0]]))), [6, 1]);
});

Deno.test("scattering nothing, and picking nothing, leaves shapes as they are", () => {
  assertEquals(ng.toArray(ng.scatter(matrix, [], 7)), ng.toArray(matrix));
  assertEquals(ng.gatherND(matrix, ng.zeros([0, 2])).shape, [0]);
  assertEquals(ng.toArray(ng.gatherND(matrix, ng.zeros([2, 0]))), [ng.toArray(matrix), ng.toArray(matrix)]);
});

// python3 -c "import numpy as np; print(np.meshgrid([1,2,3],[4,5])[0].shape, np.meshgrid([1,2,3],[4,5],indexing='ij')[0].tolist())"
//   ->  (2, 3) [[1, 1], [2, 2], [3, 3]]
Deno.test("meshgrid() has NumPy's orders, and passes gradients back", () => {
  const x = ng.tensor64([1, 2, 3]), y = ng.tensor64([4, 5]);
  assertEquals(ng.meshgrid([x, y]).map(ng.toArray), [[[1, 2, 3], [1, 2, 3]], [[4, 4, 4], [5, 5, 5]]]);
  assertEquals(ng.meshgrid([x, y], { indexing: "ij" }).map(ng.toArray), [[[1, 1], [2, 2], [3, 3]], [[4, 5], [4, 5], [
    4,
    5,
  ]]]);
  assertEquals(ng.meshgrid([x, y, ng.tensor64(6)]).map(({ shape }) => shape), [[2, 3, 1], [2, 3, 1], [2, 3, 1]]);
  assertEquals(ng.toList(ng.backward(ng.meshgrid([x, y])[0]!).get(x)!), [2, 2, 2]);
});

// python3 -c "import numpy as np; print(np.linspace(-1, 2, 7).tolist(), np.linspace(0, 1, 3, endpoint=False).tolist())"
//   ->  [-1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0] [0.0, 0.3333333333333333, 0.6666666666666666]
Deno.test("linspace() has NumPy's numbers, exactly at both ends", () => {
  assertEquals(ng.toList(ng.linspace(-1, 2, 7)), [-1, -0.5, 0, 0.5, 1, 1.5, 2]);
  ng.toList(ng.linspace(0, 1, 3, { endpoint: false, dtype: "float64" })).forEach((x, k) =>
    assertAlmostEquals(x, k / 3, 1e-15)
  );
  assertEquals([ng.linspace(0, 1).shape, ng.toList(ng.linspace(3, 9, 1)), ng.toList(ng.linspace(3, 9, 0))], [
    [50],
    [3],
    [],
  ]);
  const ends = ng.toList(ng.linspace(0.1, 0.7, 11, { dtype: "float64" }));
  assertEquals([ends[0], ends[10]], [0.1, 0.7]);
});

Deno.test("patterns that cannot be are refused, and say why", () => {
  const fails = (f: () => unknown, type: typeof RangeError | typeof ShapeError, message: string) =>
    assertThrows(f, type, message);
  fails(() => ng.rearrange(matrix, "a b"), RangeError, "there must be one arrow");
  fails(() => ng.rearrange(matrix, "a b -> a"), RangeError, "axis b must be on the right too");
  fails(() => ng.rearrange(matrix, "a b -> a b c"), RangeError, "axis c must be on the left too");
  fails(() => ng.rearrange(matrix, "a (b -> a b"), RangeError, "a parenthesis is not closed");
  fails(() => ng.rearrange(matrix, "a a -> a"), RangeError, "axis a occurs twice on one side");
  fails(() => ng.rearrange(matrix, "a b -> a-b"), RangeError, '"-" does not belong there');
  fails(() => ng.rearrange(matrix, "a b -> b a", { c: 2 }), RangeError, "sizes has c, which is not in the pattern");
  fails(() => ng.rearrange(matrix, "a b c -> c b a"), ShapeError, "the left side names 3 axes");
  fails(
    () => ng.rearrange(matrix, "a (b c) -> a b c"),
    ShapeError,
    "the lengths of b and c are not known; pass one in sizes",
  );
  fails(() => ng.rearrange(matrix, "a (b c) -> a b c", { b: 2 }), ShapeError, "axis 1 of 3 must be a multiple of 2");
  fails(() => ng.repeat(matrix, "a b -> a b c"), ShapeError, "the length of c is not known; pass it in sizes");
  fails(
    () => ng.reduce(matrix, "a b -> a", "median" as "sum"),
    RangeError,
    'Cannot apply reduce with reduction "median"',
  );
  fails(() => ng.rearrange(matrix, "a 2 -> 2 a"), RangeError, "axis 2 must be on the right too");
});

Deno.test("places and windows that cannot be are refused, and say why", () => {
  const image = ng.ones([3, 4, 6]);
  assertThrows(() => ng.scatter(matrix, [[[0]]], 1), ShapeError, "indices must have one axis, or 2");
  assertThrows(() => ng.scatter(matrix, [0], ng.tensor64([[1, 2]])), ShapeError, "values must broadcast to [1, 3]");
  assertThrows(() => ng.scatter(matrix, [2], 1), RangeError, "Cannot apply scatter");
  assertThrows(() => ng.scatter(matrix, [0], 1, { mode: "divide" as "set" }), RangeError, 'with mode "divide"');
  assertThrows(() => ng.gatherND(matrix, [[0, 1, 2]]), ShapeError, "tuples of at most 2 numbers");
  assertThrows(() => ng.depthToSpace(image, 2), ShapeError, "the number of channels must be a multiple of 4");
  assertThrows(() => ng.spaceToDepth(image, 5), ShapeError, "block must divide height and width");
  assertThrows(() => ng.unfold(image, { size: 7 }), ShapeError, "windows must not be larger than the padded image");
  assertThrows(() => ng.fold(ng.ones([4, 3]), [2, 2], { size: 2 }), ShapeError, "a multiple of 4 rows and 1 columns");
  assertThrows(() => ng.diagonal(matrix, { axes: [0, -2] }), ShapeError, "rows and columns must be two axes");
  assertThrows(() => ng.diag(image), ShapeError, "t must have one axis or two");
  assertThrows(() => ng.tril(ng.tensor64([1])), ShapeError, "t must have two axes or more");
  assertThrows(
    () => ng.roll(matrix, [1, 2], 0),
    ShapeError,
    "shift must be a whole number, or one for each of the axes",
  );
  assertThrows(() => ng.meshgrid([matrix]), ShapeError, "each of one axis");
  assertThrows(() => ng.linspace(0, Infinity), RangeError, "Cannot build linspace with stop Infinity");
});

// python3 -c "import torch; t = torch.tensor([1., 2, 3, 4]); print(t.scatter_reduce(0, torch.tensor([1, 1, 2, 3, 2]), torch.tensor([1e200, 1e200, 5, 2, 7]).double(), 'prod'))"
Deno.test("scatter() that multiplies one place to infinity, or by NaN, leaves the others as they are", () => {
  const t = ng.tensor64([1, 2, 3, 4]), at = [1, 1, 2, 3, 2];
  for (const first of [1e200, Infinity, NaN]) {
    const f = (t: Tensor<"float64">, v: Tensor<"float64">) => ng.scatter(t, at, v, { mode: "multiply" });
    const values = ng.tensor64([first, 1e200, 5, 2, 7]), wanted = [1, first * 1e200 * 2, 105, 8];
    assertEquals(ng.toList(f(t, values)), wanted);
    assertEquals(ng.toList(ng.compile(f)(t, values)), wanted);
    const slope = ng.gradient((v: Tensor<"float64">) => ng.sum(ng.slice(f(t, v), 2, 2)));
    assertEquals(ng.toList(slope(values)).slice(2), [21, 4, 15]);
    assertEquals(ng.toList(ng.compile(slope)(values)).slice(2), [21, 4, 15]);
  }
});
