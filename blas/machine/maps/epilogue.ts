/**
 * Loops after products and convolutions: on what has been computed into the workspace.
 *
 * @module
 */
import { BYTES_PER_ELEMENT, type DType } from "../../dtype.ts";
import { EPILOGUE_INPUT, type Loop } from "../../program/program.ts";
import { sizeOf } from "../../shape.ts";
import type { Bits } from "../assembler/registers.ts";
import type { Code } from "../code/code.ts";
import type { MachineLowered, Regions } from "../program/lowering.ts";
import { canEmitLoop, emitLoop } from "./loop.ts";

/** An epilogue: who runs it, and its code, if it has any. */
export type Epilogue = {
  /** What the lowered instruction says about it. */
  readonly lowered: Pick<MachineLowered, "epilogue" | "inPlace">;
  /** Writes it; nothing if there is none, or if WebAssembly runs it. */
  readonly emit: (code: Code, regions: Regions) => void;
};

/** Prepares the loop, if there is one, after an operation that leaves what it has computed at the start of the workspace. */
export function epilogueOf(loop: Loop | undefined, dtype: DType, bits: Bits): Epilogue {
  if (loop === undefined) return { lowered: { inPlace: false }, emit: () => {} };
  if (!canEmitLoop(loop, dtype, bits)) return { lowered: { inPlace: true, epilogue: loop }, emit: () => {} };
  const bytes = BYTES_PER_ELEMENT[dtype], computedBytes = sizeOf(loop.shape) * bytes;
  return {
    lowered: { inPlace: true },
    emit: (code, { value, results, workspace }) =>
      emitLoop(code, {
        loop,
        dtype,
        length: loop.shape[0] ?? 1,
        operand: (k) => {
          const { value: number, offset } = loop.operands[k]!;
          const computed = { ...workspace, name: "what was computed", bytes: computedBytes };
          return code.pointer(number === EPILOGUE_INPUT ? computed : value(number), offset * bytes);
        },
        result: (k) => code.pointer(results[k]!),
      }),
  };
}
