/**
 * The interface of the emitters of a program's instructions: their context, and the lowered instructions.
 *
 * @module
 */
import type { DType } from "../../dtype.ts";
import type { SlowPaths } from "../math/slow_paths.ts";
import type { VectorFunctions } from "../math/vector_functions.ts";
import type { Callable, Expression, ModuleBuilder } from "../../wasm/mod.ts";
import type { IndexRange } from "../../program/operations/check_indices.ts";
import type { Loop } from "../../program/program.ts";
import type { Clock } from "./clock.ts";
import type { Touched } from "./touched.ts";

/** A loop to be built as a function. */
export type LoopRequest = {
  readonly loop: Loop;
  /** The dtype of all operands and results. */
  readonly dtype: DType;
  /** The byte address of each result. */
  readonly results: readonly number[];
  /** The steps of all results along the axes, in elements; left out, results are row-major. */
  readonly resultStride?: readonly number[];
  /** The shift of each result; see {@link Shift}. */
  readonly shifts?: readonly (Shift | undefined)[];
  /** As in {@link CodeContext}, for this loop. */
  readonly divides?: boolean;
};

/**
 * The byte address of the number of bytes by which a value is displaced when the code runs: a slice, which each step of
 * a loop reads or writes in place, is at its address plus that number.
 */
export type Shift = number;

/** The context in which all code of a program is emitted. */
export type CodeContext = {
  /** Whether relaxed SIMD may be used. */
  readonly relaxed: boolean;
  /** Whether quotients stay quotients: products with a reciprocal take less time, and round twice. Default: false. */
  readonly divides?: boolean;
  /** Returns the byte address of the first element of a value's row-major array. */
  readonly address: (value: number) => number;
  /** Returns the shift of a value, if it has one. Default: no value has one. */
  readonly shiftOf?: (value: number) => Shift | undefined;
  /** The vector code of the functions in expressions. */
  readonly functions: VectorFunctions;
  /** Functions for angles that vector code does not cover; required if expressions have `sin` or `cos`. */
  readonly slowPaths?: SlowPaths | undefined;
  /** Emits a throw: the number at a position is not an index of the range. Required if indices are checked. */
  readonly refuse?:
    | ((
      range: IndexRange,
      position: Expression<"i32">,
      value: Expression<"f64">,
    ) => Expression<"none">)
    | undefined;
  /** Tells whether a loop occurs several times, on other arrays, so that its function is shared. Default: none does. */
  readonly repeats?: ((loop: Loop) => boolean) | undefined;
  /** Calls a function of another code generator, by its number: 0 if it refuses; missing where there is none. */
  readonly generated?: ((number: number | Expression<"i32">) => Expression<"i32">) | undefined;
  /** Measures the instructions of programs inside instructions; `undefined` if nothing is measured. */
  readonly clock?: Clock | undefined;
};

/** The context in which the code of an instruction is emitted. */
export type EmitterContext = CodeContext & {
  /** The program's module. */
  readonly module: ModuleBuilder;
  /** The byte address of each of the instruction's results, which are row-major. */
  readonly results: readonly number[];
  /** The shifts of the instruction's results. */
  readonly shifts: readonly (Shift | undefined)[];
  /** The byte address of the instruction's workspace, a multiple of 64; its contents are undefined. */
  readonly workspace: number;
  /** Returns the dtype of a value. */
  readonly dtypeOf: (value: number) => DType;
  /** Returns the bytes of a value's array. */
  readonly bytesOf: (value: number) => number;
  /** The bytes of each of the instruction's results. */
  readonly resultBytes: readonly number[];
  /**
   * Builds the function of a loop that runs in parts, with operands at the addresses of `address`. Its parameters are
   * `(computed: i32, from: i32, to: i32)`, as described at `buildLoop`.
   */
  readonly loop: (request: LoopRequest) => Callable<"none">;
  /** Builds the function of a whole loop, without parameters. `computed` is the byte address of `EPILOGUE_INPUT`. */
  readonly wholeLoop: (request: LoopRequest, computed?: number) => Callable<"none">;
  /** Builds the function of a loop that runs in shares, as described at {@link Phase.emit}; see also `loopUnits`. */
  readonly loopShare: (request: LoopRequest, computed?: number) => Callable<"none">;
};

