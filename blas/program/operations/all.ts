/**
 * All kinds of operations. The compiler names those that are missing here, and the targets, which must decide about a new
 * one too.
 *
 * @module
 */
import { branchKind } from "./branch.ts";
import { convolutionKind } from "./convolution.ts";
import { cumsumKind } from "./cumsum.ts";
import { bringKinds, type Kinds } from "./brought.ts";
import { BASE_KINDS } from "./mod.ts";
import { orderKind } from "./order.ts";
import { runningKind } from "./running.ts";
import { scanKind } from "./scan.ts";
import { whileKind } from "./while.ts";

/** All kinds. */
export const ALL_KINDS: Kinds = /* @__PURE__ */ (() => ({
  ...BASE_KINDS,
  convolution: convolutionKind,
  cumsum: cumsumKind,
  running: runningKind,
  order: orderKind,
  scan: scanKind,
  while: whileKind,
  branch: branchKind,
}))();

/** Puts all kinds to use, for programs that primitives have not traced. */
export const bringAllKinds = (): void => bringKinds(ALL_KINDS);
