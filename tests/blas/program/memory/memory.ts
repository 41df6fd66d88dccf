/**
 * A memory, and functions built over it.
 *
 * @module
 */
import { hasRelaxedSimd } from "../../../../blas/simd/features.ts";
import { hugeAngleFunctions } from "../../../../blas/simd/math/huge_angle.ts";
import type { SlowPaths } from "../../../../blas/simd/math/slow_paths.ts";
import { call, type Callable, ModuleBuilder } from "../../../../blas/wasm/mod.ts";

const { sin: sineOfHugeAngle, cos: cosineOfHugeAngle } = hugeAngleFunctions();

export const RELAXED: boolean = hasRelaxedSimd();

/** Instantiates a module with one function, exported under its parameters, over a memory of so many pages. */
export function over(
  pages: number,
  build: (m: ModuleBuilder, slowPaths: SlowPaths) => Callable<"none">,
): { readonly memory: WebAssembly.Memory; readonly run: (...numbers: number[]) => void } {
  const m = new ModuleBuilder(), memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  m.importMemory({ module: "engine", name: "memory" }, { minimum: pages, maximum: pages });
  const angle = (name: "sin" | "cos") =>
    m.importFunction({ module: "engine", name }, { parameters: { x: "f64" }, result: "f64" });
  const built = build(m, { sin: angle("sin"), cos: angle("cos") });
  const parameters = Object.fromEntries(built.parameters.map((type, k) => [`p${k}`, type]));
  m.function({ name: "run", parameters }, (f, given) => f.do(call(built, ...Object.values(given))));
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(m.toBytes()), {
    engine: { memory, sin: sineOfHugeAngle, cos: cosineOfHugeAngle },
  });
  return { memory, run: exports.run as (...numbers: number[]) => void };
}
