/**
 * What training on several ranks costs and gains.
 *
 *     deno run -A bench/distributed.ts [--launcher="mpirun --allow-run-as-root"] [--rounds=3]
 *
 * It starts `mpirun` itself, with one rank and with two in turn. The first table is about the sum of all gradients of the
 * MNIST network on two ranks: MPI_Allreduce alone, in the same job, on as many numbers that were just written; the same call
 * within a compiled step of batch 16; and such a step with `averageGradients`, without, and without but followed by the bare
 * MPI_Allreduce, so that ranks wait for each other as they do within a step. The second is weak scaling:
 * a step of batch 256 on each of two ranks, and on one; 2 would be twice the work in the same time. All times are the best of
 * hundreds, each begun by all ranks at once. It takes two idle cores: the load is printed, and under load even the best
 * are too long, since all ranks wait for one that is interrupted.
 *
 * @module
 */
import { adam, chain, key, type Optimizer, randomInteger, randomNormal, softmaxCrossEntropy } from "@nanograd/nanograd";
import { averageGradients, type Collective, mpi, type MpiCollective } from "@nanograd/nanograd/distributed";
import { parseArgs } from "@std/cli/parse-args";
import { collectiveOver } from "../optim/distributed/collective_over.ts";
import { openMpiLibrary } from "../optim/distributed/mpi_library.ts";
import type { Numbers } from "../optim/distributed/transport.ts";
import { mlp, training } from "./training_workloads.ts";

/** Floats of the gradients of the MNIST network, each array filled up to whole cache lines. */
const FLOATS = 109_392;

/** What one job has measured, in microseconds. */
type Measured = {
  /** MPI_Allreduce by itself, of numbers that were just written. */
  readonly bare: number;
  /** The same within a compiled step. */
  readonly inside: number;
  /** A compiled step, and the same without averaging. */
  readonly together: number;
  readonly apart: number;
  /** A compiled step without averaging, and then MPI_Allreduce by itself. */
  readonly followed: number;
  /** A step of batch 256. */
  readonly step: number;
};

/** The time of a function in microseconds, best of many; all ranks begin at once. */
function best(world: MpiCollective, count: number, f: () => void, before = () => {}): number {
  let least = Infinity;
  for (let k = 0; k < count; k++) {
    before();
    world.barrier();
    const start = performance.now();
    f();
    least = Math.min(least, performance.now() - start);
  }
  return 1000 * least;
}

/** A step of the MNIST network on so many images. */
function stepOf(images: number, optimizer: Optimizer): () => void {
  const x = randomNormal(key(2), [images, 784]), labels = randomInteger(key(3), [images], { max: 10 });
  const { compiled } = training(mlp(), softmaxCrossEntropy, x, labels, optimizer);
  for (let k = 0; k < 10; k++) compiled();
  return compiled;
}

/** Measures on this rank. */
function measure(world: MpiCollective): Measured {
  const { flavour, functions } = openMpiLibrary(/\((.*)\)$/.exec(world.library)![1], undefined);
  const reduce = (x: Numbers): void => {
    const type = x instanceof Float32Array ? flavour.float32 : flavour.float64;
    functions.MPI_Allreduce(flavour.inPlace, x, x.length, type, flavour.sum, flavour.world);
  };
  const numbers = new Float32Array(FLOATS),
    least = { bare: Infinity, inside: Infinity, together: Infinity, apart: Infinity, followed: Infinity };
  const note = (name: keyof typeof least, time: number): void => void (least[name] = Math.min(least[name], time));
  const timed = collectiveOver({
    rank: world.rank,
    size: world.size,
    sum: (x) => {
      const start = performance.now();
      reduce(x);
      if (x.length === FLOATS) note("inside", 1000 * (performance.now() - start));
    },
    broadcast: () => {}, // the ranks run one program: there is nothing to compare
    close: () => {},
  });
  const averaged = (collective: Collective): Optimizer => chain(averageGradients(collective), adam()) as Optimizer;
  const together = stepOf(16, averaged(world)),
    watched = stepOf(16, averaged(timed)),
    apart = stepOf(16, adam() as Optimizer);
  for (let round = 0; round < 20; round++) {
    note("bare", best(world, 20, () => reduce(numbers), () => numbers.fill(1)));
    best(world, 20, watched);
    note("together", best(world, 20, together));
    note("apart", best(world, 20, apart));
    note("followed", best(world, 20, () => (apart(), reduce(numbers)), () => numbers.fill(1)));
  }
  return { ...least, step: best(world, 300, stepOf(256, averaged(world))) };
}

/** Starts a job on some ranks, and returns what rank 0 has measured. */
function job(launcher: readonly string[], ranks: number): Measured {
  const [program, ...args] = launcher, own = new URL(import.meta.url).pathname;
  const deno = [Deno.execPath(), "run", "-A", "--no-check", own, "--measure"];
  const { code, stdout, stderr } = new Deno.Command(program!, { args: [...args, "-n", String(ranks), ...deno] })
    .outputSync();
  const line = new TextDecoder().decode(stdout).split("\n").find((one) => one.startsWith("{"));
  if (code === 0 && line !== undefined) return JSON.parse(line);
  console.error(new TextDecoder().decode(stderr));
  throw new Error(
    `Cannot measure: ${launcher.join(" ")} ended with code ${code}: MPI must be installed; see --launcher`,
  );
}

const { launcher, rounds = "3", measure: isRank = false } = parseArgs(Deno.args, {
  string: ["launcher", "rounds"],
  boolean: ["measure"],
}) as { readonly launcher?: string; readonly rounds?: string; readonly measure?: boolean }; // as declared

if (isRank) {
  const world = await mpi(), measured = measure(world);
  if (world.rank === 0) console.log(JSON.stringify(measured));
  world.close();
} else {
  const load = (): string => Deno.loadavg().map((x) => x.toFixed(1)).join(", ");
  const crowded = Deno.loadavg()[0]! > 0.5 ? ["--mca", "mpi_yield_when_idle", "1"] : [];
  const usual = ["mpirun", ...Deno.uid() === 0 ? ["--allow-run-as-root"] : [], "--oversubscribe", ...crowded];
  const command = launcher?.split(" ") ?? usual, one: Measured[] = [], two: Measured[] = [];
  console.log(`${command.join(" ")}; load before: ${load()}, of ${navigator.hardwareConcurrency} cores`);
  for (let round = 0; round < Number(rounds); round++) {
    one.push(job(command, 1));
    two.push(job(command, 2));
  }
  const least = (all: readonly Measured[], of: (m: Measured) => number): number => Math.min(...all.map(of));
  console.table(two.map(({ bare, inside, together, apart, followed }) => ({
    "MPI_Allreduce alone, us": bare.toFixed(1),
    "in a step, us": inside.toFixed(1),
    "ratio": (inside / bare).toFixed(2),
    "step with averaging, us": together.toFixed(1),
    "without, us": apart.toFixed(1),
    "without, then alone, us": followed.toFixed(1),
    "difference / alone": ((together - apart) / bare).toFixed(2),
    "/ alone after a step": ((together - apart) / (followed - apart)).toFixed(2),
  })));
  const alone = least(one, ({ step }) => step), together = least(two, ({ step }) => step);
  console.table([{
    "mlp_train_b256 on 1 rank, us": alone.toFixed(0),
    "on each of 2 ranks, us": together.toFixed(0),
    "weak scaling": (2 * alone / together).toFixed(2),
  }]);
  console.log(`load after: ${load()}`);
}
