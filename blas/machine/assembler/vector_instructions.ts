/**
 * Every vector instruction that the assembler knows, under the name that Intel's manual gives it.
 *
 * A line is the manual's: an implied prefix, the opcode map, the opcode, then what else there is to say. `W1` is the bit W
 * of EVEX, `VW1` that of both VEX and EVEX; `/2` is a part of the opcode in place of a register; `half` and `bytes16` tell
 * how much memory is read where that is not a vector, and `EVEX` or `VEX` that
 * only that encoding has the instruction.
 *
 * @module
 */
import type { VectorOpcode } from "./encoding.ts";
import type { Form } from "./forms.ts";

const TABLE = {
  binary: {
    vaddps: "0F 58",
    vaddpd: "66 0F 58 W1",
    vsubps: "0F 5C",
    vsubpd: "66 0F 5C W1",
    vmulps: "0F 59",
    vmulpd: "66 0F 59 W1",
    vdivps: "0F 5E",
    vdivpd: "66 0F 5E W1",
    vminps: "0F 5D",
    vminpd: "66 0F 5D W1",
    vmaxps: "0F 5F",
    vmaxpd: "66 0F 5F W1",
    vaddss: "F3 0F 58 bytes4",
    vaddsd: "F2 0F 58 W1 bytes8",
    vandps: "0F 54",
    vandpd: "66 0F 54 W1",
    vandnps: "0F 55",
    vandnpd: "66 0F 55 W1",
    vorps: "0F 56",
    vorpd: "66 0F 56 W1",
    vxorps: "0F 57",
    vxorpd: "66 0F 57 W1",
    vcmpps: "0F C2 VEX",
    vcmppd: "66 0F C2 VEX",
    vblendvps: "66 0F3A 4A VEX",
    vblendvpd: "66 0F3A 4B VEX",
    vblendmps: "66 0F38 65 EVEX",
    vblendmpd: "66 0F38 65 W1 EVEX",
    vfmadd132ps: "66 0F38 98",
    vfmadd132pd: "66 0F38 98 VW1",
    vfmadd213ps: "66 0F38 A8",
    vfmadd213pd: "66 0F38 A8 VW1",
    vfmadd231ps: "66 0F38 B8",
    vfmadd231pd: "66 0F38 B8 VW1",
    vfmsub213ps: "66 0F38 AA",
    vfmsub213pd: "66 0F38 AA VW1",
    vfmsub231ps: "66 0F38 BA",
    vfmsub231pd: "66 0F38 BA VW1",
    vfnmadd213ps: "66 0F38 AC",
    vfnmadd213pd: "66 0F38 AC VW1",
    vfnmadd231ps: "66 0F38 BC",
    vfnmadd231pd: "66 0F38 BC VW1",
    vfnmsub213ps: "66 0F38 AE",
    vfnmsub213pd: "66 0F38 AE VW1",
    vfmadd231ss: "66 0F38 B9 bytes4",
    vfmadd231sd: "66 0F38 B9 VW1 bytes8",
    vmaskmovps: "66 0F38 2C VEX",
    vmaskmovpd: "66 0F38 2D VEX",
    vunpcklps: "0F 14",
    vunpcklpd: "66 0F 14 W1",
    vunpckhps: "0F 15",
    vunpckhpd: "66 0F 15 W1",
    vshufps: "0F C6",
    vshufpd: "66 0F C6 W1",
    vperm2f128: "66 0F3A 06 VEX",
    vinsertf128: "66 0F3A 18 bytes16 VEX",
    vinsertf32x4: "66 0F3A 18 bytes16 EVEX",
    vinsertps: "66 0F3A 21 bytes4",
    vmovhpd: "66 0F 16 W1 bytes8",
    vinsertf64x4: "66 0F3A 1A W1 half EVEX",
    vshuff32x4: "66 0F3A 23 EVEX",
    vshuff64x2: "66 0F3A 23 W1 EVEX",
    vpermps: "66 0F38 16",
    vpermpd: "66 0F38 16 W1 EVEX",
    vpaddd: "66 0F FE",
    vpaddq: "66 0F D4 W1",
    vpsubd: "66 0F FA",
    vpsubq: "66 0F FB W1",
    vpmulld: "66 0F38 40",
    vpmuludq: "66 0F F4 W1",
    vpcmpeqd: "66 0F 76 VEX",
    vpcmpeqq: "66 0F38 29 VEX",
    vpcmpgtd: "66 0F 66 VEX",
    vpcmpgtq: "66 0F38 37 VEX",
    vpand: "66 0F DB VEX",
    vpandn: "66 0F DF VEX",
    vpor: "66 0F EB VEX",
    vpxor: "66 0F EF VEX",
    vpandd: "66 0F DB EVEX",
    vpandq: "66 0F DB W1 EVEX",
    vpord: "66 0F EB EVEX",
    vporq: "66 0F EB W1 EVEX",
    vpxord: "66 0F EF EVEX",
    vpxorq: "66 0F EF W1 EVEX",
    vpsllvd: "66 0F38 47",
    vpsllvq: "66 0F38 47 VW1",
    vpsrlvd: "66 0F38 45",
    vpsrlvq: "66 0F38 45 VW1",
    vscalefps: "66 0F38 2C EVEX",
    vscalefpd: "66 0F38 2C W1 EVEX",
    vpternlogd: "66 0F3A 25 EVEX",
    vpternlogq: "66 0F3A 25 W1 EVEX",
  },
  compare: {
    vcmpps: "0F C2 EVEX",
    vcmppd: "66 0F C2 W1 EVEX",
    vpcmpd: "66 0F3A 1F EVEX",
    vpcmpq: "66 0F3A 1F W1 EVEX",
  },
  unary: {
    vmovups: "0F 10",
    vmovupd: "66 0F 10 W1",
    vmovaps: "0F 28",
    vmovapd: "66 0F 28 W1",
    vmovdqu: "F3 0F 6F VEX",
    vmovss: "F3 0F 10 bytes4",
    vmovsd: "F2 0F 10 W1 bytes8",
    vmovshdup: "F3 0F 16",
    vmovsldup: "F3 0F 12",
    vmovddup: "F2 0F 12 W1",
    vbroadcastss: "66 0F38 18 bytes4",
    vbroadcastsd: "66 0F38 19 W1 bytes8",
    vbroadcastf128: "66 0F38 1A bytes16 VEX",
    vbroadcastf32x4: "66 0F38 1A bytes16 EVEX",
    vsqrtps: "0F 51",
    vsqrtpd: "66 0F 51 W1",
    vroundps: "66 0F3A 08 VEX",
    vroundpd: "66 0F3A 09 VEX",
    vrndscaleps: "66 0F3A 08 EVEX",
    vrndscalepd: "66 0F3A 09 W1 EVEX",
    vgetexpps: "66 0F38 42 EVEX",
    vgetexppd: "66 0F38 42 W1 EVEX",
    vgetmantps: "66 0F3A 26 EVEX",
    vgetmantpd: "66 0F3A 26 W1 EVEX",
    vcvtps2dq: "66 0F 5B",
    vcvttps2dq: "F3 0F 5B",
    vcvtdq2ps: "0F 5B",
    vcvtps2pd: "0F 5A half",
    vcvtpd2ps: "66 0F 5A W1",
    vcvtdq2pd: "F3 0F E6 half",
    vcvtpd2dq: "F2 0F E6 W1",
    vcvttpd2dq: "66 0F E6 W1",
    vpermilps: "66 0F3A 04",
    vpermilpd: "66 0F3A 05 W1",
    vpermq: "66 0F3A 00 VW1",
    vpmovsxdq: "66 0F38 25 half",
    vpmovzxdq: "66 0F38 35 half",
    vtestps: "66 0F38 0E VEX",
    vtestpd: "66 0F38 0F VEX",
    vptest: "66 0F38 17 VEX",
  },
  store: {
    vmovups: "0F 11",
    vmovupd: "66 0F 11 W1",
    vmovntps: "0F 2B",
    vmovss: "F3 0F 11 bytes4",
    vmovsd: "F2 0F 11 W1 bytes8",
    vmovhps: "0F 17 bytes8",
    vextractps: "66 0F3A 17 bytes4",
    vextractf128: "66 0F3A 19 bytes16 VEX",
    vextractf32x4: "66 0F3A 19 bytes16 EVEX",
    vextractf64x2: "66 0F3A 19 W1 bytes16 EVEX",
    vextractf64x4: "66 0F3A 1B W1 half EVEX",
  },
  shift: {
    vpslld: "66 0F 72 /6",
    vpsllq: "66 0F 73 /6 W1",
    vpsrld: "66 0F 72 /2",
    vpsrlq: "66 0F 73 /2 W1",
    vpsrad: "66 0F 72 /4",
  },
  maskedStore: { vmaskmovps: "66 0F38 2E VEX", vmaskmovpd: "66 0F38 2F VEX" },
  signs: { vmovmskps: "0F 50 VEX", vmovmskpd: "66 0F 50 VEX" },
  spread: { vpbroadcastd: "66 0F38 7C EVEX", vpbroadcastq: "66 0F38 7C W1 EVEX" },
} as const satisfies { readonly [F in Form]: { readonly [name: string]: string } };

