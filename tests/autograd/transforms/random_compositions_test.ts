import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  add,
  checkpoint,
  compile,
  cond,
  constant,
  customOp,
  einsum,
  exp,
  gradient,
  greater,
  hessian,
  jacobian,
  jvp,
  less,
  matmul,
  mul,
  reshape,
  scanAlong,
  sin,
  softmax,
  sort,
  square,
  stack,
  sum,
  take,
  type Tensor,
  tensor64,
  toList,
  vjp,
  vmap,
  where,
  whileLoop,
  zerosLike,
} from "../../../autograd/mod.ts";

type T64 = Tensor<"float64">;

/** From a vector of 3 and a matrix of 3 x 3 to a vector of 3. */
type F = (x: T64, w: T64) => T64;

const number = (value: number): T64 => constant(value, { dtype: "float64" });

const cube = customOp({
  name: "cube",
  forward: (t: T64) => mul(t, square(t)),
  vjp: (cotangent, { inputs: [t] }) => [mul(cotangent, mul(3, square(t)))],
});

const FUNCTIONS: Readonly<Record<string, F>> = {
  product: (x, w) => softmax(add(matmul(w, x), x)),
  squares: (x, w) => einsum("ij,j,i->i", w, x, x),
  choice: (x, w) => where(greater(x, 0), exp(x), mul(x, sum(w))),
  order: (x, w) => mul(sort(x), sum(w, { axes: 0 })),
  custom: (x, w) => cube(mul(x, sum(w))),
};

/** Each makes the same function in another way. */
const WRAPPERS: Readonly<Record<string, (f: F) => F>> = {
  compile: (f) => compile(f),
  checkpoint: (f) => checkpoint(f),
  vmapOfVector: (f) => (x, w) => reshape(take(vmap(f, { in: [0, null] })(stack([x, mul(x, 2)]), w), [0]), [3]),
  vmapOfMatrix: (f) => (x, w) => take(vmap(f, { in: [null, 0], out: 1 })(x, stack([w, mul(w, 2)])), 0, 1) as T64,
  cond: (f) => (x, w) => cond(greater(sum(square(x)), -1), f, (x: T64) => sin(x), x, w),
  scanOfCarry: (f) => (x, w) => scanAlong((c: T64, _: null) => [f(c, w), null] as const, x, null, { length: 1 })[0],
  scanOfSlices: (f) => (x, w) => {
    const step = (count: T64, slice: T64) => [add(count, 1), f(slice, w)] as const;
    return reshape(take(scanAlong(step, number(0), stack([x, mul(x, 3)]))[1], [0]), [3]);
  },
  whileLoop: (f) => (x, w) =>
    whileLoop(({ i }) => less(i, 1), ({ i, y }) => ({ i: add(i, 1), y: f(y, w) }), { i: number(0), y: x }, {
      maxSteps: 2,
    }).y,
  valueOfJvp: (f) => (x, w) => jvp(f, [x, w], [zerosLike(x), zerosLike(w)]).value,
  valueOfVjp: (f) => (x, w) => vjp(f, x, w).value,
  linearInJvp: (f) => (x, w) => jvp((s: T64) => mul(s, f(x, w)), [number(2)], [number(1)]).tangent,
};

const weights = tensor64([1, -2, 0.5]), direction = tensor64([1, 2, 3]);
const DERIVATIVES: Readonly<Record<string, (f: F) => F>> = {
  gradient: (f) => (x, w) => gradient((x: T64) => sum(mul(f(x, w), weights)))(x),
  jacobian: (f) => (x, w) => jacobian((x: T64) => f(x, w))(x),
  hessian: (f) => (x, w) => hessian((x: T64) => sum(mul(f(x, w), weights)))(x),
  hessianOfMatrix: (f) => (x, w) => hessian((w: T64) => sum(square(f(x, w))))(w),
  forwardOverReverse: (f) => (x, w) => jvp(gradient((x: T64) => sum(square(f(x, w)))), [x], [direction]).tangent,
  mixed: (f) => (x, w) => gradient((w: T64) => sum(square(gradient((x: T64) => sum(square(f(x, w))))(x))))(w),
};

const vector = [0.5, -0.3, 0.8], matrix = [[0.2, -0.1, 0.4], [0.3, 0.6, -0.5], [-0.7, 0.1, 0.9]];

/** Computes a derivative of a function that was wrapped several times, the first wrapper innermost. */
function derivativeOf(name: string, wrappers: readonly string[], derivative: string, isCompiled: boolean): T64 {
  const f = wrappers.reduce((f, wrapper) => WRAPPERS[wrapper]!(f), FUNCTIONS[name]!);
  const found = DERIVATIVES[derivative]!(f), run = isCompiled ? compile(found) : found;
  const [x, w] = [vector, matrix].map((data) => constant(data, { dtype: "float64" })) as [T64, T64];
  return run(x, w);
}

function checkDerivative(name: string, wrappers: readonly string[], derivative: string, isCompiled: boolean): void {
  const [found, wanted] = [wrappers, []].map((list, k) => derivativeOf(name, list, derivative, k === 0 && isCompiled));
  assertEquals(found!.shape, wanted!.shape);
  const expected = toList(wanted!);
  toList(found!).forEach((x, i) => {
    const isClose = Math.abs(x - expected[i]!) <= 1e-9 * (1 + Math.abs(expected[i]!));
    assert(isClose, `${derivative} of ${wrappers.join(" of ")} of ${name}: ${x} in place of ${expected[i]}`);
  });
}

Deno.test("derivatives of functions are the same however transformations are composed", () => {
  const names = (record: object) => fc.constantFrom(...Object.keys(record));
  const wrappers = fc.array(names(WRAPPERS), { minLength: 1, maxLength: 4 });
  fc.assert(fc.property(names(FUNCTIONS), wrappers, names(DERIVATIVES), fc.boolean(), checkDerivative), {
    numRuns: 100,
  });
});

Deno.test("jvp() of a gradient passes through a loop over a batch with a cond in each step", () => {
  for (const isCompiled of [false, true]) {
    checkDerivative("squares", ["whileLoop", "vmapOfVector"], "forwardOverReverse", isCompiled);
    checkDerivative("squares", ["cond", "scanOfCarry", "vmapOfVector"], "forwardOverReverse", isCompiled);
  }
});

Deno.test("hessian() passes through loops in loops over a batch", () => {
  for (const isCompiled of [false, true]) {
    checkDerivative("order", ["whileLoop", "whileLoop", "vmapOfMatrix"], "hessian", isCompiled);
    checkDerivative("squares", ["cond", "checkpoint", "scanOfSlices", "vmapOfVector"], "hessian", isCompiled);
  }
});

Deno.test("hessian() passes through checkpoint() of vjp() of a loop, which computes with variables of its own in each run", () => {
  for (const isCompiled of [false, true]) {
    checkDerivative("product", ["scanOfCarry", "valueOfVjp", "checkpoint"], "hessianOfMatrix", isCompiled);
    checkDerivative("custom", ["scanOfSlices", "valueOfJvp", "checkpoint"], "hessianOfMatrix", isCompiled);
  }
});
