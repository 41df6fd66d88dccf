/**
 * What a compiler needs for programs to which another code generator contributes.
 *
 * @module
 */
import { foreignSteps } from "./foreign_steps.ts";
import { innerLowering, sharedLowering } from "./inner_lowering.ts";

/** The functions for programs with generated code, under common names. */
export type GeneratorTools = {
  readonly inner: typeof innerLowering;
  readonly shared: typeof sharedLowering;
  readonly steps: typeof foreignSteps;
};

/** The tools for programs with generated code. */
export const GENERATOR_TOOLS: GeneratorTools = { inner: innerLowering, shared: sharedLowering, steps: foreignSteps };
