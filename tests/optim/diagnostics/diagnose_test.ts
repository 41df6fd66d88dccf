import { assert, assertAlmostEquals, assertEquals, assertMatch, assertThrows } from "@std/assert";
import fc from "fast-check";
import { tensor64, zeros } from "../../../autograd/values/constructors.ts";
import { key } from "../../../autograd/random/key.ts";
import { div, matmul, mean, mseLoss, mul, sigmoid, square, sub, sum } from "../../../autograd/ops/mod.ts";
import type { ParameterTree } from "../../../autograd/tree/parameter_tree.ts";
import { randomNormal } from "../../../autograd/random/random.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { valueAndGradient } from "../../../autograd/transforms/gradient.ts";
import { diagnose, type DiagnosisOptions } from "../../../optim/diagnostics/diagnose.ts";
import { gradientMonitor } from "../../../optim/diagnostics/gradient_monitor.ts";
import type { Optimizer } from "../../../optim/optimizer.ts";
import { sgd } from "../../../optim/sgd.ts";

const record = gradientMonitor();

/** Returns the findings for a run of these gradients. */
const found = (run: readonly ParameterTree[], options?: DiagnosisOptions) =>
  diagnose(run.reduce<typeof record.initial>((monitor, g) => record(monitor, g), record.initial), options);

const briefly = (run: readonly ParameterTree[], options?: DiagnosisOptions) =>
  found(run, options).map(({ tag, paths }) => [tag, ...paths]);

/** The gradients of a training run. */
function gradientsOf<P extends ParameterTree>(
  loss: (params: P) => Tensor,
  optimizer: Optimizer,
  params: P,
  steps: number,
): readonly P[] {
  const both = valueAndGradient(loss), all: P[] = [];
  let state = optimizer.init(params);
  for (let i = 0; i < steps; i++) {
    const { gradients } = both(state.params);
    all.push(gradients);
    state = optimizer.step(state, gradients);
  }
  return all;
}

Deno.test("diagnose() finds a NaN gradient by its path, and the step that it came with", () => {
  const run = [0.1, 0.2, NaN, 0.1, NaN].map((g, k) => ({ w: [tensor64([0.5, k]), tensor64([g])] }));
  const [finding, ...others] = found(run);
  assertEquals(others, []);
  assert(finding?.tag === "NotFinite");
  assertEquals([finding.paths, finding.step], [["w.1"], 3]);
  assertMatch(finding.recommendation, /since step 3/);
  assertEquals(briefly([{ a: tensor64([Infinity]), b: tensor64([1]) }]), [["NotFinite", "a"]]);
});

Deno.test("diagnose() finds the NaN of 0 / 0 in a loss where it arises, not elsewhere", () => {
  const loss = valueAndGradient((p: { readonly ratio: Tensor<"float64">; readonly offset: Tensor<"float64"> }) =>
    sum(div(mul(p.ratio, 0), tensor64([0, 1])))
  );
  const { gradients } = loss({ ratio: tensor64([1, 1]), offset: tensor64([1]) });
  assertEquals(briefly([gradients]), [["NotFinite", "ratio"], ["Dead", "offset"]]);
});

Deno.test("diagnose() finds norms above and below the thresholds that it was given", () => {
  const run = [1, 2, 3].map((k) => ({
    large: tensor64([20, k]),
    small: tensor64([k * 1e-9]),
    fair: tensor64([k, -k]),
  }));
  assertEquals(briefly(run, { ratio: 1e20 }), [["Exploding", "large"], ["Vanishing", "small"]]);
  assertEquals(briefly(run, { ratio: 1e20, exploding: 30, vanishing: 1e-10 }), []);
  const [exploding, vanishing] = found(run);
  assert(exploding?.tag === "Exploding" && vanishing?.tag === "Vanishing");
  assertAlmostEquals(exploding.norm, Math.hypot(20, 3), 1e-12);
  assertAlmostEquals(vanishing.norm, 2e-9, 1e-20);
});

Deno.test("diagnose() tells a parameter without gradient from one whose gradients are small", () => {
  const run = [0, 0, 1e-12].map((g) => ({ dead: zeros([3]), small: tensor64([g]), empty: zeros([0]) }));
  assertEquals(briefly(run), [["Dead", "dead"], ["Vanishing", "small"]]);
});

