/**
 * Prints how long matrix products and convolutions take in a program's memory, compared with plain calls of the engine.
 *
 * `deno run bench/products_bench.ts [pattern]`; the best of several rounds counts.
 *
 * @module
 */
import { engines } from "@nanograd/nanograd/blas";
import type { Operand } from "../blas/program/program.ts";
import { hasRelaxedSimd } from "../blas/simd/features.ts";
import { laneInstructionsOf } from "../blas/simd/lane_instructions.ts";
import { type Expression, f32x4, ModuleBuilder } from "../blas/wasm/mod.ts";
import { sizeOf } from "../blas/shape.ts";
import { unsafeView, type View } from "../blas/view.ts";
import { prepare, type ProductOperation, turned, whole } from "../tests/blas/simd/program/products/run_product.ts";

type Case = {
  readonly name: string;
  readonly flop: number;
  readonly operation: ProductOperation;
  readonly lengths: readonly number[];
  readonly result: readonly number[];
  readonly plain: (views: readonly View<"float32">[], result: View<"float32">) => () => void;
};

const viewOf = ({ shape, stride, offset }: Operand, data: Float32Array) =>
  unsafeView(data, shape, stride, offset) as View<"float32">; // everything here is float32

function product(name: string, a: Operand, b: Operand): Case {
  const m = a.shape[0]!, k = a.shape[1]!, n = b.shape[1]!;
  return {
    name: `${name} ${m}x${k}x${n}`,
    flop: 2 * m * k * n,
    operation: { kind: "gemm", a, b },
    lengths: [sizeOf(a.shape), sizeOf(b.shape)],
    result: [m, n],
    // Here and below, results are arrays that were allocated for them.
    plain: ([x, y], c) => () => engines.simd.gemm({ alpha: 1, a: x!, b: y!, beta: 0, c: c as never }),
  };
}

/** Returns the products of a layer: forward, the gradient of its weight `[outputs, inputs]`, and that of its input. */
const layer = (batch: number, inputs: number, outputs: number): readonly Case[] => [
  product("forward", whole(0, [batch, inputs]), turned(whole(1, [outputs, inputs]))),
  product("weight", turned(whole(0, [batch, outputs])), whole(1, [batch, inputs])),
  product("input", whole(0, [batch, outputs]), whole(1, [outputs, inputs])),
];

/** Returns a convolution with kernels of 3 x 3 elements and a padding of 1, and its adjoints. */
function convolution(batch: number, channels: number, filters: number, side: number, stride: number): readonly Case[] {
  const geometry = { stride: [stride, stride], padding: [1, 1, 1, 1], dilation: [1, 1], groups: 1 } as const;
  const windows = Math.floor((side - 1) / stride) + 1;
  const x = [batch, channels, side, side], w = [filters, channels, 3, 3], y = [batch, filters, windows, windows];
  const flop = 2 * batch * channels * filters * 9 * windows ** 2;
  const of = (
    form: "conv2d" | "conv2dInput" | "conv2dWeight",
    [first, second, result]: readonly (readonly number[])[],
    plain: Case["plain"],
  ): Case => ({
    name: `${form} ${batch}: ${channels}-${filters}, ${side}, /${stride}`,
    flop,
    operation: { kind: "convolution", form, geometry, operands: [whole(0, first!), whole(1, second!)] },
    lengths: [sizeOf(first!), sizeOf(second!)],
    result: result!,
    plain,
  });
  const engine = engines.simd;
  return [
    of("conv2d", [x, w, y], ([x, w], y) => () => engine.conv2d({ geometry, x: x!, w: w!, y: y as never })),
    of("conv2dInput", [y, w, x], ([y, w], x) => () => engine.conv2dInput({ geometry, x: x as never, w: w!, y: y! })),
    of("conv2dWeight", [x, y, w], ([x, y], w) => () => engine.conv2dWeight({ geometry, x: x!, w: w as never, y: y! })),
  ];
}

/** Returns the layers of a small network for images of 28 x 28 elements. */
const network = (batch: number): readonly Case[] => [
  ...convolution(batch, 1, 16, 28, 1),
  ...convolution(batch, 16, 32, 28, 2),
  ...convolution(batch, 32, 64, 14, 2),
];

