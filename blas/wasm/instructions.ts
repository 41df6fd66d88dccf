/**
 * Every instruction that the assembler knows, looked up by the name that the WebAssembly specification gives it.
 *
 * The tables are the single source: the checks of {@linkcode FunctionBuilder}, the functions in `expression.ts` and
 * their TypeScript types all come from a group like `["v128 v128", "v128", { f32x4: [0xe4, "add sub"] }]`: `f32x4.add`
 * has the opcode 0xe4 and `f32x4.sub` the next one; both take two vectors and return one. A new instruction is a new
 * word in such a text.
 *
 * @module
 */
import { ATOMIC_INSTRUCTIONS } from "./atomic_instructions.ts";
import type { Bytes, ValueType } from "./encoding.ts";
import { unsigned } from "./encoding.ts";
import { BULK_INSTRUCTIONS, PLAIN_INSTRUCTIONS } from "./scalar_instructions.ts";
import { RELAXED_INSTRUCTIONS, SIMD_INSTRUCTIONS } from "./simd_instructions.ts";

/**
 * The bytes after the opcode, if any: a byte offset (`memory`), that of an atomic instruction on 32 bits (`atomic`), a
 * lane number, an offset and a lane, sixteen bytes, or zeros that refer to the only memory.
 */
export type Immediate = "memory" | "atomic" | "lane" | "memoryLane" | "bytes" | "zero" | "zeroZero";

/**
 * The opcodes of instructions with one prefix: a number, then the names of the instructions that have this opcode and
 * the following ones.
 */
export type Opcodes = readonly (number | string)[];

/** A group of the tables: operand types and result types separated by spaces, instructions by prefix, immediate. */
export type Group = readonly [
  operands: string,
  results: string,
  instructions: { readonly [prefix: string]: Opcodes },
  immediate?: Immediate,
];

/** All groups. */
type Groups =
  | typeof PLAIN_INSTRUCTIONS[number]
  | typeof BULK_INSTRUCTIONS[number]
  | typeof SIMD_INSTRUCTIONS[number]
  | typeof RELAXED_INSTRUCTIONS[number]
  | typeof ATOMIC_INSTRUCTIONS[number];

/** The words of a text. */
type Words<Text> = Text extends `${infer First} ${infer Rest}` ? First | Words<Rest> : Text;

/** The names of a group's instructions. */
type NamesIn<Table> = {
  [Prefix in keyof Table & string]: Table[Prefix] extends Opcodes
    ? `${Prefix}.${Words<Extract<Table[Prefix][number], string>>}`
    : never;
}[keyof Table & string];

/** A group with the names of its instructions. */
type Named<G> = G extends readonly [infer O, infer R, infer Table, infer I]
  ? { readonly names: NamesIn<Table>; readonly row: readonly [operands: O, results: R, immediate: I] }
  : G extends readonly [infer O, infer R, infer Table]
    ? { readonly names: NamesIn<Table>; readonly row: readonly [operands: O, results: R] }
  : never;

/** The name of an instruction, such as `"f32x4.add"`. */
export type InstructionName = Named<Groups>["names"];

type RowIn<All, N> = All extends { readonly names: infer Names; readonly row: infer Row }
  ? N extends Names ? Row : never
  : never;

/** The types of each instruction, and its immediate if it has one. */
export type Rows = { readonly [N in InstructionName]: RowIn<Named<Groups>, N> };

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

const parse = (groups: readonly Group[], prefix: Bytes): [string, WasmInstruction][] =>
  groups.flatMap(([operands, results, instructions, immediate]) =>
    Object.entries(instructions).flatMap(([namespace, opcodes]) =>
      numbered(opcodes).map(([code, name]): [string, WasmInstruction] => [
        `${namespace}.${name}`,
        {
          opcode: [...prefix, ...(prefix.length ? unsigned(code) : [code])],
          operands: types(operands),
          results: types(results),
          immediate,
          usesMemory: immediate !== undefined && immediate !== "lane" && immediate !== "bytes",
        },
      ])
    )
  );

/** Numbers the names, upwards from the number before them. */
function numbered(opcodes: Opcodes): [code: number, name: string][] {
  let next = 0;
  return opcodes.flatMap((part) => {
    if (typeof part === "string") return part.split(" ").map((name): [number, string] => [next++, name]);
    next = part;
    return [];
  });
}

/** All instructions by name. */
export const INSTRUCTIONS: ReadonlyMap<string, WasmInstruction> = /* @__PURE__ */ (() =>
  new Map([
    ...parse(PLAIN_INSTRUCTIONS, []),
    ...parse(BULK_INSTRUCTIONS, [0xfc]),
    ...parse(SIMD_INSTRUCTIONS, [0xfd]),
    ...parse(RELAXED_INSTRUCTIONS, [0xfd]),
    ...parse(ATOMIC_INSTRUCTIONS, [0xfe]),
  ]))();
