import { assertEquals, assertRejects, assertStrictEquals, assertStringIncludes } from "@std/assert";
import { compile, key, matmul, randomNormal, relu, type Tensor, toList } from "../../../autograd/mod.ts";
import { engines, machineEngine, setEngine } from "../../../blas/mod.ts";
import { machineEngineOver } from "../../../blas/machine/mod.ts";
import { machine } from "./machine.ts";

const ignore = machine === undefined;

/** Runs something on the machine engine. */
async function onMachine<R>(f: () => R): Promise<R> {
  const before = setEngine(await machineEngine());
  try {
    return f();
  } finally {
    setEngine(before);
  }
}

Deno.test("machineEngine() computes compiled products, and says which instructions it uses", { ignore }, async () => {
  const a = randomNormal(key(0), [30, 50]), b = randomNormal(key(1), [50, 20]), c = randomNormal(key(2), [20, 40]);
  const f = (a: Tensor, b: Tensor, c: Tensor) => matmul(relu(matmul(a, b)), c);
  const expected = toList(compile(f)(a, b, c)) as readonly number[];
  const found = await onMachine(() => toList(compile(f)(a, b, c)) as readonly number[]);
  const far = found.flat().reduce((most, value, k) => Math.max(most, Math.abs(value - expected.flat()[k]!)), 0);
  assertEquals(far < 1e-4, true);
  assertStringIncludes((await machineEngine()).name, machine!.bits === 512 ? "machine (AVX-512)" : "machine (AVX2)");
});

Deno.test("machineEngine() says what it lacks, or falls back on the simd engine", async () => {
  const { dlopen } = Deno;
  Object.assign(Deno, { dlopen: undefined });
  try {
    await assertRejects(() => machineEngine(), Error, "Cannot make a machine engine: this runtime has no Deno.dlopen");
    assertStrictEquals(await machineEngine({ fallback: true }), engines.simd);
    assertEquals(machineEngineOver(engines.simd)._tag, "Left");
  } finally {
    Object.assign(Deno, { dlopen });
  }
  // @ts-expect-error a misspelt option
  await assertRejects(() => machineEngine({ fallBack: true }), TypeError, "write fallback");
});

Deno.test("machineEngine() says that it has not been tried on macOS and Windows, or falls back", async () => {
  const { build } = Deno;
  try {
    for (const os of ["darwin", "windows"] as const) {
      Object.assign(Deno, { build: { ...build, os, arch: "x86_64" } });
      const error = await assertRejects(() => machineEngine(), Error);
      assertEquals(
        error.message,
        `Cannot make a machine engine: this is ${os} on x86_64, where our code has never been tried, and it must be Linux ` +
          "on x86_64; use engines.simd",
      );
      assertStrictEquals(await machineEngine({ fallback: true }), engines.simd);
    }
    Object.assign(Deno, { build: { ...build, os: "linux", arch: "aarch64" } });
    await assertRejects(() => machineEngine(), Error, "this is linux on aarch64, and it must be Linux on x86_64");
  } finally {
    Object.assign(Deno, { build });
  }
});
