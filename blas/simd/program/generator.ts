/**
 * The interface of what writes code other than WebAssembly for some instructions of a program, to run on the same memory.
 *
 * @module
 */
import type { Instruction, Loop } from "../../program/program.ts";

/** Where an instruction's code finds its arrays: byte addresses in the program's memory, and lengths in bytes. */
export type Places = {
  /** Returns the array of a value. */
  readonly value: (value: number) => Place;
  /** The arrays of the instruction's results. */
  readonly results: readonly Place[];
  /** The instruction's workspace, whose address is a multiple of 64. */
  readonly workspace: Place;
};

/** An array in the program's memory. */
export type Place = {
  readonly address: number;
  readonly bytes: number;
  /** As `Shift`: the address of a number of bytes that the array is beyond its address when the code runs. */
  readonly shift?: number;
};

/** An instruction that another code generator computes. */
export type Generated = {
  /** Bytes of workspace that it needs. */
  readonly workspace: number;
  /** As `Lowered.inPlace`: whether results may share memory with operands that its last loop reads at the same indices. */
  readonly inPlace: boolean;
  /** The loop that WebAssembly runs afterwards, with what was computed at the start of the workspace, if there is one. */
  readonly epilogue?: Loop;
  /** Whether its function may find in memory what it does not compute: then WebAssembly does. Default: false. */
  readonly mayRefuse?: boolean;
  /** Writes the code of the instruction into the function that is being written. */
  readonly write: (places: Places) => void;
};

/** The code of one program. */
export type GeneratorUnit = {
  /** Prepares an instruction; returns `undefined` if WebAssembly must compute it. */
  readonly lower: (instruction: Instruction) => Generated | undefined;
  /** Ends the function that is being written, and returns its number. */
  readonly close: () => number;
  /** Makes all functions callable, and returns them by number: each tells whether it has done its work. */
  readonly link: (memory: WebAssembly.Memory) => readonly (() => boolean)[];
};

/** Begins the code of a program. */
export type Generator = () => GeneratorUnit;
