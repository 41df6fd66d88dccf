/**
 * Kernels for scalar expressions, one WebAssembly function for each.
 *
 * @module
 */
import type { DType } from "../../dtype.ts";
import { argumentsOf } from "../../scalar/arguments.ts";
import { FUNCTION_COSTS } from "../../scalar/functions.ts";
import { type Scalar, subexpressions } from "../../scalar/scalar.ts";
import {
  type Callable,
  type Expression,
  type FunctionBuilder,
  i32,
  type Local,
  ModuleBuilder,
  v128,
} from "../../wasm/mod.ts";
import { importEngineMemory } from "../engine_memory.ts";
import type { Instantiate } from "../instantiate.ts";
import { laneInstructionsOf, type Vector } from "../lane_instructions.ts";
import { importSlowPaths } from "../math/slow_paths.ts";
import type { VectorFunctions } from "../math/vector_functions.ts";
import { constantsOf, type VectorMath, vectorMathOf } from "../math/vector_math.ts";
import { computing, uniformParts } from "./emit.ts";

/** The options of a kernel. */
export type KernelOptions = {
  readonly expression: Scalar;
  readonly dtype: DType;
  /** Bit `k` is set if operand `k` has one element for each row instead of one for each column. */
  readonly repeated: number;
  /** Whether to use relaxed SIMD. */
  readonly relaxed: boolean;
  /** The functions that it can compute. */
  readonly functions: VectorFunctions;
  /** Whether threads share the memory that it computes in. Default: false. */
  readonly shared?: boolean | undefined;
};

/**
 * Computes rows of an output. Its parameters are 32-bit integers in memory, starting at the address: rows; bytes in a
 * row; then, for the output and for each operand, the address and the bytes from one row to the next.
 *
 * Rows are computed in whole vectors: up to 15 bytes after the last row are overwritten, and as many after the last row
 * of an operand are read.
 */
export type Kernel = (parameters: number) => void;

/** Returns the bytes of a kernel's parameters. */
export const parameterBytes = (operands: number): number => 16 + 8 * operands;

/** The largest number of operands, whose bits must fit in `repeated`. */
export const MAX_OPERANDS = 30;

/** Vectors in one iteration of the loop if computing a vector takes less time than the loop's own instructions. */
const UNROLL = 4;

/** The largest number of parts of such an expression, and of instructions in each part. */
const CHEAP = 8, FEW = 4;

/** Makes a kernel. */
export function makeKernel(options: KernelOptions, instantiate: Instantiate): Kernel {
  const builder = new ModuleBuilder();
  return instantiate(builder, buildKernel(builder, options));
}

/** Returns the module of a kernel. */
export function kernelBytes(options: KernelOptions): Uint8Array<ArrayBuffer> {
  const builder = new ModuleBuilder();
  buildKernel(builder, options);
  return builder.toBytes();
}

function buildKernel(builder: ModuleBuilder, options: KernelOptions): Callable<"none"> {
  const { expression, dtype, relaxed, repeated, functions, shared } = options;
  importEngineMemory(builder, undefined, undefined, shared);
  const slowPaths = importSlowPaths(builder, [expression], functions.slow);
  const run = () =>
    builder.function({ name: "run", parameters: { parameters: "i32" } }, (f, { parameters }) => {
      const math = vectorMathOf({ f, dtype, relaxed, constants: constantsOf(f), slowPaths, functions });
      emitRows(f, parameters, math, { expression, dtype, repeated });
    });
  return builder.named(`map ${dtype}`, run);
}

type RowOptions = Pick<KernelOptions, "expression" | "dtype" | "repeated">;

function emitRows(f: FunctionBuilder, parameters: Local<"i32">, math: VectorMath, options: RowOptions): void {
  const { expression, dtype, repeated } = options, lanes = laneInstructionsOf(dtype, false);
  const used = argumentsOf(expression), isRepeated = (k: number) => ((repeated >> k) & 1) === 1;
  const rows = f.let(i32.load(parameters)), width = f.let(i32.load(parameters, 4));
  const pointer = (slot: number) => ({
    at: f.let(i32.load(parameters, 8 + 8 * slot)),
    step: f.let(i32.load(parameters, 12 + 8 * slot)),
  });
  const output = pointer(0), operands = new Map(used.map((k) => [k, pointer(k + 1)]));
  const uniform = uniformParts(expression, isRepeated);
  const cheap = subexpressions(expression).length <= CHEAP &&
    subexpressions(expression).every((x) => !("name" in x) || FUNCTION_COSTS[x.name].instructions <= FEW);

  f.while(i32.gt_s(rows, 0), () => {
    // Parts that are the same for a whole row are computed before it.
    const ofRow = computing(math, (k) => lanes.loadSplat(operands.get(k)!.at));
    const prepared = new Map<Scalar, Vector>();
    for (const x of subexpressions(expression)) {
      if (x.kind !== "constant" && uniform.has(x)) prepared.set(x, ofRow.value(x));
    }
    const vectorAt = (position: Expression<"i32">, offset: number) => {
      const address = (base: Local<"i32">) => i32.add(base, position);
      const ofElement = computing(math, (k) => v128.load(address(operands.get(k)!.at), offset), prepared);
      f.do(v128.store(address(output.at), ofElement.value(expression), offset));
    };
    const position = f.local("i32");
    f.set(position, 0);
    if (cheap) {
      f.for({ counter: position, to: i32.sub(width, 16 * UNROLL - 1), step: 16 * UNROLL }, () => {
        for (let k = 0; k < UNROLL; k++) vectorAt(position, 16 * k);
      });
    }
    f.for({ counter: position, to: width, step: 16 }, () => vectorAt(position, 0));
    for (const { at, step } of [output, ...operands.values()]) f.increment(at, step);
    f.increment(rows, -1);
  });
}