Deno.test("diagnose() finds training that overshoots, and says nothing once the rate is lower", () => {
  // On x^2 gradient descent multiplies x by 1 - 2 rate.
  const run = (learningRate: number) => gradientsOf((x) => sum(square(x)), sgd({ learningRate }), tensor64([1, 2]), 20);
  const [finding, ...others] = found(run(0.95));
  assertEquals(others, []);
  assert(finding?.tag === "Oscillating");
  assertAlmostEquals(finding.cosine, -1, 1e-12);
  assertEquals(briefly(run(0.2)), []);
});

Deno.test("diagnose() finds steps that are too small to get anywhere", () => {
  const params = { w: randomNormal(key(1), [4, 1], { dtype: "float64" }) };
  const x = randomNormal(key(2), [20, 4], { dtype: "float64" }),
    y = randomNormal(key(3), [20, 1], { dtype: "float64" });
  const loss = (p: typeof params): Tensor => mseLoss(matmul(x, p.w), y);
  const run = (learningRate: number) => gradientsOf(loss, sgd({ learningRate }), params, 30);
  assertEquals(briefly(run(1e-7)), [["Stagnating", "w"]]);
  assertEquals(briefly(run(0.05)), []);
});

Deno.test("diagnose() finds norms that jump from step to step, but not those that fall steadily", () => {
  const jumping = [1, 5, 0.8, 4, 0.2, 3].map((g) => tensor64([g]));
  assertEquals(briefly(jumping), [["Noisy", ""]]);
  assertEquals(briefly([1, 0.6, 0.35, 0.2, 0.12, 0.07].map((g) => tensor64([g]))), []);
});

Deno.test("diagnose() needs five steps to speak of a trend", () => {
  const opposite = (n: number) => Array.from({ length: n }, (_, k) => tensor64([k % 2 === 0 ? 1 : -1]));
  assertEquals([4, 5].map((n) => briefly(opposite(n))), [[], [["Oscillating", ""]]]);
});

Deno.test("diagnose() finds that the gradient of a deep stack of sigmoids shrinks from layer to layer", () => {
  const x = randomNormal(key(0), [16, 8], { dtype: "float64" }),
    y = randomNormal(key(9), [16, 8], { dtype: "float64" });
  const params = Array.from({ length: 8 }, (_, k) => mul(randomNormal(key(k), [8, 8], { dtype: "float64" }), 0.3));
  const loss = (p: readonly Tensor<"float64">[]): Tensor =>
    mean(square(sub(p.reduce<Tensor<"float64">>((h, w) => sigmoid(matmul(h, w)), x), y)));
  const findings = found(gradientsOf(loss, sgd(), params, 3));
  assertEquals(findings.map(({ tag }) => tag), ["Unbalanced"]);
  assertEquals(findings[0]!.paths, ["0", "7"]);
  // An element counts, not a norm: many small ones are no small gradient.
  assertEquals(briefly([{ many: zeros([1e4]), one: tensor64([1]) }].map(({ one }) => ({ one, many: one }))), []);
});

Deno.test("diagnose() looks at the window alone", () => {
  const short = gradientMonitor({ window: 2 });
  const run = [NaN, 1, 1].map((g) => tensor64([g]));
  assertEquals(diagnose(run.reduce(short, short.initial)), []);
  assertEquals(diagnose(short.initial), []);
});

Deno.test("diagnose() names an existing path for every finding, and says what to do", () => {
  const value = fc.oneof(fc.double(), fc.constantFrom(0, NaN, 1e-9, 100, -100));
  const run = fc.array(fc.record({ a: value, b: value }), { maxLength: 8 });
  fc.assert(fc.property(run, (steps) => {
    for (const { paths, recommendation } of found(steps.map(({ a, b }) => ({ a: tensor64([a]), b: tensor64([b]) })))) {
      assert(paths.length > 0 && paths.every((path) => path === "a" || path === "b"));
      assertMatch(recommendation, /^[A-Z].{20,}[^.]$/);
      assert(!/undefined|Infinity times/.test(recommendation));
    }
  }));
});

Deno.test("diagnose() refuses thresholds that mean nothing", () => {
  for (const name of ["exploding", "vanishing", "ratio"]) {
    for (const value of [0, -1, NaN, Infinity]) {
      assertThrows(() => diagnose(record.initial, { [name]: value }), RangeError, `with ${name} ${value}`);
    }
  }
});
