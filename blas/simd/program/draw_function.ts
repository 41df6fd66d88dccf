/**
 * Random numbers, and keys derived from keys, in programs.
 *
 * @module
 */
import { BYTES_PER_ELEMENT, type DType } from "../../dtype.ts";
import type { DrawOperation, FoldInOperation } from "../../program/operations/draw.ts";
import type { Operand } from "../../program/program.ts";
import { sizeOf } from "../../shape.ts";
import { call, f32, f64, f64x2, type FunctionBuilder, i32, i32x4, type Local, v128 } from "../../wasm/mod.ts";
import { DRAW_SCRATCH, drawFunction, formOf } from "../draw_code.ts";
import { shuffle } from "../lane_instructions.ts";
import { keySchedule, threefry } from "../math/threefry.ts";
import type { EmitterContext, Lowered, Phase } from "./emitter.ts";
import { least, loweredFrom, shareFunction } from "./shares.ts";

/** How many numbers a unit draws. */
const UNIT = 1024;

/** Prepares draws for emission. A module has one function for all draws of a form and dtype. */
export function lowerDraw({ distribution, shape, key }: DrawOperation, dtype: DType): Lowered {
  const size = sizeOf(shape), { form, settings } = formOf(distribution), bytes = BYTES_PER_ELEMENT[dtype];
  const phase: Phase = {
    units: Math.max(1, Math.ceil(size / UNIT)),
    emit: (context) => {
      const { module, relaxed, functions } = context;
      const draw = drawFunction(module, { form, dtype, relaxed, functions });
      return shareFunction(context.module, (f, { from, to, scratch }) => {
        const [high, low] = wordsAt(f, context, key), first = f.let(i32.mul(from, UNIT));
        const end = least(f, f.let(i32.mul(to, UNIT)), size);
        const target = i32.add(i32.mul(first, bytes), context.results[0]!);
        f.do(call(draw, high, low, first, end, target, scratch, ...settings));
      });
    },
  };
  return loweredFrom({ workspace: 0, scratch: DRAW_SCRATCH, phases: [phase] }, false);
}

/** Prepares the derivation of a key for emission. */
export function lowerFoldIn({ key, number }: FoldInOperation): Lowered {
  const phase: Phase = {
    units: 1,
    emit: (context) =>
      shareFunction(context.module, (f, { from, to }) =>
        f.if(i32.lt_s(from, to), () => {
          const schedule = keySchedule(f, wordsAt(f, context, key));
          const counters = f.let(i32x4.splat(wordAt(context, number, 0)));
          // One result, since one vector of counters is given.
          const [[high, low]] = threefry(f, [{ schedule, counters }]) as [ReturnType<typeof threefry>[number]];
          f.do(v128.store(context.results[0]!, f64x2.convert_low_i32x4_u(shuffle(high, low, [0, 4, 0, 4]))));
        })),
  };
  return loweredFrom({ workspace: 0, scratch: 0, phases: [phase] }, false);
}

/** The words of a key. */
const wordsAt = (f: FunctionBuilder, context: EmitterContext, key: Operand): readonly [Local<"i32">, Local<"i32">] => [
  f.let(wordAt(context, key, 0)),
  f.let(wordAt(context, key, 1)),
];

function wordAt({ address, dtypeOf }: EmitterContext, { value, offset, stride }: Operand, index: number) {
  const dtype = dtypeOf(value), at = address(value) + BYTES_PER_ELEMENT[dtype] * (offset + index * (stride[0] ?? 0));
  return dtype === "float64" ? i32.trunc_sat_f64_u(f64.load(at)) : i32.trunc_sat_f32_u(f32.load(at));
}
