/**
 * The part of the default engine that decomposes matrices.
 *
 * @module
 */
import type { Decompositions } from "../decompositions/decompositions.ts";
import { plainDecompositions } from "../decompositions/plain.ts";
import { chosenEngine } from "../engine_in_use.ts";
import { decompositionsOn } from "../simd/matrices/decompositions.ts";
import { standardContext } from "./context.ts";
import { productPart } from "./product.ts";

/** Larger systems of equations are left to the products of an engine that was chosen for them. */
const LARGE = 256;

/**
 * Returns what decomposes matrices: kernels, or plain loops where the runtime has no WebAssembly SIMD, or if the reference
 * engine is in use. The blocks of large matrices are multiplied by the engine in use if it is not a default one.
 */
export function decompositionsInUse(): Decompositions {
  const plain = plainDecompositions((a, b, c) => productPart.inUse().gemm({ alpha: -1, a, b, beta: 1, c }));
  const context = standardContext(), engine = chosenEngine()?.name ?? "simd";
  if (context === undefined || engine === "reference") return plain;
  return decompositionsOn(context, plain, engine === "simd" ? Infinity : LARGE);
}
