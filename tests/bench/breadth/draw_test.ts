import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { drawFor } from "../../../bench/breadth/draw.ts";

const hundred = (seed: number, name: string): readonly number[] => {
  const draw = drawFor(seed, name);
  return Array.from({ length: 100 }, () => draw.between(10, 1000));
};

Deno.test("a seed draws the same sizes for a workload each time", () => {
  assertEquals(hundred(1, "softmax"), hundred(1, "softmax"));
});

Deno.test("another seed, and another workload, have other sizes", () => {
  assertNotEquals(hundred(1, "softmax"), hundred(2, "softmax"));
  assertNotEquals(hundred(1, "softmax"), hundred(1, "exp"));
});

Deno.test("sizes are whole and within their bounds, fractional bounds included", () => {
  const draw = drawFor(1, "bounds");
  for (let k = 0; k < 1000; k++) {
    const size = draw.between(20.5, 99.5);
    assert(Number.isInteger(size) && size >= 21 && size <= 99, `${size}`);
  }
});

Deno.test("about a third of sizes are primes or one more than a power of two", () => {
  const prime = (n: number) =>
    Array.from({ length: Math.floor(Math.sqrt(n)) - 1 }, (_, k) => n % (k + 2)).every(Boolean);
  const awkward = (n: number) => prime(n) || Number.isInteger(Math.log2(n - 1));
  const share = hundred(1, "awkward").filter(awkward).length / 100;
  assert(share > 0.25 && share < 0.7, `${share}`);
});

Deno.test("matrices have about as many elements as asked for, in other proportions each time", () => {
  const draw = drawFor(1, "matrices");
  for (let k = 0; k < 100; k++) {
    const [rows, columns] = draw.matrix(1e5, 1e6);
    assert(rows * columns > 0.9e5 && rows * columns < 1.1e6, `${rows} x ${columns}`);
  }
});

Deno.test("seed 0 draws powers of two, if there is one between the bounds", () => {
  const draw = drawFor(0, "round");
  for (let k = 0; k < 100; k++) {
    assert(Number.isInteger(Math.log2(draw.between(10, 1000))));
    assertEquals(draw.between(768, 1100), 1024);
    const odd = draw.between(17, 31);
    assert(odd >= 17 && odd <= 31);
  }
});
