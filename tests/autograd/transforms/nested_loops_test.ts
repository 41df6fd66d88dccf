/** Loops, choices and checkpoints inside one another, held to JavaScript's own loops and choices. */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { adam } from "../../../optim/mod.ts";
import {
  add,
  checkpoint,
  compile,
  cond,
  gradient,
  greater,
  jvp,
  less,
  mul,
  neg,
  scale,
  scan,
  scanAlong,
  sin,
  square,
  sum,
  tanh,
  type Tensor,
  tensor64,
  toList,
  toNumber,
  tree,
  valueAndGradient,
  whileLoop,
} from "../../../autograd/mod.ts";
import { type Carry, type Data, dataFor, type Inputs, plainLoop, type Step, steps, type T64 } from "./loops.ts";

function assertClose(found: unknown, wanted: unknown, tolerance = 1e-9): void {
  const [a, b] = [found, wanted].map((t) => tree.entries<Tensor>(t as Tensor));
  assertEquals(a!.map(([path, { shape }]) => [path, shape]), b!.map(([path, { shape }]) => [path, shape]));
  a!.forEach(([, t], k) => {
    const other = toList(b![k]![1]);
    toList(t).forEach((x, i) => assertAlmostEquals(x, other[i]!, tolerance * (1 + Math.abs(other[i]!))));
  });
}

/** What repeats, chooses and keeps: with the functions of the library, or with those of the language. */
type Forms = {
  readonly fold: (
    step: Step,
    data: Data,
    reverse: boolean,
  ) => readonly [Carry, { readonly h: T64; readonly total: T64 }];
  readonly choose: (predicate: T64, whenTrue: (h: T64) => T64, whenFalse: (h: T64) => T64, h: T64) => T64;
  readonly repeat: (holds: (h: T64) => T64, next: (h: T64) => T64, h: T64) => T64;
  readonly again: (step: Step) => Step;
};

const ours: Forms = {
  fold: (step, { params, carry, xs }, reverse) =>
    scanAlong((c: Carry, x: Inputs) => step(params, c, x), carry, xs, { reverse }),
  choose: (predicate, whenTrue, whenFalse, h) => cond(predicate, whenTrue, whenFalse, h),
  repeat: (holds, next, h) => whileLoop(holds, next, h, { maxSteps: 60 }),
  again: (step) => checkpoint(step),
};

const languages: Forms = {
  fold: (step, { params, carry, xs }, reverse) => plainLoop(step, params, carry, xs, reverse, 0),
  choose: (predicate, whenTrue, whenFalse, h) => toNumber(predicate) !== 0 ? whenTrue(h) : whenFalse(h),
  repeat: (holds, next, h) => {
    let now = h;
    while (toNumber(holds(now)) !== 0) now = next(now);
    return now;
  },
  again: (step) => step,
};

/** A loop of unknown length in a loop, in a choice; each step is a checkpoint, and chooses too. */
const lossOf = ({ fold, choose, repeat, again }: Forms, step: Step, reverse: boolean) => (data: Data): T64 => {
  const whole: Step = (params, carry, x) => {
    const [next, told] = again(step)(params, carry, x);
    const grown = (h: T64) =>
      repeat((h) => less(sum(square(h)), 0.3), (h) => add(scale(h, 1.5), mul(0.1, tanh(params.b))), add(h, 0.01));
    return [{ h: choose(greater(sum(next.h), 0), grown, neg, next.h), c: next.c }, told];
  };
  const run = (h: T64): T64 => {
    const [last, ys] = fold(whole, { ...data, carry: { ...data.carry, h } }, reverse);
    return add(add(sum(sin(last.h)), sum(mul(last.c, last.c))), add(sum(ys.h), sum(square(ys.total))));
  };
  return choose(less(sum(data.params.b), 0.5), run, (h) => sum(mul(h, data.params.b)), data.carry.h);
};

const slopesOf = (forms: Forms, step: Step, reverse: boolean) => gradient(lossOf(forms, step, reverse));
const secondOf = (forms: Forms, step: Step, reverse: boolean) =>
  gradient((data: Data) =>
    tree.leaves<T64>(slopesOf(forms, step, reverse)(data) as never).map((t) => sum(square(t))).reduce((a, b) =>
      add(a, b)
    )
  );

const cases = fc.integer({ min: 1, max: 3 }).chain((length) => fc.tuple(steps, dataFor(length, 0), fc.boolean()));

