import { assertEquals } from "@std/assert";
import { testFoldersOf } from "./changed_tests.ts";

Deno.test("a source file is tested by the folder that mirrors its own", () => {
  assertEquals(testFoldersOf(["autograd/ops/sum.ts", "optim/adam.ts"]), ["tests/autograd/ops", "tests/optim"]);
});

Deno.test("a test file is tested with its neighbours, or alone at the top", () => {
  assertEquals(testFoldersOf(["tests/blas/view_test.ts", "tests/types_test.ts"]), [
    "tests/blas",
    "tests/types_test.ts",
  ]);
});

Deno.test("folders inside listed ones, and what has no tests, are left out", () => {
  assertEquals(testFoldersOf(["autograd/tensor.ts", "autograd/ops/sum.ts", "README.md", "mod.ts"]), ["tests/autograd"]);
});
