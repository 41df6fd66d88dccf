/**
 * Small modules for the tests of the assembler.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import {
  type FunctionBuilder,
  type FunctionParameters,
  type Local,
  ModuleBuilder,
  type ResultType,
} from "../../../blas/wasm/mod.ts";

/** A function of numbers. */
export type Run = (...numbers: number[]) => number;
/** A function that emits the body of a function. */
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

/** Returns the function names in the bytes of a module, by index. Source: the specification, appendix 7.4. */
export function namesOf(moduleBytes: BufferSource): ReadonlyMap<number, string> {
  const [section] = WebAssembly.Module.customSections(new WebAssembly.Module(moduleBytes), "name");
  const bytes = new Uint8Array(section!), names = new Map<number, string>();
  let at = 0;
  const number = () => {
    let value = 0;
    for (let shift = 0;; shift += 7) {
      const byte = bytes[at++]!;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  assertEquals([number(), number()], [1, bytes.length - at], "one part, of function names, up to the end");
  const count = number();
  for (let i = 0; i < count; i++) {
    const index = number(), length = number();
    names.set(index, new TextDecoder().decode(bytes.subarray(at, at += length)));
  }
  assertEquals(at, bytes.length);
  return names;
}
