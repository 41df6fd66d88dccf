/**
 * What GNU's disassembler reads in code.
 *
 * @module
 */
import type { Datum, Memory } from "../../../../blas/machine/assembler/operands.ts";
import type { Bits, General, Mask, Vector } from "../../../../blas/machine/assembler/registers.ts";

const NAMES = "rax rcx rdx rbx rsp rbp rsi rdi r8 r9 r10 r11 r12 r13 r14 r15".split(" ");

/** Tells whether `objdump` is here and may be run. */
export const hasObjdump: boolean = (() => {
  const granted = (["run", "write", "read"] as const).every((name) =>
    Deno.permissions.querySync({ name }).state === "granted"
  );
  try {
    return granted &&
      new Deno.Command("objdump", { args: ["--version"], stdout: "null", stderr: "null" }).outputSync().success;
  } catch {
    return false;
  }
})();

/** Returns the instructions in code, one a line, without what the disassembler remarks. */
export async function disassembled(code: Uint8Array): Promise<readonly string[]> {
  const file = await Deno.makeTempFile();
  try {
    await Deno.writeFile(file, code);
    const args = ["-D", "-b", "binary", "-m", "i386:x86-64", "-M", "intel", "--no-show-raw-insn", file];
    const { stdout } = await new Deno.Command("objdump", { args }).output();
    return new TextDecoder().decode(stdout).split("\n").flatMap((line) => {
      const found = /^\s+[0-9a-f]+:\s+(.*?)\s*(#.*)?$/.exec(line);
      return found === null ? [] : [found[1]!.replace(/\s+/, " ")];
    });
  } finally {
    await Deno.remove(file);
  }
}

const hexadecimal = (value: number): string => value < 0 ? `-0x${(-value).toString(16)}` : `+0x${value.toString(16)}`;

/** Writes an operand as the disassembler does. */
export function written(operand: General | Vector | Mask | Memory | Datum, bits: Bits, size = ""): string {
  switch (operand.kind) {
    case "general":
      return NAMES[operand.number]!;
    case "vector":
      return `${{ 128: "xmm", 256: "ymm", 512: "zmm" }[bits]}${operand.number}`;
    case "mask":
      return `k${operand.number}`;
    case "datum":
      return `${size}[rip]`;
    case "memory": {
      const { base, index, scale, displacement } = operand;
      const indexed = index === undefined ? "" : `+${NAMES[index.number]}*${scale}`;
      // A displacement of 0 is written where the encoding has one.
      const shown = displacement === 0 ? (base.number & 7) === 5 ? "+0x0" : "" : hexadecimal(displacement);
      return `${size}[${NAMES[base.number]}${indexed}${shown}]`;
    }
  }
}
