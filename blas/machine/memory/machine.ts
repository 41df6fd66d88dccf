/**
 * The machine that code is written for, and runs on.
 *
 * @module
 */
import type { Either } from "../../../deps.ts";
import * as either from "../../either.ts";
import { type Libc, openLibc } from "./libc.ts";
import { askProcessor } from "./processor.ts";

/** A machine on which code can run. */
export type Machine = {
  readonly libc: Libc;
  /** The widest vectors, in bits. */
  readonly bits: 256 | 512;
};

/** Opens this machine, or says why code cannot run on it. Nothing is called before the processor has said what it has. */
export function openMachine(): Either<string, Machine> {
  const libc = openLibc();
  if (libc._tag === "Left") return libc;
  const processor = askProcessor(libc.right);
  return processor._tag === "Left" ? processor : either.right({ libc: libc.right, bits: processor.right.bits });
}
