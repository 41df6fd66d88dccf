/**
 * The engines on which convolution is tested: both dtypes, with and without fused multiply-add.
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

/** Both dtypes, unfused, and fused where the runtime has it. */
export const VARIANTS = (hasRelaxedSimd() ? [true, false] : [false]).flatMap((fused) => {
  const engine = convolutionOn(createContext({ fused }));
  return DTYPES.map((dtype) => ({ name: `${fused ? "fused" : "unfused"} ${dtype}`, dtype, engine }));
});

/** Registers a test for each variant: every convolution must give the result of seven loops. */
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
