/**
 * The interface of what writes code other than WebAssembly for some instructions of a program, to run on the same memory.
 *
 * @module
 */
import type { Instruction, Loop } from "../../program/program.ts";
import type { NativeCode } from "./team/team.ts";

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
  /** Returns how threads divide it; `undefined` if only the whole can be written. Default: that. */
  readonly shares?: () => GeneratedShares | undefined;
};

/** How an instruction is cut into parts that threads compute at the same time, with the same bits as the whole. */
export type GeneratedShares = {
  /** The number of units, of about equal size, that its work divides into. */
  readonly units: number;
  /** The fewest units in a part. */
  readonly least: number;
  /** Prepares units `from` to `to - 1`; returns `undefined` if there is no code for them alone. */
  readonly part: (from: number, to: number) => GeneratedPart | undefined;
};

/** A part of an instruction: the workspace that belongs to it alone, and what writes its code. */
export type GeneratedPart = Pick<Generated, "workspace" | "write">;

/** The functions of a program, by number. */
export type LinkedCode = {
  /** Calls a function on this thread; tells whether it has done its work. */
  readonly functions: readonly (() => boolean)[];
  /** The same functions as other threads call them, if they can. */
  readonly native?: NativeCode;
};

/** The code of one program. */
export type GeneratorUnit = {
  /** Prepares an instruction; returns `undefined` if WebAssembly must compute it. */
  readonly lower: (instruction: Instruction) => Generated | undefined;
  /** Ends the function that is being written, and returns its number. */
  readonly close: () => number;
  /** Makes all functions callable. They are as long in memory as what is returned. */
  readonly link: (memory: WebAssembly.Memory) => LinkedCode;
};

/** Begins the code of a program. */
export type Generator = () => GeneratorUnit;
