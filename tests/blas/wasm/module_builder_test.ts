/**
 * Modules: constants, calls, memory, imports and names.
 *
 * @module
 */
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { signed, unsigned } from "../../../blas/wasm/encoding.ts";
import { call, constant, f64, i32, i32x4, memory, ModuleBuilder, v128 } from "../../../blas/wasm/mod.ts";
import { instantiate, namesOf, type Run } from "./modules.ts";

Deno.test("LEB128 encodes the specification's examples", () => {
  // https://en.wikipedia.org/wiki/LEB128, its two worked examples
  assertEquals(unsigned(624485), [0xe5, 0x8e, 0x26]);
  assertEquals(signed(-123456n), [0xc0, 0xbb, 0x78]);
  assertEquals([unsigned(0), unsigned(127), unsigned(128)], [[0], [127], [128, 1]]);
  assertEquals([signed(63n), signed(64n), signed(-64n), signed(-65n)], [[63], [0xc0, 0], [0x40], [0xbf, 0x7f]]);
  assertThrows(() => unsigned(-1), RangeError, "must be whole");
});

Deno.test("constants come back as they went in", () => {
  fc.assert(fc.property(fc.integer(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.double(), (a, b, c) => {
    const builder = new ModuleBuilder();
    builder.function({ name: "a", parameters: {}, result: "i32" }, (f) => f.push(constant("i32", a)));
    builder.function({ name: "b", parameters: {}, result: "i64" }, (f) => f.push(constant("i64", b)));
    builder.function({ name: "c", parameters: {}, result: "f64" }, (f) => f.push(constant("f64", c)));
    builder.function({ name: "d", parameters: {}, result: "f32" }, (f) => f.push(constant("f32", c)));
    const run = instantiate(builder) as { [name: string]: () => unknown };
    assertEquals([run.a!(), run.b!(), run.c!(), run.d!()], [a, b, c, Math.fround(c)]);
  }));
});

Deno.test("functions call one another and imported functions", () => {
  const builder = new ModuleBuilder();
  const seen: number[] = [];
  const log = builder.importFunction({ module: "js", name: "log" }, { parameters: { value: "f64" } });
  const square = builder.function({ parameters: { x: "f64" }, result: "f64" }, (f, { x }) => f.return(f64.mul(x, x)));
  builder.function(
    { name: "run", parameters: { x: "f64" } },
    (f, { x }) => f.do(call(log, f64.add(call(square, x), 1))),
  );
  (instantiate(builder, { js: { log: (x: number) => seen.push(x) } }).run as Run)(3);
  assertEquals(seen, [10]);
});

Deno.test("memory can be imported, shared, grown, filled and copied", () => {
  for (const shared of [false, true]) {
    const builder = new ModuleBuilder();
    builder.importMemory({ module: "js", name: "memory" }, { minimum: 1, maximum: 4, shared });
    builder.function({ name: "run", parameters: {}, result: "i32" }, (f) => {
      f.do(memory.fill(0, 7, 8), memory.copy(100, 4, 8));
      f.do(v128.store32_lane(200, i32x4.const(1, 2, 3, 4), 2), i32.store(204, 255));
      f.drop(memory.grow(1));
      f.return(memory.size());
    });
    const given = new WebAssembly.Memory({ initial: 1, maximum: 4, shared });
    assertEquals((instantiate(builder, { js: { memory: given } }).run as Run)(), 2);
    const bytes = new Uint8Array(given.buffer);
    assertEquals([...bytes.subarray(100, 108)], [7, 7, 7, 7, 0, 0, 0, 0]);
    assertEquals([...bytes.subarray(200, 206)], [3, 0, 0, 0, 255, 0]);
  }
});

Deno.test("an empty module, and one of a thousand functions, are valid", () => {
  assert(WebAssembly.validate(new ModuleBuilder().toBytes()));
  const builder = new ModuleBuilder();
  for (let i = 0; i < 1000; i++) {
    builder.function({ name: `f${i}`, parameters: {}, result: "i32" }, (f) => f.return(constant("i32", i)));
  }
  assertEquals((instantiate(builder).f777 as Run)(), 777);
});

Deno.test("functions and imports have names: the exported name, and what they work on", () => {
  const builder = new ModuleBuilder();
  builder.importFunction({ module: "engine", name: "sin" }, { parameters: { x: "f64" }, result: "f64" });
  builder.function({ parameters: {} }, () => {});
  builder.named("gemm %12", () => {
    builder.function({ parameters: {} }, () => {});
    builder.named("inside", () => builder.function({ parameters: {} }, () => {}));
    builder.function({ name: "run", parameters: {} }, () => {});
  });
  builder.function({ name: "größe", parameters: {} }, () => {});
  assertEquals([...namesOf(builder.toBytes())], [[0, "sin"], [2, "gemm %12"], [3, "inside"], [4, "gemm %12 run"], [
    5,
    "größe",
  ]]);
  assertEquals(WebAssembly.Module.customSections(new WebAssembly.Module(new ModuleBuilder().toBytes()), "name"), []);
});

Deno.test("many names of any length are read back unchanged", () => {
  const builder = new ModuleBuilder(), wanted = Array.from({ length: 300 }, (_, i) => "x".repeat(i) + i);
  wanted.forEach((name) => builder.named(name, () => builder.function({ parameters: {} }, () => {})));
  assertEquals([...namesOf(builder.toBytes()).values()], wanted);
});

Deno.test("the stack of a trap names the instruction in which it happened", () => {
  const builder = new ModuleBuilder();
  const inner = builder.named("map %3", () => builder.function({ parameters: {} }, (f) => f.unreachable()));
  builder.function({ name: "segment0", parameters: {} }, (f) => f.do(call(inner)));
  const run = instantiate(builder).segment0 as () => void;
  const { stack = "" } = assertThrows(run, WebAssembly.RuntimeError) as Error;
  assert(/map %3[^]*segment0/.test(stack), stack);
});
