/**
 * Functions that compute some units of an instruction's work.
 *
 * @module
 */
import { toLines } from "../../alignment.ts";
import {
  call,
  type Callable,
  constant,
  type FunctionBuilder,
  i32,
  type Local,
  type ModuleBuilder,
  select,
} from "../../wasm/mod.ts";
import type { EmitterContext, Lowered, Shares } from "./emitter.ts";

/** The units `from` to `to - 1`, known only when the code runs. */
export type UnitRange = { readonly from: Local<"i32">; readonly to: Local<"i32"> };

/** The parameters of a share: its units, and its scratch memory. */
export type Share = UnitRange & { readonly scratch: Local<"i32"> };

/** Builds a function as described at `Phase.emit`. */
export function shareFunction(m: ModuleBuilder, body: (f: FunctionBuilder, share: Share) => void): Callable<"none"> {
  return m.function({ parameters: { from: "i32", to: "i32", scratch: "i32" } }, body);
}

/** Returns the shares of an indivisible instruction: a single unit. */
export function indivisible(workspace: number, emit: Lowered["emit"]): Shares {
  function phase(context: EmitterContext) {
    const whole = emit(context);
    return shareFunction(context.module, (f, { from, to }) => f.if(i32.lt_s(from, to), () => f.do(call(whole))));
  }
  return { workspace, scratch: 0, phases: [{ units: 1, emit: phase }] };
}

/** Returns a lowered instruction that runs as a whole by running all units of its phases, one phase after the other. */
export function loweredFrom(shares: Shares, inPlace: boolean): Lowered {
  const { workspace, scratch, phases } = shares, own = toLines(workspace);
  return {
    workspace: own + scratch,
    inPlace,
    emit(context) {
      const calls = phases.map(({ units, emit }) => call(emit(context), 0, units, context.workspace + own));
      return context.module.function({ parameters: {} }, (f) => f.do(...calls));
    },
    shares,
  };
}

/**
 * Emits the code of a share for each of its units.
 *
 * @param count The total number of units.
 * @param unit Emits a unit.
 * @param last Emits the last of all units, if it differs.
 */
export function emitUnits(
  f: FunctionBuilder,
  { from, to }: UnitRange,
  count: number,
  unit: (index: Local<"i32">) => void,
  last?: () => void,
): void {
  const equal = last === undefined ? count : count - 1;
  if (equal > 0) f.for({ from, to: last === undefined ? to : least(f, to, equal) }, unit);
  if (last === undefined) return;
  f.if(i32.and(i32.gt_s(to, equal), i32.le_s(from, equal)), last);
}

/** Returns the units that belong to one of several lists of `count` units each, counted from the list's first. */
export function unitsOfList(f: FunctionBuilder, range: UnitRange, list: number, count: number): UnitRange {
  return unitsFrom(f, range, list * count, count);
}

/** Returns the units that are among the `count` units starting at `start`, counted from there. */
export function unitsFrom(f: FunctionBuilder, { from, to }: UnitRange, start: number, count: number): UnitRange {
  if (start === 0) return { from: least(f, from, count), to: least(f, to, count) };
  function within(index: Local<"i32">) {
    const own = f.let(i32.sub(index, start));
    return least(f, f.let(select(i32.gt_s(own, 0), own, constant("i32", 0))), count);
  }
  return { from: within(from), to: within(to) };
}

/** Returns the smaller of a number and a limit. */
export function least(f: FunctionBuilder, value: Local<"i32">, limit: number): Local<"i32"> {
  return f.let(select(i32.lt_s(value, limit), value, constant("i32", limit)));
}
