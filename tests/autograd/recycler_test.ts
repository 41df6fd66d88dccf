/**
 * Backward passes that use arrays again, against those that do not: the results must have the same bits.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  add,
  backward,
  checkpoint,
  concat,
  customOp,
  gradient,
  key,
  layerNorm,
  matmul,
  mul,
  neg,
  randomNormal,
  relu,
  reshape,
  sigmoid,
  slice,
  softmax,
  square,
  sub,
  sum,
  take,
  tanh,
  type Tensor,
  tensorData,
  transpose,
} from "../../autograd/mod.ts";
import { runAbstractly } from "../../autograd/abstract_view.ts";
import { Recycler, recyclerFor } from "../../autograd/recycler.ts";
import { rowsOf } from "../../autograd/row_gradients.ts";
import { variableOf } from "../../autograd/tensor.ts";
import { runTransformed } from "../../autograd/transforms/nesting.ts";
import { canRecycle, LEAST_BYTES } from "../../blas/recycling.ts";
import { negPrimitive } from "./recycled_primitive.ts";

const ignore = !canRecycle();

/** The side of square matrices that are just large enough to be used again. */
const SIDE = Math.sqrt(LEAST_BYTES / 4);

const matrix = (seed: number): Tensor<"float32"> => variableOf(randomNormal(key(seed), [SIDE, SIDE]).view);

const half = (x: Tensor) => mul(x, 0.5);

/**
 * Operations on two square matrices.
 *
 * @param seen Receives the cotangents that a user's rule is given.
 */
const operations = (seen: Kept[]): readonly ((a: Tensor, b: Tensor) => Tensor)[] => {
  const own = customOp({
    name: "own",
    forward: (x: Tensor) => half(x),
    vjp: (cotangent) => {
      seen.push(kept(cotangent));
      return [half(cotangent)];
    },
  });
  return [
    add,
    sub,
    (a, b) => mul(half(a), tanh(b)),
    (a) => add(a, a),
    (a) => neg(a),
    (a) => relu(a),
    (a) => sigmoid(a),
    (a) => transpose(a),
    (a, b) => mul(matmul(a, b), 1 / SIDE),
    (a) => softmax(a),
    (a) => layerNorm(a, null, null),
    (a, b) => concat([slice(a, 5, 60), slice(b, 0, SIDE - 60)]),
    (a) => reshape(reshape(a, [SIDE * SIDE]), [SIDE, SIDE]),
    (a, b) => add(a, sum(b, { axes: 0 })),
    (a) => take(a, Array.from({ length: SIDE }, (_, k) => (k * k) % SIDE)),
    (a) => own(a),
    (a, b) => checkpoint((x: Tensor, y: Tensor) => mul(sigmoid(x), half(y)))(a, b),
  ];
};

const programs = fc.array(fc.tuple(fc.nat(16), fc.nat(20), fc.nat(20)), { minLength: 1, maxLength: 14 });

/** The elements of a tensor as integers, copied. */
function bitsOf(t: Tensor): Uint32Array {
  const { data, offset, size } = reshape(t, [t.view.size]).view;
  return new Uint32Array(Float32Array.from(data.slice(offset, offset + size)).buffer);
}

const same = (t: Tensor, bits: Uint32Array): boolean => {
  const own = bitsOf(t);
  return own.length === bits.length && own.every((value, k) => value === bits[k]);
};

type Kept = { readonly t: Tensor; readonly bits: Uint32Array };

const kept = (t: Tensor): Kept => ({ t, bits: bitsOf(t) });

Deno.test("gradients of random programs have the same bits whether arrays are used again or not", { ignore }, () => {
  const leaves = [matrix(1), matrix(2), matrix(3)], earlier: Kept[] = [];
  fc.assert(
    fc.property(programs, (steps) => {
      const seen: Kept[] = [], known: Tensor[] = [...leaves], apply = operations(seen);
      for (const [k, i, j] of steps) known.push(apply[k]!(known[i % known.length]!, known[j % known.length]!));
      const root = sum(add(square(known.at(-1)!), known[known.length >> 1]!)), forward = known.map(kept);
      const plain = runTransformed(() => backward(root));
      for (let turn = 0; turn < 2; turn++) {
        const found = backward(root);
        assertEquals([...found.keys()], [...plain.keys()]);
        for (const [leaf, wanted] of plain) {
          assert(same(found.get(leaf)!, bitsOf(wanted)), `${steps}`);
          if (turn === 0 && earlier.length < 20) earlier.push(kept(found.get(leaf)!));
        }
      }
      // What came before, what a user's rule was given, and gradients returned earlier are as they were.
      for (const { t, bits } of [...forward, ...seen, ...earlier]) assert(same(t, bits), `${steps}`);
    }),
    { numRuns: 15 },
  );
});

Deno.test("what a rule has made is detached after it unless a cotangent shows it", { ignore }, () => {
  const recycler = new Recycler(), made: Tensor[] = [];
  const make = () => made[made.push(neg(matrix(made.length))) - 1]!;
  recycler.step(negPrimitive, [null], () => recycler.note(transpose((make(), make())), 1));
  assertEquals(made.map((t) => t.view.data.length > 0), [false, true]);
  recycler.step(negPrimitive, [made[1]!], () => recycler.note(make(), 1));
  assertEquals(made.map((t) => t.view.data.length > 0), [false, false, true]);
  // The same rule of an operation that is not one of programs: it may keep what it is given and makes.
  recycler.step({ ...negPrimitive, operator: undefined, evaluate: () => made[2]!.view } as never, [made[2]!], make);
  assertEquals(made.map((t) => t.view.data.length > 0), [false, false, true, true]);
});

Deno.test("the rows of a gradient stay after the pass that made them", { ignore }, () => {
  const table = matrix(5), at = Array.from({ length: SIDE }, (_, k) => k % 7);
  const pass = () => backward(sum(square(relu(take(table, at))))).get(table)!;
  const { rows } = rowsOf(pass())!, before = bitsOf(rows);
  pass();
  pass();
  assertEquals(before.length, SIDE * SIDE);
  assert(same(rows, before));
});

Deno.test("nothing is used again inside a transform or while a function is traced", () => {
  const x = matrix(6), seeds = new Map([[x, x]]);
  assertEquals(recyclerFor(seeds) !== undefined, canRecycle());
  assertEquals(runTransformed(() => recyclerFor(seeds)), undefined);
  assertEquals(runAbstractly(() => recyclerFor(seeds)), undefined);
  const cube = (x: Tensor): Tensor => sum(mul(mul(x, x), x));
  const twice = gradient((x: Tensor) => sum(gradient(cube)(x)))(x);
  assert(tensorData(twice).every((value, k) => Math.abs(value - 6 * tensorData(x)[k]!) < 1e-5));
});
