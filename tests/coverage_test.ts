import { assertEquals } from "@std/assert";
import { testArguments } from "./coverage.ts";

Deno.test("the folders of the library are measured, or those that are named; no test may start a program", () => {
  const all = testArguments([]), some = testArguments(["tests/optim", "--add"]);
  assertEquals(all.slice(-4), ["tests/autograd", "tests/blas", "tests/layers", "tests/optim"]);
  assertEquals(some.slice(-2), ["--coverage-raw-data-only", "tests/optim"]);
  assertEquals([all.includes("--deny-run"), some.includes("--deny-run")], [true, true]);
});
