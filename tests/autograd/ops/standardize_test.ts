/**
 * Standardized rows against the formula composed of tensor operations, and as they run.
 *
 * @module
 */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { compile } from "../../../autograd/compile/compile.ts";
import { constant } from "../../../autograd/mod.ts";
import { normalizeBatch } from "../../../autograd/ops/batch_norm.ts";
import {
  add,
  batchNorm,
  batchStatistics,
  layerNorm,
  mean,
  mul,
  rsqrt,
  square,
  sub,
  sum,
} from "../../../autograd/ops/mod.ts";
import { standardize } from "../../../autograd/ops/standardize.ts";
import { key } from "../../../autograd/random/key.ts";
import { randomNormal } from "../../../autograd/random/random.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { gradient } from "../../../autograd/transforms/gradient.ts";
import { formatProgram } from "../../../autograd/compile/compile.ts";
import { elementsOf } from "../../blas/layouts.ts";

type T64 = Tensor<"float64">;
const numbers = (...shape: number[]): T64 => randomNormal(key(3), shape, { dtype: "float64" });

const composed = (x: T64, axes: readonly number[], weight: T64, bias: T64): T64 => {
  const far = sub(x, mean(x, { axes, keepDims: true }));
  return add(mul(mul(far, rsqrt(add(mean(square(far), { axes, keepDims: true }), 0.1))), weight), bias);
};

Deno.test("standardize() is the formula, with its gradients and their gradients", () => {
  const x = numbers(3, 20, 2), weight = numbers(20, 1), bias = mul(weight, 2), c = add(x, 1);
  const both = [
    composed,
    (x: T64, axes: readonly number[], w: T64, b: T64) => standardize(x, axes, 0.1, { weight: w, bias: b }).output,
  ];
  const seen = both.map((f) => {
    const loss = (x: T64, w: T64, b: T64) => sum(mul(f(x, [0, 2], w, b), mul(c, c)));
    const slope = gradient((x: T64) => loss(x, weight, bias));
    return [
      f(x, [0, 2], weight, bias),
      slope(x),
      gradient((w: T64) => loss(x, w, bias))(weight),
      gradient((b: T64) => loss(x, weight, b))(bias),
      gradient((x: T64) => sum(mul(slope(x), c)))(x),
    ].map((t) => elementsOf(t.view));
  });
  seen[0]!.forEach((wanted, k) => wanted.forEach((value, i) => assertAlmostEquals(seen[1]![k]![i]!, value, 1e-10)));
});

Deno.test("normalizeBatch() gives the statistics by which it normalizes", () => {
  const x = numbers(6, 5, 4), wanted = batchStatistics(x), found = normalizeBatch(x, null, null, 1e-5);
  for (const which of ["mean", "variance"] as const) {
    assertEquals(found[which].shape, [5]);
    elementsOf(found[which].view).forEach((value, i) =>
      assertAlmostEquals(value, elementsOf(wanted[which].view)[i]!, 1e-12)
    );
  }
  assertEquals(elementsOf(found.output.view), elementsOf(batchNorm(x, null, null).view));
});

Deno.test("layerNorm() is one instruction of a program, and its derivative two", () => {
  const x = numbers(4, 30), weight = numbers(30);
  const forward = compile((x: T64) => layerNorm(x, weight, weight));
  assertEquals(rowsIn(formatProgram(forward, x)), 1);
  const both = compile((x: T64, w: T64) =>
    gradient(([x, w]: readonly [T64, T64]) => sum(square(layerNorm(x, w, w))))([x, w])
  );
  const listing = formatProgram(both, x, weight);
  assertEquals(rowsIn(listing), 3);
  assert(!listing.split("As it runs")[1]!.includes("reduce"));
});

const rowsIn = (listing: string): number => listing.split("As it runs")[1]!.match(/ rows over /g)!.length;

/** The largest error of float32 numbers, as a share of the largest exact one. */
const errorOf = (found: Tensor, exact: Tensor): number => {
  const wanted = elementsOf(exact.view), most = Math.max(...wanted.map(Math.abs));
  return Math.max(...elementsOf(found.view).map((value, k) => Math.abs(value - wanted[k]!) / most));
};

Deno.test("rows of a few float32 that are close together and far from 0 are standardized as by their exact mean", () => {
  const both = (shape: readonly number[], from: number) => {
    const single = add(randomNormal(key(9), shape, { dtype: "float32" }), from);
    return [single, constant(elementsOf(single.view), { shape, dtype: "float64" })] as const;
  };
  for (const columns of [3, 6, 16]) {
    const [x, exactX] = both([500, columns], 300), [g, exactG] = both([500, columns], 100);
    const ofScale = (x: Tensor, g: Tensor) => (w: Tensor) => sum(mul(layerNorm(x, w, null), g));
    const slope = (x: Tensor, g: Tensor, w: Tensor) => gradient(ofScale(x, g))(w);
    const [w, exactW] = both([columns], 1), wanted = slope(exactX, exactG, exactW);
    const output = layerNorm(exactX, null, null);
    for (const found of [slope(x, g, w), compile(slope)(x, g, w)]) assert(errorOf(found, wanted) < 2e-7, `${columns}`);
    for (const f of [layerNorm, compile((x: Tensor) => layerNorm(x, null, null))]) {
      assert(errorOf(f(x, null, null), output) < 3e-7, `${columns}`);
    }
  }
});

Deno.test("rows whose variance float32 cannot hold are 0 where their mean can be held", () => {
  for (const row of [[3e38, -3e38], [-3e38, 3e38, 1], [3e38, 1, 2, 3], [2e38, -1.5e38, 1e38, 0]]) {
    const x = constant(Float32Array.from([...row, ...row]), { shape: [2, row.length], dtype: "float32" });
    for (const f of [layerNorm, compile((x: Tensor) => layerNorm(x, null, null))]) {
      assert(elementsOf(f(x, null, null).view).every((value) => value === 0), String(row));
    }
  }
});
