/**
 * The tables of instructions (scalar_instructions, simd_instructions, atomic_instructions); `instructions_test.ts` has the runtime validate each row.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { INSTRUCTIONS } from "../../../blas/wasm/instructions.ts";
import { ATOMIC_INSTRUCTIONS } from "../../../blas/wasm/atomic_instructions.ts";
import { BULK_INSTRUCTIONS, PLAIN_INSTRUCTIONS } from "../../../blas/wasm/scalar_instructions.ts";
import { RELAXED_INSTRUCTIONS, SIMD_INSTRUCTIONS } from "../../../blas/wasm/simd_instructions.ts";

const TABLES = [
  PLAIN_INSTRUCTIONS,
  BULK_INSTRUCTIONS,
  { ...SIMD_INSTRUCTIONS, ...RELAXED_INSTRUCTIONS },
  ATOMIC_INSTRUCTIONS,
];

Deno.test("no name and no opcode of a table stands for two instructions", () => {
  const names = TABLES.flatMap((table) => Object.keys(table));
  assertEquals(names.length, new Set(names).size);
  assertEquals(INSTRUCTIONS.size, names.length);
  for (const table of TABLES) {
    const codes = Object.values(table).map(([code]) => code);
    assertEquals(codes.length, new Set(codes).size);
  }
});

Deno.test("relaxed instructions have opcodes from 0x100, all others of SIMD below it, and scalar ones are one byte", () => {
  const codes = (table: { readonly [name: string]: readonly [number, ...unknown[]] }) =>
    Object.values(table).map(([code]) => code);
  assertEquals(Math.min(...codes(RELAXED_INSTRUCTIONS)) >= 0x100, true);
  assertEquals(Math.max(...codes(SIMD_INSTRUCTIONS)) < 0x100, true);
  assertEquals(Math.max(...codes(PLAIN_INSTRUCTIONS)) < 0xfc, true);
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
