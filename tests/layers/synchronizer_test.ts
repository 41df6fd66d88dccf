import { assertAlmostEquals, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  add,
  batchNorm1d,
  batchNorm2d,
  batchStatistics,
  concat,
  evaluate,
  key,
  layerFromConfig,
  layerToConfig,
  randomNormal,
  scale,
  square,
  sub,
  type Synchronizer,
  type Tensor,
  toList,
  train,
} from "../../mod.ts";
import { alone } from "../../optim/distributed/mod.ts";

const dtype = "float64", mine = randomNormal(key(1), [4, 3], { dtype, mean: 100 }), mode = train(key(0));
const theirs = randomNormal(key(2), [4, 3], { dtype, mean: 101, std: 3 });

/** Takes means with another process, which has the batch `theirs`. */
function beside(): Synchronizer & { readonly calls: () => number } {
  const own = batchStatistics(theirs), half = (a: Tensor, b: Tensor): Tensor => scale(add(a, b), 0.5);
  let calls = 0, mean: Tensor = own.mean;
  return {
    size: 2,
    calls: () => calls,
    mean: ([t]) => {
      if (calls++ === 0) return [mean = half(t!, own.mean)];
      return [half(t!, add(own.variance, square(sub(own.mean, mean))))];
    },
  };
}

Deno.test("a synchronized batch normalization normalizes by the batches of all processes", () => {
  const whole = batchNorm1d(3, { dtype }), synchronize = beside(), layer = batchNorm1d(3, { dtype, synchronize });
  const variables = whole.init(key(0)), [wanted, next] = whole.apply(variables, concat([mine, theirs]), mode);
  const [y, state] = layer.apply(variables, mine, mode);
  toList(y).forEach((v, k) => assertAlmostEquals(v, toList(wanted)[k]!, 1e-12));
  for (const name of ["runningMean", "runningVariance"] as const) {
    toList(state[name]).forEach((v, k) => assertAlmostEquals(v, toList(next[name])[k]!, 1e-12, name));
  }
  assertEquals(synchronize.calls(), 2, "the mean, and the spread about it");
  assertStrictEquals(layer.apply({ ...variables, state }, mine, evaluate)[1], state);
  assertEquals(synchronize.calls(), 2, "evaluation needs no other process");
});

Deno.test("one value for each channel is enough if other processes have more", () => {
  const variables = batchNorm1d(3, { dtype }).init(key(0)), x = randomNormal(key(1), [1, 3], { dtype });
  const same: Synchronizer = { size: 4, mean: (tensors) => tensors };
  batchNorm1d(3, { dtype, synchronize: same }).apply(variables, x, mode);
  assertThrows(() => batchNorm1d(3, { dtype, synchronize: alone }).apply(variables, x, mode), TypeError, "two values");
});

Deno.test("a saved layer does not remember the processes, and is otherwise the same", () => {
  const layer = batchNorm2d(3, { synchronize: alone, momentum: 0.2 }), back = layerFromConfig(layerToConfig(layer));
  assertEquals(back._tag === "Right" && back.right.config, {
    numFeatures: 3,
    epsilon: 1e-5,
    momentum: 0.2,
    dtype: "float32",
  });
});

Deno.test("synchronize must be able to take means", () => {
  assertThrows(
    // @ts-expect-error there is no mean
    () => batchNorm2d(3, { synchronize: { size: 2 } }),
    TypeError,
    "Cannot build BatchNorm2d with synchronize a record of size: it must be a record with mean and size; pass what mpi()",
  );
});
