import { assert, assertAlmostEquals, assertEquals, assertGreater, assertThrows } from "@std/assert";
import {
  adam,
  add,
  compile,
  cond,
  constant,
  customOp,
  denseLayer,
  evaluate,
  formatProfile,
  formatProgram,
  greater,
  type InstructionProfile,
  key,
  matmul,
  mean,
  mul,
  profileOf,
  randomNormal,
  scanAlong,
  sin,
  square,
  sub,
  sum,
  tanh,
  type Tensor,
  tensor32,
  tensorData,
  type ThreadProfile,
  toList,
  valueAndGradient,
  whileLoop,
} from "../../../mod.ts";
import { reference } from "../../../blas/reference/mod.ts";
import { currentEngine, engines, setEngine } from "../../../blas/engines.ts";
import { threadedEngineOver } from "../../../blas/threaded/engine.ts";
import { startPool } from "../../../blas/threaded/pool.ts";

const timeOf = (profile: readonly InstructionProfile[]): number =>
  profile.reduce((sum, { milliseconds }) => sum + milliseconds, 0);

Deno.test("profileOf() counts calls, the flops of a product, and its bytes", () => {
  const f = compile((a: Tensor, b: Tensor) => matmul(a, b), { profile: true });
  const a = randomNormal(key(0), [30, 50]), b = randomNormal(key(1), [50, 20]);
  for (let k = 0; k < 3; k++) f(a, b);
  const profile = profileOf(f, a, b), [product] = profile;
  assertEquals([profile.length, product!.kind, product!.calls, product!.outside], [1, "gemm", 3, false]);
  assertEquals([product!.flops, product!.bytes], [2 * 30 * 50 * 20, 4 * (30 * 50 + 50 * 20 + 30 * 20)]);
  assertEquals(product!.text, "%2 float32[30, 20] = gemm %0[30, 50] %1[50, 20]");
  assertGreater(product!.milliseconds, 0);
  assertEquals([product!.share, product!.inner], [1, []]);
});

Deno.test("the times of all instructions add up to no more than the time of the runs, and values are the same", () => {
  const layer = denseLayer(256, 256), { params, state } = layer.init(key(3)), optimizer = adam();
  type State = ReturnType<typeof optimizer.init<typeof params>>;
  const step = (s: State, x: Tensor) => {
    const loss = (p: typeof params) => mean(square(sub(layer.apply({ params: p, state }, x, evaluate)[0], x)));
    const { value, gradients } = valueAndGradient(loss)(s.params);
    return [optimizer.step(s, gradients), value] as const;
  };
  const plain = compile(step), measured = compile(step, { profile: true }), start = optimizer.init(params);
  const x = randomNormal(key(4), [128, 256]);
  assertEquals(toList(measured(start, x)[1]), toList(plain(start, x)[1]));
  const xs = Array.from({ length: 60 }, () => x);
  const before = [...plain.scan(start, xs)].map(toList), scan = measured.scan(start, xs);
  // The first step compiles; it is measured too, so that its time is counted apart.
  const after = [toList(scan.next().value as Tensor)], first = timeOf(profileOf(measured, start, x));
  const began = performance.now();
  for (const value of scan) after.push(toList(value));
  const whole = performance.now() - began;
  assertEquals(after, before);
  const profile = profileOf(measured, start, x), time = timeOf(profile) - first;
  assert(time > 0 && time < whole, `${time} of ${whole} ms`);
  assertAlmostEquals(profile.reduce((sum, { share }) => sum + share, 0), 1, 1e-9);
});

Deno.test("a loop is one instruction, with those of its body inside it, once for each step", () => {
  const f = compile((h: Tensor, w: Tensor, xs: Tensor) =>
    scanAlong(
      (c: Tensor, x: Tensor) => {
        const next = tanh(add(matmul(c, w), x));
        return [next, sum(next)] as const;
      },
      h,
      xs,
    ), { profile: true });
  const given = [
    randomNormal(key(0), [4, 8]),
    randomNormal(key(1), [8, 8]),
    randomNormal(key(2), [10, 4, 8]),
  ] as const;
  f(...given);
  f(...given);
  const profile = profileOf(f, ...given), loop = profile.find(({ kind }) => kind === "scan")!;
  assertEquals(loop.calls, 2);
  assertEquals(loop.inner.map(({ calls }) => calls), loop.inner.map(() => 20));
  const product = loop.inner.find(({ kind }) => kind === "gemm")!;
  assertEquals(product.flops, 2 * 4 * 8 * 8 + 2 * 4 * 8, "sum and hyperbolic tangent are its epilogue");
  assertEquals(loop.flops, 10 * loop.inner.reduce((sum, { flops }) => sum + flops!, 0));
  assert(timeOf(loop.inner) <= loop.milliseconds);
});

