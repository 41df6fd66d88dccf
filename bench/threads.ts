/**
 * Measures how much faster training steps and plain calls are on several threads than on one.
 *
 *     deno run -A bench/threads.ts [--engine=machine] [--threads=2] [--rounds=5] [--only=pattern]
 *
 * Everything runs in one process, alternately on one thread and on several; the ratio is the time on one thread over
 * the time on several, medians of the rounds: above 1, threads are faster. The last columns are PyTorch's on as many
 * threads (where
 * `python3` has torch), and its time over ours. The machine must have as many idle cores.
 *
 * @module
 */
import {
  add,
  conv2d,
  exp,
  gelu,
  key,
  type Layer,
  log,
  logSoftmax,
  matmul,
  pow,
  randomInteger,
  randomNormal,
  reshape,
  sigmoid,
  sin,
  softmax,
  softmaxCrossEntropy,
  sum,
  tanh,
  type Tensor,
  tensorData,
} from "@nanograd/nanograd";
import {
  allocate,
  currentEngine,
  type Engine,
  engines,
  machineEngine,
  setEngine,
  threadedEngine,
  view,
} from "@nanograd/nanograd/blas";
import { parseArgs } from "@std/cli/parse-args";
import { characterModel, CONTEXT } from "../examples/character_model.ts";
import { residualReader } from "../examples/resnet.ts";
import { training, WORKLOADS } from "./training_workloads.ts";

const { engine, threads, rounds = "5", only = "" } = parseArgs(Deno.args, {
  string: ["engine", "threads", "rounds", "only"],
}) as {
  readonly [option: string]: string | undefined; // all of them are declared as strings
};
const CHARACTERS = 80, BATCH = 32;

const compiled = (name: string) => () => WORKLOADS[name]!().compiled;

const image = () => randomNormal(key(2), [32, 1, 28, 28]);

const product = (m: number, k: number, n: number, dtype: "float32" | "float64" = "float32") => () => {
  const a = randomNormal(key(1), [m, k], { dtype }), b = randomNormal(key(2), [k, n], { dtype });
  return () => void matmul(a, b);
};

const onElements = (f: (x: Tensor) => Tensor, shape: readonly number[]) => () => {
  const x = randomNormal(key(1), shape);
  return () => void f(x);
};

/** Calls a function of the engine: 32 images of 28 x 28, 32 filters of `side` x `side` that see so many channels each. */
const convolution =
  (name: "conv2d" | "conv2dInput" | "conv2dWeight", channels: number, groups: number, side = 3) => () => {
    const at = (side - 1) / 2;
    const geometry = { stride: [1, 1], dilation: [1, 1], padding: [at, at, at, at], groups } as const;
    const shapes = { x: [32, groups * channels, 28, 28], w: [32, channels, side, side], y: [32, 32, 28, 28] };
    const of = (shape: readonly number[], k: number) => view(tensorData(randomNormal(key(k), shape)).slice(), shape);
    const x = of(shapes.x, 1), w = of(shapes.w, 2), y = of(shapes.y, 3);
    switch (name) {
      case "conv2d":
        return () => currentEngine().conv2d({ geometry, x, w, y: allocate("float32", shapes.y) });
      case "conv2dInput":
        return () => currentEngine().conv2dInput({ geometry, x: allocate("float32", shapes.x), w, y });
      case "conv2dWeight":
        return () => currentEngine().conv2dWeight({ geometry, x, w: allocate("float32", shapes.w), y });
    }
  };

