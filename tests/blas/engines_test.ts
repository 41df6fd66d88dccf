import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { allocate, dot, type MutableView, type View, view } from "../../blas/mod.ts";
import type { Engine, PartialEngine } from "../../blas/engine.ts";
import { completeEngine, currentEngine, engines, setEngine } from "../../blas/engines.ts";
import { tensor64 } from "../../autograd/values/constructors.ts";
import { compile } from "../../autograd/compile/compile.ts";
import { exp, matmul } from "../../autograd/ops/mod.ts";
import type { Tensor } from "../../autograd/tensor.ts";
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

Deno.test("setEngine() returns the engine that was in use, so that it can be restored", () => {
  const before = currentEngine(), { engine } = spy();
  assertStrictEquals(setEngine(engine), before);
  assertStrictEquals(currentEngine(), engine);
  assertStrictEquals(setEngine(before), engine);
  assertStrictEquals(currentEngine(), before);
});

Deno.test("all computations go through the engine in use", () => {
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

const matrix = (shape: readonly number[], ...values: readonly number[]) => view(Float64Array.from(values), shape);

/** A gemm of a user's own, which counts how often it is called. */
function counted() {
  let calls = 0;
  const gemm: Engine["gemm"] = (operands) => {
    calls++;
    engines.reference.gemm(operands);
  };
  return { gemm, calls: () => calls };
}

/** Runs something on an engine. */
function on<A>(engine: PartialEngine, f: () => A): A {
  const before = setEngine(engine);
  try {
    return f();
  } finally {
    setEngine(before);
  }
}

Deno.test("setEngine() accepts an engine that can only multiply, and the reference engine does the rest", () => {
  const { gemm, calls } = counted();
  on({ name: "mine", gemm }, () => {
    assertEquals(currentEngine().name, "mine");
    assertEquals(toList(matmul(tensor64([[1, 2]]), tensor64([[3], [4]]))), [11]);
    assertEquals(calls(), 1);
    assertEquals(dot(view(new Float64Array([1, 2])), view(new Float64Array([3, 4]))), 11);
    assertEquals(toList(exp(tensor64([0]))), [1]);
  });
});

Deno.test("batches are computed by an engine's own gemm if it has no gemmBatched", () => {
  const { gemm, calls } = counted(), c = allocate("float64", [3, 1, 1]);
  const a = matrix([3, 1, 2], 1, 2, 3, 4, 5, 6), b = matrix([3, 2, 1], 1, 1, 1, 1, 1, 1);
  completeEngine({ name: "mine", gemm }).gemmBatched({ alpha: 1, a, b, beta: 0, c });
  assertEquals([c.get(0, 0, 0), c.get(1, 0, 0), c.get(2, 0, 0)], [3, 7, 11]);
  assertEquals(calls(), 3);
});

Deno.test("a complete engine is used unchanged, and a partial one is the same engine each time it is set", () => {
  assertStrictEquals(completeEngine(engines.simd), engines.simd);
  const partial = { name: "mine", gemm: engines.reference.gemm };
  assertStrictEquals(on(partial, currentEngine), on(partial, currentEngine));
});

Deno.test("the functions of an engine that is an object of a class keep their object", () => {
  class Counting {
    readonly name = "counting";
    #copies = 0;
    copy(operands: { readonly x: View; readonly y: MutableView }) {
      this.#copies++;
      engines.reference.copy(operands);
    }
    get copies() {
      return this.#copies;
    }
  }
  const counting = new Counting(), y = allocate("float64", [1]);
  completeEngine(counting as PartialEngine).copy({ x: matrix([1], 5), y });
  assertEquals([counting.copies, y.get(0)], [1, 5]);
});

Deno.test("setEngine() says what is wrong with an engine", () => {
  // @ts-expect-error: an engine is not a text
  assertThrows(() => setEngine("simd"), TypeError, 'Cannot use "simd" as an engine: an engine must be a record');
  // @ts-expect-error: it has no name
  assertThrows(() => setEngine({ gemm: engines.reference.gemm }), TypeError, "a record of gemm as");
  // @ts-expect-error: a number is not a function
  assertThrows(() => setEngine({ name: "mine", gemm: 3 }), TypeError, "its gemm is of type number and must be");
  assertStrictEquals(currentEngine(), engines.simd);
});

Deno.test("an engine without compile interprets programs on its own functions", () => {
  const { gemm, calls } = counted(), compiled = compile((x: Tensor<"float64">) => exp(matmul(x, x)));
  on({ name: "mine", gemm }, () => assertEquals(toList(compiled(tensor64([[0, 0], [0, 0]]))), [1, 1, 1, 1]));
  assertEquals(calls(), 1);
});

Deno.test("nobody can change the built-in engines, only make others of them", () => {
  for (const engine of [engines.simd, engines.reference]) {
    assertThrows(() => engine.gemm = () => {}, TypeError);
    assertThrows(() => (engine as { name: string }).name = "mine", TypeError);
    assertEquals({ ...engine, name: "mine" }.gemm, engine.gemm);
  }
});
