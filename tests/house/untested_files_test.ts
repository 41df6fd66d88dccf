import { assertEquals } from "@std/assert";
import { untestedFiles } from "./untested_files.ts";

/** Files that so far are tested only through the functions that use them: remove an entry once a test names the file. */
const AWAITED: readonly string[] = [
  "autograd/ops/standardize_gradient.ts",
  "autograd/transforms/branch_primitive.ts",
  "autograd/transforms/recorded_function.ts",
  "autograd/transforms/scan_deferral.ts",
  "autograd/transforms/scan_derivative.ts",
  "autograd/transforms/scan_primitive.ts",
  "autograd/transforms/tensor_leaves.ts",
  "autograd/transforms/unstack.ts",
  "autograd/transforms/while_primitive.ts",
  "layers/recurrent/cell.ts",
  "layers/recurrent/cells.ts",
  "layers/recurrent/layers.ts",
  "layers/recurrent/recurrent.ts",
  "layers/recurrent/run.ts",
];

Deno.test("every source file of autograd, layers and optim is named, imported or mirrored by a test, or awaited", () => {
  assertEquals(untestedFiles().filter((path) => !path.startsWith("blas/")), AWAITED);
});
