/**
 * The part of the default engine that computes element by element.
 *
 * @module
 */
import type { EnginePart } from "../engine_in_use.ts";
import { ALL_FUNCTIONS } from "../simd/math/mod.ts";
import { partWith } from "./arithmetic.ts";

/** Computes expressions for every element, with all functions. */
export const mapPart: EnginePart<"map"> = /* @__PURE__ */ partWith(ALL_FUNCTIONS);