Deno.test("loops of unknown length and choices have no flops, and their instructions the calls that there were", () => {
  const f = compile((x: Tensor) => {
    const y = whileLoop((z: Tensor) => greater(constant(50), sum(z)), (z: Tensor) => mul(z, 2), x);
    return cond(greater(sum(y), 0), (z: Tensor) => sin(z), (z: Tensor) => tanh(z), y);
  }, { profile: true });
  const x = randomNormal(key(1), [1000]), ones = add(mul(x, 0), 0.01);
  f(ones); // 10, 20, 40, 80
  const profile = profileOf(f, ones), loop = profile.find(({ kind }) => kind === "while")!;
  const choice = profile.find(({ kind }) => kind === "branch")!;
  assertEquals([loop.flops, choice.flops, loop.bytes], [undefined, undefined, undefined]);
  assertEquals(loop.inner.filter(({ text }) => text.includes("* 2")).map(({ calls }) => calls), [3]);
  assertEquals(choice.inner.map(({ text, calls }) => [text.includes("sin("), calls]), [[true, 1], [false, 0]]);
});

Deno.test("host functions are measured, and marked as what runs outside of WebAssembly", () => {
  const slow = customOp({
    name: "slow",
    forward: (x: Tensor<"float32">) => {
      for (const until = performance.now() + 5; performance.now() < until;);
      return tensor32(toList(x) as number[]); // reads values, which only a host function can
    },
    vjp: () => [null],
  });
  const f = compile((x: Tensor<"float32">) => mul(slow(add(x, 1)), 2), { profile: true });
  const x = randomNormal(key(0), [3]);
  f(x);
  f(x);
  const profile = profileOf(f, x), host = profile.find(({ kind }) => kind === "host")!;
  assertEquals(profile.map(({ kind, outside }) => [kind, outside]), [["map", false], ["host", true], ["map", false]]);
  assertEquals([host.calls, host.flops, host.bytes], [2, undefined, 24]);
  assertGreater(host.milliseconds, 9.9);
  const listing = formatProgram(f, x).split("\n").filter((line) => line.includes("(outside WebAssembly)"));
  assertEquals(listing.length, 1);
  assert(listing[0]!.includes("host slow %1"), listing[0]);
});

Deno.test("an engine that interprets programs measures them too", () => {
  const before = currentEngine();
  setEngine(reference);
  try {
    const f = compile((x: Tensor) => sum(sin(x)), { profile: true }), x = randomNormal(key(0), [100]);
    f(x);
    assertEquals(profileOf(f, x).map(({ calls, outside }) => [calls, outside]), [[1, true]]);
  } finally {
    setEngine(before);
  }
});

Deno.test("profileOf() tells the number of runs of all instances together, and whether a call or a scan took longer", () => {
  const f = compile((c: Tensor, x: Tensor) => [add(c, x), mul(c, 2)] as const, { profile: true });
  const x = randomNormal(key(0), [100]);
  const runs = [f.scan(x, [x, x, x, x]), f.scan(x, [x, x, x])];
  runs.forEach((run) => run.next()); // two instances, at the same time
  for (const run of runs) for (const _ of run);
  assertEquals(profileOf(f, x, x)[0]!.calls, 7);
  for (let k = 0; k < 2000; k++) f(x, x);
  assertEquals(profileOf(f, x, x)[0]!.calls, 2000);
});

Deno.test("profileOf() refuses what was not compiled to be measured, and arguments that have not been run", () => {
  const x = randomNormal(key(0), [3]), f = compile((x: Tensor) => sin(x), { profile: true });
  assertThrows(() => profileOf(compile((x: Tensor) => x), x), TypeError, "compile(f, { profile: true })");
  assertThrows(() => profileOf(undefined as never), TypeError, "Cannot tell the profile of undefined");
  assertThrows(() => profileOf(f, x), TypeError, "call it first");
  f(x);
  assertThrows(() => profileOf(f, randomNormal(key(0), [4])), TypeError, "call it first");
  assertEquals(profileOf(f, x).length, 1);
});

Deno.test("profileOf() tells the time of the engine in use, not of one that ran the function before", () => {
  const x = randomNormal(key(0), [3]), f = compile((x: Tensor) => sin(x), { profile: true });
  f(x);
  const previous = setEngine(reference);
  try {
    assertThrows(() => profileOf(f, x), TypeError, "on the same engine; call it first");
  } finally {
    setEngine(previous);
  }
  assertEquals(profileOf(f, x).length > 0, true);
});

Deno.test("on several threads, a profile tells what each thread computed and waited, and values are the same", async () => {
  const x = randomNormal(key(0), [128, 128]), layer = (x: Tensor) => sum(tanh(matmul(x, tanh(matmul(x, x)))));
  const previous = setEngine(engines.simd), wanted = tensorData(compile(layer)(x));
  const pool = await startPool(2, { least: 0 });
  setEngine(threadedEngineOver(engines.simd, pool));
  try {
    const f = compile(layer, { profile: true });
    for (let k = 0; k < 20; k++) assertEquals(tensorData(f(x)), wanted);
    const profile = profileOf(f, x);
    for (const { kind, calls, milliseconds, threads } of profile) {
      assertEquals([calls, threads.length], [20, 2]);
      if (kind === "gemm") assert(threads.every(({ computing }) => computing > 0));
      const [{ computing, waiting }] = threads as readonly [ThreadProfile]; // of two
      assertAlmostEquals(computing + waiting, milliseconds, 1e-9);
    }
    assert(profile.some(({ kind }) => kind === "gemm") && formatProfile(profile).includes("waiting"));
  } finally {
    setEngine(previous);
    pool.close();
  }
});
