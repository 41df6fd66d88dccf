/**
 * Random steps for loops, and the plain loop that `scanAlong` must agree with.
 *
 * @module
 */
import fc from "fast-check";
import {
  add,
  matmul,
  mul,
  reshape,
  scale,
  sigmoid,
  sliceAxes,
  stack,
  stopGradient,
  sub,
  sum,
  tanh,
  type Tensor,
  tensor64,
} from "../../../autograd/mod.ts";

export type T64 = Tensor<"float64">;

/** The carry of the steps of these tests; below, their slices, parameters and results. */
export type Carry = { readonly h: T64; readonly c: T64 };
export type Inputs = { readonly x: T64; readonly gate: T64 };
export type Params = { readonly w: T64; readonly b: T64 };
export type Yield = { readonly h: T64; readonly total: T64 };
export type Step = (params: Params, carry: Carry, inputs: Inputs) => readonly [Carry, Yield];

/** The width of carry and slices. */
export const WIDTH = 3;

type Rule = (params: Params, carry: Carry, inputs: Inputs) => T64;

/** Parts of steps, some of which leave something unused, stop gradients, or change nothing. */
const RULES: readonly Rule[] = [
  ({ w, b }, { h }, { x }) => tanh(add(add(matmul(w, h), b), x)),
  ({ w }, { h, c }, { gate }) => mul(sigmoid(matmul(w, c)), add(h, gate)),
  (_, { h, c }) => add(scale(h, 0.5), scale(c, 0.25)),
  ({ b }, { c }, { x, gate }) => sub(mul(c, tanh(gate)), mul(b, x)),
  (_, { h }) => h,
  (_, { h }, { x }) => mul(stopGradient(h), tanh(x)),
  ({ b }) => mul(b, b),
  (_, { h, c }) => mul(sum(h), c),
  (_, __, { x }) => x,
];

/** Any step made of these. */
export const steps: fc.Arbitrary<Step> = fc.tuple(...[0, 1, 2].map(() => fc.constantFrom(...RULES))).map(
  ([next, memory, told]): Step => (params, carry, inputs) => [
    { h: tanh(next!(params, carry, inputs)), c: scale(memory!(params, carry, inputs), 0.7) },
    { h: told!(params, carry, inputs), total: sum(mul(carry.h, inputs.x)) },
  ],
);

/** The loop as a user would write it. */
export function plainLoop(step: Step, params: Params, start: Carry, xs: Inputs, reverse: boolean, axis: number) {
  const length = xs.x.shape[axis]!;
  const at = (t: T64, i: number): T64 =>
    reshape(sliceAxes(t, t.shape.map((_, k) => k === axis ? [i, i + 1] as const : [])), [WIDTH]);
  const ys: Yield[] = new Array(length);
  let carry = start;
  for (let k = 0; k < length; k++) {
    const i = reverse ? length - 1 - k : k;
    [carry, ys[i]] = step(params, carry, { x: at(xs.x, i), gate: at(xs.gate, i) });
  }
  return [carry, { h: stack(ys.map(({ h }) => h)), total: stack(ys.map(({ total }) => total)) }] as const;
}

const numbers = (size: number) =>
  fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: size, maxLength: size });

/** Everything that a loop reads. */
export type Data = { readonly params: Params; readonly carry: Carry; readonly xs: Inputs };

/** Random data for some steps along an axis. */
export const dataFor = (length: number, axis: number): fc.Arbitrary<Data> => {
  const shape = axis === 0 ? [length, WIDTH] : [WIDTH, length];
  const vector = () => numbers(WIDTH).map((xs) => tensor64(xs));
  const sequence = () => numbers(length * WIDTH).map((xs) => reshape(tensor64(xs), shape));
  return fc.record({
    params: fc.record({ w: numbers(WIDTH * WIDTH).map((xs) => reshape(tensor64(xs), [WIDTH, WIDTH])), b: vector() }),
    carry: fc.record({ h: vector(), c: vector() }),
    xs: fc.record({ x: sequence(), gate: sequence() }),
  });
};
