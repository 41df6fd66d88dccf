/**
 * Random functions of tensors: compositions of operations, written as lists of numbers, for tests of `compile`.
 *
 * @module
 */
import fc from "fast-check";
import {
  add,
  clamp,
  concat,
  div,
  exp,
  flip,
  gelu,
  greater,
  logSoftmax,
  matmul,
  max,
  maximum,
  mean,
  mul,
  neg,
  pad,
  product,
  randomNormal,
  relu,
  reshape,
  sigmoid,
  sizeOf,
  slice,
  softmax,
  square,
  stopGradient,
  sub,
  sum,
  take,
  tanh,
  type Tensor,
  transpose,
  variance,
  where,
} from "../../../autograd/mod.ts";
import { key, split } from "../../../autograd/mod.ts";

/** Returns the next number that makes a choice; its meaning depends on the alternatives. */
type Choices = () => number;

/** One step: from the tensors so far to another. */
type Step = (pick: () => Tensor, choose: Choices) => Tensor | undefined;

const axisOf = (t: Tensor, choose: Choices): number => choose() % t.shape.length;

/** Returns a random shape with as many elements. */
function regrouped(t: Tensor, choose: Choices): readonly number[] {
  const size = sizeOf(t.shape), factors = [1, 2, 3, 4, 6].filter((k) => size > 0 && size % k === 0);
  const first = factors[choose() % factors.length] ?? 0;
  return size === 0 ? [0, 1 + choose() % 3] : choose() % 2 === 0 ? [first, size / first] : [size / first, 1, first];
}

/** Multiplies a matrix by another one, or by itself; one of them is transposed where that is needed. */
function multiplied(a: Tensor, b: Tensor): Tensor | undefined {
  if (a.shape.length === 0 || b.shape.length === 0) return undefined;
  if (a.shape.length === 2 && b.shape.length === 2 && a.shape[1] === b.shape[0]) return matmul(a, b);
  if (a.shape.length === 2 && b.shape.length === 2 && a.shape[1] === b.shape[1]) return matmul(a, transpose(b));
  return a.shape.length === 2 ? matmul(transpose(a), a) : undefined;
}

const STEPS: readonly Step[] = [
  (pick) => neg(pick()),
  (pick) => relu(pick()),
  (pick) => tanh(pick()),
  (pick) => sigmoid(pick()),
  (pick) => gelu(clamp(pick(), -4, 4)),
  (pick) => exp(clamp(pick(), -3, 3)),
  (pick) => square(clamp(pick(), -5, 5)),
  (pick) => stopGradient(pick()),
  (pick, choose) => add(pick(), choose() % 5 - 2),
  (pick, choose) => mul(pick(), [0, 1, -1, 0.5][choose() % 4]!),
  (pick) => broadcasting(add, pick(), pick()),
  (pick) => broadcasting(sub, pick(), pick()),
  (pick) => broadcasting((a, b) => mul(clamp(a, -9, 9), clamp(b, -9, 9)), pick(), pick()),
  (pick) => broadcasting(maximum, pick(), pick()),
  (pick) => broadcasting((a, b) => div(a, add(square(clamp(b, -9, 9)), 1)), pick(), pick()),
  (pick) => broadcasting((a, b) => where(greater(a, 0), a, b), pick(), pick()),
  (pick, choose) => withAxis(pick(), choose, (t, axis) => sum(t, { axes: axis, keepDims: choose() % 2 === 0 })),
  (pick, choose) =>
    withAxis(pick(), choose, (t, axis) => t.shape[axis] === 0 ? t : max(t, { axes: axis, keepDims: true })),
  (pick, choose) => withAxis(pick(), choose, (t, axis) => t.shape[axis] === 0 ? t : mean(t, { axes: axis })),
  (pick, choose) => withAxis(pick(), choose, (t, axis) => product(clamp(t, -2, 2), { axes: axis })),
  (pick, choose) => withAxis(pick(), choose, (t, axis) => t.shape[axis] === 0 ? t : variance(t, { axes: axis })),
  (pick, choose) => withAxis(pick(), choose, (t, axis) => t.shape[axis] === 0 ? t : softmax(t, { axis })),
  (pick, choose) => withAxis(pick(), choose, (t, axis) => t.shape[axis] === 0 ? t : logSoftmax(t, { axis })),
  (pick) => transpose(pick()),
  (pick, choose) => {
    const t = pick();
    return reshape(t, regrouped(t, choose));
  },
  (pick, choose) => withAxis(pick(), choose, (t) => slice(t, 0, Math.ceil(t.shape[0]! / 2))),
  (pick, choose) => withAxis(pick(), choose, (t, axis) => flip(t, [axis])),
  (pick, choose) => withAxis(pick(), choose, (t, axis) => concat([t, mul(t, 2)], axis)),
  (pick, choose) =>
    withAxis(pick(), choose, (t, axis) => t.shape[axis] === 0 ? t : take(t, [0, t.shape[axis]! - 1], axis)),
  (pick, choose) => withAxis(pick(), choose, (t) => pad(t, t.shape.map((_, k) => [k % 2, 1]))),
  (pick) => multiplied(clamp(pick(), -3, 3), clamp(pick(), -3, 3)),
  (pick) => {
    const t = clamp(pick(), -3, 3);
    return multiplied(t, t);
  },
];

