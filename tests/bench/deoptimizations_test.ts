import { assertEquals, assertGreater } from "@std/assert";
import { fileURLToPath } from "node:url";
import { countDeoptimizations, deoptimizations } from "../../bench/deoptimizations.ts";

const ignore = Deno.permissions.querySync({ name: "run" }).state !== "granted";

// This is no bound on time: of code that V8 could not keep, it dropped five functions here, 24 to 527 times each.
Deno.test("V8 keeps the code of small steps after work on tensors of several ranks", { ignore }, async () => {
  const program = fileURLToPath(new URL("mixed_work.ts", import.meta.url));
  const found = await deoptimizations(program);
  assertGreater(found.length, 0); // else V8 reports them in another form
  assertEquals(found.filter(({ times }) => times > 15), []);
});

Deno.test("code is counted where it was dropped, unless it was made in the middle of a loop", () => {
  const line = (reason: string, name: string, offset: number) =>
    `[bailout (kind: deopt-eager, reason: ${reason}): begin. deoptimizing 0x1a <JSFunction ${name}(sfi = 0x${name.length})>, ` +
    `0x2b <Code MAGLEV>, opt id 7, bytecode offset ${offset}, deopt exit 0, FP to SP delta 24]`;
  const trace = [
    "2-8-1, Adam[completed compiling 0x1a <JSFunction sizeOf (sfi = 0x7)> (target MAGLEV)]",
    line("wrong map", "sizeOf ", 5),
    line("wrong map", "", 3),
    line("wrong map", "sizeOf ", 5),
    line("wrong map", "sizeOf ", 9),
    line("exit from OSR'd inner loop", "pack ", 417),
    line("prepare for on stack replacement (OSR)", "pack ", 12),
  ].join("\n");
  assertEquals(countDeoptimizations(trace), [
    { name: "sizeOf", reason: "wrong map at 5, MAGLEV", times: 2 },
    { name: "(anonymous)", reason: "wrong map at 3, MAGLEV", times: 1 },
    { name: "sizeOf", reason: "wrong map at 9, MAGLEV", times: 1 },
  ]);
});
