/**
 * `vmap` of loops, branches, checkpoints and custom operations: autograd/transforms/loop_batch.ts, batched_derivative.ts.
 */
import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  add,
  checkpoint,
  compile,
  cond,
  cos,
  customOp,
  gradient,
  greater,
  hessian,
  jacobian,
  jvp,
  less,
  mul,
  randomNormal,
  scanAlong,
  ShapeError,
  sin,
  sqrt,
  square,
  stack,
  stopGradient,
  sub,
  sum,
  take,
  type Tensor,
  tensor64,
  toList,
  vjp,
  vmap,
  whileLoop,
} from "../../../autograd/mod.ts";
import { key } from "../../../autograd/random/key.ts";
import { unstack } from "../../../autograd/transforms/unstack.ts";

type T64 = Tensor<"float64">;
type F = (x: T64, w: T64) => T64;

function assertClose(actual: Tensor, expected: Tensor, claim: string): void {
  assertEquals([actual.dtype, actual.shape], [expected.dtype, expected.shape], claim);
  const wanted = toList(expected);
  toList(actual).forEach((x, i) => {
    const isClose = Math.abs(x - wanted[i]!) <= 1e-12 * Math.max(1, Math.abs(wanted[i]!));
    assert(isClose || Object.is(x, wanted[i]), `${claim}: ${i}: ${x}, one by one ${wanted[i]}`);
  });
}

const rows = (t: T64): readonly T64[] => unstack(t, 0) as readonly T64[]; // of the same dtype
const plainAndCompiled = <A extends readonly unknown[], R>(f: (...args: A) => R): readonly ((...args: A) => R)[] => [
  f,
  compile(f) as (...args: A) => R, // it has the signature of the function
];

/** Checks `f` of each row of `xs` and one `w`: values, plainly and compiled, and mapped twice. */
function checkValues(f: F, xs: T64, w: T64): void {
  const each = (xs: T64) => stack(rows(xs).map((x) => f(x, w))),
    mapped = vmap(f, { in: [0, null] }),
    half = mul(xs, 0.5);
  for (const run of plainAndCompiled(mapped)) assertClose(run(xs, w), each(xs), "values");
  assertClose(vmap(mapped, { in: [0, null] })(stack([xs, half]), w), stack([each(xs), each(half)]), "mapped twice");
}

/** Checks the derivatives too: of each example, of all from outside, second ones, and those of a function mapped twice. */
function checkAll(f: F, xs: T64, w: T64): void {
  checkValues(f, xs, w);
  const mapped = vmap(f, { in: [0, null] }), c = randomNormal(key(3), mapped(xs, w).shape, { dtype: "float64" });
  const one = gradient((p: readonly [T64, T64], c: T64) => sum(mul(f(...p), c))),
    axes = { in: [[0, null], 0] } as const;
  const gradients = (g: typeof one, xs: T64) => {
    const each = rows(xs).map((x, i) => g([x, w], rows(c)[i]!));
    return [stack(each.map(([x]) => x)), stack(each.map(([, w]) => w))] as const;
  };
  const [ofX, ofW] = gradients(one, xs);
  for (const run of plainAndCompiled(vmap(one, axes))) {
    const [x, w_] = run([xs, w], c);
    assertClose(x, ofX, "gradients of examples");
    assertClose(w_, ofW, "gradients of what is shared, of examples");
  }
  for (const run of plainAndCompiled(gradient((p: readonly [T64, T64]) => sum(mul(mapped(...p), c))))) {
    const [x, w_] = run([xs, w]);
    assertClose(x, ofX, "gradient of all");
    assertClose(w_, sum(ofW, { axes: 0 }), "gradient of what is shared");
  }
  const second = gradient((p: readonly [T64, T64], c: T64) => sum(square(one(p, c)[0]))),
    [ofX2, ofW2] = gradients(second, xs);
  const [x2, w2] = vmap(second, axes)([xs, w], c);
  assertClose(x2, ofX2, "second derivatives");
  assertClose(w2, ofW2, "second derivatives of what is shared");
  const mixed = gradient((p: readonly [T64, T64]) => sum(square(vmap(one, axes)(p, c)[0])));
  assertClose(mixed([xs, w])[0], ofX2, "second derivatives, one inside and one outside");
  const half = mul(xs, 0.5), twice = vmap(mapped, { in: [0, null] });
  const nested = gradient((xx: T64) => sum(mul(twice(xx, w), stack([c, c]))));
  assertClose(nested(stack([xs, half])), stack([ofX, gradients(one, half)[0]]), "gradient of a function mapped twice");
}

