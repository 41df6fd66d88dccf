import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import type { InstructionProfile } from "@nanograd/nanograd";
import { compiledTable, heaviest, plainTable } from "../../../bench/breadth/explain.ts";

const instruction = (
  kind: string,
  milliseconds: number,
  flops: number | undefined,
  bytes: number,
): InstructionProfile => ({
  text: kind,
  kind,
  outside: false,
  calls: 2,
  milliseconds,
  share: milliseconds / 10,
  bytes,
  flops,
  inner: [],
  threads: [],
});

Deno.test("heaviest() adds up the instructions of one kind before it picks one", () => {
  const profile = [instruction("gemm", 3, 3e6, 6e6), instruction("map", 4, 1, 1), instruction("gemm", 3, 6e6, 6e6)];
  const { kind, share, flops, bytes } = heaviest(profile);
  assertEquals(kind, "gemm");
  assertAlmostEquals(share, 0.6);
  assertAlmostEquals(flops, 3); // 18e6 in 6 ms
  assertAlmostEquals(bytes, 4);
  assertThrows(() => heaviest([]), TypeError, "Cannot explain an empty profile");
});

Deno.test("the tables show rates beside what the core reaches, and the parts of a plain call", () => {
  const rates = { flops: 60, bytes: 100 };
  assertEquals(
    compiledTable([["a", { kind: "gemm", share: 0.9, flops: 30, bytes: 5 }]], rates).split("\n").at(-1),
    "| a        | gemm |        90 % |      30 |          50 % |  5.0 |         5 % |",
  );
  assertEquals(
    compiledTable([["b", { kind: "draw", share: 1, flops: 0, bytes: 5 }]], rates).split("\n").at(-1),
    "| b        | draw |       100 % |         |               |  5.0 |         5 % |",
  );
  assertEquals(
    plainTable([["c", { plain: 10, compiled: 2, fresh: 3, copied: 1 }]]).split("\n").at(-1),
    "| c        |  10 |      20 % |       30 % |       10 % |     40 % |",
  );
});
