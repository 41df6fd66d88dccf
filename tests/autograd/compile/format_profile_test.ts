import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { formatProfile } from "../../../autograd/compile/format_profile.ts";
import type { InstructionProfile } from "../../../autograd/compile/profile.ts";

const row = (text: string, milliseconds: number, more: Partial<InstructionProfile> = {}): InstructionProfile => ({
  text,
  kind: "map",
  outside: false,
  calls: 10,
  milliseconds,
  share: milliseconds / 4,
  bytes: 1000,
  flops: 2_000_000,
  inner: [],
  threads: [],
  ...more,
});

Deno.test("formatProfile() sorts by time, keeps what is inside a loop below it, and sums up", () => {
  const profile = [
    row("%1 float32[2] = map %0 + 1", 1),
    row("%2 float32[2] = scan 5 steps of %1[2]", 3, { inner: [row("first", 0.5), row("second", 2)], flops: undefined }),
    row("%3 float32[2] = host f %2[2]", 0, { calls: 0, outside: true }),
  ];
  assertEquals(
    formatProfile(profile).split("\n"),
    [
      "   ms   share  calls  us each  GB/s  GFLOP/s  instruction",
      "3.000  75.0 %     10   300.00  0.00           %2 float32[2] = scan 5 steps of %1[2]",
      "2.000  50.0 %     10   200.00  0.01    10.00    second",
      "0.500  12.5 %     10    50.00  0.02    40.00    first",
      "1.000  25.0 %     10   100.00  0.01    20.00  %1 float32[2] = map %0 + 1",
      "0.000   0.0 %      0                          %3 float32[2] = host f %2[2]  (outside WebAssembly)",
      "4.000 ms in all instructions",
    ],
  );
});

Deno.test("formatProfile() writes an instruction in one line, and no more of it than fits", () => {
  const [, line] = formatProfile([row(`map\n  %1 = a\n  %2 = b ${"x".repeat(200)}`, 1)]).split("\n");
  assertEquals(line!.slice(line!.indexOf("map")), `map; %1 = a; %2 = b ${"x".repeat(99)}…`);
  assertEquals(formatProfile([]).split("\n").at(-1), "0.000 ms in all instructions");
});

Deno.test("on several threads, two columns more tell what each thread computed and waited", () => {
  const threads = [{ computing: 3, waiting: 0.5 }, { computing: 2.5, waiting: 1 }];
  const [titles, divided, alone] = formatProfile([row("%1 = gemm", 3.5, { threads }), row("%2 = map", 1)]).split("\n");
  assertMatch(titles!, /GFLOP\/s +computing +waiting +instruction$/);
  assertMatch(divided!, /3\.000 2\.500 +0\.500 1\.000 +%1 = gemm$/);
  assertMatch(alone!, /%2 = map$/);
});

Deno.test("formatProfile() refuses a list with holes", () => {
  assertThrows(() => formatProfile(new Array(2)), TypeError, "it must be the list that profileOf returned; pass that");
});