/** The names of the instructions of a form. */
export type NameOf<F extends Form> = keyof typeof TABLE[F] & string;

/** A vector instruction: its opcode, and what stands in place of a register. */
export type VectorInstruction = VectorOpcode & { readonly extension?: number | undefined };

const PREFIXES = ["", "66", "F3", "F2"] as const, MAPS = ["", "0F", "0F38", "0F3A"] as const;

/** Reads a line of the table. */
function parsed(line: string): VectorInstruction {
  const words = line.split(" "), flags = new Set(words);
  const prefix = PREFIXES.findIndex((one) => one === words[0]), at = prefix > 0 ? 1 : 0;
  const vexW = flags.has("VW1") ? 1 : 0, evexW = vexW === 1 || flags.has("W1") ? 1 : 0;
  const bytes = words.find((word) => word.startsWith("bytes")), extension = words.find((word) => word.startsWith("/"));
  return {
    map: MAPS.findIndex((one) => one === words[at]) as VectorOpcode["map"], // the table has only these
    prefix: Math.max(0, prefix) as VectorOpcode["prefix"],
    opcode: parseInt(words[at + 1]!, 16),
    vexW,
    evexW,
    tuple: bytes !== undefined ? Number(bytes.slice(5)) : flags.has("half") ? "half" : "full",
    element: evexW === 1 ? 8 : 4,
    only: flags.has("EVEX") ? "evex" : flags.has("VEX") ? "vex" : undefined,
    ...extension !== undefined && { extension: Number(extension.slice(1)) },
  };
}

/** The instructions by form and name. */
export const VECTOR_INSTRUCTIONS: { readonly [F in Form]: { readonly [N in NameOf<F>]: VectorInstruction } } =
  /* @__PURE__ */ (() =>
    Object.fromEntries(
      Object.entries(TABLE).map(([form, lines]) => [
        form,
        Object.fromEntries(Object.entries(lines).map(([name, line]) => [name, parsed(line)])),
      ]),
      // Built from the same keys.
    ) as { readonly [F in Form]: { readonly [N in NameOf<F>]: VectorInstruction } })();
