/**
 * Scans as WebAssembly loops around the code of their programs.
 *
 * @module
 */
import { toLines } from "../../../alignment.ts";
import type { Carried } from "../../../program/memory/memory_plan.ts";
import { valueTypes } from "../../../program/operands.ts";
import type { ScanOperation } from "../../../program/operations/scan.ts";
import { type Expression, i32, type Local } from "../../../wasm/mod.ts";
import type { EmitterContext, Lowered, TeamWork } from "../emitter.ts";
import { type Body, bytesOf, indivisibleOf, type Inside, isInPlace } from "./body.ts";
import { sizesOf } from "./moving.ts";
import type { TeamBodyCode } from "./team_body_code.ts";

/**
 * Prepares a scan. The carry stays in one place; slices are read in place from the sequences, and the outputs of each step
 * are written in place to their slices of the results; slices that the code cannot access in place are copied.
 */
export function lowerScan(operation: ScanOperation, { lower, code, team }: Inside): Lowered | undefined {
  const { lowerBody, emitBody, copyBytes, copyOperand } = code;
  const { body: program, carries, finals, sequences, length, reverse, operands } = operation;
  const carried = Array.from({ length: carries }, (_, k): Carried => [k, k]), start = carries + sequences;
  const results = new Set(program.results);
  const isOutside = (k: number): boolean => k >= start && isInPlace(operands[k]!) && !results.has(k);
  const slices = { isSliced: (k: number) => k >= carries && k < start, firstYield: carries };
  const isSame = (k: number): boolean => k >= start;
  const body = lowerBody(program, lower, { isOutside, carried, isSame, slices });
  if (body === undefined) return undefined;
  // Sequences that are read through strides are copied to row-major arrays first.
  const types = body.program.parameters, staged = new Map<number, number>();
  let workspace = body.bytes;
  for (let k = carries; k < start; k++) {
    if (isInPlace(operands[k]!)) continue;
    staged.set(k, workspace);
    workspace += toLines(length * bytesOf(types[k]!));
  }
  // In each step, all slices of the same size have the same shift.
  const sizes = sizesOf(body.program, body.moving), shifts = workspace;
  workspace += toLines(4 * sizes.length);
  const emit: Lowered["emit"] = (context) => {
    const { module, workspace: base, address: addressOf } = context,
      yields = slicesOf(body, operation, context, staged);
    const outside = new Map(operands.flatMap(({ value }, k) => isOutside(k) ? [[k, addressOf(value)] as const] : []));
    const shiftOf = (bytes: number): number => base + shifts + 4 * sizes.indexOf(bytes);
    const moving = yields.filter(({ value }) => body.moving.has(value)),
      copied = yields.filter((one) => !moving.includes(one));
    for (const { value, sequence } of moving) outside.set(value, sequence);
    const moved = new Map(moving.map(({ value, bytes }) => [value, shiftOf(bytes)] as const));
    const { address, prepare, run, advance } = emitBody(context, body, base, outside, moved);
    const before = operands.flatMap((operand, k): readonly Expression<"none">[] => {
      if (k >= carries && k < start) return staged.has(k) ? [copyOperand(context, operand, base + staged.get(k)!)] : [];
      return isOutside(k) ? [] : [copyOperand(context, operand, address(k))];
    });
    return module.function({ parameters: {} }, (f) => {
      f.do(...before, ...prepare);
      f.for({ from: 0, to: length }, (step) => {
        const at: Local<"i32"> = reverse ? f.let(i32.sub(length - 1, step)) : step;
        const place = ({ bytes, sequence }: Slice): Local<"i32"> => f.let(i32.add(i32.mul(at, bytes), sequence));
        for (const bytes of sizes) f.do(i32.store(shiftOf(bytes), i32.mul(at, bytes)));
        for (const one of copied) if (one.isRead) f.do(...copyBytes(address(one.value), place(one), one.bytes));
        f.do(...run);
        for (const one of copied) if (!one.isRead) f.do(...copyBytes(place(one), address(one.value), one.bytes));
        f.do(...advance);
      });
      finals.forEach((k, i) => f.do(...copyBytes(context.results[i]!, address(k), bytesOf(types[k]!))));
    });
  };
  // With threads, all slices are copied, by the first thread, while the others wait.
  const stagedBytes = [...staged.keys()].reduce((sum, k) => sum + toLines(length * bytesOf(types[k]!)), 0);
  const work = (tools: TeamBodyCode): TeamWork => ({
    nanoseconds: tools.nanosecondsOfProgram(body.program),
    workspace: (threads) => tools.bodyForTeam(body, threads).bytes + stagedBytes,
    emit: (context, meeting) => {
      const own = tools.bodyForTeam(body, meeting.threads), { workspace: base, address: addressOf } = context;
      const behind = new Map([...staged].map(([k, at]) => [k, at - body.bytes + own.bytes]));
      const outside = new Map(operands.flatMap(({ value }, k) => isOutside(k) ? [[k, addressOf(value)] as const] : []));
      const { address, run, advance } = tools.emitTeamBody(context, own, base, outside, meeting);
      const slices = slicesOf(body, operation, context, behind), wait = tools.waitAt(meeting.barrier);
      const before = operands.flatMap((operand, k): readonly Expression<"none">[] => {
        if (k >= carries && k < start) {
          return behind.has(k) ? [copyOperand(context, operand, base + behind.get(k)!)] : [];
        }
        return isOutside(k) ? [] : [copyOperand(context, operand, address(k))];
      });
      return tools.teamFunction(context.module, [
        tools.alone((f) => f.do(...before)),
        (f, member) =>
          f.for({ from: 0, to: length }, (step) => {
            const at: Local<"i32"> = reverse ? f.let(i32.sub(length - 1, step)) : step;
            const place = ({ bytes, sequence }: Slice): Local<"i32"> => f.let(i32.add(i32.mul(at, bytes), sequence));
            const copies = (isRead: boolean) =>
              slices.filter((one) => one.isRead === isRead).flatMap((one) =>
                isRead
                  ? copyBytes(address(one.value), place(one), one.bytes)
                  : copyBytes(place(one), address(one.value), one.bytes)
              );
            tools.alone((f) => f.do(...copies(true)))(f, member);
            for (const code of [wait, ...run, wait]) code(f, member);
            tools.alone((f) => f.do(...copies(false), ...advance))(f, member);
          }),
        tools.alone((f) =>
          finals.forEach((k, i) => f.do(...copyBytes(context.results[i]!, address(k), bytesOf(types[k]!))))
        ),
      ]);
    },
  });
  return indivisibleOf({ workspace, emit }, team, work);
}

/** A value of each step, and the byte address of the first one in the sequence that it is a slice of. */
type Slice = {
  readonly value: number;
  readonly sequence: number;
  readonly bytes: number;
  /** Whether the step reads it; otherwise the step yields it. */
  readonly isRead: boolean;
};

/** Lists the slices that each step reads, and those that it yields. */
function slicesOf(
  { program }: Body,
  { carries, sequences, finals, operands }: ScanOperation,
  { address, workspace, results }: EmitterContext,
  staged: ReadonlyMap<number, number>,
): readonly Slice[] {
  const types = valueTypes(program);
  const slice = (value: number, sequence: number, isRead: boolean): Slice => {
    return { value, sequence, bytes: bytesOf(types[value]!), isRead };
  };
  const given = operands.slice(carries, carries + sequences).map(({ value }, k) => {
    const at = staged.get(carries + k);
    return slice(carries + k, at === undefined ? address(value) : workspace + at, true);
  });
  const yielded = program.results.slice(carries).map((value, k) => slice(value, results[finals.length + k]!, false));
  return [...given, ...yielded];
}
