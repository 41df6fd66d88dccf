import { assertAlmostEquals, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { constant, key, type Tensor, tensor64, toList } from "../../../autograd/mod.ts";
import { hiddenPart, makeCell, withBias } from "../../../layers/recurrent/cell.ts";
import { CELLS, gruCell, lstmCell, rnnCell } from "../../../layers/recurrent/cells.ts";

const OPTIONS = { dtype: "float64" } as const;
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x)), { tanh } = Math;

/** Params of a cell with one input and one output: gate `k` gets `a x + b + c h + d` from the lists. */
const paramsOf = (a: readonly number[], b: readonly number[], c: readonly number[], d: readonly number[]) => ({
  weightInput: tensor64(a.map((x) => [x])),
  biasInput: tensor64(b),
  weightHidden: tensor64(c.map((x) => [x])),
  biasHidden: tensor64(d),
});
const A = [0.5, -1, 2, 0.25], B = [0.1, 0.2, -0.3, 0.4], C = [1.5, -0.5, 0.75, 1], D = [-0.2, 0.3, 0.6, -0.1];
const X = 0.7, H = -0.4, M = 1.3;
const first = (list: readonly number[], count: number) => list.slice(0, count);
const given = (count: number) => paramsOf(first(A, count), first(B, count), first(C, count), first(D, count));
const fromX = (k: number) => A[k]! * X + B[k]!, fromH = (k: number) => C[k]! * H + D[k]!;
const number = (t: Tensor) => toList(t)[0]!;

Deno.test("rnnCell() is tanh of what comes in and what was put out", () => {
  const [carry, output] = rnnCell(1, 1, OPTIONS).step(given(1), tensor64([H]), tensor64([X]));
  assertAlmostEquals(number(output), tanh(fromX(0) + fromH(0)), 1e-15);
  assertEquals(toList(carry), toList(output));
});

Deno.test("lstmCell() has the gates i, f, g, o in this order", () => {
  const [i, f, g, o] = [0, 1, 2, 3].map((k) => fromX(k) + fromH(k)) as [number, number, number, number];
  const memory = sigmoid(f) * M + sigmoid(i) * tanh(g);
  const cell = lstmCell(1, 1, OPTIONS), carry = { hidden: tensor64([H]), memory: tensor64([M]) };
  const [next, output] = cell.step(given(4), carry, tensor64([X]));
  assertAlmostEquals(number(next.memory), memory, 1e-15);
  assertAlmostEquals(number(output), sigmoid(o) * tanh(memory), 1e-15);
  assertEquals(toList(next.hidden), toList(output));
});

Deno.test("gruCell() has the gates r, z, n, and r scales what n gets from the output before", () => {
  const reset = sigmoid(fromX(0) + fromH(0)), update = sigmoid(fromX(1) + fromH(1));
  const candidate = tanh(fromX(2) + reset * fromH(2));
  const [, output] = gruCell(1, 1, OPTIONS).step(given(3), tensor64([H]), tensor64([X]));
  assertAlmostEquals(number(output), (1 - update) * candidate + update * H, 1e-15);
});

Deno.test("a step is its projected part for all steps at once, and then the rest", () => {
  for (const [kind, make] of Object.entries(CELLS)) {
    const cell = make(3, 2, OPTIONS), params = cell.init(key(1)), x = tensor64([[1, 2, 3], [-1, 0, 1]]);
    const start = cell.start([2]) as never;
    const [, whole] = cell.step(params, start, x),
      [, parts] = cell.stepProjected(params, start, cell.project(params, x));
    assertEquals([kind, toList(whole)], [cell.kind, toList(parts)]);
    assertEquals(whole.shape, [2, 2]);
  }
});

Deno.test("makeCell() makes specs by the number of gates, params from a key, and checks sizes", () => {
  const parts = {
    maker: "ownCell",
    kind: "own",
    gates: 2,
    start: () => null,
    stepProjected: (_: unknown, carry: null, x: Tensor) => [carry, x] as const,
  };
  const cell = makeCell(parts, 3, 5, {}), bare = makeCell(parts, 3, 5, { bias: false, dtype: "float64" });
  const shapes = (specs: object) => Object.fromEntries(Object.entries(specs).map(([name, { shape }]) => [name, shape]));
  const weights = { weightInput: [10, 3], weightHidden: [10, 5] };
  assertEquals(shapes(cell.specs), { ...weights, biasInput: [10], biasHidden: [10] });
  assertEquals([shapes(bare.specs), shapes(bare.init(key(0))), bare.dtype], [weights, weights, "float64"]);
  const [one, again, other] = [0, 0, 1].map((seed) => toList(cell.init(key(seed)).weightHidden));
  assertEquals(one, again);
  assertNotEquals(one, other);
  assertEquals(one!.every((x) => Math.abs(x) <= 1 / Math.sqrt(5)), true);
  assertThrows(() => makeCell(parts, 0, 5, {}), RangeError, "Cannot build ownCell");
});

Deno.test("hiddenPart() and withBias() leave out a bias that there is not", () => {
  const weightHidden = tensor64([[1, 2], [3, 4]]), h = constant([[1, 1], [2, 0]], { dtype: "float64" });
  const params = { weightInput: weightHidden, weightHidden };
  assertEquals(toList(hiddenPart(params, h)), [3, 7, 2, 6]);
  assertEquals(toList(hiddenPart({ ...params, biasHidden: tensor64([10, 20]) }, h)), [13, 27, 12, 26]);
  assertEquals(withBias(h, undefined) === h, true);
});