const xs = tensor64([[0.5, -1, 2], [1, 0.25, -0.5]]), w = tensor64([1.5, -0.5, 0.75]);

Deno.test("vmap() of scanAlong() is one loop over the steps of all examples", () => {
  checkAll(
    (x, w) => {
      const [last, all] = scanAlong(
        (c: T64, [s, t]: readonly [T64, T64]) => {
          const next = add(sin(mul(c, t)), s);
          return [next, square(next)] as const;
        },
        tensor64(0.3),
        [x, w] as const,
      );
      return add(all, last);
    },
    xs,
    w,
  );
  const captured = (c: T64, s: T64, w: T64) => mul(c, add(sin(mul(w, s)), 1));
  checkAll(
    (x, w) => scanAlong((c: T64, s: T64) => [captured(c, s, w), null] as const, w, x, { reverse: true })[0],
    xs,
    w,
  );
});

Deno.test("a carry that comes to differ between examples after some steps is a batch in all of them", () => {
  type Carry = { readonly a: T64; readonly b: T64; readonly c: T64 };
  const shift = ({ a, b }: Carry, x: T64): readonly [Carry, T64] => [{ a: x, b: a, c: b }, b];
  checkAll(
    (x, w) => {
      const [{ c }, ys] = scanAlong(shift, { a: tensor64(1), b: tensor64(2), c: tensor64(3) }, x);
      return mul(add(ys, c), w);
    },
    xs,
    w,
  );
});

Deno.test("vmap() of cond() computes both where examples differ, and nothing wrong comes of the one not taken", () => {
  checkAll((x, w) => cond(greater(sum(x), 1), (x, w) => mul(x, w), (x, w) => sin(add(x, w)), x, w), xs, w);
  checkAll((x, w) => cond(greater(sum(w), 1), (x, w) => mul(x, w), (x, w) => sin(add(x, w)), x, w), xs, w);
  // The root of a negative number, and its slope, are NaN where the other function is taken.
  const root: F = (x, w) =>
    cond(greater(sum(x), 1.5), (x, w) => mul(x, w), (x, w) => mul(w, sqrt(sub(1.5, sum(x)))), x, w);
  checkAll(root, tensor64([[1.5, 1, 1], [0.2, 0.1, 0.3]]), w);
});

Deno.test("vmap() of whileLoop() goes on until all examples are done, and those that are stay as they are", () => {
  type Carry = { readonly i: T64; readonly v: T64 };
  const loop = (maxSteps?: number): F => (x, w) =>
    whileLoop(
      ({ i }: Carry) => less(i, stopGradient(take(x, 0))),
      ({ i, v }: Carry): Carry => ({ i: add(i, 1), v: sin(mul(v, w)) }),
      { i: tensor64(0), v: x },
      maxSteps === undefined ? {} : { maxSteps },
    ).v;
  const starts = tensor64([[2, 1, 0.4], [5, 0.2, 0.1], [0, 7, 1]]);
  checkValues(loop(), starts, w);
  checkAll(loop(6), starts, w);
  assertThrows(() => vmap(loop(4), { in: [0, null] })(starts, w), RangeError, "still holds after 4 steps");
  const counted: F = (x, w) =>
    whileLoop(({ i }: Carry) => less(i, 3), ({ i, v }: Carry) => ({ i: add(i, 1), v: mul(v, w) }), {
      i: tensor64(0),
      v: x,
    }).v;
  checkValues(counted, starts, w);
});

Deno.test("vmap() of checkpoint() computes again what it does not keep", () => {
  checkAll((x, w) => checkpoint((x: T64, w: T64) => sin(mul(sin(x), w)))(x, w), xs, w);
});

/** The derivative of a custom operation here is not that of its value, so that nothing else can be taken for it. */
const pull = (c: T64, { inputs: [x, w] }: { readonly inputs: readonly [T64, T64] }) =>
  [mul(c, mul(cos(x), mul(w, 2))), mul(c, sin(x))] as const;
