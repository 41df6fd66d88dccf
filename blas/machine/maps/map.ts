/**
 * Maps of programs in machine code.
 *
 * @module
 */
import { BYTES_PER_ELEMENT, type DType } from "../../dtype.ts";
import { changeOperand } from "../../program/compose.ts";
import { copying } from "../../program/operands.ts";
import type { MapOperation } from "../../program/operations/map.ts";
import type { ViewOperation } from "../../program/operations/view.ts";
import type { Loop } from "../../program/program.ts";
import type { Bits } from "../assembler/registers.ts";
import type { MachineLowered, MachineLowering } from "../program/lowering.ts";
import { emitLoop, finalLoop, planLoop } from "./loop.ts";
import { lowerTranspose } from "./transpose.ts";

/** Prepares a map. */
export const lowerMap: MachineLowering<MapOperation> = ({ loop }, results, bits) =>
  lowered(loop, results[0]!.dtype, bits);

/** Prepares a view whose elements must be copied. */
export const lowerView: MachineLowering<ViewOperation> = ({ change, operand }, results, bits) => {
  const one = lowered(copying(changeOperand(operand, change) ?? operand), results[0]!.dtype, bits);
  return one && { ...one, inPlace: false };
};

function lowered(loop: Loop, dtype: DType, bits: Bits): MachineLowered | undefined {
  const transposed = lowerTranspose(loop, dtype, bits), bytes = BYTES_PER_ELEMENT[dtype];
  if (transposed !== undefined) return transposed;
  const plan = planLoop(loop, dtype, bits);
  if (plan === undefined) return undefined;
  return {
    workspace: 0,
    ...finalLoop(plan),
    emit: (code, regions) =>
      void emitLoop(code, {
        loop,
        plan,
        dtype,
        length: loop.shape[0] ?? 1,
        operand: (k) => {
          const { value, offset } = loop.operands[k]!;
          return code.pointer(regions.value(value), offset * bytes);
        },
        result: (k) => code.pointer(regions.results[k]!),
      }),
  };
}
