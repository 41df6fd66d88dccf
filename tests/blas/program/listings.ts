/**
 * Programs compared with listings that a test spells out.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { formatProgram } from "../../../blas/program/format/format_program.ts";
import type { Program } from "../../../blas/program/program.ts";

/** Checks what a program looks like; the listing may be indented, and have an empty line before and after it. */
export function assertListing(program: Program, listing: string): void {
  const lines = listing.split("\n").filter((line) => line.trim() !== "");
  const margin = lines.reduce((least, line) => Math.min(least, line.search(/\S/)), Infinity);
  assertEquals(formatProgram(program), lines.map((line) => line.slice(margin)).join("\n"));
}
