/**
 * Small modules for the tests of the assembler.
 *
 * @module
 */
import {
  type FunctionBuilder,
  type FunctionParameters,
  type Local,
  ModuleBuilder,
  type ResultType,
} from "../../../blas/wasm/mod.ts";

/** A function of numbers. */
export type Run = (...numbers: number[]) => number;
/** What emits a function. */
export type Body<P extends FunctionParameters> = (
  f: FunctionBuilder,
  locals: { readonly [K in keyof P]: Local<P[K]> },
) => void;

/** The exports of a module. */
export const instantiate = (builder: ModuleBuilder, imports: WebAssembly.Imports = {}) =>
  new WebAssembly.Instance(new WebAssembly.Module(builder.toBytes()), imports).exports;

/** Builds a module of one function and returns it. */
export function functionOf<P extends FunctionParameters>(parameters: P, result: ResultType, body: Body<P>): Run {
  const builder = new ModuleBuilder();
  builder.memory({ minimum: 1, name: "memory" });
  builder.function({ name: "run", parameters, result }, body);
  return instantiate(builder).run as Run;
}
