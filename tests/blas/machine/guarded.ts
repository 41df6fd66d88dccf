/**
 * Products between pages that may not be touched: an access one byte outside ends this process.
 *
 * Run with a seed and a number of seconds; it prints how many products it has computed.
 *
 * @module
 */
import { Code } from "../../../blas/machine/code/code.ts";
import { addressOf, callOf } from "../../../blas/machine/memory/calls.ts";
import { codePages } from "../../../blas/machine/memory/code_pages.ts";
import { openMachine } from "../../../blas/machine/memory/machine.ts";
import { bytesOf, LAYOUTS, productOf, writeProduct } from "./products/products.ts";

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

let state = Number(Deno.args[0] ?? 1);
/** Returns a whole number from 0 to below a limit: Lehmer's generator. */
const random = (limit: number): number => (state = state * 48271 % 2147483647) % limit;
const one = <T>(list: readonly T[]): T => list[random(list.length)]!;

let count = 0;
for (const end = performance.now() + 1000 * Number(Deno.args[1] ?? 1); performance.now() < end;) {
  const length = () => 1 + random(one([8, 40, 150])),
    sizes = [length(), length(), random(8) === 0 ? 700 : length()] as const;
  const bits = widest === 256 ? 256 : one([256, 512] as const), dtype = one(["float32", "float64"] as const);
  const product = productOf(dtype, bits, sizes, one(LAYOUTS), one(LAYOUTS), random(3));
  if (product === undefined) continue;
  const { plan, elements } = product,
    bytes = bytesOf(plan, elements),
    fences = bytes.map((size) => fenced(size, random(2) === 0));
  const table = new BigUint64Array(16), code = new Code(bits);
  table.set(fences.map(({ address }) => address));
  const regions = bytes.map((size, slot) => ({
    name: `operand ${slot}`,
    address: 0,
    bytes: size,
    writable: slot > 1,
    slot,
  }));
  const start = code.function(() => writeProduct(code, plan, regions)),
    pages = codePages(libc, code.assembler.finish());
  if (pages._tag === "Left") throw new Error(pages.left);
  callOf(libc, pages.right, start, addressOf(table.buffer))();
  fences.forEach(({ free }) => free());
  count++;
}
console.log(count);
