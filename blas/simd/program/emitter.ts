/**
 * What the emitters of a program's instructions are given, and what they say about themselves beforehand.
 *
 * @module
 */
import type { DType } from "../../dtype.ts";
import type { KernelModuleName } from "../kernels.ts";
import type { SlowPaths } from "../math/slow_paths.ts";
import type { Callable, FunctionParameters, ModuleBuilder } from "../../wasm/mod.ts";
import type { Loop } from "../../program/program.ts";

/** A function of a kernel module that a program's module imports. */
export type KernelImport = {
  /** The kernel module, as `blas/simd/kernels.ts` lists it. */
  readonly module: KernelModuleName;
  /** What the kernel module is made for. */
  readonly dtype: DType;
  /** The name that the kernel module exports it by. */
  readonly name: string;
  /** Its parameters in order; it has no result. */
  readonly parameters: FunctionParameters;
};

/** A loop to be built as a function. */
export type LoopRequest = {
  readonly loop: Loop;
  /** The dtype of all operands and results. */
  readonly dtype: DType;
  /** The byte address of each result; results are row-major. */
  readonly results: readonly number[];
};

/** What code is emitted with. */
export type EmitterContext = {
  /** The program's module. */
  readonly module: ModuleBuilder;
  /** Whether relaxed SIMD may be used. */
  readonly relaxed: boolean;
  /** The byte address of the first element of a value's row-major array. */
  readonly address: (value: number) => number;
  /** The byte address of each of the instruction's results, which are row-major. */
  readonly results: readonly number[];
  /** The byte address of the instruction's workspace, a multiple of 64; what is there is left over from elsewhere. */
  readonly workspace: number;
  /** The dtype of a value. */
  readonly dtypeOf: (value: number) => DType;
  /** A function among the kernels that the emitter asked for. */
  readonly kernel: (module: KernelModuleName, dtype: DType, name: string) => Callable<"none">;
  /** Functions for angles that vector code does not cover. */
  readonly slowPaths: SlowPaths;
  /**
   * Builds the function of a loop, with operands where `address` says: parameters `(computed: i32, from: i32, to: i32)`, as
   * `buildLoop` describes them. For loops that are run in parts.
   */
  readonly loop: (request: LoopRequest) => Callable<"none">;
  /** Builds the function of a whole loop; it takes no parameters. What was `EPILOGUE_INPUT` is at this byte address. */
  readonly wholeLoop: (request: LoopRequest, computed?: number) => Callable<"none">;
};

/** An instruction on its way to code. */
export type Lowered = {
  /** Bytes of memory that it needs for itself while it runs. */
  readonly workspace: number;
  /** The kernels that it calls: imports come before all functions. */
  readonly kernels: readonly KernelImport[];
  /**
   * Whether a result may lie where an operand does that a loop reads at the same indices: where nothing is written to the
   * room of the results before that loop runs. Default: not.
   */
  readonly inPlace?: boolean;
  /** Emits functions into the module, and gives the one that runs the instruction; that one takes no parameters. */
  readonly emit: (context: EmitterContext) => Callable<"none">;
};
