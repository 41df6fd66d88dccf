import { assert, assertEquals } from "@std/assert";
import {
  compile,
  conv2d,
  formatProgram,
  gradient,
  randomNormal,
  square,
  stack,
  sum,
  take,
  type Tensor,
  toList,
  vmap,
} from "../../../autograd/mod.ts";
import { key, splitKey } from "../../../autograd/random/key.ts";

type T64 = Tensor<"float64">;

const [k, l] = splitKey(key(1)), options = { groups: 2, stride: [2, 1], padding: 1 } as const;
const images: T64 = randomNormal(k, [3, 2, 4, 6, 5], { dtype: "float64" });
const kernels: T64 = randomNormal(l, [3, 6, 2, 3, 2], { dtype: "float64" });
const loss = (w: T64, x: T64): T64 => sum(square(conv2d(x, w, null, options)));

const assertClose = (found: Tensor, wanted: Tensor): void => {
  assertEquals(found.shape, wanted.shape);
  const expected = toList(wanted);
  toList(found).forEach((v, i) => assert(Math.abs(v - expected[i]!) <= 1e-11 * Math.max(1, Math.abs(expected[i]!))));
};

Deno.test("a convolution of many examples is one convolution, whether images, kernels or both are many", () => {
  const w = take(kernels, 0), x = take(images, 0), each = [0, 1, 2];
  const cases = [
    [[null, 0], w, images],
    [[0, null], kernels, x],
    [[0, 0], kernels, images],
  ] as const;
  for (const [axes, ws, xs] of cases) {
    const wanted = stack(
      each.map((i) => gradient(loss)(axes[0] === 0 ? take(ws, i) : ws, axes[1] === 0 ? take(xs, i) : xs)),
    );
    const slope = vmap(gradient(loss), { in: axes }), compiled = compile(slope);
    assertClose(slope(ws, xs), wanted);
    assertClose(compiled(ws, xs), wanted);
    // The convolution and its adjoint with respect to the kernels, for all examples.
    assertEquals(formatProgram(compiled, ws, xs).split("As it runs")[1]!.match(/conv2d/g)?.length, 2);
  }
});
