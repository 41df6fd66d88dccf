import { assertEquals } from "@std/assert";
import { compile, key, mul, randomNormal, type Tensor, tensorData } from "../../../../autograd/mod.ts";
import { engines, setEngine } from "../../../../blas/mod.ts";
import { machineEngineOn } from "../../../../blas/machine/mod.ts";
import { askForLargePages } from "../../../../blas/machine/memory/large_pages.ts";
import { machine } from "../machine.ts";

const ignore = machine === undefined;

Deno.test("askForLargePages() names the whole pages of a large array, and leaves small ones alone", { ignore }, () => {
  const asked: (readonly [address: number, length: number, advice: number])[] = [];
  const madvise = (address: number | bigint, length: number | bigint, advice: number) =>
    asked.push([Number(address), Number(length), advice]);
  askForLargePages({ madvise }, new Float32Array(1000));
  askForLargePages({ madvise }, new Float32Array(2 ** 21 + 5));
  const [[address, length, advice]] = asked as [readonly [number, number, number]];
  assertEquals([asked.length, address % 4096, length % 4096, advice], [1, 0, 0, 14]);
  assertEquals(length <= 4 * (2 ** 21 + 5) && length > 4 * 2 ** 21 - 2 * 4096, true);
});

Deno.test(
  "large results on the machine engine are what they are elsewhere, and independent of each other",
  { ignore },
  () => {
    const f = (x: Tensor) => mul(x, 2), x = randomNormal(key(0), [1100, 1000]), compiled = compile(f);
    const before = setEngine(machineEngineOn(machine!, engines.simd));
    try {
      const first = compiled(x), second = compiled(mul(x, 2));
      assertEquals(tensorData(first).every((value, k) => value === 2 * tensorData(x)[k]!), true);
      assertEquals(tensorData(second).every((value, k) => value === 4 * tensorData(x)[k]!), true);
    } finally {
      setEngine(before);
    }
  },
);
