/**
 * Optimizers against numbers from elsewhere: PyTorch's, or those of the paper's algorithm in NumPy
 * (`tests/fixtures/make_optimizers.py`). `tests/torch/optimizers_test.ts` has more of PyTorch's.
 *
 * The transforms of each are tested here too: optim/transforms/scale_by_adadelta.ts, optim/transforms/scale_by_adafactor.ts,
 * optim/transforms/scale_by_amsgrad.ts, optim/transforms/scale_by_nadam.ts, optim/transforms/scale_by_radam.ts and
 * optim/transforms/scale_by_trust_ratio.ts.
 *
 * @module
 */
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import json from "../fixtures/optimizers.json" with { type: "json" };
import {
  adadelta,
  adafactor,
  amsgrad,
  cast,
  compile,
  constant,
  type DType,
  gradient,
  lamb,
  lbfgs,
  nadam,
  type Optimizer,
  type OptimizerState,
  type ParameterTree,
  radam,
  rmsprop,
  square,
  sum,
  type Tensor,
  tensor32,
  tensor64,
  toList,
  toNumber,
  tree,
} from "../../mod.ts";

type Pair = readonly [matrix: Tensor, vector: Tensor];
type Recorded = readonly [matrix: readonly (readonly number[])[], vector: readonly number[]];
type Case = {
  readonly name: keyof typeof MAKERS;
  readonly options: object;
  readonly gradients: readonly Recorded[];
  readonly path: readonly Recorded[];
};

const MAKERS = { adadelta, adafactor, amsgrad, lamb, lbfgs, nadam, radam, rmsprop };
const cases = json.cases as unknown as readonly Case[]; // JSON has neither tuples nor the names of functions

const pairOf = ([matrix, vector]: Recorded, dtype: DType): Pair =>
  [cast(tensor64(matrix), dtype), cast(tensor64(vector), dtype)] as Pair;
const numbersOf = (pair: Pair): readonly number[] => pair.flatMap(toList);

for (const { name, options, gradients, path } of cases) {
  for (const [dtype, tolerance] of [["float64", 1e-9], ["float32", 1e-4]] as const) {
    for (const kind of ["plain", "compiled"] as const) {
      Deno.test(`${name} ${JSON.stringify(options)}, ${kind} in ${dtype}, takes the recorded steps`, () => {
        const optimizer = MAKERS[name](options) as Optimizer; // all of their memories are trees
        const plain = (state: OptimizerState<Pair>, g: Pair): OptimizerState<Pair> => optimizer.step(state, g);
        const step = kind === "plain" ? plain : compile(plain);
        let state: OptimizerState<Pair> = optimizer.init(pairOf(path[0]!, dtype));
        gradients.forEach((g, k) => {
          state = step(state, pairOf(g, dtype));
          numbersOf(state.params).forEach((x, i) =>
            assertAlmostEquals(x, numbersOf(pairOf(path[k + 1]!, "float64"))[i]!, tolerance, `step ${k + 1}`)
          );
        });
        assertEquals([toNumber(state.step), state.params[0].dtype], [gradients.length, dtype]);
      });
    }
  }
}

const SETTINGS: Readonly<Record<string, readonly [make: (options: object) => Optimizer, names: readonly string[]]>> = {
  adadelta: [adadelta as never, ["learningRate", "rho", "epsilon", "weightDecay"]],
  adafactor: [adafactor as never, ["learningRate", "decayPower", "epsilon", "smallest", "clipping", "weightDecay"]],
  amsgrad: [amsgrad as never, ["learningRate", "beta1", "beta2", "epsilon", "weightDecay"]],
  lamb: [lamb as never, ["learningRate", "beta1", "beta2", "epsilon", "weightDecay"]],
  lbfgs: [lbfgs as never, ["learningRate", "history"]],
  nadam: [nadam as never, ["learningRate", "beta1", "beta2", "epsilon", "weightDecay", "momentumDecay"]],
  radam: [radam as never, ["learningRate", "beta1", "beta2", "epsilon", "weightDecay"]],
};