/** The workloads by name: each call prepares one for the engine in use. */
const MEASURED: { readonly [name: string]: () => () => void } = {
  "gemm float32 512": product(512, 512, 512),
  "gemm float32 1024": product(1024, 1024, 1024),
  "gemm float64 512": product(512, 512, 512, "float64"),
  "gemm 128x784x128": product(128, 784, 128),
  mlp_train_b1: compiled("mlp_train_b1"),
  tiny_train_b1: compiled("tiny_train_b1"),
  mlp_train_b32: compiled("mlp_train_b32"),
  mlp_train_b128: compiled("mlp_train_b128"),
  mlp_train_b512: compiled("mlp_train_b512"),
  cnn_train_b32: compiled("cnn_train_b32"),
  "transformer of charlm": () => {
    const codes = randomInteger(key(1), [BATCH, CONTEXT], { max: CHARACTERS });
    const loss = (y: Tensor, target: Tensor) => softmaxCrossEntropy(reshape(y, [BATCH * CONTEXT, CHARACTERS]), target);
    return training(characterModel(CHARACTERS) as Layer, loss, codes, reshape(codes, [BATCH * CONTEXT])).compiled;
  },
  "step of resnet": () =>
    training(residualReader() as Layer, softmaxCrossEntropy, image(), randomInteger(key(3), [32], { max: 10 }))
      .compiled,
  "exp 1e6": onElements(exp, [1000, 1000]),
  "gelu 1e6": onElements(gelu, [1000, 1000]),
  "softmax 1e6": onElements(softmax, [1000, 1000]),
  "tanh 1e6": onElements(tanh, [1000, 1000]),
  "sigmoid 1e6": onElements(sigmoid, [1000, 1000]),
  "sin 1e6": onElements(sin, [1000, 1000]),
  "log 1e6": onElements((x) => log(x), [1000, 1000]),
  "pow 1e6": onElements((x) => pow(x, x), [1000, 1000]),
  "add 1e6": onElements((x) => add(x, x), [1000, 1000]),
  "logSoftmax 1e6": onElements(logSoftmax, [1000, 1000]),
  "sum of rows 1000x1000": onElements((x) => sum(x, { axes: [1] }), [1000, 1000]),
  "sum of columns 1000x1000": onElements((x) => sum(x, { axes: [0] }), [1000, 1000]),
  "sum 1e6": onElements((x) => sum(x), [1000, 1000]),
  "softmax along axis 0": onElements((x) => softmax(x, { axis: 0 }), [1000, 1000]),
  "conv2d 32x16x28x28": () => {
    const x = randomNormal(key(1), [32, 16, 28, 28]), w = randomNormal(key(2), [32, 16, 3, 3]);
    return () => void conv2d(x, w, null, { padding: 1 });
  },
  "conv2dInput 32x16x28x28": convolution("conv2dInput", 16, 1),
  "conv2dWeight 32x16x28x28": convolution("conv2dWeight", 16, 1),
  "depthwise 32x32x28x28": convolution("conv2d", 1, 32),
  "depthwise Input": convolution("conv2dInput", 1, 32),
  "depthwise Weight": convolution("conv2dWeight", 1, 32),
  "depthwise 7x7": convolution("conv2d", 1, 32, 7),
  "depthwise 7x7 Input": convolution("conv2dInput", 1, 32, 7),
  "depthwise 7x7 Weight": convolution("conv2dWeight", 1, 32, 7),
  "add 1e4": onElements((x) => add(x, x), [100, 100]),
  "exp 1e4": onElements(exp, [100, 100]),
};

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

/** Returns the milliseconds of a call, measured for about as long as given. */
function timeOf(f: () => void, milliseconds: number): number {
  const start = performance.now();
  let calls = 0;
  do {
    f();
    calls++;
  } while (performance.now() - start < milliseconds);
  return (performance.now() - start) / calls;
}

const isMachine = engine === "machine", alone = isMachine ? await machineEngine() : engines.simd;
const count = threads === undefined ? navigator.hardwareConcurrency : Number(threads);
const several = isMachine ? await machineEngine({ threads: count }) : await threadedEngine(count);
const on = (engine: Engine, make: () => () => void) => {
  setEngine(engine);
  const f = make(),
    run = (milliseconds: number) => {
      setEngine(engine);
      return timeOf(f, milliseconds);
    };
  run(400); // until the runtime has optimized the code, and the number of threads has been chosen
  return run;
};

/** PyTorch's milliseconds on as many threads; `undefined` if it is not installed. */
function torch(name: string): number | undefined {
  const script = new URL("./torch_threads.py", import.meta.url).pathname, count = String(several.threads);
  for (const python of ["python3", "/usr/bin/python3"]) {
    try {
      const { success, stdout } = new Deno.Command(python, {
        args: [script, count, name],
        stderr: "null",
        env: { OPENBLAS_NUM_THREADS: count, OMP_NUM_THREADS: count },
      }).outputSync();
      if (success) return JSON.parse(new TextDecoder().decode(stdout)).ms;
    } catch {
      // This program does not exist; try the next one.
    }
  }
  return undefined;
}

const column = (x: number | undefined, format: (x: number) => string): string =>
  (x === undefined ? "-" : format(x)).padStart(10);
const milliseconds = (x: number): string => x.toPrecision(3), ratio = (x: number): string => x.toFixed(2);

console.log(`one thread over ${several.threads}: medians of ${rounds} rounds, milliseconds`);
console.log("".padEnd(26) + ["ratio", "one", "several", "PyTorch", "over ours"].map((t) => t.padStart(10)).join(""));
for (const [name, make] of Object.entries(MEASURED)) {
  if (!name.includes(only)) continue;
  const single = on(alone, make), all = on(several, make), one: number[] = [], together: number[] = [];
  for (let round = 0; round < Number(rounds); round++) {
    one.push(single(200));
    together.push(all(200));
  }
  const [a, b, theirs] = [median(one), median(together), torch(name)] as const;
  const cells = [column(a / b, ratio), column(a, milliseconds), column(b, milliseconds), column(theirs, milliseconds)];
  console.log(name.padEnd(26) + cells.join("") + column(theirs && theirs / b, ratio));
}
several.close();
