import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { Tracing } from "../../../autograd/compile/tracing.ts";
import { constantOf } from "../../../autograd/tensor.ts";
import { constant, tensor32, tensor64 } from "../../../autograd/values/constructors.ts";
import type { ParameterTree } from "../../../autograd/tree/parameter_tree.ts";
import { toList } from "../../../autograd/values/read.ts";
import { currentEngine, engines, setEngine } from "../../../blas/engines.ts";
import { add, mul, type Scalar, sqrt } from "../../../blas/scalar/scalar.ts";
import { sizeOf } from "../../../blas/shape.ts";
import { createContext } from "../../../blas/simd/context.ts";
import { createMap } from "../../../blas/simd/elementwise/map.ts";
import { hasSimd } from "../../../blas/simd/features.ts";
import { ARITHMETIC } from "../../../blas/simd/math/arithmetic.ts";
import { adam } from "../../../optim/adam.ts";
import { adamw } from "../../../optim/adamw.ts";
import { chain } from "../../../optim/transforms/chain.ts";
import { clipNorm, clipValue } from "../../../optim/transforms/clip_transforms.ts";
import { lion } from "../../../optim/lion.ts";
import { masked } from "../../../optim/transforms/masked.ts";
import type { Optimizer } from "../../../optim/optimizer.ts";
import { deferredElementwise, deferredNumber, materialize } from "../../../optim/transforms/deferred.ts";
import { rmsprop } from "../../../optim/rmsprop.ts";
import { cosineAnnealing } from "../../../optim/schedules/schedule.ts";
import { sgd } from "../../../optim/sgd.ts";
import { weightDecay } from "../../../optim/transforms/weight_decay.ts";
import { assertListing } from "../../blas/program/listings.ts";
import { OPTIMIZERS } from "./transforms.ts";

/** What is computed element by element, for arrays of more than one element, while `f` runs. */
function passes(f: () => void): readonly Scalar[] {
  const seen: Scalar[] = [], engine = currentEngine();
  setEngine({
    ...engine,
    map: (expression, inputs, output) => {
      if (sizeOf(output.shape) > 1) seen.push(expression);
      engine.map(expression, inputs, output);
    },
  });
  try {
    f();
  } finally {
    setEngine(engine);
  }
  return seen;
}

const decayed = deferredElementwise((g, p, rate) => add(g, mul(rate, p))), root = deferredElementwise((x) => sqrt(x));

Deno.test("materialize() computes a formula of formulas in one pass, which reads each tensor once", () => {
  const g = tensor64([3, 8]), p = tensor64([1, 1]);
  const expressions = passes(() => {
    const result = materialize(root(decayed(decayed(g, p, deferredNumber(0.5)), p, deferredNumber(0.5))), p);
    assertEquals(toList(result), [2, 3]);
  });
  assertEquals(expressions.length, 1);
  const read = new Set(JSON.stringify(expressions[0]).match(/"index":\d/g));
  assertEquals(read.size, 4); // g, p and two numbers
});

Deno.test("materialize() of a tensor is that tensor", () => {
  const t = tensor64([1]);
  assertStrictEquals(materialize(t, t), t);
});

Deno.test("numbers take the dtype of the parameter, rounded from what they were", () => {
  const third = deferredNumber(1 / 3);
  for (const p of [tensor32([0]), tensor64([0])]) {
    const { dtype } = p, sum = materialize(decayed(p, constant([1], { dtype }), third), p);
    assertEquals([sum.dtype, toList(sum)], [dtype, [dtype === "float32" ? Math.fround(1 / 3) : 1 / 3]]);
  }
});

Deno.test("known numbers are constants in programs, rounded to the dtype", () => {
  const tracing = new Tracing([{ dtype: "float32", shape: [2] }, { dtype: "float32", shape: [2] }]);
  const [g, p] = [0, 1].map((k) => constantOf(tracing.parameter(k)));
  const sum = tracing.run(() => materialize(decayed(g!, p!, deferredNumber(0.1)), p!));
  assertListing(
    tracing.program([sum.view]),
    `
      %0  float32[2]  8 B  parameter
      %1  float32[2]  8 B  parameter
      %2  float32[2]  8 B  map %0 + 0.10000000149011612 * %1
      results %2
  `,
  );
});

const params: ParameterTree = { a: tensor64([1, 2]), b: [tensor32([3, 4, 5])] };
const gradients: ParameterTree = { a: tensor64([0.1, -2]), b: [tensor32([1, 0, -7])] };
const learningRate = cosineAnnealing({ initial: 0.1, steps: 9 });

/** Passes over each parameter: one for itself, and one for each thing remembered of it. */
const CASES: readonly (readonly [optimizer: Optimizer, passes: number])[] = [
  [sgd({ learningRate }), 1],
  [sgd({ learningRate, momentum: 0.9, nesterov: true, weightDecay: 0.1 }), 2],
  [adam({ learningRate, weightDecay: 0.1 }), 3],
  [adamw({ learningRate }), 3],
  [rmsprop({ learningRate, momentum: 0.9, weightDecay: 0.1 }), 3],
  [lion({ learningRate, weightDecay: 0.1 }), 2],
  [chain(clipValue(1), masked(() => true, weightDecay(0.1)), adamw({ learningRate })), 3],
  [chain(clipNorm(1), chain(weightDecay(0.1), adam({ learningRate }))), 5], // the norm takes two more
];

for (const [optimizer, count] of CASES) {
  Deno.test(`${optimizer.name} ${JSON.stringify(optimizer.config)}: ${count} passes, the same ones at every step`, () => {
    let state = optimizer.init(params);
    const [first, second] = [0, 1].map(() => passes(() => void (state = optimizer.step(state, gradients))));
    assertEquals(first!.length, 2 * count);
    assert(second!.every((expression, k) => expression === first![k]), "kernels are made once");
  });
}

Deno.test(
  "steps compute arithmetic only: bundles that train have no vector code for more",
  { ignore: !hasSimd() },
  () => {
    const context = createContext(), few = createMap(context, () => ARITHMETIC);
    // Numbers of the step are not computed by kernels.
    const map: typeof few = (expression, inputs, output) =>
      (output.shape.length === 0 ? engines.simd.map : few)(expression, inputs, output);
    const previous = setEngine({ ...engines.simd, map });
    try {
      const params = { a: tensor32([1, 2, 3]), b: tensor64([[1, 2], [3, 4]]) };
      for (const optimizer of OPTIMIZERS) {
        let state = optimizer.init(params);
        for (let k = 0; k < 3; k++) state = optimizer.step(state, params);
      }
    } finally {
      setEngine(previous);
    }
  },
);