function withAxis(t: Tensor, choose: Choices, f: (t: Tensor, axis: number) => Tensor): Tensor | undefined {
  return t.shape.length === 0 ? undefined : f(t, axisOf(t, choose));
}

/** Applies an operation to two tensors, or to one twice where their shapes do not broadcast. */
function broadcasting(f: (a: Tensor, b: Tensor) => Tensor, a: Tensor, b: Tensor): Tensor {
  try {
    return f(a, b);
  } catch {
    return f(a, a);
  }
}

/**
 * Returns a function of tensors: as many steps as the numbers suffice for. Its results are all tensors that it made.
 */
export function randomFunction(numbers: readonly number[]): (inputs: readonly Tensor[]) => readonly Tensor[] {
  return (inputs) => {
    const made = [...inputs];
    for (let at = 0; at < numbers.length; at += 4) {
      let next = at;
      const choose: Choices = () => numbers[(next++ + 1) % numbers.length]!;
      const step = STEPS[numbers[at]! % STEPS.length]!;
      const result = step(() => made[made.length - 1 - choose() % Math.min(made.length, 4)]!, choose);
      if (result !== undefined && sizeOf(result.shape) <= 600 && result.shape.length <= 4) made.push(result);
    }
    return made.slice(inputs.length);
  };
}

/** The loss of a random function: 0-d, computed from all its tensors. */
export const lossOf = (numbers: readonly number[]) => (inputs: readonly Tensor[]): Tensor =>
  randomFunction(numbers)(inputs).map((t) => sum(tanh(t))).reduce((a, b) => add(a, b), sum(inputs[0]!));

const SHAPES: readonly (readonly number[])[] = [[], [1], [3], [2, 3], [3, 3], [4, 1], [2, 1, 3], [0, 3], [7, 5], [
  1,
  9,
]];

/** The description of a case: steps, shapes, dtype, seed. */
export const cases: fc.Arbitrary<{
  readonly numbers: readonly number[];
  readonly shapes: readonly (readonly number[])[];
  readonly dtype: "float32" | "float64";
  readonly seed: number;
}> = fc.record({
  numbers: fc.array(fc.nat(10_000), { minLength: 4, maxLength: 48 }),
  shapes: fc.array(fc.constantFrom(...SHAPES), { minLength: 1, maxLength: 3 }),
  dtype: fc.constantFrom("float32" as const, "float64" as const),
  seed: fc.nat(1000),
});

/** Returns the tensors of a case. */
export const inputsOf = (
  { shapes, dtype, seed }: {
    readonly shapes: readonly (readonly number[])[];
    readonly dtype: "float32" | "float64";
    readonly seed: number;
  },
): readonly Tensor[] => split(key(seed), shapes.length).map((k, i) => randomNormal(k, shapes[i]!, { dtype }) as Tensor);
