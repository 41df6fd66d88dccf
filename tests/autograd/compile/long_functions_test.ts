/**
 * Long functions, whose compile time `bench/compile_time.ts` measures: what they compute is right too.
 *
 * @module
 */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  add,
  compile,
  gradient,
  matmul,
  mean,
  mul,
  oneHot,
  sin,
  slice,
  square,
  stack,
  sub,
  sum,
  tanh,
  type Tensor,
  tensor64,
  toList,
  vjp,
} from "../../../autograd/mod.ts";

type T64 = Tensor<"float64">;

const repeated = (count: number, step: (y: T64) => T64) => (x: T64): T64 => {
  let y = x;
  for (let k = 0; k < count; k++) y = step(y);
  return sum(y) as T64;
};

/** Functions of about this many operations. */
const CHAINS: { readonly [name: string]: (count: number) => (x: T64) => T64 } = {
  "operations one after the other": (count) => repeated(count / 2, (y) => mul(sin(y), 1.01)),
  "operations that all read one value": (count) => (x) =>
    repeated(count / 4, (y) => {
      const t = tanh(y);
      return add(sub(t, mean(t)), x);
    })(x),
  "products": (count) => (x) => repeated(count / 2, (y) => tanh(matmul(y, x)))(x),
};

const x = tensor64([[0.3, -0.2], [0.5, 0.1]]);

for (const [name, chain] of Object.entries(CHAINS)) {
  Deno.test(`the gradient of 600 ${name} is the same compiled and plain`, () => {
    const f = gradient(chain(600)), plain = toList(f(x));
    toList(compile(f)(x)).forEach((v, k) => assertAlmostEquals(v, plain[k]!, 1e-9 * Math.max(1, Math.abs(plain[k]!))));
  });
}

Deno.test("loops that read one array at two places, and more than sixteen of them, are each computed once", () => {
  const steps = (x: T64): T64 => {
    const a = slice(x, 0, 7), b = slice(x, 1, 7);
    return sum(add(mul(100, square(sub(b, square(a)))), square(sub(1, a))));
  };
  const rows = (x: T64): Tensor => {
    const { pullback } = vjp(gradient(steps), x);
    return stack(Array.from({ length: 8 }, (_, i) => pullback(oneHot(i, 8, { dtype: "float64" }))[0]));
  };
  const x = tensor64([1, -2, 0.5, 3, 0.25, -1, 2, 1.5]), found = compile(rows)(x), wanted = toList(rows(x));
  assertEquals(found.shape, [8, 8]);
  toList(found).forEach((v, k) => assertAlmostEquals(v, wanted[k]!, 1e-9 * Math.max(1, Math.abs(wanted[k]!))));
});
