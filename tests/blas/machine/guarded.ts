/**
 * Instructions between pages that may not be touched: an access one byte outside of their arrays ends this process.
 *
 * Run with a seed, a number of seconds, and how many instructions there must be at least; it prints how many of each kind
 * it has run.
 *
 * @module
 */
import { BYTES_PER_ELEMENT } from "../../../blas/dtype.ts";
import type { ValueType } from "../../../blas/program/program.ts";
import { sizeOf } from "../../../blas/shape.ts";
import { Code } from "../../../blas/machine/code/code.ts";
import type { Region } from "../../../blas/machine/code/regions.ts";
import { addressOf, callOf } from "../../../blas/machine/memory/calls.ts";
import { codePages } from "../../../blas/machine/memory/code_pages.ts";
import { openMachine } from "../../../blas/machine/memory/machine.ts";
import { lowerToMachine } from "../../../blas/machine/program/lowerings.ts";
import { randomConvolution, randomFrom, randomMap, randomProduct } from "./instructions.ts";
import { randomCopy, randomJoin } from "./random_moves.ts";
import { randomReduce, randomRows } from "./random_rows.ts";

const opened = openMachine();
if (opened._tag === "Left") throw new Error(opened.left);
const { libc, bits: widest } = opened.right, PAGE = 4096;

/** Makes memory of so many bytes that ends, or begins, at a page that may not be touched; pages around it may not either. */
function fenced(bytes: number, atEnd: boolean): { readonly address: bigint; readonly free: () => void } {
  const inner = Math.ceil(Math.max(1, bytes) / PAGE) * PAGE, size = BigInt(inner + 2 * PAGE);
  const start = BigInt(libc.mmap(0n, size, 3, 0x22, -1, 0n)), first = start + BigInt(PAGE);
  libc.mprotect(start, BigInt(PAGE), 0);
  libc.mprotect(first + BigInt(inner), BigInt(PAGE), 0);
  return { address: first + BigInt(atEnd ? inner - bytes : 0), free: () => void libc.munmap(start, size) };
}

const random = randomFrom(Number(Deno.args[0] ?? 1)), counts: { [kind: string]: number } = {};
const KINDS = [randomProduct, randomConvolution, randomMap, randomReduce, randomRows, randomCopy, randomJoin] as const;
const bytesOf = ({ dtype, shape }: ValueType) => sizeOf(shape) * BYTES_PER_ELEMENT[dtype];

const end = performance.now() + 1000 * Number(Deno.args[1] ?? 1), least = Number(Deno.args[2] ?? 0);
for (let done = 0; done < least || performance.now() < end; done++) {
  const { instruction, values } = KINDS[random(KINDS.length)]!(random),
    bits = widest === 512 && random(2) === 0 ? 512 : 256;
  const lowered = lowerToMachine(instruction, bits);
  if (lowered === undefined) continue;
  const sizes = [...values.map(bytesOf), ...instruction.results.map(bytesOf), lowered.workspace];
  const fences = sizes.map((bytes) => fenced(bytes, random(2) === 0)),
    table = new BigUint64Array(Math.max(16, sizes.length));
  table.set(fences.map(({ address }) => address));
  const region = (slot: number): Region => ({
    name: `array ${slot}`,
    address: 0,
    bytes: sizes[slot]!,
    writable: slot >= values.length,
    slot,
  });
  const code = new Code(bits), results = instruction.results.map((_, k) => region(values.length + k));
  const start = code.function(() =>
    lowered.emit(code, { value: region, results, workspace: region(sizes.length - 1) })
  );
  const pages = codePages(libc, code.assembler.finish());
  if (pages._tag === "Left") throw new Error(pages.left);
  callOf(libc, pages.right, start, addressOf(table.buffer))();
  fences.forEach(({ free }) => free());
  const { kind } = instruction.operation;
  counts[kind] = (counts[kind] ?? 0) + 1;
}
console.log(JSON.stringify(counts));
