/**
 * The code that each thread of a team runs of an instruction.
 *
 * @module
 */
import { toLines } from "../../../alignment.ts";
import { call, type Callable, constant, type FunctionBuilder, i32, type Local } from "../../../wasm/mod.ts";
import type { EmitterContext, Lowered, Meeting } from "../emitter.ts";
import type { TeamPhase } from "./phases.ts";

/** The number of a thread, and the number of threads. */
export type Member = { readonly thread: Local<"i32">; readonly threads: Local<"i32"> };

/** Emits what one thread does. */
export type MemberCode = (f: FunctionBuilder, member: Member) => void;

/** A part of what one thread does of an instruction. */
export type Part = {
  readonly code: MemberCode;
  /** Whether it waits for other threads; otherwise it computes. */
  readonly waits: boolean;
};

/** Waits for all threads. */
export const waitAt = (barrier: Callable<"none">): MemberCode => (f, { thread, threads }) =>
  f.do(call(barrier, thread, threads));

/** Emits code that only the first thread runs. */
export const alone = (code: (f: FunctionBuilder) => void): MemberCode => (f, { thread }) =>
  f.if(i32.eqz(thread), () => code(f));

/** Returns a member's part of `count` units, as `boundOf` divides them. */
export function partOf(f: FunctionBuilder, { thread, threads }: Member, count: number) {
  const bound = (k: Local<"i32">) => f.let(i32.div_u(i32.sub(i32.add(i32.mul(k, count), threads), 1), threads));
  return { from: bound(thread), to: bound(f.let(i32.add(thread, 1))) };
}

/**
 * Returns the parts in which each thread runs an instruction.
 *
 * @param one The instruction.
 * @param phases How each of its phases is run.
 */
export function memberParts(
  one: Lowered,
  context: EmitterContext,
  phases: readonly TeamPhase[],
  meeting: Meeting,
): readonly Part[] {
  const wait: Part = { code: waitAt(meeting.barrier), waits: true };
  if (one.team !== undefined && phases[0]!.divided) {
    const together = one.team.emit(context, meeting);
    const code: MemberCode = (f, { thread, threads }) => f.do(call(together, thread, threads));
    return [...phases[0]!.barrier ? [wait] : [], { code, waits: false }];
  }
  const { workspace, scratch } = one.shares, own = context.workspace + toLines(workspace), step = toLines(scratch);
  return one.shares.phases.flatMap(({ units, emit }, k) => {
    const share = emit(context), { divided, barrier } = phases[k]!;
    const code: MemberCode = divided
      ? (f, member) => {
        const { from, to } = partOf(f, member, units);
        f.if(
          i32.lt_s(from, to),
          () => f.do(call(share, from, to, i32.add(constant("i32", own), i32.mul(member.thread, step)))),
        );
      }
      : alone((f) => f.do(call(share, 0, units, own)));
    return [...barrier ? [wait] : [], { code, waits: false }];
  });
}

/** The instructions before and after one with which it does not share its workspace, so that no thread waits for that. */
export const APART = 4;

/** Returns the bytes of workspace of an instruction that this many threads run. */
export function teamWorkspace({ shares, team }: Lowered, threads: number): number {
  const divided = toLines(shares.workspace) + threads * toLines(shares.scratch);
  return team === undefined ? divided : Math.max(divided, team.workspace(threads));
}
