import { assert, assertEquals } from "@std/assert";
import { add, matmul, mseLoss, mul, randomUniform } from "@nanograd/nanograd";
import { agree } from "../../../bench/breadth/compare.ts";
import { uniform } from "../../../bench/breadth/fill.ts";
import { makeRunner } from "../../../bench/breadth/runner.ts";
import { network, operation } from "../../../bench/breadth/workload.ts";

const values = { kind: "values", tolerance: 1e-5 } as const;

Deno.test("an operation computes the same compiled and plainly, with its derivative too", () => {
  const inputs = [uniform([3, 4]), uniform([4, 5])];
  const workloads = operation("product", "product", () => ({ inputs, run: ([a, b]) => matmul(a!, b!) }), {
    modes: ["forward", "backward"],
    dtypes: ["float32", "float64"],
  });
  assertEquals(workloads.map(({ name }) => name), [
    "product",
    "product, float64",
    "product, and backward",
    "product, and backward, float64",
  ]);
  for (const workload of workloads) {
    const { ready, compiled, plain } = makeRunner(workload, 1);
    assert(agree(ready.compiled, ready.plain, values));
    assertEquals(ready.plain.length, workload.mode === "backward" ? 3 : 1);
    assertEquals(ready.unread, []);
    compiled();
    plain();
  }
});

Deno.test("an operand that no instruction reads is reported", () => {
  const inputs = [uniform([3]), uniform([3])];
  const [workload] = operation("elementwise", "forgetful", () => ({ inputs, run: ([a]) => add(a!, 1) }));
  assertEquals(makeRunner(workload!, 1).ready.unread, [1]);
});

Deno.test("random numbers differ from step to step", () => {
  const draw = () => ({
    inputs: [],
    run: (_: unknown, key: Parameters<typeof randomUniform>[0]) => randomUniform(key, [5]),
  });
  const [workload] = operation("random", "uniform", draw, { comparison: { kind: "average", tolerance: 0.1 } });
  const { ready } = makeRunner(workload!, 1);
  assert(!agree(ready.compiled, ready.plain, values)); // the first of the fold, and those of the key it begins with
});

Deno.test("a training step lowers its loss, and its losses are the same compiled and plainly", () => {
  const workload = network("line", () => ({
    params: [uniform([2]), uniform([2])],
    data: [uniform([6, 2]), uniform([6, 2])],
    loss: ([a, b], [x, y]) => mseLoss(add(mul(x!, a!), b!), y!),
  }), { optimizer: "sgd" });
  const { ready } = makeRunner(workload, 1), losses = ready.compiled.map(([sum]) => sum);
  assert(agree(ready.compiled, ready.plain, values));
  assertEquals(losses, losses.toSorted((a, b) => b - a));
});
