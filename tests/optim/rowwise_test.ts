/**
 * Covers optim/rowwise.ts, optim/sparse_adam.ts and autograd/row_gradients.ts.
 *
 * @module
 */
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  adafactor,
  adagrad,
  adam,
  chain,
  clipNorm,
  compile,
  constant,
  descend,
  formatProgram,
  gradient,
  key,
  momentum,
  mul,
  type Numeric,
  type Optimizer,
  partitioned,
  randomNormal,
  rowwise,
  sgd,
  sparseAdam,
  square,
  sum,
  take,
  type Tensor,
  tensor64,
  toList,
} from "../../mod.ts";
import json from "../fixtures/optimizers.json" with { type: "json" };

const { table, used, cases } = json.rows;
const OPTIMIZERS: Readonly<Record<string, (options: object) => Optimizer>> = {
  sparseAdam: (options) => sparseAdam(options),
  sgd: (options) => rowwise(sgd(options)),
  adagrad: (options) => rowwise(adagrad(options)),
};

const loss = (t: Tensor, at: Tensor): Tensor => sum(mul(square(take(t, at)), constant([1, 2, 3], { dtype: t.dtype })));

for (const { name, options, tables } of cases) {
  Deno.test(`${name}(${JSON.stringify(options)}) of rows takes PyTorch's sparse steps, plain and compiled, in both dtypes`, () => {
    for (const [dtype, tolerance] of [["float64", 1e-9], ["float32", 1e-4]] as const) {
      const optimizer = OPTIMIZERS[name]!(options);
      type State = ReturnType<typeof optimizer.init<Tensor>>;
      const step = (state: State, at: Tensor): State => optimizer.step(state, gradient(loss)(state.params, at));
      for (const run of [step, compile(step)]) {
        let state: State = optimizer.init(constant(table as Numeric, { dtype }));
        used.forEach((at, k) => {
          state = run(state, constant(at, { dtype }));
          const wanted = tables[k]!.flat();
          toList(state.params).forEach((x, i) => assertAlmostEquals(x, wanted[i]!, tolerance));
        });
      }
    }
  });
}

Deno.test("a compiled step by rows has no instruction that reads or writes the whole table", () => {
  const optimizer = sparseAdam(), size = 50_000;
  const step = compile((state: ReturnType<typeof optimizer.init<Tensor>>, at: Tensor) =>
    [optimizer.step(state, gradient(loss)(state.params, at)), at] as const
  );
  const start = optimizer.init<Tensor>(randomNormal(key(0), [size, 3])), at = constant([1, 7, 1]);
  const program = formatProgram(step, start, at), running = program.slice(program.indexOf("As it runs:"));
  for (const line of running.split("\n").filter((line) => line.includes(`[${size}, 3]`))) {
    assert(/ parameter|, set on |gather /.test(line), line);
  }
  const run = step.scan(start, [at, at]);
  run.next();
  run.next();
  const once = optimizer.step(start, gradient(loss)(start.params, at));
  const twice = optimizer.step(once, gradient(loss)(once.params, at));
  assertEquals(toList(run.carry.params).slice(0, 30), toList(twice.params).slice(0, 30));
});

Deno.test("rowwise() refuses gradients that are not made of rows, and optimizers that remember something else", () => {
  const t = tensor64([[1, 2], [3, 4]]), optimizer = rowwise(adam()), state = optimizer.init({ table: t });
  const refuses = (f: () => unknown, message: string) => assertThrows(f, TypeError, message);
  const slope = gradient((p: { table: Tensor }) => sum(square(p.table)))(state.params);
  refuses(
    () => optimizer.step(state, slope),
    'Cannot step rowwise(adam) at "table": the gradient must consist of rows',
  );
  const both = gradient((p: { table: Tensor }) => sum(mul(take(p.table, [0]), sum(p.table))))(state.params);
  refuses(() => optimizer.step(state, both), "use another optimizer for it, by partitioned");
  refuses(() => rowwise(adafactor()).init(t), "Cannot begin rowwise(adafactor) with what it remembers");
  refuses(() => rowwise({} as Optimizer), "Cannot build rowwise with a record");
  const clipped = chain(clipNorm(1), rowwise(descend()));
  refuses(
    () => clipped.step(clipped.init(t), gradient((p: Tensor) => sum(take(p, [0])))(t)),
    "come straight from one take",
  );
  const columns = gradient((p: { table: Tensor }) => sum(take(p.table, [0, 0], 1)))(state.params);
  refuses(() => optimizer.step(state, columns), "one take along axis 0");
});

Deno.test("rowwise() moves the rows used of tables of any rank, with momentum, and none if there are none", () => {
  const optimizer = rowwise(chain(momentum(), descend({ learningRate: 1 })));
  for (const shape of [[4], [4, 2], [4, 1, 3], [4, 0]]) {
    const start = optimizer.init<Tensor>(randomNormal(key(1), shape, { dtype: "float64" }));
    const next = optimizer.step(start, gradient((t: Tensor) => sum(take(t, [[3, -4], [3, 3]])))(start.params));
    const width = toList(start.params).length / 4,
      moves = [1, 0, 0, 3].flatMap((move) => new Array<number>(width).fill(move));
    toList(next.params).forEach((x, k) => assertAlmostEquals(x, toList(start.params)[k]! - moves[k]!, 1e-12));
    const still = optimizer.step(next, gradient((t: Tensor) => sum(take(t, [])))(next.params));
    assertEquals(toList(still.params), toList(next.params));
  }
});

Deno.test("partitioned() gives a table to sparseAdam(), and its other parameters to another optimizer", () => {
  const optimizer = partitioned(
    { rows: sparseAdam(), rest: sgd({ learningRate: 1 }) },
    (path) => path === "t" ? "rows" : "rest",
  );
  const params = { t: tensor64([[1], [2], [3]]), w: tensor64([2]) };
  const slope = gradient((p: typeof params) => sum(mul(take(p.t, [1]), p.w)))(params);
  const next = optimizer.step(optimizer.init(params), slope).params;
  assertEquals([toList(next.t).map((x) => Math.round(1e6 * x) / 1e6), toList(next.w)], [[1, 1.999, 3], [0]]);
});
