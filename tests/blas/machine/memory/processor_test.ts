import { assertEquals } from "@std/assert";
import { processorOf } from "../../../../blas/machine/memory/processor.ts";
import { machine } from "../machine.ts";

/** Answers of a processor with these bits: ECX of leaf 1, EBX of leaf 7, XGETBV. */
const answers = (ecx1: number, ebx7: number, kept: number) => {
  const all = new Uint32Array(13);
  [all[6], all[9], all[12]] = [ecx1, ebx7, kept];
  return all;
};

const AVX_FMA = 1 << 27 | 1 << 28 | 1 << 12, AVX2 = 1 << 5, AVX512 = 1 << 16 | 1 << 17 | 1 << 30 | 1 << 31;

Deno.test("a processor is used for what both it and the system have", () => {
  const bits = (...given: Parameters<typeof answers>) => {
    const found = processorOf(answers(...given));
    return found._tag === "Right" ? found.right.bits : found.left;
  };
  assertEquals(bits(AVX_FMA, AVX2, 0xe7), 256);
  assertEquals(bits(AVX_FMA, AVX2 | AVX512, 0xe7), 512);
  assertEquals(bits(AVX_FMA, AVX2 | AVX512, 0x07), 256);
  assertEquals(bits(AVX_FMA, AVX2 | 1 << 16, 0xe7), 256);
  assertEquals(bits(AVX_FMA, AVX2, 0x03), "the processor, or the system, has no AVX, and must have AVX2 and FMA");
  assertEquals(bits(AVX_FMA & ~(1 << 12), AVX2, 7), "the processor has no FMA, and must have AVX2 and FMA");
  assertEquals(bits(AVX_FMA, 0, 7), "the processor has no AVX2, and must have AVX2 and FMA");
});

Deno.test("this processor says what the kernel says about it", { ignore: machine === undefined }, async () => {
  const flags = (await Deno.readTextFile("/proc/cpuinfo")).split("\n").find((line) => line.startsWith("flags"))!;
  assertEquals(
    machine!.bits,
    ["avx512f", "avx512dq", "avx512bw", "avx512vl"].every((f) => flags.includes(f)) ? 512 : 256,
  );
});
