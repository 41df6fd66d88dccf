import { assertEquals, assertThrows } from "@std/assert";
import { Assembler } from "../../../../blas/machine/assembler/assembler.ts";
import { memory } from "../../../../blas/machine/assembler/operands.ts";
import {
  R12,
  R13,
  R15,
  R8,
  R9,
  RAX,
  RBP,
  RBX,
  RCX,
  RDI,
  RSP,
  VECTORS,
} from "../../../../blas/machine/assembler/registers.ts";
import { disassembled, hasObjdump } from "./disassembled.ts";

const ignore = !hasObjdump;

Deno.test("general instructions read the same to objdump", { ignore }, async () => {
  const a = new Assembler();
  a.load(R9, memory(RSP, 8));
  a.load32(RAX, memory(R13));
  a.load32(R8, memory(RBP, 128));
  a.store(memory(R12, 300, RBX, 8), R15);
  a.store32(memory(RDI), RCX);
  a.store32(memory(R9, 4), R8);
  a.lea(R9, memory(R8, 8, RAX, 4));
  a.move(R13, RAX);
  a.move(RAX, R13);
  a.set(R12, -5);
  a.set(R12, 5);
  a.set(R12, 2 ** 32 - 16);
  a.set(RCX, 0);
  a.set(R9, 0);
  a.arithmetic("add", R9, 127);
  a.arithmetic("add", R9, 128);
  a.arithmetic("sub", RAX, -128);
  a.arithmetic("cmp", R12, -129);
  a.arithmetic("and", RBX, 63);
  a.arithmetic("or", RBX, R8);
  a.arithmetic("xor", R8, RBX);
  a.arithmetic("sub", RCX, R15);
  a.arithmetic("sub", memory(RSP, -8), 1);
  a.storeNumber(memory(RSP, -16), 1000);
  a.multiply(R9, RAX, 1000);
  a.push(R9);
  a.push(RBX);
  a.pop(RBP);
  a.pop(R15);
  a.prefetch(memory(R9, 512));
  a.prefetch(memory(RAX, 64, R8, 8));
  a.vzeroupper();
  a.cpuid();
  a.xgetbv();
  a.return();
  assertEquals(await disassembled(a.finish()), [
    "mov r9,QWORD PTR [rsp+0x8]",
    "mov eax,DWORD PTR [r13+0x0]",
    "mov r8d,DWORD PTR [rbp+0x80]",
    "mov QWORD PTR [r12+rbx*8+0x12c],r15",
    "mov DWORD PTR [rdi],ecx",
    "mov DWORD PTR [r9+0x4],r8d",
    "lea r9,[r8+rax*4+0x8]",
    "mov r13,rax",
    "mov rax,r13",
    "mov r12,0xfffffffffffffffb",
    "mov r12d,0x5",
    "mov r12d,0xfffffff0",
    "xor ecx,ecx",
    "xor r9d,r9d",
    "add r9,0x7f",
    "add r9,0x80",
    "sub rax,0xffffffffffffff80",
    "cmp r12,0xffffffffffffff7f",
    "and rbx,0x3f",
    "or rbx,r8",
    "xor r8,rbx",
    "sub rcx,r15",
    "sub QWORD PTR [rsp-0x8],0x1",
    "mov QWORD PTR [rsp-0x10],0x3e8",
    "imul r9,rax,0x3e8",
    "push r9",
    "push rbx",
    "pop rbp",
    "pop r15",
    "prefetcht0 BYTE PTR [r9+0x200]",
    "prefetcht0 BYTE PTR [rax+r8*8+0x40]",
    "vzeroupper",
    "cpuid",
    "xgetbv",
    "ret",
  ]);
});

Deno.test("jumps reach their labels, before and behind them", { ignore }, async () => {
  const a = new Assembler(), end = a.label(), start = a.here();
  a.jumpIf("zero", end);
  a.jumpIf("notZero", start);
  a.jumpIf("carry", end);
  a.jump(start);
  a.call(end);
  a.bind(end);
  a.return();
  assertEquals(await disassembled(a.finish()), ["je 0x1c", "jne 0x0", "jb 0x1c", "jmp 0x0", "call 0x1c", "ret"]);
});

Deno.test("constants lie aligned behind the code, equal ones once", { ignore }, async () => {
  const a = new Assembler(), vector = new Uint8Array(32).fill(1);
  const first = a.datum(vector),
    small = a.datum(new Uint8Array(4).fill(2)),
    again = a.datum(new Uint8Array(32).fill(1));
  assertEquals(first, again);
  a.vector("binary", "vaddps", 256, [VECTORS[1]!, VECTORS[2]!, first]);
  a.vector("binary", "vshufps", 256, [VECTORS[1]!, VECTORS[2]!, first], { immediate: 7 });
  a.vector("unary", "vbroadcastss", 512, [VECTORS[1]!, small]);
  a.load(R9, small);
  const code = a.finish(), ends = [8, 17, 27, 34];
  assertEquals([...code.slice(64, 100)], [...vector, 2, 2, 2, 2]);
  const lines = await disassembled(code), offset = (to: number, k: number) => `rip+0x${(to - ends[k]!).toString(16)}`;
  assertEquals(lines.slice(0, 4), [
    `vaddps ymm1,ymm2,YMMWORD PTR [${offset(64, 0)}]`,
    `vshufps ymm1,ymm2,YMMWORD PTR [${offset(64, 1)}],0x7`,
    `vbroadcastss zmm1,DWORD PTR [${offset(96, 2)}]`,
    `mov r9,QWORD PTR [${offset(96, 3)}]`,
  ]);
});

Deno.test("align() fills up with instructions that do nothing", { ignore }, async () => {
  for (let k = 1; k < 16; k++) {
    const a = new Assembler();
    for (let i = 0; i < k; i++) a.return();
    a.align(16);
    assertEquals(a.size, 16);
    assertEquals((await disassembled(a.finish())).slice(k).every((line) => /nop|xchg/.test(line)), true);
  }
});

Deno.test("labels that are bound twice, or never, are errors", () => {
  const a = new Assembler(), label = a.here();
  assertThrows(() => a.bind(label), Error, "make another label");
  a.jump(a.label());
  assertThrows(() => a.finish(), Error, "it must be bound");
  assertThrows(() => a.arithmetic("add", RAX, 2 ** 40), RangeError, "integer of 32 bits");
  assertThrows(() => memory(RAX, 0, RSP), RangeError, "pass it as the base");
});
