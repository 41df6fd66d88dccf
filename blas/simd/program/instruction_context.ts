/**
 * The contexts in which the code of a program's instructions is emitted.
 *
 * @module
 */
import { BYTES_PER_ELEMENT } from "../../dtype.ts";
import { firstResults, valueTypes } from "../../program/operands.ts";
import type { Program } from "../../program/program.ts";
import { sizeOf } from "../../shape.ts";
import type { ModuleBuilder } from "../../wasm/mod.ts";
import type { CodeContext, EmitterContext } from "./emitter.ts";
import { buildLoop, buildLoopShare, buildWholeLoop } from "./loop_function.ts";

/**
 * Returns the context of each instruction of a program.
 *
 * @param workspaces The byte address of each instruction's workspace.
 */
export function instructionContexts(
  m: ModuleBuilder,
  program: Program,
  code: CodeContext,
  workspaces: readonly number[],
): readonly EmitterContext[] {
  const first = firstResults(program), types = valueTypes(program);
  const bytes = types.map(({ dtype, shape }) => sizeOf(shape) * BYTES_PER_ELEMENT[dtype]);
  return program.instructions.map(({ results }, i) => ({
    ...code,
    module: m,
    results: results.map((_, k) => code.address(first[i]! + k)),
    shifts: results.map((_, k) => code.shiftOf?.(first[i]! + k)),
    workspace: workspaces[i]!,
    dtypeOf: (value) => types[value]!.dtype,
    bytesOf: (value) => bytes[value]!,
    resultBytes: results.map((_, k) => bytes[first[i]! + k]!),
    loop: (request) => buildLoop(m, { ...request, ...code }),
    wholeLoop: (request, computed) => buildWholeLoop(m, { ...request, ...code }, computed),
    loopShare: (request, computed) => buildLoopShare(m, { ...request, ...code }, computed),
  }));
}
