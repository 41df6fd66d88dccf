/**
 * All that programs can be compiled with.
 *
 * @module
 */
import { ALL_FUNCTIONS } from "../math/mod.ts";
import { GENERATOR_TOOLS } from "./generator_tools.ts";
import type { Tools } from "./lowering.ts";
import { ALL_LOWERINGS } from "./lowerings.ts";
import { TEAM_TOOLS } from "./team/team_tools.ts";

/** All lowerings, every function as vector code, and what teams of threads and other code generators need. */
export const ALL_TOOLS: Tools = {
  lowerings: ALL_LOWERINGS,
  functions: ALL_FUNCTIONS,
  team: TEAM_TOOLS,
  generator: GENERATOR_TOOLS,
};
