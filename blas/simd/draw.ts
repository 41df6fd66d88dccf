/**
 * `Engine.draw`: random numbers, drawn block by block in scratch memory.
 *
 * @module
 */
import type { Engine } from "../engine.ts";
import { BYTES_PER_ELEMENT, type DType } from "../dtype.ts";
import { ModuleBuilder } from "../wasm/mod.ts";
import { DRAW_SCRATCH, drawFunction, type Form, formOf } from "./draw_code.ts";
import { copyRun, type Elements } from "./elementwise/transfer.ts";
import { importEngineMemory } from "./engine_memory.ts";
import { hasRelaxedSimd } from "./features.ts";
import type { Context } from "./kernels.ts";
import type { VectorFunctions } from "./math/vector_functions.ts";

/** Bytes of a block: few enough for the second-level cache. */
const BLOCK_BYTES = 65_536;

type Kernel = (
  high: number,
  low: number,
  from: number,
  to: number,
  target: number,
  scratch: number,
  ...settings: readonly number[]
) => void;

/**
 * Makes the `draw` of an engine.
 *
 * @param functions Returns the vector code that has been loaded.
 * @param relaxed Whether to use relaxed SIMD; the numbers are the same.
 */
export function createDraw(
  { scratch }: Pick<Context, "scratch">,
  functions: () => VectorFunctions,
  relaxed?: boolean,
): Engine["draw"] {
  const kernels = new Map<string, Kernel>();
  const kernelFor = (form: Form, dtype: DType): Kernel => {
    const key = `${form} ${dtype}`, found = kernels.get(key);
    if (found !== undefined) return found;
    const builder = new ModuleBuilder();
    importEngineMemory(builder);
    builder.named(
      `draw ${form} ${dtype}`,
      () =>
        drawFunction(
          builder,
          { form, dtype, relaxed: relaxed ?? hasRelaxedSimd(), functions: functions() },
          "draw",
        ),
    );
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(builder.toBytes()), {
      engine: { memory: scratch.memory },
    });
    const made = exports.draw as Kernel; // exported above
    kernels.set(key, made);
    return made;
  };
  return (distribution, [high, low], { data, dtype, size, offset }) => {
    if (size === 0) return;
    const { form, settings } = formOf(distribution), kernel = kernelFor(form, dtype);
    const bytes = BYTES_PER_ELEMENT[dtype], block = BLOCK_BYTES / bytes, mark = scratch.mark();
    try {
      const own = scratch.reserve(DRAW_SCRATCH), target = scratch.reserve(Math.min(size, block) * bytes);
      const heap: Elements = scratch.data(dtype);
      for (let from = 0; from < size; from += block) {
        const to = Math.min(size, from + block);
        kernel(high, low, from, to, target, own, ...settings);
        copyRun(heap, target / bytes, data, offset + from, to - from);
      }
    } finally {
      scratch.release(mark);
    }
  };
}
