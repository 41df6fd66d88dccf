/**
 * What operations have brought for programs. Primitives reach this file, and through it nothing else of the compiler.
 *
 * @module
 */
import { bringKinds, type Kinds } from "../program/operations/brought.ts";
import { shared } from "../shared.ts";
import type { Lowerings } from "../simd/program/lowering.ts";

/** What the operations of a primitive need in compiled programs. */
export type ProgramPart = {
  /** What lowers them to WebAssembly. */
  readonly lowerings: Lowerings;
  /** Their kinds, if not every program may have them. */
  readonly kinds: Partial<Kinds>;
};

/** The lowerings brought so far. */
export const broughtLowerings: { current: Lowerings } = /* @__PURE__ */ shared(
  "lowerings of the default engine",
  () => ({ current: {} }),
);

/** Adds what an operation needs to what programs are compiled with. */
export function bring(part: ProgramPart): void {
  bringKinds(part.kinds);
  broughtLowerings.current = { ...broughtLowerings.current, ...part.lowerings };
}
