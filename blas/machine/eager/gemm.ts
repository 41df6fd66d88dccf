/**
 * Single products in machine code, on arrays where they are: nothing is copied but what a plan packs.
 *
 * @module
 */
import { toLines } from "../../alignment.ts";
import { BYTES_PER_ELEMENT, type DType } from "../../dtype.ts";
import type { Engine, GemmOperands } from "../../engine.ts";
import { checkProduct, checkProducts } from "../../fitting.ts";
import { sizeOf } from "../../shape.ts";
import { isExactProduct } from "../../simd/block_sizes.ts";
import type { LinkedCode } from "../../simd/program/generator.ts";
import { Code, type Move } from "../code/code.ts";
import type { Region } from "../code/regions.ts";
import { addressOf, elementAddress } from "../memory/calls.ts";
import { linkedTo } from "../memory/linked.ts";
import type { Machine } from "../memory/machine.ts";
import { planProduct } from "../products/plan.ts";
import { emitProduct, workBytes } from "../products/product.ts";
import { type ArrayOperand, operandOf, type Strided } from "./operand.ts";

/** A product as code: it reads the addresses of its operands from a table. */
type Compiled = {
  readonly run: () => void;
  readonly work: number;
  /** Whether threads divide it. */
  readonly divided: boolean;
};

/** The addresses of operands and workspace, and where they lie. */
type Table = { readonly words: BigUint64Array<ArrayBuffer>; readonly address: bigint };

/** Runs functions, one on each thread, or the first argument on this thread alone. */
export type RunOnThreads = (whole: () => void, parts: LinkedCode) => () => void;

/** The threads that divide products: how many they are, and what prepares functions for them. */
export type ProductThreads = { readonly count: number; readonly prepare: RunOnThreads };

/** The most products that are kept as code; the oldest gives way. */
const MOST_KEPT = 512;

/** Below this many multiplications, a call costs more than it saves. */
const FEW = 8192;

/** From so many multiplications on, products are divided among threads. */
const MANY = 4_000_000;

/** The fewest rows of a part. */
const LEAST_ROWS = 8;

/**
 * Makes a `gemm` for matrices, or for stacks of them.
 *
 * @param rest Computes what has no machine code.
 * @param threads The threads that divide long products. Default: none.
 */
export function eagerGemm(machine: Machine, rest: Engine["gemm"], threads?: ProductThreads): Engine["gemm"] {
  const kept = new Map<string, Compiled | "once" | "never">(), alone = newTable(), together = newTable();
  // What threads that failed may still use: no other product may have it, nor may it be given back.
  const lost: unknown[] = [];
  let work = new Uint8Array(1 << 16), workAddress = aligned(work);
  return <D extends DType>(operands: GemmOperands<D>): void => {
    // Code that was written for other operands would read beyond the end of a matrix that is too short.
    (operands.c.shape.length === 2 ? checkProduct : checkProducts)(operands);
    const problem = oriented(operands), key = problem === undefined ? "" : keyOf(problem);
    const known = problem === undefined ? "never" : kept.get(key);
    if (problem === undefined || known === "never") return rest(operands);
    if (known === undefined) {
      // A size that never comes back would cost more as code than it takes.
      kept.set(key, "once");
      if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value!);
      return rest(operands);
    }
    const compiled = known === "once"
      ? compiledOf(machine, problem, alone, threads && { ...threads, table: together })
      : known;
    if (known === "once") kept.set(key, compiled ?? "never");
    if (compiled === undefined) return rest(operands);
    if (compiled.work + LINE > work.length) {
      work = new Uint8Array(2 * (compiled.work + LINE));
      workAddress = aligned(work);
    }
    if (compiled.divided && lost.length > 0) return compiled.run(); // throws
    const { a, b, c, places } = problem, { words } = compiled.divided ? together : alone;
    words[0] = elementAddress(a.data, places[0].start);
    words[1] = elementAddress(b.data, places[1].start);
    words[2] = elementAddress(c.data, places[2].start);
    words[3] = workAddress;
    try {
      compiled.run();
    } catch (error) {
      lost.push(problem, work);
      work = new Uint8Array(1 << 16);
      workAddress = aligned(work);
      throw error;
    }
  };
}

/** Makes a table: larger than it need be, so that the collector does not move it. */
function newTable(): Table {
  const words = new BigUint64Array(16);
  return { words, address: addressOf(words.buffer) };
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
function compiledOf(
  { libc, bits }: Machine,
  { a, b, c, places }: Oriented,
  table: Table,
  threads: (ProductThreads & { readonly table: Table }) | undefined,
): Compiled | undefined {
  const { dtype } = a, bytes = BYTES_PER_ELEMENT[dtype], rank = a.shape.length;
  const [rows, columns] = [rank - 2, rank - 1],
    strides = ({ stride }: Strided) => ({ row: stride[rows]!, column: stride[columns]! });
  const sizes = { m: c.shape[rows]!, n: c.shape[columns]!, k: a.shape[columns]! };
  const results = sizeOf(c.shape);
  if (isExactProduct(results, sizes.k, dtype)) return undefined;
  const plan = planProduct({ dtype, ...sizes, a: strides(a), b: strides(b), c: c.stride[rows]! }, bits, results);
  if (plan === undefined) return undefined;
  const code = new Code(bits), names = ["a", "b", "c"], work = toLines(workBytes(plan));
  const regions = places.map(({ elements }, slot): Region => ({
    name: names[slot]!,
    address: 0,
    bytes: elements * bytes,
    writable: slot === 2,
    slot,
  }));
  const steps = [a, b, c].map(({ stride }) => stride[0]! * bytes), length = c.shape[0]!;
  /** Writes the function that computes some indices of the first axis, with the workspace of a thread. */
  const write = (from: number, to: number, thread: number): number =>
    code.function(() => {
      const [p, q, r] = regions.map((one, k) => code.pointer(one, places[k]!.first * bytes));
      const workspace: Region = { name: "the workspace", address: thread * work, bytes: work, writable: true, slot: 3 };
      const own = { a: p!, b: q!, c: r!, work: workspace, offset: 0 };
      const moves: readonly Move[] = [[p!, steps[0]!], [q!, steps[1]!], [r!, steps[2]!]];
      // Rows, or whole matrices; the second matrix belongs to all rows.
      moves.forEach(([pointer, by]) => (rank > 2 || pointer !== q) && code.move(pointer, from * by));
      if (rank === 2) emitProduct(code, { ...plan, m: to - from }, own);
      else code.loop(to - from, moves, () => emitProduct(code, plan, own));
      code.free(p!, q!, r!);
    });
  const units = Math.floor(length / (rank === 2 ? LEAST_ROWS : 1));
  const count = sizeOf(c.shape) * sizes.k < MANY ? 1 : Math.min(threads?.count ?? 1, units);
  const starts = [write(0, length, 0)];
  if (threads !== undefined && count > 1) {
    const bound = (thread: number) => Math.floor(Math.min(thread, count) * length / count);
    // Threads without a part have an empty one.
    for (let k = 0; k < threads.count; k++) {
      starts.push(k < count ? write(bound(k), bound(k + 1), k) : code.function(() => {}));
    }
  }
  const divided = threads !== undefined && count > 1, { address } = divided ? threads.table : table;
  const linked = linkedTo(libc, code.assembler.finish(), starts, address), [whole, ...parts] = linked.functions;
  const run = () => void whole!();
  if (!divided) return { run, work, divided };
  const native = { ...linked.native, addresses: linked.native.addresses.slice(1) };
  return { run: threads.prepare(run, { functions: parts, native }), work: threads.count * work, divided };
}
