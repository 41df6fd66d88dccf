import { assertAccountsFor } from "./awaited.ts";
import { fixtures } from "./fixtures.ts";

/** Groups of the file, by the test file that compares them; `source` and `format` say where the numbers come from. */
const TESTED: Readonly<Record<string, string>> = {
  ops: "ops_test.ts",
  batchnorm_running: "batch_norm_test.ts",
  double_backward: "double_backward_test.ts",
  clip_grad: "clip_test.ts",
  optimizers: "optimizers_test.ts",
  schedulers: "schedules_test.ts",
  trainings: "trainings_test.ts",
};

Deno.test("every group of PyTorch's numbers is tested", () => {
  assertAccountsFor(Object.keys(fixtures), Object.keys(TESTED), ["source", "format"]);
});
