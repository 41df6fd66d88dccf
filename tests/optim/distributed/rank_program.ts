/**
 * The program that each rank of a job in `mpi_test.ts` runs: it writes, as JSON, what it has seen.
 *
 * @module
 */
import {
  add,
  compile,
  constant,
  gradient,
  mul,
  scanAlong,
  sum,
  type Tensor,
  tensor32,
  tensor64,
  toArray,
  toList,
  toNumber,
  transpose,
  tree,
  vmap,
} from "../../../mod.ts";
import { engines, setEngine, threadedEngine } from "../../../blas/mod.ts";
import { type Collective, mpi } from "../../../optim/distributed/mod.ts";
import { type Trained, TRAININGS } from "./trainings.ts";

/** What a rank has seen. */
export type Seen = {
  readonly rank: number;
  readonly size: number;
  readonly library: string;
  /** Results of exchanges, by what they show. */
  readonly exchanged: Readonly<Record<string, unknown>>;
  /** For each training the bytes of its results, as a digest. */
  readonly digests: Readonly<Record<string, string>>;
  /** The results themselves; of rank 0. */
  readonly trained: Readonly<Record<string, Trained>>;
};

/** The settings of the program. */
export type RankSettings = {
  /** The folder for what the ranks have seen: lines of several processes may be mixed. */
  readonly folder: string;
  /** The names of the trainings to run; by default all. */
  readonly trainings?: readonly string[];
  /** Whether to use several threads as well. */
  readonly threads?: boolean;
};

const lists = (tensors: unknown): unknown => tree.map((t: Tensor) => toArray(t), tensors as Tensor[]);

/** Exchanges numbers in all ways. */
function exchanges({ rank, size, sum: total, mean, broadcast, barrier }: Collective): Seen["exchanged"] {
  const own = { a: tensor32([rank, 1]), b: [tensor64(rank * 10)] }, x = tensor64([[1, 2, 3], [4, 5, 6]]);
  const mine = mul(x, tensor64(rank + 1)), last = size - 1;
  barrier();
  const together = compile((y: Tensor, z: Tensor) =>
    total([transpose(y), y, y, add(y, z), constant([rank, 2], { dtype: "float32" }), tensor64(rank)])
  );
  const inBody = compile((rows: Tensor<"float64">) =>
    scanAlong(
      (carry: Tensor<"float64">, row: Tensor<"float64">) => [add(carry, total(row)), null],
      tensor64([0, 0, 0]),
      rows,
    )[0]
  );
  const onRankZero = compile((y: Tensor) => {
    const unused = total(y); // one rank alone needs it, and all must take part
    return rank === 0 ? unused : y;
  });
  onRankZero(x);
  return {
    sum: lists(total(own)),
    mean: lists(mean(own)),
    broadcast: lists(broadcast({ a: tensor32([rank, 1]), b: [tensor64(rank)] }, last)),
    numbers: broadcast({ epoch: rank + 0.5, name: "x", flags: [true, null] }, last),
    compiled: lists(together(mine, x)),
    again: lists(together(mine, x)),
    scan: lists(inBody(mine)),
    mapped: lists(vmap((row: Tensor) => total(row))(mine)),
    gradient: toList(gradient((y: Tensor<"float64">) => sum(mul(total(y), y)))(tensor64([1, 2]))),
  };
}

async function digest(numbers: readonly number[]): Promise<string> {
  const bytes = await crypto.subtle.digest("SHA-256", Float64Array.from(numbers));
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Sums in memory that is shared between threads. */
async function onThreads({ rank, sum: total }: Collective): Promise<number> {
  const engine = await threadedEngine(2), before = setEngine(engine);
  try {
    return toNumber(compile((y: Tensor) => total(mul(y, y)))(tensor64(rank + 1)));
  } finally {
    setEngine(before ?? engines.simd);
    engine.close();
  }
}

if (import.meta.main) {
  const { folder, trainings = Object.keys(TRAININGS), threads = false } = JSON.parse(Deno.args[0]!) as RankSettings;
  const world = await mpi(), exchanged = exchanges(world);
  const trained = Object.fromEntries(trainings.map((name) => [name, TRAININGS[name]!(world)]));
  const digests: Record<string, string> = {};
  for (const [name, { params, state }] of Object.entries(trained)) digests[name] = await digest([...params, ...state]);
  const seen: Seen = {
    rank: world.rank,
    size: world.size,
    library: world.library,
    exchanged: { ...exchanged, ...threads && { threads: await onThreads(world) } },
    digests,
    trained: world.rank === 0 ? trained : {},
  };
  Deno.writeTextFileSync(`${folder}/${world.rank}.json`, JSON.stringify(seen));
  world.close();
}
