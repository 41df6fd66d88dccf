import { assertEquals, assertThrows } from "@std/assert";
import { Assembler } from "../../../../blas/machine/assembler/assembler.ts";
import { memory } from "../../../../blas/machine/assembler/operands.ts";
import {
  type Bits,
  GENERAL,
  MASKS,
  R12,
  R13,
  R8,
  R9,
  RAX,
  RBP,
  RDI,
  RSP,
  VECTORS,
} from "../../../../blas/machine/assembler/registers.ts";
import type { Form, FormOperands } from "../../../../blas/machine/assembler/forms.ts";
import type { NameOf } from "../../../../blas/machine/assembler/vector_instructions.ts";
import { VECTOR_INSTRUCTIONS } from "../../../../blas/machine/assembler/vector_instructions.ts";
import { disassembled, hasObjdump, written } from "./disassembled.ts";

const v = (k: number) => VECTORS[k]!, ignore = !hasObjdump;

/** Instructions whose last operand is an immediate. */
const IMMEDIATE =
  /^v(cmp|shuf|perm2|permilp|permq|insert|extract|round|rndscale|getmant|pternlog|pcmpd|pcmpq|ps[lr][la][dq]$)/;

/** Instructions that only one width has, or not all. */
const WIDTHS: { readonly [name: string]: readonly Bits[] } = {
  vperm2f128: [256],
  vinsertf128: [256],
  vinsertf32x4: [512],
  vinsertf64x4: [512],
  vshuff32x4: [512],
  vshuff64x2: [512],
  vpermps: [256, 512],
  vpermpd: [256, 512],
  vpermq: [256, 512],
  vbroadcastsd: [256, 512],
  vbroadcastf128: [256],
  vbroadcastf32x4: [256, 512],
  vextractf128: [256],
  vextractf32x4: [512],
  vextractf64x2: [512],
  vextractf64x4: [512],
};

/** Scalars name registers of 128 bits. */
const SCALAR = /(ss|sd)$|vmovhp|vextractps|vinsertps/;

type Case = { readonly name: string; readonly expected: string };

/** Emits a form of an instruction in several ways, and tells what the disassembler must read. */
function casesOf(a: Assembler, name: string, bits: Bits, emit: (k: number) => readonly string[]): readonly Case[] {
  return [0, 1, 2, 3, 4].flatMap((k) => {
    const size = a.size, operands = emit(k);
    return a.size === size ? [] : [{ name, expected: `${bits} ${operands.join(",")}` }];
  });
}

/** Places in memory with short and long displacements, counted by `unit` with EVEX, and every kind of base and index. */
const places = (unit: number) => [
  memory(RBP),
  memory(R13, unit * 127),
  memory(RSP, -unit * 128, R9, 4),
  memory(R12, unit * 128, R8, 8),
  memory(RAX, 3, R12, 1),
];

const widthsOf = (name: string): readonly Bits[] =>
  SCALAR.test(name) && !name.startsWith("vbroadcast") ? [128] : WIDTHS[name] ?? [128, 256, 512];

const only = (form: Form, name: string) =>
  (VECTOR_INSTRUCTIONS[form] as { readonly [name: string]: { readonly only?: "vex" | "evex" } })[name]!.only;

/** The widths that an instruction is tried in: 512 bits, and high registers, only where EVEX has it. */
const triedIn = (form: Form, name: string) =>
  widthsOf(name).filter((bits) =>
    bits === 512 ? only(form, name) !== "vex" : bits === 256 || only(form, name) !== "evex"
  );

/** All instructions of a form in all widths, with low and high registers and every kind of place. */
function allOf<F extends Form>(a: Assembler, form: F, make: (k: number, high: boolean, bits: Bits) => FormOperands[F]) {
  return (Object.keys(VECTOR_INSTRUCTIONS[form]) as NameOf<F>[]).flatMap((name) =>
    triedIn(form, name)
      .flatMap((bits) =>
        casesOf(a, name, bits, (k) => {
          const operands = make(k, bits === 512, bits);
          const immediate = IMMEDIATE.test(name) ? 1 : undefined;
          if (name.startsWith("vblendv")) {
            a.blend(name as "vblendvps", bits as 256, operands as FormOperands["binary"], v(9));
          } else a.vector(form, name, bits, operands, { ...immediate !== undefined && { immediate } });
          return [
            ...operands.map((one) => written(one, bits)),
            ...immediate === undefined ? [] : ["0x1"],
          ];
        })
      )
  );
}