Deno.test("a whileLoop in a scanAlong in a cond, with checkpoints: values, gradients, second derivatives, jvp", () => {
  fc.assert(
    fc.property(cases, ([step, data, reverse]) => {
      const [loss, slopes, second] = [lossOf, slopesOf, secondOf].map((f) => f(ours, step, reverse)) as [
        (data: Data) => T64,
        (data: Data) => Data,
        (data: Data) => Data,
      ];
      const wanted = slopesOf(languages, step, reverse)(data);
      assertClose(loss(data), lossOf(languages, step, reverse)(data));
      assertClose(slopes(data), wanted);
      assertClose(second(data), secondOf(languages, step, reverse)(data), 1e-8);
      const along = tree.leaves<T64>(wanted as never), own = tree.leaves<T64>(data as never);
      const tangent = along.map((t, k) => sum(mul(t, own[k]!))).reduce((a, b) => add(a, b));
      assertClose(jvp(loss, [data], [data]).tangent, tangent, 1e-8);
    }),
    { numRuns: 30 },
  );
});

Deno.test("a whileLoop in a scanAlong in a cond, with checkpoints, is the same compiled", () => {
  fc.assert(
    fc.property(cases, ([step, data, reverse]) => {
      const all = (data: Data) => ({
        value: lossOf(ours, step, reverse)(data),
        slopes: slopesOf(ours, step, reverse)(data),
        tangent: jvp(lossOf(ours, step, reverse), [data], [data]).tangent,
      });
      const found = compile(all)(data), wanted = slopesOf(languages, step, reverse)(data);
      assertClose(found.value, lossOf(languages, step, reverse)(data));
      assertClose(found.slopes, wanted);
      assertClose(found.tangent, all(data).tangent);
      assertClose(compile(secondOf(ours, step, reverse))(data), secondOf(languages, step, reverse)(data), 1e-8);
    }),
    { numRuns: 10 },
  );
});

Deno.test("a loop of no steps has the gradients of none, nested and compiled, to any order", () => {
  const f = ({ start, xs, w }: { readonly start: T64; readonly xs: T64; readonly w: T64 }): T64 => {
    const row = (h: T64, x: T64) => {
      const [next, ys] = scanAlong((h: T64, x: T64) => [tanh(add(mul(h, w), x)), h] as const, h, x);
      return [next, add(sum(ys), sum(next))] as const;
    };
    const [last, ys] = scanAlong(row, start, xs);
    return add(sum(square(last)), sum(square(ys)));
  };
  const of = (rows: number, columns: number) => {
    const xs = tensor64(Array.from({ length: rows * columns }, (_, k) => k / 9), [rows, columns]);
    return { start: tensor64(0.5), xs, w: tensor64(0.3) };
  };
  const second = gradient((data: ReturnType<typeof of>) => sum(square(gradient(f)(data).start)));
  for (const [rows, columns] of [[0, 3], [3, 0], [0, 0], [1, 1], [1, 3], [3, 1]] as const) {
    const data = of(rows, columns);
    for (const g of [f, gradient(f), second] as readonly ((data: ReturnType<typeof of>) => unknown)[]) {
      assertClose(compile(g as never)(data as never), g(data));
    }
    assertEquals(gradient(f)(data).xs.shape, [rows, columns]);
  }
  assertEquals(toList(gradient(f)(of(0, 3)).start), [1]);
});

Deno.test("compile(step).scan of a step that learns through scanAlong is scan() of it", () => {
  const optimizer = adam({ learningRate: 0.1 }), params = { w: tensor64([0.5, -0.3]), b: tensor64([0, 0.1]) };
  const step = (state: ReturnType<typeof optimizer.init<typeof params>>, xs: T64) => {
    const { value, gradients } = valueAndGradient(({ w, b }: typeof params) => {
      const [, hs] = scanAlong(
        (h: T64, x: T64) => {
          const next = tanh(add(add(mul(h, w), x), b));
          return [next, next] as const;
        },
        tensor64([0, 0]),
        xs,
      );
      return sum(square(add(hs, -0.5)));
    })(state.params);
    return [optimizer.step(state, gradients), value] as const;
  };
  const batches = [0, 1, 2, 3].map((k) => tensor64([[1, k], [-1, 0.5], [0, 1 / (k + 1)]]));
  const ours = compile(step).scan(optimizer.init(params), batches), losses = [...ours].map(toNumber);
  const plainly = scan(step, optimizer.init(params), batches), wanted = [...plainly].map(toNumber);
  losses.forEach((x, k) => assertAlmostEquals(x, wanted[k]!, 1e-9));
  assertClose(ours.carry.params, plainly.carry.params);
});
