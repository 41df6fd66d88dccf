/**
 * The interface of what lowers a program's instructions to machine code.
 *
 * @module
 */
import type { Instruction, Loop, Operation, ValueType } from "../../program/program.ts";
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

/** A part of an instruction, which one thread computes while others compute the other parts. */
export type MachinePart = {
  /** Bytes of workspace that it needs. */
  readonly workspace: number;
  /** Writes the code, as `MachineLowered.emit` does; the workspace is that of the part. */
  readonly emit: (code: Code, regions: Regions) => void;
};

/** How an instruction is cut into parts, which together give the same bits as the whole. */
export type MachineShares = {
  /** The number of units, of about equal size, that its work divides into. */
  readonly units: number;
  /** The fewest units in a part. */
  readonly least: number;
  /** Prepares units `from` to `to - 1`; returns `undefined` if there is no code for them alone. */
  readonly part: (from: number, to: number) => MachinePart | undefined;
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
  /** How threads divide it: parts refuse only if the whole may. Default: as its operation is cut along its first axis. */
  readonly shares?: MachineShares;
  /** Writes the code. All registers are free, and must be free again afterwards. */
  readonly emit: (code: Code, regions: Regions) => void;
};

/** Lowers an instruction, or a part of another one, which must have the bits that it has in the whole. */
export type LowerInstruction = (instruction: Instruction, whole?: Instruction) => MachineLowered | undefined;

/**
 * Lowers an operation, given the types of its results and the width of vectors.
 *
 * @param whole The types of the results of the operation of which this is a part; its own if it is none. By how many they
 * are, sums are divided.
 * @returns `undefined` if WebAssembly must compute it.
 */
export type MachineLowering<O extends Operation> = (
  operation: O,
  results: readonly ValueType[],
  bits: Bits,
  whole: readonly ValueType[],
) => MachineLowered | undefined;
