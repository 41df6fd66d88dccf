/**
 * Runs one product of a program by itself, in a memory filled with sentinels, for tests and benches.
 *
 * @module
 */
import type { DataOf, DType } from "../../../../../blas/dtype.ts";
import type { EmitterContext, LoopRequest } from "../../../../../blas/simd/program/emitter.ts";
import { buildLoop, buildWholeLoop } from "../../../../../blas/simd/program/loop_function.ts";
import { lowerProduct, type ProductOperation } from "../../../../../blas/simd/program/products/lower_product.ts";
import type { Operand } from "../../../../../blas/program/program.ts";
import { rowMajorStrides, sizeOf } from "../../../../../blas/shape.ts";
import { hasRelaxedSimd } from "../../../../../blas/simd/features.ts";
import { kernelModule } from "../../../../../blas/simd/kernels.ts";
import { call, ModuleBuilder } from "../../../../../blas/wasm/mod.ts";

/** A product ready to run. */
export type Runnable = {
  readonly memory: WebAssembly.Memory;
  /** The elements of value `k`; results come last. */
  readonly value: (k: number) => DataOf<DType>;
  /** Runs it. */
  readonly run: () => void;
  /** Runs it many times. */
  readonly repeat: (times: number) => void;
  /** Whether nothing was written but results and workspace. */
  readonly intact: () => boolean;
};

/** What surrounds values in memory. */
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
  relaxed = hasRelaxedSimd(),
): Runnable | undefined {
  const bytes = dtype === "float32" ? 4 : 8, results = shapes.map((_, i) => inputs.length + i);
  const lowered = lowerProduct(operation, shapes[0]!, dtype);
  if (lowered === undefined) return undefined;
  const addresses: number[] = [], lengths = [...inputs.map((values) => values.length), ...shapes.map(sizeOf)];
  let top = GUARD;
  for (const length of lengths) {
    addresses.push(top);
    top = Math.ceil((top + length * bytes + GUARD) / 64) * 64;
  }
  const workspace = top;
  top += lowered.workspace + GUARD;
  const memory = new WebAssembly.Memory({ initial: Math.ceil(top / 65536), maximum: 65536 });
  const words = new Int32Array(memory.buffer).fill(SENTINEL);
  const view = (k: number) =>
    dtype === "float32"
      ? new Float32Array(memory.buffer, addresses[k]!, lengths[k]!)
      : new Float64Array(memory.buffer, addresses[k]!, lengths[k]!);
  inputs.forEach((values, k) => view(k).set(values));
  const module = new ModuleBuilder();
  module.importMemory({ module: "engine", name: "memory" }, { minimum: 1, maximum: 65536 });
  const kernels = new Map(lowered.kernels.map((wanted) => {
    const key = `${wanted.module} ${wanted.dtype} ${wanted.name}`;
    return [key, module.importFunction({ module: key, name: "f" }, { parameters: wanted.parameters })];
  }));
  const spec = (request: LoopRequest) => ({
    ...request,
    relaxed,
    address: ({ value }: Operand) => addresses[value]!,
  });
  const context: EmitterContext = {
    module,
    relaxed,
    address: (value) => addresses[value]!,
    workspace,
    dtypeOf: () => dtype,
    kernel: (name, of, exported) => kernels.get(`${name} ${of} ${exported}`)!,
    slowPaths: {},
    results: results.map((value) => addresses[value]!),
    loop: (request) => buildLoop(module, spec(request)),
    wholeLoop: (request, computed) => buildWholeLoop(module, spec(request), computed),
  };
  const main = lowered.emit(context);
  module.function({ name: "run", parameters: {} }, (f) => f.do(call(main)));
  module.function({ name: "repeat", parameters: { times: "i32" } }, (f, { times }) => {
    f.for({ to: times }, () => f.do(call(main)));
  });
  const imports: WebAssembly.Imports = { engine: { memory } };
  for (const { module: name, dtype, name: exported } of lowered.kernels) {
    const { exports } = new WebAssembly.Instance(kernelModule(name, dtype, relaxed), { engine: { memory } });
    imports[`${name} ${dtype} ${exported}`] = { f: exports[exported]! };
  }
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.toBytes()), imports);
  const before = words.slice();
  const free = (word: number) =>
    (word * 4 >= workspace && word * 4 < workspace + lowered.workspace) ||
    results.some((k) => word * 4 >= addresses[k]! && word * 4 < addresses[k]! + lengths[k]! * bytes);
  return {
    memory,
    value: view,
    run: exports.run as () => void,
    repeat: exports.repeat as (times: number) => void,
    intact: () => words.every((word, i) => word === before[i] || free(i)),
  };
}

/** An operand that is all of a row-major value. */
export function whole(value: number, shape: readonly number[]): Operand {
  return { value, shape, stride: rowMajorStrides(shape), offset: 0 };
}

/** An operand with its last two axes exchanged. */
export function turned({ shape, stride, ...rest }: Operand): Operand {
  const swap = (list: readonly number[]) => [...list.slice(0, -2), list[list.length - 1]!, list[list.length - 2]!];
  return { ...rest, shape: swap(shape), stride: swap(stride) };
}
