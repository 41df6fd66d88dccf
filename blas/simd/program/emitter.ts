/**
 * What the emitters of a program's instructions are given, and what they say about themselves beforehand.
 *
 * @module
 */
import type { DType } from "../../dtype.ts";
import type { SlowPaths } from "../math/slow_paths.ts";
import type { Callable, ModuleBuilder } from "../../wasm/mod.ts";
import type { Loop } from "../../program/program.ts";

/** A loop to be built as a function. */
export type LoopRequest = {
  readonly loop: Loop;
  /** The dtype of all operands and results. */
  readonly dtype: DType;
  /** The byte address of each result; results are row-major. */
  readonly results: readonly number[];
};

/** What all code of a program is emitted with. */
export type CodeContext = {
  /** Whether relaxed SIMD may be used. */
  readonly relaxed: boolean;
  /** The byte address of the first element of a value's row-major array. */
  readonly address: (value: number) => number;
  /** Functions for angles that vector code does not cover; needed where expressions have `sin` or `cos`. */
  readonly slowPaths?: SlowPaths;
};

/** What the code of an instruction is emitted with. */
export type EmitterContext = CodeContext & {
  /** The program's module. */
  readonly module: ModuleBuilder;
  /** The byte address of each of the instruction's results, which are row-major. */
  readonly results: readonly number[];
  /** The byte address of the instruction's workspace, a multiple of 64; what is there is left over from elsewhere. */
  readonly workspace: number;
  /** The dtype of a value. */
  readonly dtypeOf: (value: number) => DType;
  /**
   * Builds the function of a loop, with operands where `address` says: parameters `(computed: i32, from: i32, to: i32)`, as
   * `buildLoop` describes them. For loops that are run in parts.
   */
  readonly loop: (request: LoopRequest) => Callable<"none">;
  /** Builds the function of a whole loop; it takes no parameters. What was `EPILOGUE_INPUT` is at this byte address. */
  readonly wholeLoop: (request: LoopRequest, computed?: number) => Callable<"none">;
  /** Builds the function of a loop that is run in shares, as {@link Phase.emit} describes it; `loopUnits` counts its units. */
  readonly loopShare: (request: LoopRequest, computed?: number) => Callable<"none">;
};

/** A stretch of an instruction's work in which no unit needs what another unit computes. */
export type Phase = {
  /** Into how many units of about equal size the work divides; 1: indivisible. */
  readonly units: number;
  /**
   * Emits functions into the module, and gives the one that computes some units: its parameters are `(from: i32, to: i32,
   * scratch: i32)`, and it computes units `from` to `to - 1`. Units may be computed in any order, in any split, and at the
   * same time: the results have the same bits as those of the whole instruction. `scratch` is the byte address of memory that
   * this call has for itself, a multiple of 64.
   */
  readonly emit: (context: EmitterContext) => Callable<"none">;
};

/**
 * How an instruction is run by several workers: phase after phase, with a barrier between them, each phase in any number of
 * calls. What units share (packed matrices, products that wait for their epilogue) is written to the workspace by one phase
 * and read by a later one, so threads pack it together, once. What a unit needs only for itself (a block of a product, an
 * image with its padding) goes to the scratch of the call.
 */
export type Shares = {
  /** Bytes of workspace that all calls have in common. */
  readonly workspace: number;
  /** Bytes of scratch for each call that runs at the same time as others. */
  readonly scratch: number;
  /** At least one. */
  readonly phases: readonly Phase[];
};

/** An instruction on its way to code. */
export type Lowered = {
  /** Bytes of memory that it needs for itself while it runs as a whole. */
  readonly workspace: number;
  /**
   * Whether a result may lie where an operand does that a loop reads at the same indices: where nothing is written to the
   * array of the results before that loop runs. Default: false.
   */
  readonly inPlace?: boolean;
  /** Emits functions into the module, and gives the one that runs the whole instruction; that one takes no parameters. */
  readonly emit: (context: EmitterContext) => Callable<"none">;
  /** The same work in shares. */
  readonly shares: Shares;
};
