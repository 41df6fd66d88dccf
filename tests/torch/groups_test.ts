import { assertAccountsFor, assertStillAwaited, type AwaitedExports, whenAny } from "./awaited.ts";
import { fixtures } from "./fixtures.ts";

/** Groups of the file, by the test file that compares them; `source` and `format` say where the numbers come from. */
const TESTED: Readonly<Record<string, string>> = {
  ops: "ops_test.ts",
  batchnorm_running: "batch_norm_test.ts",
  double_backward: "double_backward_test.ts",
  optimizers: "optimizers_test.ts",
  schedulers: "schedules_test.ts",
  trainings: "trainings_test.ts",
};

/** Groups that nothing in the library can be compared with yet. */
const NOT_YET: Readonly<Record<string, AwaitedExports>> = {
  clip_grad: whenAny("clipByGlobalNorm", "clipByValue"),
};

Deno.test("every group of PyTorch's numbers is tested or awaited by name", () => {
  assertAccountsFor(Object.keys(fixtures), Object.keys(TESTED), Object.keys(NOT_YET), ["source", "format"]);
});

Deno.test("no group is listed as awaited that could be tested already", () => assertStillAwaited(NOT_YET));
