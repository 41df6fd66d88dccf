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
import { emitLoop, finalLoop, type LoopPlan, planLoop } from "./loop.ts";
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
  const plan = planLoop(loop, dtype, bits), whole: Part = { loop, first: 0 };
  const planned = plan !== undefined ? [{ ...whole, plan }] : partsOf(loop, dtype, bits);
  if (planned === undefined) return undefined;
  const { inPlace, ...final } = finalLoop({ kept: [], refuses: planned.some(({ plan }) => plan.refuses) });
  return {
    workspace: 0,
    // Results of one part must not be operands of the next.
    inPlace: inPlace && planned.length === 1,
    ...final,
    emit: (code, regions) =>
      planned.forEach(({ loop, plan, first }) =>
        emitLoop(code, {
          loop,
          plan,
          dtype,
          length: loop.shape[0] ?? 1,
          operand: (k) => {
            const { value, offset } = loop.operands[k]!;
            return code.pointer(regions.value(value), offset * bytes);
          },
          result: (k) => code.pointer(regions.results[first + k]!),
        })
      ),
  };
}

/** A loop for some of a map's results, from one on. */
type Part = { readonly loop: Loop; readonly first: number };

/** Plans a loop for each result alone, if together they need more registers than there are. */
function partsOf(
  loop: Loop,
  dtype: DType,
  bits: Bits,
): readonly (Part & { readonly plan: LoopPlan })[] | undefined {
  if (loop.expressions.length === 1) return undefined;
  const parts = loop.expressions.map((expression, first) => {
    const own = { ...loop, expressions: [expression] }, plan = planLoop(own, dtype, bits);
    return plan && { loop: own, first, plan };
  });
  return parts.every((part) => part !== undefined) ? parts : undefined;
}
