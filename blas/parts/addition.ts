/**
 * The part of the default engine that adds two arrays, with kernels that need no assembler: a program that only adds does
 * not contain one.
 *
 * @module
 */
import type { Engine } from "../engine.ts";
import { type EnginePart, enginePart } from "../engine_in_use.ts";
import { addByLoops } from "../reference/addition.ts";
import { shared } from "../shared.ts";
import { createMapOf } from "../simd/elementwise/map.ts";
import { additionEntry } from "../simd/ready/addition.ts";
import { standardScratch } from "./context.ts";

/** The function that computes all other expressions, and additions too, once an operation has brought it. */
export const mappingInUse: { current: Engine["map"] | undefined } = /* @__PURE__ */ shared(
  "maps of the default engine",
  () => ({ current: undefined }),
);

/** Computes the sum of two arrays, and no other expression. */
export const additionPart: EnginePart<"map"> = /* @__PURE__ */ enginePart(["map"], () => {
  const scratch = standardScratch();
  let ready: Engine["map"] = addByLoops;
  if (scratch !== undefined) {
    const entry = additionEntry(scratch.memory);
    ready = createMapOf({ scratch }, () => entry);
  }
  return { map: (expression, inputs, output) => (mappingInUse.current ?? ready)(expression, inputs, output) };
});
