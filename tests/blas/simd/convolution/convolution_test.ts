import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { hasRelaxedSimd } from "../../../../blas/simd/features.ts";
import { simdEngine } from "../../../../blas/simd/mod.ts";
import { assertConvolves, convolutionArbitrary, SMALL } from "../../convolutions.ts";

const MEDIUM = { ...SMALL, batch: { min: 1, max: 2 }, channels: { min: 1, max: 9 }, beyond: 24 };

for (const fused of hasRelaxedSimd() ? [true, false] : [false]) {
  const engine = simdEngine({ fused });
  for (const dtype of ["float32", "float64"] as const) {
    const named = `in ${dtype}, ${fused ? "fused" : "unfused"}`;
    Deno.test(`conv2d and its adjoints are what seven loops give, for any geometry and strides, ${named}`, () => {
      fc.assert(fc.property(convolutionArbitrary(dtype), (convolution) => assertConvolves(engine, convolution)));
    });
  }
}
