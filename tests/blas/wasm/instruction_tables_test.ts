/**
 * The tables of instructions (scalar_instructions, simd_instructions, atomic_instructions); `instructions_test.ts` has the runtime validate each row.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { type Group, INSTRUCTIONS } from "../../../blas/wasm/instructions.ts";
import { f32x4, type Immediates, type InstructionName, type Operands, type Rows } from "../../../blas/wasm/mod.ts";
import { ATOMIC_INSTRUCTIONS } from "../../../blas/wasm/atomic_instructions.ts";
import { BULK_INSTRUCTIONS, PLAIN_INSTRUCTIONS } from "../../../blas/wasm/scalar_instructions.ts";
import { RELAXED_INSTRUCTIONS, SIMD_INSTRUCTIONS } from "../../../blas/wasm/simd_instructions.ts";

const TABLES = [
  PLAIN_INSTRUCTIONS,
  BULK_INSTRUCTIONS,
  [...SIMD_INSTRUCTIONS, ...RELAXED_INSTRUCTIONS],
  ATOMIC_INSTRUCTIONS,
];

/** The names of a table's instructions, and their opcodes after the prefix. */
const listed = (table: readonly Group[]): readonly (readonly [name: string, code: number])[] =>
  table.flatMap(([, , instructions]) =>
    Object.entries(instructions).flatMap(([prefix, opcodes]) => {
      let code = 0;
      return opcodes.flatMap((part) => {
        if (typeof part === "string") return part.split(" ").map((name) => [`${prefix}.${name}`, code++] as const);
        code = part;
        return [];
      });
    })
  );

Deno.test("no name and no opcode of a table stands for two instructions", () => {
  const names = TABLES.flatMap((table) => listed(table)).map(([name]) => name);
  assertEquals(names.length, new Set(names).size);
  assertEquals(INSTRUCTIONS.size, names.length);
  for (const table of TABLES) {
    const codes = listed(table).map(([, code]) => code);
    assertEquals(codes.length, new Set(codes).size);
  }
});

Deno.test("relaxed instructions have opcodes from 0x100, all others of SIMD below it, and scalar ones are one byte", () => {
  const codes = (table: readonly Group[]) => listed(table).map(([, code]) => code);
  assertEquals(Math.min(...codes(RELAXED_INSTRUCTIONS)) >= 0x100, true);
  assertEquals(Math.max(...codes(SIMD_INSTRUCTIONS)) < 0x100, true);
  assertEquals(Math.max(...codes(PLAIN_INSTRUCTIONS)) < 0xfc, true);
});

Deno.test("names count up from the opcode before them, and the types follow the tables", () => {
  assertEquals(INSTRUCTIONS.get("f32x4.add")!.opcode, [0xfd, 0xe4, 0x01]);
  assertEquals(INSTRUCTIONS.get("f32x4.sub")!.opcode, [0xfd, 0xe5, 0x01]);
  const shuffle: Operands<Rows["i8x16.shuffle"][0]> = [f32x4.const(1), f32x4.const(2)];
  const bytes: Immediates<Rows["i8x16.shuffle"]> = [[1, 2]], none: Immediates<Rows["f32x4.add"]> = [];
  // @ts-expect-error: an addition has no immediate
  const wrong: Immediates<Rows["f32x4.add"]> = [1];
  // @ts-expect-error: there is no instruction of this name
  const unknown: InstructionName = "f32x4.append";
  assertEquals([shuffle.length, bytes.length, none.length, wrong.length, unknown], [2, 1, 0, 1, "f32x4.append"]);
});

Deno.test("loads take an address, stores an address and a value, lanes have numbers", () => {
  for (const [name, { operands, results, immediate }] of INSTRUCTIONS) {
    if (/\.store/.test(name)) assertEquals([operands[0], operands.length, results.length], ["i32", 2, 0], name);
    if (/\.atomic\./.test(name)) assertEquals(immediate, "atomic", name);
    else if (/\.load/.test(name)) {
      assertEquals([operands[0], results.length, immediate?.startsWith("memory")], ["i32", 1, true], name);
    }
    if (/(extract|replace)_lane/.test(name)) assertEquals(immediate, "lane", name);
  }
});