for (const [name, [make, settings]] of Object.entries(SETTINGS)) {
  Deno.test(`${name} refuses invalid settings, and names them`, () => {
    for (const setting of settings) {
      for (const bad of [NaN, Infinity, -1]) {
        assertThrows(
          () => make({ [setting]: bad }),
          RangeError,
          `Cannot build ${name} with ${setting} ${bad}: ${setting} must be`,
        );
      }
    }
    assertThrows(() => make({ unknown: 1 }), TypeError, `Cannot build ${name} with the option "unknown"`);
  });
}

Deno.test("rmsprop refuses a centered that is neither true nor false", () => {
  assertThrows(() => rmsprop({ centered: 1 as unknown as boolean }), TypeError, "with centered 1: it must be true or");
});

Deno.test("centered rmsprop remembers the mean of the gradients, and plain rmsprop does not", () => {
  assertEquals(Object.keys(rmsprop({ centered: true }).init(tensor64(1)).memory), ["meanSquare", "meanGradient"]);
  assertEquals(Object.keys(rmsprop().init(tensor64(1)).memory), ["meanSquare"]);
});

Deno.test("centered rmsprop stays finite in float32 where all gradients are equal, and the variance is rounding", () => {
  const optimizer = rmsprop({ centered: true, alpha: 0.5 });
  let state = optimizer.init(tensor32([0, 0]));
  for (let k = 0; k < 100; k++) state = optimizer.step(state, tensor32([0.1, 1e3]));
  assert(toList(state.params).every(Number.isFinite), String(toList(state.params)));
});

Deno.test("adafactor remembers rows and columns of matrices, and the elements of vectors", () => {
  const { rows, columns } = adafactor().init({ kernel: tensor32([[[1, 2, 3], [4, 5, 6]]]), bias: tensor32([1, 2]) })
    .memory as { readonly rows: ParameterTree; readonly columns: ParameterTree };
  const shapes = (t: ParameterTree) => tree.leaves<Tensor>(t).map(({ shape }) => shape);
  assertEquals(shapes(rows), [[1, 2, 1], [2]]);
  assertEquals(shapes(columns), [[1, 1, 3], []]);
});

Deno.test("adafactor works where gradients are 0 or tiny, in float32 too", () => {
  const optimizer = adafactor();
  for (const g of [0, 1e-20]) {
    const next = optimizer.step(optimizer.init(tensor32([[1, 2]])), tensor32([[g, g]]));
    assert(toList(next.params).every(Number.isFinite), `${g}: ${toList(next.params)}`);
  }
});

Deno.test("lamb moves a parameter of 0 as AdamW would", () => {
  const optimizer = lamb({ learningRate: 0.5 });
  const { params } = optimizer.step(optimizer.init(tensor64([0, 0])), tensor64([3, -3]));
  toList(params).forEach((x, k) => assertAlmostEquals(x, k === 0 ? -0.5 : 0.5, 1e-6));
});

Deno.test("lbfgs treats parameters of both dtypes as one vector, and gives each its own back", () => {
  const loss = (p: Pair): Tensor => sum(square(cast(sum(square(p[0])), "float64")));
  const optimizer = lbfgs({ learningRate: 0.1 }), start = [tensor32([[1, 2]]), tensor64([3])] as const;
  const next = optimizer.step<Pair>(optimizer.init<Pair>(start), gradient(loss)(start));
  assertEquals(next.params.map(({ dtype, shape }) => [dtype, shape]), [["float32", [1, 2]], ["float64", [1]]]);
  assertEquals(toList(next.params[1]), [3]);
});

Deno.test("lbfgs stays where the gradient is 0", () => {
  const optimizer = lbfgs();
  const state = [0, 0, 0].reduce(
    (s, g) => optimizer.step(s, constant([g], { dtype: "float64" })),
    optimizer.init(tensor64([5])),
  );
  assertEquals(toList(state.params), [5]);
});

Deno.test("adafactor moves parameters that are 0, and centered rmsprop stays finite where gradients never change", () => {
  const moved = adafactor({ learningRate: 0.1 }).step(adafactor().init(tensor64([0, 0])), tensor64([1, -1])).params;
  assert(toList(moved).every((x) => x !== 0));
  const optimizer = rmsprop({ centered: true, alpha: 0.5 });
  let state = optimizer.init(tensor32([1, 1, 1]));
  for (let step = 0; step < 60; step++) state = optimizer.step(state, tensor32([0.1, 0.3, 0.7]));
  assert(toList(state.params).every(Number.isFinite));
});
