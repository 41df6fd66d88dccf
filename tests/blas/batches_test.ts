import { assertEquals } from "@std/assert";
import { gemmBatchedBy } from "../../blas/batches.ts";
import { engines } from "../../blas/mod.ts";
import { allocate, unsafeView, view } from "../../blas/view.ts";

Deno.test("gemmBatchedBy() multiplies each pair of matrices, one matrix repeated by a stride of 0", () => {
  const a = view(new Float64Array([1, 2, 3, 4]), [2, 1, 2]), c = allocate("float64", [2, 1, 1]);
  const b = unsafeView(new Float64Array([10, 1]), [2, 2, 1], [0, 1, 1], 0);
  gemmBatchedBy(engines.reference.gemm)({ alpha: 1, a, b, beta: 0, c });
  assertEquals([...c.data.subarray(0, 2)], [12, 34]);
});
