/**
 * Conversions between float32 and float64 as WebAssembly functions.
 *
 * @module
 */
import { BYTES_PER_ELEMENT, type DType } from "../../dtype.ts";
import { rowMajorStrides, sizeOf } from "../../shape.ts";
import { type Callable, f32x4, f64x2, type FunctionBuilder, type ModuleBuilder } from "../../wasm/mod.ts";
import { argument } from "../../scalar/scalar.ts";
import type { Vector } from "../lane_instructions.ts";
import { loadLanes, storeLanes } from "./lane_access.ts";
import { levelsOf } from "./levels.ts";
import { emitLoopNest } from "./loop_nest.ts";
import type { EmitterContext, Lowered, Phase } from "./emitter.ts";
import { indicesOf, loopUnits } from "./loop_function.ts";
import { shareFunction, type UnitRange } from "./shares.ts";
import type { Operand } from "../../program/program.ts";

/** A conversion. */
export type CastSpec = {
  readonly operand: Operand;
  /** The dtype of the operand, and that of the result. */
  readonly from: DType;
  readonly to: DType;
  /** The byte address of element 0 of the operand's value. */
  readonly address: number;
  /** The byte address of the result, row-major. It must not overlap the operand. */
  readonly result: number;
};

/** The number of elements converted at a time: as many as fit in a vector of either dtype. */
const LANES = 2;

/** Converts the lowest two lanes: from which dtype, to which. */
export const CONVERSIONS: { readonly [From in DType]: { readonly [To in DType]: (x: Vector) => Vector } } =
  /* @__PURE__ */ (() => ({
    float32: { float32: (x) => x, float64: f64x2.promote_low_f32x4 },
    float64: { float32: f32x4.demote_f64x2_zero, float64: (x) => x },
  }))();

/** Prepares a conversion to a dtype. */
export function lowerCast(operand: Operand, dtype: DType): Lowered {
  function spec({ address, dtypeOf, results: [result] }: EmitterContext): CastSpec {
    return {
      operand,
      from: dtypeOf(operand.value),
      to: dtype,
      address: address(operand.value),
      result: result!,
    };
  }
  return {
    workspace: 0,
    emit: (context) => buildCast(context.module, spec(context)),
    get shares() {
      const emit: Phase["emit"] = (context) => buildCastShare(context.module, spec(context));
      return { workspace: 0, scratch: 0, phases: [{ units: castUnits(operand), emit }] };
    },
  };
}

/** Builds the function that converts an array; it has no parameters. */
export function buildCast(m: ModuleBuilder, spec: CastSpec): Callable<"none"> {
  return m.function({ parameters: {} }, (f) => emitCast(f, spec));
}

/** Builds the function that converts some units of an array, as described at `Phase.emit`. */
function buildCastShare(m: ModuleBuilder, spec: CastSpec): Callable<"none"> {
  return shareFunction(m, (f, range) => emitCast(f, spec, range));
}

/** Counts the units of a conversion that runs in shares. */
const castUnits = (operand: Operand): number =>
  loopUnits({ shape: operand.shape, operands: [operand], expressions: [argument(0)] });

function emitCast(f: FunctionBuilder, { operand, from, to, address, result }: CastSpec, range?: UnitRange): void {
  if (sizeOf(operand.shape) === 0) return;
  const bytes = BYTES_PER_ELEMENT[from], resultBytes = BYTES_PER_ELEMENT[to];
  if (range === undefined && sizeOf(operand.shape) === 1) {
    // A number, such as a factor of an optimizer, needs no loop.
    const x = CONVERSIONS[from][to](
      loadLanes((offset) => ({ address: 0, offset }), [address + operand.offset * bytes], bytes),
    );
    return f.do(...storeLanes((offset) => ({ address: 0, offset: result + offset }), f.let(x), 1, resultBytes));
  }
  const { lengths, strides } = levelsOf(operand.shape, [operand.stride]);
  emitLoopNest(f, {
    lengths,
    sources: [
      { base: address + operand.offset * bytes, strides: strides[0]!.map((step) => step * bytes) },
      { base: result, strides: rowMajorStrides(lengths).map((step) => step * resultBytes) },
    ],
    lanes: LANES,
    weight: 2,
    ...range && { range: { ...indicesOf(f, range, lengths), scale: 1 } },
    enter: () => {},
    body(vectors, { place }) {
      for (const { count, offsets } of vectors) {
        // At least one lane.
        const x = loadLanes((offset) => place(0, offset), offsets(0), bytes), [first] = offsets(1) as [number];
        const y = f.let(CONVERSIONS[from][to](x));
        f.do(...storeLanes((offset) => place(1, first + offset), y, count, resultBytes));
      }
    },
  });
}
