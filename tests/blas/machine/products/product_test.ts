import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { machine, region, runOn, WIDTHS } from "../machine.ts";
import { bytesOf, expected, LAYOUTS, productOf, writeProduct } from "./products.ts";

const ignore = machine === undefined;

/** Runs a product on random numbers; returns the largest error, and how many elements beside the product have changed. */
function errors(
  dtype: "float32" | "float64",
  bits: 256 | 512,
  sizes: readonly [number, number, number],
  layouts: readonly [typeof LAYOUTS[number], typeof LAYOUTS[number]],
  gap = 0,
): { readonly most: number; readonly stray: number } | undefined {
  const product = productOf(dtype, bits, sizes, ...layouts, gap);
  if (product === undefined) return undefined;
  const { plan, problem, elements } = product, bytes = bytesOf(plan, elements), starts: number[] = [];
  const total = bytes.reduce((at, size) => (starts.push(at), Math.ceil((at + size) / 64) * 64 + 64), 64);
  const buffer = new ArrayBuffer(total), Data = dtype === "float32" ? Float32Array : Float64Array;
  const [a, b, c] = [0, 1, 2].map((k) => new Data(buffer, starts[k], elements[k])) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const whole = new Data(buffer).fill(NaN);
  for (const x of [a, b]) x.forEach((_, k) => x[k] = Math.sin(7 * k + 1));
  const before = whole.slice();
  runOn(buffer, bits, (code) => writeProduct(code, plan, bytes.map((size, k) => region(starts[k]!, size, k > 1))));
  const right = expected(problem, a, b), { n } = problem;
  const most = right.reduce((largest, value, i) => {
    const error = Math.abs(c[Math.floor(i / n) * problem.c + i % n]! - value);
    return error <= largest ? largest : error; // NaN too
  }, 0);
  const workEnd = (starts[3]! + bytes[3]!) / plan.bytes,
    workStart = starts[3]! / plan.bytes,
    cStart = starts[2]! / plan.bytes;
  const isOwn = (i: number) =>
    (i >= workStart && i < workEnd) || (i >= cStart && i < cStart + elements[2] && (i - cStart) % problem.c < n);
  let stray = 0;
  whole.forEach((value, i) => stray += isOwn(i) || Object.is(value, before[i]) ? 0 : 1);
  return { most, stray };
}

const SIZES = [
  [1, 4, 1],
  [1, 100, 7],
  [2, 33, 5],
  [3, 48, 17],
  [5, 16, 3],
  [6, 16, 64],
  [7, 10, 64],
  [13, 33, 40],
  [50, 128, 29],
  [64, 96, 33],
  [130, 100, 85],
  [49, 40, 400],
  [9, 20, 1100],
] as const;

for (const bits of WIDTHS) {
  for (const dtype of ["float32", "float64"] as const) {
    Deno.test(`products in ${bits} bits of ${dtype} are right, and touch nothing else`, { ignore }, () => {
      const wrong: unknown[] = [];
      for (const sizes of SIZES) {
        for (const a of LAYOUTS) {
          for (const b of LAYOUTS) {
            const found = errors(dtype, bits, sizes, [a, b], a === "part" ? 2 : 0);
            if (found === undefined) continue;
            const tolerance = (dtype === "float32" ? 2e-7 : 4e-16) * 4 * sizes[2];
            if (!(found.most <= tolerance) || found.stray > 0) wrong.push([sizes, a, b, found]);
          }
        }
      }
      assertEquals(wrong, []);
    });
  }
}

Deno.test("products of any size and layout are right", { ignore }, () => {
  const layout = fc.constantFrom(...LAYOUTS), length = fc.integer({ min: 1, max: 70 });
  fc.assert(
    fc.property(
      fc.constantFrom(...WIDTHS),
      fc.constantFrom("float32" as const, "float64" as const),
      fc.tuple(length, length, length),
      fc.tuple(layout, layout),
      (bits, dtype, sizes, layouts) => {
        const found = errors(dtype, bits, sizes, layouts);
        if (found === undefined) return;
        assertEquals(found.stray, 0);
        assertEquals(found.most <= (dtype === "float32" ? 6e-5 : 2e-13), true);
      },
    ),
    { numRuns: 60 },
  );
});