const onArrays = (x: T64, w: T64): T64 => {
  const factors = toList(w);
  return stopGradient(tensor64(toList(x).map((v, i) => Math.sin(v) * factors[i % factors.length]!), x.shape));
};

Deno.test("vmap() of a customOp has the derivative that its author wrote", () => {
  const own = customOp({ name: "own", forward: (x: T64, w: T64) => mul(sin(x), w), vjp: pull });
  checkAll(own, xs, w);
  checkAll((x, w) => scanAlong((c: T64, s: T64) => [own(c, mul(w, s)), null] as const, x, w)[0], xs, w);
});

Deno.test("vmap() of a customOp that reads values calls it for one example after another", () => {
  checkAll(customOp({ name: "host", forward: onArrays, vjp: pull }), xs, w);
  const host = customOp({
    name: "host",
    forward: onArrays,
    vjp: (c: T64, { inputs: [x, w] }) => {
      const slopes = toList(mul(c, mul(cos(x), mul(w, 2))));
      return [stopGradient(tensor64(slopes, x.shape)), null];
    },
  });
  const slope = gradient((x: T64) => sum(host(x, w))), each = stack(rows(xs).map(slope));
  for (const run of plainAndCompiled(vmap(slope))) assertClose(run(xs), each, "a derivative that reads values");
  assertClose(
    jacobian((x: T64) => host(x, w))(rows(xs)[0]!),
    stack(
      [0, 1, 2].map((k) =>
        gradient((x: T64) => sum(mul(host(x, w), tensor64([0, 1, 2].map((i) => i === k ? 1 : 0)))))(rows(xs)[0]!)
      ),
    ),
    "rows of a Jacobian",
  );
  const twice = gradient((x: T64) => sum(square(vmap(slope)(x))));
  assertThrows(() => twice(xs), TypeError, "Cannot differentiate the vjp of host again: it reads values");
});

Deno.test("vmap() of a customOp with a rule for batches calls that", () => {
  const sizes: unknown[] = [];
  const batched = customOp({
    name: "batched",
    forward: onArrays,
    vjp: pull,
    batch: ([x, w], { isBatched, size }) => {
      sizes.push([isBatched, size]);
      return onArrays(x, w);
    },
  });
  checkAll(batched, xs, w);
  assertEquals(sizes[0], [[true, false], 2]);
  const wrong = customOp({ name: "wrong", forward: onArrays, vjp: pull, batch: ([x]) => sum(x) });
  assertThrows(() => vmap(wrong, { in: [0, null] })(xs, w), ShapeError, "must have shape [2, 3]");
});

Deno.test("vmap() of jacobian(), hessian(), jvp() and vjp() gives those of each example", () => {
  checkAll((x, w) => jacobian((w: T64) => mul(sin(w), sum(mul(x, w))))(w), xs, w);
  checkValues((x, w) => hessian((x: T64) => mul(sum(mul(sin(x), w)), sum(square(x))))(x), xs, w);
  checkAll((x, w) => jvp((w: T64) => mul(sin(w), sum(mul(x, w))), [w], [x]).tangent, xs, w);
  checkAll((x, w) => vjp((w: T64) => mul(sin(w), sum(mul(x, w))), w).pullback(x)[0], xs, w);
});

Deno.test("vmap() in the step of a loop maps over an axis of the slices", () => {
  const step = (c: T64, x: T64) =>
    [add(c, vmap((x: T64, w: T64) => mul(sin(x), w), { in: [0, null] })(x, sum(c))), null] as const;
  const f = (x: T64): T64 => scanAlong(step, tensor64([0.1, 0.2, 0.3]), x)[0];
  const plain = (x: T64): T64 =>
    scanAlong((c: T64, x: T64) => [add(c, mul(sin(x), sum(c))), null] as const, tensor64([0.1, 0.2, 0.3]), x)[0];
  for (const run of plainAndCompiled(f)) assertClose(run(xs), plain(xs), "values");
  const slope = gradient((x: T64) => sum(square(f(x)))), wanted = gradient((x: T64) => sum(square(plain(x))))(xs);
  for (const run of plainAndCompiled(slope)) assertClose(run(xs), wanted, "gradient");
});