/** Reduces what was read to what the cases say: registers by number, places without their sizes. */
function simple(line: string): string {
  return line.replace(/^\{evex\} /, "").replace(/[A-Z]+ (PTR|BCST) /, "").replace(/\[rip\+0x[0-9a-f]+\]/, "[rip]");
}

/** Compares lines of a form: the operands exactly, except for the widths that some of them have by themselves. */
async function check(a: Assembler, cases: readonly Case[]) {
  const lines = await disassembled(a.finish());
  assertEquals(lines.length >= cases.length, true);
  const wrong = cases.flatMap(({ name, expected }, k) => {
    const [mnemonic = "", operands = ""] = simple(lines[k]!).split(" ");
    const narrow = (text: string) =>
      text.replace(/\b[xyz]mm/g, "v").replace(/,0x1$/, "").replace(/\b(e)([a-ds-]..?)\b/g, "r$2");
    const alias = /^v(p?cmp)/.test(name) ? mnemonic.startsWith(name.slice(0, 4)) : mnemonic === name;
    const extra = name.startsWith("vblendv") ? ",v9" : "";
    const isEqual = narrow(operands).replace(/\br(\d+)d\b/, "r$1") === narrow(expected.split(" ")[1]!) + extra;
    return alias && isEqual ? [] : [`${name}: ${expected} reads as ${lines[k]}`];
  });
  assertEquals(wrong, []);
  return lines;
}

Deno.test("instructions with two sources read the same to objdump", { ignore }, async () => {
  const a = new Assembler();
  const masked = /^vmaskmov/;
  const cases = (["binary"] as const).flatMap((form) =>
    allOf(a, form, (k, high) => [
      v(high ? 16 + 3 * k : 3 * k),
      v(high ? 31 - k : 15 - k),
      places(1)[k]!,
    ])
  );
  assertEquals(cases.some(({ name }) => masked.test(name)), true);
  await check(a, cases);
});

Deno.test("instructions with two sources in registers read the same to objdump", { ignore }, async () => {
  const a = new Assembler(), names = Object.keys(VECTOR_INSTRUCTIONS.binary) as NameOf<"binary">[];
  const cases = names.filter((name) => !/^v(maskmov|blendv|insert|movhpd)/.test(name)).flatMap((name) =>
    triedIn("binary", name)
      .flatMap((bits) => {
        const operands = bits === 512 ? [v(31), v(17), v(8)] as const : [v(8), v(15), v(12)] as const;
        a.vector("binary", name, bits, operands, IMMEDIATE.test(name) ? { immediate: 1 } : {});
        return [{ name, expected: `${bits} ${operands.map((one) => written(one, bits)).join(",")}` }];
      })
  );
  await check(a, cases);
});

Deno.test("instructions with one source read the same to objdump", { ignore }, async () => {
  const a = new Assembler();
  await check(a, allOf(a, "unary", (k, high) => [v(high ? 16 + 3 * k : 3 * k), places(1)[k]!]));
});

Deno.test("comparisons, stores and shifts read the same to objdump", { ignore }, async () => {
  const a = new Assembler();
  await check(a, [
    ...allOf(a, "compare", (k) => [MASKS[k + 1]!, v(31 - k), places(1)[k]!]),
    ...allOf(a, "store", (k, high) => [places(1)[k]!, v(high ? 31 - k : 3 * k)]),
    ...allOf(a, "shift", (k, high) => [v(high ? 31 - k : 15 - k), v(high ? 16 + 3 * k : 3 * k)]),
    ...allOf(a, "maskedStore", (k) => [places(1)[k]!, v(15 - k), v(3 * k)]),
    ...allOf(a, "signs", (k) => [GENERAL[3 * k]!, v(15 - k)]),
    ...allOf(a, "spread", (k) => [v(31 - k), GENERAL[3 * k]!]),
  ]);
});

/** Displacements that fit in one byte when they are counted in vectors, in elements, or in bytes, and those that do not. */
const DISPLACED = [[512, 64], [512, 127 * 64], [512, 128 * 64], [512, -128 * 64], [512, 60], [256, 32], [
  256,
  4096,
]] as const;