/** A phase of an instruction's work, in which no unit depends on another unit. */
export type Phase = {
  /** The number of units, of about equal size, that the work divides into; 1 if it is indivisible. */
  readonly units: number;
  /**
   * Emits functions into the module, and returns the one that computes units `from` to `to - 1`, with parameters
   * `(from: i32, to: i32, scratch: i32)`. Units may be computed in any order, in any split, and concurrently: the
   * results have the same bits as those of the whole instruction. `scratch` is the byte address, a multiple of 64, of
   * memory that belongs to this call.
   */
  readonly emit: (context: EmitterContext) => Callable<"none">;
  /** Returns what units `from` to `to - 1` read and write. Default: all operands, results, and the whole workspace. */
  readonly touched?: (from: number, to: number) => Touched;
};

/**
 * How several workers run an instruction: phase after phase, with a barrier between them, each phase in any number of
 * calls. One phase writes the data that units share (packed matrices, products that wait for their epilogue) to the
 * workspace, and a later phase reads it, so threads pack it together, once. Data that only one unit needs (a block of a
 * product, an image with its padding) goes to the scratch memory of the call.
 */
export type Shares = {
  /** Bytes of workspace that all calls share. */
  readonly workspace: number;
  /** Bytes of scratch memory for each concurrent call. */
  readonly scratch: number;
  /** The phases, at least one. */
  readonly phases: readonly Phase[];
};

/** A lowered instruction. */
export type Lowered = {
  /** Bytes of workspace that it needs when it runs as a whole. */
  readonly workspace: number;
  /**
   * Whether a result may share memory with an operand that a loop reads at the same indices: true if nothing writes to
   * the results before that loop runs. Default: false.
   */
  readonly inPlace?: boolean;
  /** Emits functions into the module, and returns the one that runs the whole instruction; it takes no parameters. */
  readonly emit: (context: EmitterContext) => Callable<"none">;
  /** The same work in shares, which most programs run without: they are planned when they are asked for. */
  readonly shares: Shares;
  /** For an instruction that holds programs: how the threads of a team run it. */
  readonly team?: TeamWork;
  /** Whether the code of the whole instruction respects the shifts of operands and results. Default: false. */
  readonly canMove?: boolean;
  /** The same work in two parts: inside a loop, the first part is done only once if its operand stays the same. */
  readonly ahead?: Ahead;
};

/** An instruction in two parts, the first of which a loop runs only once. */
export type Ahead = {
  /** The number of the value that the first part reads, and nothing else. */
  readonly value: number;
  /** Bytes of memory, a multiple of 64, that the first part writes and the second one reads. */
  readonly bytes: number;
  /** Emits the first part, given the address of that memory. */
  readonly first: (context: EmitterContext, kept: number) => Callable<"none">;
  /** Bytes of workspace of the second part. */
  readonly workspace: number;
  /** Emits the second part. */
  readonly second: (context: EmitterContext, kept: number) => Callable<"none">;
};

/** How the threads of a team run an instruction that holds programs, in which they divide each instruction. */
export type TeamWork = {
  /** The approximate number of nanoseconds of work, on one thread, between two barriers. */
  readonly nanoseconds: number;
  /** Returns the bytes of workspace for this many threads. */
  readonly workspace: (threads: number) => number;
  /**
   * Emits functions into the module, and returns the one that each thread calls, with parameters
   * `(thread: i32, threads: i32)`. Threads may leave it at different times.
   */
  readonly emit: (context: EmitterContext, meeting: Meeting) => Callable<"none">;
};

/** How the threads of a team are emitted. */
export type Meeting = {
  /** The largest number of threads. */
  readonly threads: number;
  /** As in `Team`. */
  readonly least: number;
  /** The function at which threads wait for each other, with parameters `(thread: i32, threads: i32)`. */
  readonly barrier: Callable<"none">;
};
