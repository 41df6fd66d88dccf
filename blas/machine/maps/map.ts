/**
 * Maps of programs in machine code.
 *
 * @module
 */
import { BYTES_PER_ELEMENT } from "../../dtype.ts";
import type { MapOperation } from "../../program/operations/map.ts";
import type { MachineLowering } from "../program/lowering.ts";
import { emitLoop, finalLoop, planLoop } from "./loop.ts";

/** Prepares a map. */
export const lowerMap: MachineLowering<MapOperation> = ({ loop }, results, bits) => {
  const { dtype } = results[0]!, bytes = BYTES_PER_ELEMENT[dtype];
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
};
