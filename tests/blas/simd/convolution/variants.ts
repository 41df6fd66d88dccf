/**
 * Engines to test convolution on: both dtypes, fused multiply-add and not.
 *
 * @module
 */
import fc from "fast-check";
import type { DType } from "../../../../blas/dtype.ts";
import { createContext } from "../../../../blas/simd/context.ts";
import { convolutionOn } from "../../../../blas/simd/convolution/mod.ts";
import { hasRelaxedSimd } from "../../../../blas/simd/features.ts";
import { assertConvolves, type Convolution } from "../../convolutions.ts";

const DTYPES: readonly DType[] = ["float32", "float64"];

/** Both dtypes, fused where the runtime can and unfused. */
export const VARIANTS = (hasRelaxedSimd() ? [true, false] : [false]).flatMap((fused) => {
  const engine = convolutionOn(createContext({ fused }));
  return DTYPES.map((dtype) => ({ name: `${fused ? "fused" : "unfused"} ${dtype}`, dtype, engine }));
});

/** Registers a test for each variant: what seven loops give is what every convolution must give. */
export function testConvolutions(
  claim: string,
  arbitrary: (dtype: DType) => fc.Arbitrary<Convolution>,
  runs = 100,
): void {
  for (const { name, dtype, engine } of VARIANTS) {
    Deno.test(`${claim}, ${name}`, () => {
      fc.assert(fc.property(arbitrary(dtype), (convolution) => assertConvolves(engine, convolution)), {
        numRuns: runs,
        endOnFailure: true, // seven loops for each smaller case would take minutes
      });
    });
  }
}
