/**
 * Every instruction that the assembler knows, looked up by the name that the WebAssembly specification gives it.
 *
 * The tables are the single source: the checks of {@linkcode FunctionBuilder}, the functions in `expression.ts` and
 * their TypeScript types all come from a row like `"f32x4.add": [0xe4, "v128 v128", "v128"]`. A new instruction is a
 * new row.
 *
 * @module
 */
import { ATOMIC_INSTRUCTIONS } from "./atomic_instructions.ts";
import type { Bytes, ValueType } from "./encoding.ts";
import { unsigned } from "./encoding.ts";
import { BULK_INSTRUCTIONS, PLAIN_INSTRUCTIONS } from "./scalar_instructions.ts";
import { RELAXED_INSTRUCTIONS, SIMD_INSTRUCTIONS } from "./simd_instructions.ts";

/**
 * The bytes after the opcode, if any: a byte offset (`memory`), the same of an atomic instruction on 32 bits (`atomic`), a
 * lane number, an offset and a lane, sixteen bytes, or zeros that refer to the only memory.
 */
export type Immediate = "memory" | "atomic" | "lane" | "memoryLane" | "bytes" | "zero" | "zeroZero";

/** One row of the tables: opcode after the prefix, operand types and result types separated by spaces, immediate. */
export type Row = readonly [code: number, operands: string, results: string, immediate?: Immediate];

/** All rows by name. */
export type Rows =
  & typeof PLAIN_INSTRUCTIONS
  & typeof BULK_INSTRUCTIONS
  & typeof SIMD_INSTRUCTIONS
  & typeof RELAXED_INSTRUCTIONS
  & typeof ATOMIC_INSTRUCTIONS;

/** The name of an instruction, such as `"f32x4.add"`. */
export type InstructionName = keyof Rows;

/** An instruction ready to be emitted. */
export type WasmInstruction = {
  /** The prefix, if any, and the opcode. */
  readonly opcode: Bytes;
  /** The types taken from the stack, the topmost last. */
  readonly operands: readonly ValueType[];
  /** The types left on the stack. */
  readonly results: readonly ValueType[];
  /** The kind of immediate after the opcode. */
  readonly immediate: Immediate | undefined;
  /** Whether the module must have a memory. */
  readonly usesMemory: boolean;
};

// The lists above name value types only.
const types = (list: string): readonly ValueType[] => list === "" ? [] : list.split(" ") as ValueType[];

const parse = (rows: { readonly [name: string]: Row }, prefix: Bytes): [string, WasmInstruction][] =>
  Object.entries(rows).map(([name, [code, operands, results, immediate]]) => [
    name,
    {
      opcode: [...prefix, ...(prefix.length ? unsigned(code) : [code])],
      operands: types(operands),
      results: types(results),
      immediate,
      usesMemory: immediate !== undefined && immediate !== "lane" && immediate !== "bytes",
    },
  ]);

/** All instructions by name. */
export const INSTRUCTIONS: ReadonlyMap<string, WasmInstruction> = new Map([
  ...parse(PLAIN_INSTRUCTIONS, []),
  ...parse(BULK_INSTRUCTIONS, [0xfc]),
  ...parse(SIMD_INSTRUCTIONS, [0xfd]),
  ...parse(RELAXED_INSTRUCTIONS, [0xfd]),
  ...parse(ATOMIC_INSTRUCTIONS, [0xfe]),
]);
