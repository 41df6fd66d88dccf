/**
 * A primitive for the tests of recycling: one of those that programs run.
 *
 * @module
 */
import type { AnyPrimitive } from "../../autograd/primitive.ts";
import { neg, tensor64 } from "../../autograd/mod.ts";

const node = neg(tensor64(1));

/** The negative. */
export const negPrimitive: AnyPrimitive = node.tag === "node" ? node.primitive : (() => {
  throw new Error("tensors are tracked");
})();
