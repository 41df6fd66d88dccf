import { assertAlmostEquals, assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import {
  abs as magnitude,
  compile,
  formatProgram,
  gradient,
  key,
  max,
  mul,
  randomNormal,
  reshape,
  square,
  sum,
  type Tensor,
  tensor32,
  toList,
  toNumber,
} from "../../../../autograd/mod.ts";
import { interpret } from "../../../../blas/program/interpret.ts";
import type { Program } from "../../../../blas/program/program.ts";
import { reference } from "../../../../blas/reference/mod.ts";
import { abs, mul as times, type Scalar } from "../../../../blas/scalar/scalar.ts";
import { type View, view } from "../../../../blas/view.ts";
import { difference } from "../random_programs.ts";
import { type Product, productArbitrary, programOfProduct } from "./random_products.ts";
import { separateReductions } from "./on_programs.ts";

const squared = (x: Scalar): Scalar => times(x, x);
const norms = (product: Product): Program => programOfProduct(product, "sum", squared);
const peaks = (product: Product): Program => programOfProduct(product, "max", abs);
const OUTER: Product = { dtype: "float64", lengths: [16, 32, 40], axes: [1, 2], masks: [3, 5], divides: false };
const kinds = ({ instructions }: Program): readonly string[] =>
  instructions.map(({ operation }) => operation.kind === "reduce" ? operation.reduction : operation.kind);

Deno.test("separateReductions() makes the norms of outer products those of their factors", () => {
  const program = norms(OUTER), found = separateReductions(program);
  assertEquals(kinds(found), ["max", "min", "map", "sum", "max", "min", "map", "sum", "map"]);
  assertEquals(difference(program, found), undefined);
});

Deno.test("separateReductions() makes the largest magnitude of outer products that of their factors", () => {
  const program = peaks(OUTER), found = separateReductions(program);
  assertEquals(kinds(found), ["max", "min", "max", "min", "map"]);
  assertEquals(difference(program, found), undefined);
});

Deno.test("separateReductions() leaves small reductions alone, other ones, and those of factors that share axes", () => {
  const programs = [
    norms({ ...OUTER, lengths: [2, 32, 40] }),
    programOfProduct(OUTER, "sum", (x) => x),
    programOfProduct({ ...OUTER, masks: [3, 5, 1] }, "sum", (x) => x),
    programOfProduct(OUTER, "max", (x) => x),
    norms({ ...OUTER, masks: [7, 5] }),
    norms({ ...OUTER, axes: [1] }),
  ];
  for (const program of programs) assertStrictEquals(separateReductions(program), program);
});

Deno.test("separateReductions() keeps the results of random reductions of products", () => {
  let separated = 0;
  fc.assert(
    fc.property(productArbitrary, fc.constantFrom(norms, peaks), (product, make) => {
      const program = make(product), found = separateReductions(program);
      if (found === program) return;
      separated++;
      assertEquals(difference(program, found), undefined);
    }),
    { numRuns: 600 },
  );
  assertEquals(separated > 0, true);
});

Deno.test("separateReductions() keeps infinities, NaN and zeros of any size", () => {
  const special = fc.constantFrom(0, -0, 1e-200, 1e200, -3, 0.5, Infinity, -Infinity, NaN);
  const few = (count: number) =>
    fc.tuple(fc.constantFrom(0, 1, 1e-160, 1e160), fc.array(fc.tuple(fc.nat(count - 1), special), { maxLength: 2 }))
      .map(([all, some]) => {
        const data = new Float64Array(count).fill(all);
        for (const [index, value] of some) data[index] = value;
        return data;
      });
  fc.assert(
    fc.property(few(128), few(129), fc.constantFrom(norms, peaks), (x, y, make) => {
      const program = make({ dtype: "float64", lengths: [128, 129], axes: [0, 1], masks: [1, 2], divides: false });
      const found = separateReductions(program);
      const given = [view(x, [128, 1]), view(y, [1, 129])];
      const [want, got] = [program, found].map((one) => {
        const [{ data, offset }] = interpret(one, given, reference) as [View];
        return data[offset]!;
      }) as [number, number]; // one of each
      // Squares below the smallest normal number lose digits.
      if (!Object.is(want, got)) assertAlmostEquals(got, want, 1e-12 * want + 1e-300);
    }),
    { numRuns: 100 },
  );
});

const outer = <D extends "float32" | "float64">(x: Tensor<D>, y: Tensor<D>): Tensor<D> =>
  mul(reshape(x, [-1, 1]), reshape(y, [1, -1]));

Deno.test("the norm of an outer product that is compiled has no loop over its elements, and has its derivatives", () => {
  const f = (x: Tensor<"float64">, y: Tensor<"float64">) => sum(square(outer(x, y)));
  const x = randomNormal(key(0), [150], { dtype: "float64" }), y = randomNormal(key(1), [140], { dtype: "float64" });
  const running = formatProgram(compile(f), x, y).split("As it runs:")[1]!;
  assertEquals(running.includes("[150, 140]"), false);
  const slope = gradient((x: Tensor<"float64">) => f(x, y)), want = toList(slope(x));
  toList(compile(slope)(x)).forEach((got, k) => assertAlmostEquals(got, want[k]!, 1e-9));
  const second = gradient((x: Tensor<"float64">) => sum(square(slope(x)))), wanted = toList(second(x));
  toList(compile(second)(x)).forEach((got, k) => assertAlmostEquals(got / wanted[k]!, 1, 1e-12));
});

Deno.test("the norm of an outer product in float32 neither overflows nor underflows where its factors' squares do", () => {
  const f = compile((x: Tensor<"float32">, y: Tensor<"float32">) => sum(square(outer(x, y))));
  const x = tensor32(new Array(256).fill(1e-25)), y = tensor32(new Array(256).fill(1e25));
  assertAlmostEquals(toNumber(f(x, y)), 65536, 0.1);
  assertEquals(toNumber(compile((x: Tensor<"float32">) => max(magnitude(outer(x, y))))(x)), toNumber(max(outer(x, y))));
  assertEquals(toNumber(f(x, tensor32([...new Array(255).fill(0), Infinity]))), Infinity);
  assertEquals(toNumber(f(tensor32([...new Array(255).fill(1), 0]), tensor32(new Array(256).fill(Infinity)))), NaN);
  assertEquals(toNumber(f(x, tensor32(new Array(256).fill(Infinity)))), Infinity);
});
