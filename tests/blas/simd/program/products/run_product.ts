/**
 * Runs one product of a program by itself, in a memory filled with sentinels, for tests and benches.
 *
 * @module
 */
import type { DataOf, DType } from "../../../../../blas/dtype.ts";
import type { CodeContext, EmitterContext } from "../../../../../blas/simd/program/emitter.ts";
import { buildLoop, buildLoopShare, buildWholeLoop } from "../../../../../blas/simd/program/loop_function.ts";
import { lowerInstruction } from "../../../../../blas/simd/program/compile.ts";
import type { Operand, Operation } from "../../../../../blas/program/program.ts";
import { rowMajorStrides, sizeOf } from "../../../../../blas/shape.ts";
import { hasRelaxedSimd } from "../../../../../blas/simd/features.ts";
import { ALL_FUNCTIONS } from "../../../../../blas/simd/math/mod.ts";
import { call, ModuleBuilder } from "../../../../../blas/wasm/mod.ts";

/** An operation that these tests run. */
export type ProductOperation = Extract<Operation, { readonly kind: "gemm" | "convolution" }>;

/** A product ready to run. */
export type Runnable = {
  readonly memory: WebAssembly.Memory;
  /** The elements of value `k`; results come last. */
  readonly value: (k: number) => DataOf<DType>;
  /** Runs the product. */
  readonly run: () => void;
  /** Runs the product many times. */
  readonly repeat: (times: number) => void;
  /** Tells whether only results and workspace were written. */
  readonly intact: () => boolean;
  /** The number of units in each phase of its shares. */
  readonly units: readonly number[];
};

/** How a product is run. */
export type PrepareOptions = {
  readonly relaxed?: boolean;
  /** In shares: given the units of a phase, the ranges to run one after the other. Default: as a whole. */
  readonly split?: (units: number) => readonly (readonly [from: number, to: number])[];
};

/** The number that surrounds values in memory, and how many elements of it. */
const SENTINEL = 0x7fc0_1234, GUARD = 256;

/**
 * Prepares an operation whose operands are the values 0, 1, … and whose results are the next ones.
 *
 * @param inputs The elements of every operand's value.
 * @param shapes The shapes of the results.
 */
export function prepare(
  operation: ProductOperation,
  dtype: DType,
  inputs: readonly (readonly number[] | DataOf<DType>)[],
  shapes: readonly (readonly number[])[],
  { relaxed = hasRelaxedSimd(), split }: PrepareOptions = {},
): Runnable | undefined {
  const bytes = dtype === "float32" ? 4 : 8, results = shapes.map((_, i) => inputs.length + i);
  const lowered = lowerInstruction({ operation, results: shapes.map((shape) => ({ dtype, shape })) });
  if (lowered === undefined) return undefined;
  const addresses: number[] = [], lengths = [...inputs.map((values) => values.length), ...shapes.map(sizeOf)];
  let top = GUARD;
  for (const length of lengths) {
    addresses.push(top);
    top = Math.ceil((top + length * bytes + GUARD) / 64) * 64;
  }
  const { shares } = lowered, parts = shares.phases.map(({ units }) => split?.(units) ?? []);
  const lines = (bytes: number) => Math.ceil(bytes / 64) * 64, most = Math.max(...parts.map(({ length }) => length));
  const room = split === undefined
    ? lowered.workspace
    : lines(shares.workspace) + most * (lines(shares.scratch) + GUARD);
  const workspace = top;
  top += room + GUARD;
  const memory = new WebAssembly.Memory({ initial: Math.ceil(top / 65536), maximum: 65536 });
  const words = new Int32Array(memory.buffer).fill(SENTINEL);
  const view = (k: number) =>
    dtype === "float32"
      ? new Float32Array(memory.buffer, addresses[k]!, lengths[k]!)
      : new Float64Array(memory.buffer, addresses[k]!, lengths[k]!);
  inputs.forEach((values, k) => view(k).set(values));
  const module = new ModuleBuilder();
  module.importMemory({ module: "engine", name: "memory" }, { minimum: 1, maximum: 65536 });
  const code: CodeContext = { relaxed, functions: ALL_FUNCTIONS, address: (value) => addresses[value]! };
  const context: EmitterContext = {
    ...code,
    module,
    workspace,
    dtypeOf: () => dtype,
    bytesOf: () => 0,
    resultBytes: [],
    results: results.map((value) => addresses[value]!),
    shifts: [],
    loop: (request) => buildLoop(module, { ...request, ...code }),
    wholeLoop: (request, computed) => buildWholeLoop(module, { ...request, ...code }, computed),
    loopShare: (request, computed) => buildLoopShare(module, { ...request, ...code }, computed),
  };
  const scratch = (k: number) => workspace + lines(shares.workspace) + k * (lines(shares.scratch) + GUARD);
  const main = split === undefined ? [call(lowered.emit(context))] : shares.phases.flatMap(({ emit }, phase) => {
    const share = emit(context);
    return parts[phase]!.map(([from, to], k) => call(share, from, to, scratch(k)));
  });
  module.function({ name: "run", parameters: {} }, (f) => f.do(...main));
  module.function({ name: "repeat", parameters: { times: "i32" } }, (f, { times }) => {
    f.for({ to: times }, () => f.do(...main));
  });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.toBytes()), { engine: { memory } });
  const before = words.slice();
  /** Whether an address is in the workspace, or in the scratch of a share: not in between. */
  const inScratch = (at: number) => {
    if (at < scratch(0)) return at >= workspace && at < workspace + lines(shares.workspace);
    const apart = scratch(1) - scratch(0), share = Math.floor((at - scratch(0)) / apart);
    return share < most && at < scratch(share) + lines(shares.scratch);
  };
  const free = (word: number) =>
    (split === undefined ? word * 4 >= workspace && word * 4 < workspace + room : inScratch(word * 4)) ||
    results.some((k) => word * 4 >= addresses[k]! && word * 4 < addresses[k]! + lengths[k]! * bytes);
  return {
    memory,
    value: view,
    run: exports.run as () => void,
    repeat: exports.repeat as (times: number) => void,
    units: shares.phases.map(({ units }) => units),
    intact: () => words.every((word, i) => word === before[i] || free(i)),
  };
}

/** Returns an operand that is all of a row-major value. */
export function whole(value: number, shape: readonly number[]): Operand {
  return { value, shape, stride: rowMajorStrides(shape), offset: 0 };
}

/** Returns an operand with its last two axes exchanged. */
export function turned({ shape, stride, ...rest }: Operand): Operand {
  const swap = (list: readonly number[]) => [...list.slice(0, -2), list[list.length - 1]!, list[list.length - 2]!];
  return { ...rest, shape: swap(shape), stride: swap(stride) };
}
