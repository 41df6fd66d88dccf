/**
 * Compiled steps of embeddings, 64 numbers for each word, by 256 words: those of Adam read and write the whole table, those
 * of `sparseAdam` only the rows of these words, so its time does not depend on how many words there are.
 *
 *     deno bench -A --no-check bench/rows_bench.ts
 *
 * @module
 */
import {
  adam,
  compile,
  constant,
  gradient,
  key,
  type Optimizer,
  randomInteger,
  randomNormal,
  sparseAdam,
  square,
  sum,
  take,
  type Tensor,
} from "@nanograd/nanograd";

function* endless<T>(x: T): Generator<T, never, undefined> {
  for (;;) yield x;
}

/** Returns the next step, in the memory of a compiled fold. */
function stepsOf(optimizer: Optimizer, words: number): () => void {
  const slope = gradient((table: Tensor, at: Tensor) => sum(square(take(table, at))));
  const start = optimizer.init<Tensor>(randomNormal(key(0), [words, 64]));
  const step = compile((state: typeof start, at: Tensor) =>
    [optimizer.step(state, slope(state.params, at)), constant(0)] as const
  );
  const used = randomInteger(key(1), [256], { min: 0, max: words }), steps = step.scan(start, endless(used));
  return () => void steps.next();
}

for (const words of [2_000, 20_000, 200_000]) {
  const group = `${words} words`;
  Deno.bench({ name: "adam", group, baseline: true, fn: stepsOf(adam(), words) });
  Deno.bench({ name: "sparseAdam", group, fn: stepsOf(sparseAdam(), words) });
}
