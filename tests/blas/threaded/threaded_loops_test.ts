/**
 * Loops and choices on several threads, which divide the instructions of their bodies (`team_body.ts`): the same bits as on one thread.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import {
  add,
  compile,
  cond,
  constant,
  forward,
  gradient,
  greater,
  key,
  lstmLayer,
  matmul,
  mean,
  mul,
  randomNormal,
  scanAlong,
  sum,
  tanh,
  type Tensor,
  tensorData,
  tree,
  valueAndGradient,
  whileLoop,
  zeros,
} from "../../../mod.ts";
import { type Engine, engines, setEngine } from "../../../blas/mod.ts";
import { threadedEngineOver } from "../../../blas/threaded/engine.ts";
import { startPool } from "../../../blas/threaded/pool.ts";

type Matrix = Tensor<"float32">;

const x = randomNormal(key(1), [24, 24]), xs = randomNormal(key(2), [6, 24, 24]);
const model = lstmLayer(8, 16), variables = model.init(key(3)), sequence = randomNormal(key(4), [5, 7, 8]);

const step = (carry: Matrix, slice: Matrix): readonly [Matrix, Matrix] => {
  const next = tanh(add(matmul(carry, x), slice));
  return [next, mul(next, next)];
};

/** Compiled functions with loops, anew each time. */
const PROGRAMS: { readonly [name: string]: () => unknown } = {
  "a loop of known length": () => compile((xs: Matrix) => scanAlong(step, zeros([24, 24]), xs))(xs),
  "a loop in reverse": () => compile((xs: Matrix) => scanAlong(step, zeros([24, 24]), xs, { reverse: true }))(xs),
  "its derivative": () =>
    compile((xs: Matrix) => gradient((xs: Matrix) => sum(scanAlong(step, zeros([24, 24]), xs)[1]))(xs))(xs),
  "a loop in a loop": () =>
    compile((xs: Matrix) =>
      scanAlong(
        (carry: Matrix, slice: Matrix) => {
          const [inner] = scanAlong(step, carry, mul(xs, slice));
          return [inner, sum(inner)];
        },
        zeros([24, 24]),
        xs,
      )
    )(xs),
  "a loop of unknown length": () =>
    compile((x: Matrix) =>
      whileLoop(
        ({ norm }: { readonly y: Matrix; readonly norm: Tensor }) => greater(norm, constant(1)),
        ({ y }) => ({ y: tanh(matmul(y, mul(x, 0.1))), norm: sum(mul(y, y)) }),
        { y: x, norm: sum(x) as Tensor },
        { maxSteps: 50 },
      )
    )(x),
  "a choice": () =>
    compile((x: Matrix) => [
      cond(sum(mul(x, x)), (x: Matrix) => tanh(matmul(x, x)), (x: Matrix) => mul(x, 2), x),
      cond(mul(sum(x), 0), (x: Matrix) => tanh(matmul(x, x)), (x: Matrix) => matmul(mul(x, 2), x), x),
    ])(x),
  "a recurrent layer": () =>
    compile((params: typeof variables.params) =>
      valueAndGradient((params: typeof variables.params) =>
        mean(forward(model, { params, state: variables.state }, sequence))
      )(params)
    )(variables.params),
};

/** The numbers of all results, of two calls each. */
function resultsOn(engine: Engine): readonly (readonly [string, readonly (readonly number[])[]])[] {
  const previous = setEngine(engine);
  try {
    return Object.entries(PROGRAMS).map(([name, program]) =>
      [name, tree.leaves(program() as Tensor).map((t) => [...tensorData(t as Tensor)])] as const
    );
  } finally {
    setEngine(previous);
  }
}

Deno.test("loops and choices have the same bits on two and three threads as on one", async () => {
  const wanted = resultsOn(engines.simd);
  for (const threads of [2, 3]) {
    const pool = await startPool(threads, { least: 0, choice: () => ({ next: () => true, took: () => {} }) });
    try {
      assertEquals(resultsOn(threadedEngineOver(engines.simd, pool)), wanted);
    } finally {
      pool.close();
    }
  }
});
