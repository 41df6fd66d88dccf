/**
 * How units are divided among threads, in code and beforehand.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { boundOf } from "../../../../../blas/simd/program/team/bounds.ts";
import { partOf } from "../../../../../blas/simd/program/team/member.ts";
import { ModuleBuilder } from "../../../../../blas/wasm/mod.ts";

Deno.test("threads find out at run time the bounds that barriers were planned with", () => {
  for (const units of [1, 2, 7, 32, 1000]) {
    const m = new ModuleBuilder(),
      signature = { parameters: { thread: "i32", threads: "i32" }, result: "i32" } as const;
    m.function({ name: "from", ...signature }, (f, member) => f.push(partOf(f, member, units).from));
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(m.toBytes()));
    const from = exports.from as (thread: number, threads: number) => number; // as declared above
    for (const threads of [1, 2, 3, 8]) {
      for (let k = 0; k <= threads; k++) assertEquals(boundOf(k, units, threads), from(k, threads));
    }
  }
});
