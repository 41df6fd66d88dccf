import { assert, assertAlmostEquals, assertThrows } from "@std/assert";
import { key, matmul, toList, transpose } from "../../autograd/mod.ts";
import { orthogonalTensor } from "../../layers/orthogonal.ts";

Deno.test("orthogonalTensor() has orthogonal vectors of the gain's length along the shorter side", () => {
  for (const [rows, columns] of [[3, 5], [5, 3], [4, 4]] as const) {
    const w = orthogonalTensor(key(1), [rows, columns], "float64", 2);
    const products = toList(rows <= columns ? matmul(w, transpose(w)) : matmul(transpose(w), w));
    const side = Math.min(rows, columns);
    products.forEach((x, k) => assertAlmostEquals(x, k % (side + 1) === 0 ? 4 : 0, 1e-13));
  }
});

Deno.test("orthogonalTensor() depends only on the key, and refuses vectors", () => {
  const draw = (seed: number) => toList(orthogonalTensor(key(seed), [2, 2], "float64", 1)).join();
  assert(draw(1) === draw(1) && draw(1) !== draw(2));
  assertThrows(() => orthogonalTensor(key(0), [3], "float32", 1), Error, "must have at least two axes");
});
