/**
 * Maps of programs in machine code.
 *
 * @module
 */
import { BYTES_PER_ELEMENT } from "../../dtype.ts";
import type { MapOperation } from "../../program/operations/map.ts";
import { sizeOf } from "../../shape.ts";
import type { MachineLowering } from "../program/lowering.ts";
import { canEmitLoop, emitLoop } from "./loop.ts";

/** The fewest elements of a map: fewer are computed as fast by WebAssembly. */
const FEW = 32;

/** Prepares a map. */
export const lowerMap: MachineLowering<MapOperation> = ({ loop }, results, bits) => {
  const { dtype } = results[0]!, bytes = BYTES_PER_ELEMENT[dtype];
  if (sizeOf(loop.shape) < FEW || !canEmitLoop(loop, dtype, bits)) return undefined;
  return {
    workspace: 0,
    inPlace: true,
    emit: (code, regions) =>
      emitLoop(code, {
        loop,
        dtype,
        length: loop.shape[0]!,
        operand: (k) => {
          const { value, offset } = loop.operands[k]!;
          return code.pointer(regions.value(value), offset * bytes);
        },
        result: (k) => code.pointer(regions.results[k]!),
      }),
  };
};
