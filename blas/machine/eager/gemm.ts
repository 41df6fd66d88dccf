/**
 * Single products in machine code, on arrays where they are: nothing is copied but what a plan packs.
 *
 * @module
 */
import { BYTES_PER_ELEMENT, type DType } from "../../dtype.ts";
import type { Engine, GemmOperands } from "../../engine.ts";
import { sizeOf } from "../../shape.ts";
import { Code, type Move } from "../code/code.ts";
import type { Region } from "../code/regions.ts";
import { addressOf, callOf, elementAddress } from "../memory/calls.ts";
import { codePages } from "../memory/code_pages.ts";
import type { Machine } from "../memory/machine.ts";
import { planProduct } from "../products/plan.ts";
import { emitProduct, workBytes } from "../products/product.ts";
import { type ArrayOperand, operandOf, type Strided } from "./operand.ts";

/** A product as code: it reads the addresses of its operands from the table. */
type Compiled = { readonly run: () => void; readonly work: number };

/** The most products that are kept as code; the oldest gives way. */
const MOST_KEPT = 512;

/** Below this many multiplications, a call costs more than it saves. */
const FEW = 8192;

/**
 * Makes a `gemm` for matrices, or for stacks of them.
 *
 * @param rest Computes what has no machine code.
 */
export function eagerGemm(machine: Machine, rest: Engine["gemm"]): Engine["gemm"] {
  const kept = new Map<string, Compiled | "once" | "never">(),
    table = new BigUint64Array(16),
    at = addressOf(table.buffer);
  let work = new Uint8Array(1 << 16), workAddress = aligned(work);
  return <D extends DType>(operands: GemmOperands<D>): void => {
    const problem = oriented(operands), key = problem === undefined ? "" : keyOf(problem);
    const known = problem === undefined ? "never" : kept.get(key);
    if (problem === undefined || known === "never") return rest(operands);
    if (known === undefined) {
      // A size that never comes back would cost more as code than it takes.
      kept.set(key, "once");
      if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value!);
      return rest(operands);
    }
    const compiled = known === "once" ? compiledOf(machine, problem, at) : known;
    if (known === "once") kept.set(key, compiled ?? "never");
    if (compiled === undefined) return rest(operands);
    if (compiled.work + LINE > work.length) {
      work = new Uint8Array(2 * (compiled.work + LINE));
      workAddress = aligned(work);
    }
    const { a, b, c, places } = problem;
    table[0] = elementAddress(a.data, places[0].start);
    table[1] = elementAddress(b.data, places[1].start);
    table[2] = elementAddress(c.data, places[2].start);
    table[3] = workAddress;
    compiled.run();
  };
}

const LINE = 64;

/** Returns the first address in an array that is a multiple of a cache line. */
function aligned(bytes: Uint8Array): bigint {
  return (addressOf(bytes.buffer) + BigInt(LINE - 1)) / BigInt(LINE) * BigInt(LINE);
}

/** A product whose columns lie side by side, and where its operands are. */
type Oriented = {
  readonly a: Strided;
  readonly b: Strided;
  readonly c: Strided;
  readonly places: readonly [ArrayOperand, ArrayOperand, ArrayOperand];
};

/** Returns the product, transposed if its columns are contiguous; `undefined` if there is no code for its kind. */
function oriented<D extends DType>({ alpha, a, b, beta, c }: GemmOperands<D>): Oriented | undefined {
  const size = sizeOf(c.shape), rank = c.shape.length;
  if (alpha !== 1 || beta !== 0 || size * a.shape[rank - 1]! < FEW || sizeOf(a.shape) === 0) return undefined;
  const isTransposed = c.stride[rank - 1] !== 1 && c.stride[rank - 2] === 1;
  const [p, q, r] = isTransposed ? [turned(b), turned(a), turned(c)] : [a, b, c];
  if (r.stride[rank - 1] !== 1) return undefined;
  const places = [operandOf(p), operandOf(q), operandOf(r)] as const;
  if (places[0] === undefined || places[1] === undefined || places[2] === undefined) return undefined;
  return { a: p, b: q, c: r, places: [places[0], places[1], places[2]] };
}

/** The last two axes the other way round. */
function turned({ data, dtype, shape, stride, offset }: Strided): Strided {
  const swap = (list: readonly number[]) => [...list.slice(0, -2), list.at(-1)!, list.at(-2)!];
  return { data, dtype, offset, shape: swap(shape), stride: swap(stride) };
}

const keyOf = ({ a, b, c, places }: Oriented): string =>
  `${a.dtype} ${a.shape} ${c.shape} ${a.stride} ${b.stride} ${c.stride} ${places[0].first} ${places[1].first} ${
    places[2].first
  }`;

/** Writes the code of a product. */
function compiledOf({ libc, bits }: Machine, { a, b, c, places }: Oriented, table: bigint): Compiled | undefined {
  const { dtype } = a, bytes = BYTES_PER_ELEMENT[dtype], rank = a.shape.length;
  const [rows, columns] = [rank - 2, rank - 1],
    strides = ({ stride }: Strided) => ({ row: stride[rows]!, column: stride[columns]! });
  const sizes = { m: c.shape[rows]!, n: c.shape[columns]!, k: a.shape[columns]! };
  const plan = planProduct({ dtype, ...sizes, a: strides(a), b: strides(b), c: c.stride[rows]! }, bits);
  if (plan === undefined) return undefined;
  const code = new Code(bits), names = ["a", "b", "c"], work = workBytes(plan);
  const regions = places.map(({ elements }, slot): Region => ({
    name: names[slot]!,
    address: 0,
    bytes: elements * bytes,
    writable: slot === 2,
    slot,
  }));
  const start = code.function(() => {
    const [p, q, r] = regions.map((one, k) => code.pointer(one, places[k]!.first * bytes));
    const workspace: Region = { name: "the workspace", address: 0, bytes: work, writable: true, slot: 3 };
    const product = () => emitProduct(code, plan, { a: p!, b: q!, c: r!, work: workspace, offset: 0 });
    const moves: readonly Move[] = [a, b, c].map((x, k) => [[p!, q!, r!][k]!, (x.stride[0] ?? 0) * bytes]);
    if (rank === 2) product();
    else code.loop(c.shape[0]!, moves, product);
    code.free(p!, q!, r!);
  });
  const pages = codePages(libc, code.assembler.finish());
  if (pages._tag === "Left") {
    throw new Error(`Cannot run machine code: ${pages.left}; it must be allowed, or use engines.simd`);
  }
  return { run: callOf(libc, pages.right, start, table), work };
}
