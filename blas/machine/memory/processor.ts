/**
 * What the processor and the operating system offer, asked before any other code runs.
 *
 * @module
 */
import type { Either } from "../../../deps.ts";
import * as either from "../../either.ts";
import { Assembler } from "../assembler/assembler.ts";
import { memory } from "../assembler/operands.ts";
import { RAX, RBX, RCX, RDI, RDX } from "../assembler/registers.ts";
import { addressOf, callOf } from "./calls.ts";
import { codePages } from "./code_pages.ts";
import type { Libc } from "./libc.ts";

/** The vectors that a processor has: AVX2 and FMA, and AVX-512 with the extensions that servers since 2017 have. */
export type Processor = {
  /** The widest vectors, in bits. */
  readonly bits: 256 | 512;
};

/** The answers of CPUID and XGETBV, in the order in which {@link questions} stores them. */
type Answers = Readonly<Uint32Array>;

/** The code that asks: leaves 0, 1 and 7 of CPUID, four numbers each, then XGETBV's. */
function questions(): Uint8Array {
  const a = new Assembler(), noSystem = a.label(), end = a.label();
  a.push(RBX);
  const leaf = (number: number, at: number) => {
    a.set(RAX, number);
    a.set(RCX, 0);
    a.cpuid();
    [RAX, RBX, RCX, RDX].forEach((register, k) => a.store32(memory(RDI, at + 4 * k), register));
  };
  leaf(0, 0);
  leaf(1, 16);
  // Without OSXSAVE, XGETBV is an illegal instruction.
  a.load32(RAX, memory(RDI, 16 + 8));
  a.arithmetic("and", RAX, OSXSAVE);
  a.jumpIf("zero", noSystem);
  a.set(RCX, 0);
  a.xgetbv();
  a.store32(memory(RDI, 48), RAX);
  a.bind(noSystem);
  // A processor without leaf 7 answers with that of another.
  a.load32(RAX, memory(RDI));
  a.arithmetic("cmp", RAX, 7);
  a.jumpIf("below", end);
  leaf(7, 32);
  a.bind(end);
  a.pop(RBX);
  a.set(RAX, 0);
  a.return();
  return a.finish();
}

const OSXSAVE = 0x800_0000, AVX = 0x1000_0000, FMA = 0x1000, AVX2 = 0x20;
/** AVX-512 F, DQ, BW and VL. */
const AVX512 = [0x1_0000, 0x2_0000, 0x4000_0000, -0x8000_0000] as const;
/** The registers that the system keeps: XMM and YMM; opmask, ZMM and the upper sixteen. */
const KEPT_256 = 6, KEPT_512 = 0xe6;

/** Reads the answers. */
export function processorOf(answers: Answers): Either<string, Processor> {
  const [ecx1, ebx7, kept] = [answers[6]!, answers[9]!, answers[12]!];
  if ((ecx1 & OSXSAVE) === 0 || (ecx1 & AVX) === 0 || (kept & KEPT_256) !== KEPT_256) {
    return either.left("the processor, or the system, has no AVX, and must have AVX2 and FMA");
  }
  if ((ebx7 & AVX2) === 0) return either.left("the processor has no AVX2, and must have AVX2 and FMA");
  if ((ecx1 & FMA) === 0) return either.left("the processor has no FMA, and must have AVX2 and FMA");
  const isWide = AVX512.every((bit) => (ebx7 & bit) !== 0) && (kept & KEPT_512) === KEPT_512;
  return either.right({ bits: isWide ? 512 : 256 });
}

/** Asks the processor, or says why that was not possible, or what it lacks. */
export function askProcessor(libc: Libc): Either<string, Processor> {
  const pages = codePages(libc, questions());
  if (pages._tag === "Left") return pages;
  const answers = new Uint32Array(64); // larger than it need be, so that the collector does not move it
  callOf(libc, pages.right, 0, addressOf(answers.buffer))();
  return processorOf(answers);
}
