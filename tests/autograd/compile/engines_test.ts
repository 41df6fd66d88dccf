import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  add,
  compile,
  conv2d as convolve,
  customOp,
  gradient,
  key,
  matmul,
  mean,
  ones,
  randomNormal,
  square,
  sum,
  tanh,
  type Tensor,
  tensor64,
  toList,
  toNumber,
} from "../../../autograd/mod.ts";
import type { Engine, PartialEngine } from "../../../blas/engine.ts";
import { withEngine } from "../../../blas/engine_in_use.ts";
import { currentEngine, engines, setEngine } from "../../../blas/engines.ts";
import { nativeEngineOver } from "../../../blas/native/mod.ts";

/** The native engine, where native code may be called and there is a library. */
function native(): Engine | undefined {
  try {
    const { state } = Deno.permissions.querySync({ name: "ffi" });
    return state === "granted" ? nativeEngineOver(engines.simd) : undefined;
  } catch {
    return undefined;
  }
}

/** Counts the products that an engine is asked for. */
function counting(engine: Engine): { readonly engine: Engine; readonly products: () => number } {
  let products = 0;
  const gemm: Engine["gemm"] = (operands) => {
    products++;
    engine.gemm(operands);
  };
  return { engine: { ...engine, name: `counting ${engine.name}`, gemm }, products: () => products };
}

const x = randomNormal(key(0), [7, 5], { dtype: "float64" });
const loss = (w: Tensor<"float64">) => mean(square(tanh(matmul(x, w))));
const weights = randomNormal(key(1), [5, 3], { dtype: "float64" });

function assertCompiles(engine: Engine, wanted: readonly number[]): void {
  const previous = setEngine(engine);
  try {
    toList(compile(gradient(loss))(weights)).forEach((v, k) => assertAlmostEquals(v, wanted[k]!, 1e-12));
  } finally {
    setEngine(previous);
  }
}

const plain = toList(gradient(loss)(weights));

for (const [name, engine] of Object.entries(engines)) {
  Deno.test(`programs compiled on the ${name} engine agree with plain functions`, () => assertCompiles(engine, plain));
}

Deno.test("an engine that is neither of ours computes the products of compiled programs", () => {
  const { engine, products } = counting(engines.simd);
  assertCompiles(engine, plain);
  // Forward, and the gradient of the weights.
  assertEquals(products(), 2);
});

/** A step that multiplies what it carries. */
const step = compile((carry: Tensor<"float64">, x: Tensor<"float64">) => {
  const next = matmul(x, carry);
  return [next, sum(next)] as const;
});

/** Begins a scan on one engine, and goes on while another is in use. */
function suspended(begun: PartialEngine, later: PartialEngine): readonly number[] {
  const xs = [1, 2, 3].map((factor) => tensor64([[factor, 0], [1, factor]])), before = setEngine(begun);
  try {
    const steps = step.scan(tensor64([[1, 2], [3, 4]]), xs), first = steps.next();
    setEngine(later);
    return [first.value as Tensor<"float64">, ...steps].map((y) => toNumber(y as Tensor<"float64">));
  } finally {
    setEngine(before);
  }
}

const SUMS = [13, 29, 93]; // by hand

for (const [name, base] of Object.entries(engines)) {
  Deno.test(`a scan that is suspended while setEngine() is called continues on its engine (${name})`, () => {
    const begun = counting(base), later = counting(engines.reference);
    assertEquals(suspended(begun.engine, later.engine), SUMS);
    assertEquals([begun.products(), later.products()], [3, 0]);
  });
}

Deno.test("a scan on an engine without compile continues on its engine too", () => {
  const { engine: { gemm }, products } = counting(engines.reference), later = counting(engines.simd);
  assertEquals(suspended({ name: "mine", gemm }, later.engine), SUMS);
  assertEquals([products(), later.products()], [3, 0]);
});

Deno.test("a convolution that no code is emitted for stays on the engine that the scan began with", () => {
  let calls = 0;
  const conv2d: Engine["conv2d"] = (operands) => {
    calls++;
    engines.reference.conv2d(operands);
  };
  const w = ones([4, 1, 2, 2]),
    slide = compile((carry: Tensor, x: Tensor) => {
      const y = sum(convolve(x, w, null, { groups: 4 }));
      return [add(carry, y), y] as const;
    });
  const before = setEngine({ ...engines.simd, conv2d }), xs = [1, 2].map(() => ones([1, 4, 2, 2]));
  try {
    const steps = slide.scan(ones([]), xs);
    steps.next();
    setEngine(engines.reference);
    assertEquals(toNumber(steps.next().value as Tensor), 16);
  } finally {
    setEngine(before);
  }
  assertEquals(calls, 2);
});

const engine = native();

Deno.test({
  name: "a scan that began on the native engine goes on there",
  ignore: engine === undefined,
  fn: () => {
    const begun = counting(engine!), later = counting(engines.reference);
    assertEquals(suspended(begun.engine, later.engine), SUMS);
    assertEquals([begun.products(), later.products()], [3, 0]);
  },
});

Deno.test({
  name: "the native engine computes the products of compiled programs",
  ignore: engine === undefined,
  fn: () => {
    const counted = counting(engine!);
    assertCompiles(counted.engine, plain);
    assert(counted.products() === 2);
  },
});

Deno.test("a custom operation that a program calls outside computes with the program's engine, whichever is in use", () => {
  const { engine, products } = counting(engines.reference);
  const rounded = customOp({
    name: "rounded product",
    forward: (a: Tensor<"float64">) => matmul(tensor64(toList(a).map(Math.round), a.shape), weights),
    vjp: () => [null],
  });
  const previous = setEngine(engine);
  try {
    const run = compile((total: Tensor<"float64">, a: Tensor<"float64">) =>
      [add(total, sum(rounded(a))), total] as const
    ).scan(tensor64(0), [x, x, x]);
    run.next(); // compiles, on this engine
    const before = products();
    setEngine(engines.simd);
    run.next();
    assertEquals(products() - before, 1);
    assertAlmostEquals(toNumber(run.carry), 2 * toNumber(sum(rounded(x))), 1e-12);
  } finally {
    setEngine(previous);
  }
});

Deno.test("withEngine() puts the engine back, after an error too", () => {
  const before = currentEngine();
  assertEquals(withEngine(engines.reference, () => currentEngine().name), "reference");
  assertThrows(
    () =>
      withEngine(engines.reference, () => {
        throw new Error("mine");
      }),
    Error,
    "mine",
  );
  assert(currentEngine() === before);
});
