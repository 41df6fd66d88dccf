/**
 * The interface of what lowers a program's instructions to machine code.
 *
 * @module
 */
import type { Loop, Operation, ValueType } from "../../program/program.ts";
import type { Bits } from "../assembler/registers.ts";
import type { Code } from "../code/code.ts";
import type { Region } from "../code/regions.ts";

/** The memory that the code of an instruction may touch. */
export type Regions = {
  /** Returns the array of a value that the instruction reads. */
  readonly value: (value: number) => Region;
  /** The arrays that it writes. */
  readonly results: readonly Region[];
  /** Its workspace, which begins at a multiple of 64. */
  readonly workspace: Region;
};

/** An instruction that is ready to be written as machine code. */
export type MachineLowered = {
  /** Bytes of workspace that it needs. */
  readonly workspace: number;
  /**
   * Whether results may share memory with operands that its loop reads at the same indices: true if nothing writes to the
   * results before that loop runs.
   */
  readonly inPlace: boolean;
  /** The loop that WebAssembly runs afterwards, with what was computed at the start of the workspace. Default: none. */
  readonly epilogue?: Loop;
  /** Whether the code may refuse what it finds in memory, before it changes anything that it reads. Default: false. */
  readonly mayRefuse?: boolean;
  /** Writes the code. All registers are free, and must be free again afterwards. */
  readonly emit: (code: Code, regions: Regions) => void;
};

/**
 * Lowers an operation, given the types of its results and the width of vectors.
 *
 * @returns `undefined` if WebAssembly must compute it.
 */
export type MachineLowering<O extends Operation> = (
  operation: O,
  results: readonly ValueType[],
  bits: Bits,
) => MachineLowered | undefined;
