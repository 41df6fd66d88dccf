import { assertEquals, assertStrictEquals } from "@std/assert";
import { dot, view } from "../../blas/mod.ts";
import type { Engine } from "../../blas/engine.ts";
import { currentEngine, engines, setEngine } from "../../blas/engines.ts";
import { tensor64 } from "../../autograd/values/constructors.ts";
import { matmul } from "../../autograd/ops/mod.ts";
import { toList } from "../../autograd/values/read.ts";

/** An engine that notes which of its functions are called. */
function spy(): { readonly engine: Engine; readonly calls: string[] } {
  const calls: string[] = [];
  const engine = new Proxy(engines.reference, {
    get: (target, name: keyof Engine) => {
      if (name !== "name") calls.push(name);
      return target[name];
    },
  });
  return { engine, calls };
}

Deno.test("setEngine() returns the engine that was in use, so that it can be put back", () => {
  const before = currentEngine(), { engine } = spy();
  assertStrictEquals(setEngine(engine), before);
  assertStrictEquals(currentEngine(), engine);
  assertStrictEquals(setEngine(before), engine);
  assertStrictEquals(currentEngine(), before);
});

Deno.test("whatever computes goes through the engine in use", () => {
  const { engine, calls } = spy(), before = setEngine(engine);
  try {
    assertEquals(dot(view(new Float64Array([1, 2])), view(new Float64Array([3, 4]))), 11);
    assertEquals(toList(matmul(tensor64([[1, 2]]), tensor64([[3], [4]]))), [11]);
    assertEquals(calls, ["dot", "gemm"]);
  } finally {
    setEngine(before);
  }
});

Deno.test("every engine has a name of its own", () => {
  assertEquals(Object.values(engines).map(({ name }) => name), Object.keys(engines));
});
