import { assertEquals } from "@std/assert";
import { argument, cos, mul, sin } from "../../../../blas/scalar/scalar.ts";
import { importSlowPaths, SLOW_FUNCTIONS } from "../../../../blas/simd/math/slow_paths.ts";
import { ModuleBuilder } from "../../../../blas/wasm/mod.ts";

Deno.test("a module imports the slow functions that its expressions may call, and no others", () => {
  const x = argument(0),
    imported = (...expressions: Parameters<typeof importSlowPaths>[1]) => {
      const m = new ModuleBuilder(), paths = importSlowPaths(m, expressions, SLOW_FUNCTIONS);
      const module = new WebAssembly.Module(m.toBytes());
      return [Object.keys(paths), WebAssembly.Module.imports(module).map(({ name }) => name)];
    };
  assertEquals(imported(mul(x, 2)), [[], []]);
  assertEquals(imported(mul(x, cos(x)), cos(mul(x, 2))), [["cos"], ["cos"]]);
  assertEquals(imported(cos(x), sin(x)), [["sin", "cos"], ["sin", "cos"]]);
});