Deno.test("displacements are as short as they can be, and read the same to objdump", { ignore }, async () => {
  const a = new Assembler(), sizes: number[] = [];
  for (const [bits, displacement] of DISPLACED) {
    const before = a.size;
    a.vector("unary", "vmovups", bits, [v(1), memory(RDI, displacement)]);
    sizes.push(a.size - before);
  }
  for (const [displacement, broadcast] of [[127 * 4, true], [128 * 4, true], [64, false], [508, false]] as const) {
    const before = a.size;
    a.vector("binary", "vfmadd231ps", 512, [v(1), v(2), memory(RDI, displacement)], { broadcast });
    sizes.push(a.size - before);
  }
  const before = a.size;
  a.vector("unary", "vbroadcastss", 512, [v(1), memory(RDI, 127 * 4)]);
  assertEquals([...sizes, a.size - before], [7, 7, 10, 7, 10, 5, 8, 7, 10, 7, 10, 7]);
  const lines = (await disassembled(a.finish())).map((line) => /\[.*\]/.exec(line)?.[0]);
  const numbers = [...DISPLACED.map(([, one]) => one), 508, 512, 64, 508, 508];
  assertEquals(lines, numbers.map((one) => written(memory(RDI, one), 512)));
});

Deno.test("masks, zeroing, repeated elements and rounding read the same to objdump", { ignore }, async () => {
  const a = new Assembler();
  a.vector("binary", "vaddps", 512, [v(31), v(17), memory(R9, 64, R8, 4)], { mask: MASKS[1]!, zero: true });
  a.vector("unary", "vmovupd", 512, [v(3), memory(RAX, 64)], { mask: MASKS[7]!, zero: true });
  a.vector("store", "vmovups", 512, [memory(R13), v(18)], { mask: MASKS[2]! });
  a.vector("unary", "vmovups", 256, [v(3), memory(RAX, 32)], { mask: MASKS[3]! });
  a.vector("binary", "vfmadd231pd", 512, [v(30), v(1), memory(RBP, 8)], { broadcast: true });
  a.vector("binary", "vmulps", 512, [v(1), v(2), v(3)], { rounding: "zero" });
  a.vector("binary", "vdivpd", 512, [v(1), v(2), v(30)], { rounding: "nearest" });
  a.vector("compare", "vcmpps", 512, [MASKS[1]!, v(20), v(3)], { immediate: 1, mask: MASKS[2]! });
  a.vector("unary", "vmovaps", 256, [v(17), v(3)]);
  a.moveMask(MASKS[1]!, RAX);
  a.moveMask(MASKS[7]!, R12);
  a.testMasks(MASKS[3]!, MASKS[4]!);
  a.combineMasks("and", MASKS[1]!, MASKS[2]!, MASKS[3]!);
  a.combineMasks("andNot", MASKS[4]!, MASKS[5]!, MASKS[6]!);
  a.combineMasks("or", MASKS[1]!, MASKS[7]!, MASKS[3]!);
  assertEquals(await disassembled(a.finish()), [
    "vaddps zmm31{k1}{z},zmm17,ZMMWORD PTR [r9+r8*4+0x40]",
    "vmovupd zmm3{k7}{z},ZMMWORD PTR [rax+0x40]",
    "vmovups ZMMWORD PTR [r13+0x0]{k2},zmm18",
    "vmovups ymm3{k3},YMMWORD PTR [rax+0x20]",
    "vfmadd231pd zmm30,zmm1,QWORD BCST [rbp+0x8]",
    "vmulps zmm1,zmm2,zmm3{rz-sae}",
    "vdivpd zmm1,zmm2,zmm30{rn-sae}",
    "vcmpltps k1{k2},zmm20,zmm3",
    "vmovaps ymm17,ymm3",
    "kmovw k1,eax",
    "kmovw k7,r12d",
    "kortestw k3,k4",
    "kandw k1,k2,k3",
    "kandnw k4,k5,k6",
    "korw k1,k7,k3",
  ]);
});

Deno.test("instructions without an EVEX form are errors with high registers", () => {
  const a = new Assembler();
  assertThrows(() => a.vector("binary", "vperm2f128", 256, [v(16), v(1), v(2)]), RangeError, "registers below 16");
});