const CASES: readonly Case[] = [
  ...network(1),
  ...network(32),
  ...[1, 32, 128, 512].flatMap((
    batch,
  ) => [...layer(batch, 784, 128), ...layer(batch, 128, 64), ...layer(batch, 64, 10)]),
  ...layer(1, 2, 8),
  ...layer(1, 8, 1),
  product("square", whole(0, [512, 512]), whole(1, [512, 512])),
  product("turned", turned(whole(0, [256, 256])), turned(whole(1, [256, 256]))),
];

/** Multiplies and adds only in registers, which shows the present speed of the machine. */
function peak(): (turns: number) => void {
  const builder = new ModuleBuilder(), { multiplyAdd, vector } = laneInstructionsOf("float32", hasRelaxedSimd());
  builder.function({ name: "run", parameters: { turns: "i32" }, result: "f32" }, (f, { turns }) => {
    const sums = Array.from({ length: 12 }, () => f.let(vector.const(1))), factor = f.let(vector.const(0.5));
    f.for({ to: turns }, () => {
      for (let k = 0; k < 4; k++) sums.forEach((sum) => f.set(sum, multiplyAdd(sum, factor, factor)));
    });
    f.return(f32x4.extract_lane(sums.reduce<Expression<"v128">>((a, b) => f32x4.add(a, b), f32x4.const(0)), 0));
  });
  // Exported under this name, with this signature.
  return new WebAssembly.Instance(new WebAssembly.Module(builder.toBytes())).exports.run as (turns: number) => void;
}

/** Multiplications and additions in one iteration of `peak`. */
const PEAK_FLOP = 2 * 12 * 4 * 4;

/** Returns the best of several rounds of about 10 ms, in which all take turns; in microseconds per call. */
function best(...works: readonly (readonly [times: number, f: (count: number) => void])[]): readonly number[] {
  const least = works.map(() => Infinity);
  for (let round = 0; round < ROUNDS; round++) {
    works.forEach(([times, f], i) => {
      const start = performance.now();
      f(times);
      least[i] = Math.min(least[i]!, (performance.now() - start) / times * 1000);
    });
  }
  return least;
}

const ROUNDS = 15, PEAK_TURNS = 500_000, flat = peak();
flat(100_000);

const wanted = new RegExp(Deno.args[0] ?? "");
console.log(
  [
    "".padEnd(34),
    "us".padStart(9),
    "GFLOP/s".padStart(9),
    "% of peak".padStart(9),
    "plain us".padStart(9),
    "emit ms".padStart(9),
  ].join(" "),
);
for (const { name, flop, operation, lengths, result, plain } of CASES.filter(({ name }) => wanted.test(name))) {
  const data = lengths.map((length) => Float32Array.from({ length }, () => Math.random() - 0.5));
  const start = performance.now(),
    runnable = prepare(operation, "float32", data, [result]),
    took = performance.now() - start;
  if (runnable === undefined) {
    console.log(name.padEnd(34), "not emitted");
    continue;
  }
  const operands = operation.kind === "gemm" ? [operation.a, operation.b] : operation.operands;
  const views = operands.map((operand) => viewOf(operand, data[operand.value]!));
  // Everything here is float32.
  const y = unsafeView(new Float32Array(sizeOf(result)), result, whole(0, result).stride, 0) as View<"float32">;
  const call = plain(views, y), count = Math.max(1, Math.ceil(2e8 / Math.max(flop, 2000) / 2));
  runnable.repeat(Math.min(count, 2000));
  await new Promise((resolve) => setTimeout(resolve, 60)); // for optimized code to arrive
  const slowly = (times: number) => {
    for (let i = 0; i < times; i++) call();
  };
  const [us, slow, most] = best([count, runnable.repeat], [Math.ceil(count / 4), slowly], [PEAK_TURNS, flat]) as [
    number,
    number,
    number,
  ];
  const rate = flop / us / 1000, full = PEAK_FLOP / most / 1000, digits = (us: number) => us.toFixed(us < 10 ? 3 : 1);
  const cells = [digits(us), rate.toFixed(1), (100 * rate / full).toFixed(0), digits(slow), took.toFixed(1)];
  console.log(name.padEnd(34), cells.map((cell) => cell.padStart(9)).join(" "));
}
