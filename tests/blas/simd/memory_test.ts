import { assertEquals, assertLess } from "@std/assert";
import { constant, matmul, type Tensor, toNumber } from "../../../mod.ts";
import { simdEngine } from "../../../blas/simd/mod.ts";
import { setEngine } from "../../../blas/engines.ts";
import { hasSimd } from "../../../blas/simd/features.ts";
import { usedBytes } from "../../used_bytes.ts";

Deno.test({
  name: "20,000 matmuls of mixed sizes in one synchronous loop keep memory flat",
  ignore: !hasSimd(),
  fn: () => {
    const before = setEngine(simdEngine());
    try {
      const matrix = (rows: number, columns: number): Tensor =>
        constant(new Float32Array(rows * columns).fill(1), { shape: [rows, columns] });
      const sizes = [1, 33, 130, 257], pick = (i: number): number => sizes[i % sizes.length]!;
      const operands = new Map(sizes.flatMap((m) => sizes.map((n) => [`${m} ${n}`, matrix(m, n)] as const)));
      let elements = 0;
      const multiply = (i: number): void => {
        const m = pick(i), k = pick(Math.floor(i / 4)), n = pick(Math.floor(i / 16));
        const c = matmul(operands.get(`${m} ${k}`)!, operands.get(`${k} ${n}`)!);
        assertEquals(c.view.data[c.view.offset], k);
        elements += m * n;
      };
      for (let i = 0; i < 2000; i++) multiply(i);
      const start = usedBytes();
      for (let i = 0; i < 20_000; i++) multiply(i);
      // The collector may lag behind by some of the results, but not by all of them.
      const made = 4 * elements;
      assertLess(500e6, made);
      assertLess(usedBytes() - start, 0.3 * made);
      assertEquals(toNumber(matmul(matrix(1, 3), matrix(3, 1))), 3);
    } finally {
      setEngine(before);
    }
  },
});
