/**
 * Sums of a million float32 products, on every path that adds up along an axis of any length: a chain of additions in one
 * float32 would lose three of its seven digits.
 *
 * @module
 */
import { assertEquals, assertLess } from "@std/assert";
import { engines } from "../../blas/engines.ts";
import type { Engine } from "../../blas/engine.ts";
import { optimize } from "../../blas/program/passes/mod.ts";
import { rowMajorStrides, type Shape, sizeOf } from "../../blas/shape.ts";
import { compileProgram } from "../../blas/simd/program/compile.ts";
import { allocate, type MutableView, unsafeView, type View } from "../../blas/view.ts";
import { type Traced, type Tracer, tracer } from "./program/tracing.ts";

/** Elements added up. */
const LENGTH = 1_000_000;

/** What is added up, and how much the sum of a million may be off: PyTorch's is off by 2e-5 at best, and by 1.3e-2 without blocks. */
const KINDS = [
  { name: "0.1 each", element: () => 0.1, most: 1e-5 },
  { name: "random", element: (k: number) => Math.abs(Math.sin(12.9898 * k) * 43758.5453) % 1, most: 1e-6 },
] as const;

/** Some of the elements of each kind, as an array of any shape. */
type Elements = (shape: Shape, stride?: readonly number[]) => View<"float32">;

function elementsOf(element: (k: number) => number): Elements {
  const data = Float32Array.from({ length: 2 * LENGTH }, (_, k) => element(k));
  return (shape, stride = rowMajorStrides(shape)) => unsafeView(data, shape, stride, 0) as View<"float32">;
}

const columnMajor = ([rows]: Shape): readonly number[] => [1, rows!];

/** Compares a number with the sum of some terms. */
type Check = (what: string, value: number, count: number, term: (k: number) => number) => void;

type Convolution = Pick<Engine, "conv2d" | "conv2dInput" | "conv2dWeight">;

for (const { name, element, most } of KINDS) {
  const some = elementsOf(element), { data } = some([1]);
  const check: Check = (what, value, count, term) => {
    let sum = 0;
    for (let k = 0; k < count; k++) sum += term(k);
    assertLess(Math.abs(value / sum - 1), most, what);
  };

  for (const engine of [engines.simd, engines.reference]) {
    Deno.test(`long vectors are added up in blocks: ${name}, ${engine.name}`, () => {
      const x = some([LENGTH]);
      check("dot", engine.dot(x, x), LENGTH, (k) => data[k]! ** 2);
      check("asum", engine.asum(x), LENGTH, (k) => data[k]!);
      check("nrm2", engine.nrm2(x) ** 2, LENGTH, (k) => data[k]! ** 2);
      for (
        const [how, a] of Object.entries({
          rows: some([2, LENGTH]),
          columns: some([2, LENGTH], [1, 2]),
          "wide columns": some([700, 2000], [1, 700]),
          strided: some([2, LENGTH / 4], [3, 4]),
        })
      ) {
        const y = allocate("float32", [a.shape[0]!]), step = a.stride[1]!;
        engine.gemv({ alpha: 1, a, x: some([a.shape[1]!]), beta: 0, y });
        check(`gemv, ${how}`, y.get(0), a.shape[1]!, (k) => data[k * step]! * data[k]!);
      }
    });

    Deno.test(`long products are added up in blocks: ${name}, ${engine.name}`, () => {
      forEachProduct(({ m, n, k, a, b }) => {
        const c = allocate("float32", [m, n]), x = some([m, k], a), y = some([k, n], b);
        engine.gemm({ alpha: 1, a: x, b: y, beta: 0, c });
        check(`${m} x ${k} x ${n}`, c.get(0, 0), k, (i) => data[i * a[1]!]! * data[i * b[0]!]!);
      });
      const k = LENGTH / 4, c = allocate("float32", [2, 2, 2]);
      engine.gemmBatched({ alpha: 1, a: some([2, 2, k]), b: some([2, k, 2]), beta: 0, c });
      check("batch", c.get(0, 0, 0), k, (i) => data[i]! * data[2 * i]!);
    });

    Deno.test(`long reductions are added up in blocks: ${name}, ${engine.name}`, () => {
      forEachReduction((shape, axes, reduced) => {
        const x = some(shape), y = allocate("float32", reduced), step = x.stride[axes[0]!]!;
        engine.reduce("sum", x, y);
        check(`axes ${axes} of ${shape}`, y.data[y.offset]!, sizeOf(shape) / y.size, (i) => data[i * step]!);
      });
    });
  }

  Deno.test(`long sums of compiled programs are added up in blocks: ${name}`, () => {
    forEachProduct(({ m, n, k, a, b }) => {
      const operand = (t: Tracer, shape: Shape, stride: readonly number[]) =>
        stride[1] === 1 ? t.parameter("float32", shape) : t.transpose(t.parameter("float32", [...shape].reverse()));
      const flat = (shape: Shape) => some([...shape]), isTurned = (stride: readonly number[]) => stride[1] !== 1;
      const c = run(
        (t) => t.gemm(operand(t, [m, k], a), operand(t, [k, n], b)),
        [flat(isTurned(a) ? [k, m] : [m, k]), flat(isTurned(b) ? [n, k] : [k, n])],
      );
      check(`${m} x ${k} x ${n}`, c, k, (i) => data[i * a[1]!]! * data[i * b[0]!]!);
    });
    forEachReduction((shape, axes, reduced) => {
      const sum = run((t) => t.reduceKept("sum", t.parameter("float32", shape), axes), [some(shape)]);
      const step = rowMajorStrides(shape)[axes[0]!]!;
      check(`axes ${axes} of ${shape}`, sum, sizeOf(shape) / sizeOf(reduced), (i) => data[i * step]!);
    });
  });

  for (
    const [engine, convolution] of Object.entries(
      { ...engines, compiled: compiledConvolution() } satisfies Record<
        string,
        Convolution
      >,
    )
  ) {
    Deno.test(`long sums of convolutions are added up in blocks: ${name}, ${engine}`, () => {
      const geometry = { stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1] } as const, side = 600;
      const at = ({ shape }: View, ...index: readonly number[]) =>
        data[index.reduce((sum, i, axis) => sum + i * rowMajorStrides(shape)[axis]!, 0)]!;
      for (
        const [images, groups, kernel, height, width] of [
          [2, 1, 1, side, side],
          [1, 1, 1, 1, LENGTH / 2],
          [LENGTH / 8, 1, 1, 2, 2],
          [1, 1, 3, side, side],
          [1, 2, 3, side, side],
          [1, 2, 3, 40, 9000],
          [1, 2, 2, side, side],
          [LENGTH / 64, 2, 3, 4, 4],
        ] as const
      ) {
        const x = some([images, 2, height + kernel - 1, width + kernel - 1]), y = some([images, 2, height, width]);
        const w = allocate("float32", [2, 2 / groups, kernel, kernel]), size = height * width;
        convolution.conv2dWeight({ geometry: { ...geometry, groups }, x, w, y });
        check(`weight ${w.shape}, windows ${y.shape}`, w.get(0, 0, 0, 0), images * size, (k) => {
          const image = Math.floor(k / size), row = Math.floor(k % size / width), column = k % width;
          return at(x, image, 0, row, column) * at(y, image, 0, row, column);
        });
      }
      for (const kernel of [1, 2]) {
        const count = LENGTH / 4 / kernel ** 2, { shape } = some([2, count, kernel, kernel]);
        const x = some([1, count, kernel, kernel]), w = some(shape), y = allocate("float32", [1, 2, 1, 1]);
        convolution.conv2d({ geometry: { ...geometry, groups: 1 }, x, w, y });
        check(`forward, ${shape}`, y.get(0, 0, 0, 0), count * kernel ** 2, (k) => data[k]! ** 2);
        const given = some([1, count, 1, 1]), turnedShape = [count, 2, kernel, kernel];
        const image = allocate("float32", [1, 2, kernel, kernel]), step = 2 * kernel ** 2;
        convolution.conv2dInput({ geometry: { ...geometry, groups: 1 }, x: image, w: some(turnedShape), y: given });
        check(`input, ${turnedShape}`, image.get(0, 0, 0, 0), count, (k) => data[k]! * data[k * step]!);
      }
      const strided = { ...geometry, stride: [2, 2], groups: 1 } as const, filters = LENGTH / 20;
      for (const channels of [1, 2]) {
        const image = allocate("float32", [1, channels, 3, 3]), w = some([filters, channels, 3, 3]);
        convolution.conv2dInput({ geometry: strided, x: image, w, y: some([1, filters, 1, 1]) });
        check(`input, strided, ${w.shape}`, image.get(0, 0, 0, 0), filters, (k) => data[k]! * data[k * channels * 9]!);
      }
      const window = some([1, 1, 400, 400]), y = allocate("float32", [1, 1, 1, 1]);
      convolution.conv2d({ geometry: { ...geometry, groups: 1 }, x: window, w: window, y });
      check(`forward, ${window.shape}`, y.get(0, 0, 0, 0), window.size, (k) => data[k]! ** 2);
    });
  }
}

/** Products with few rows and columns and a long axis between them, in all four layouts. */
function forEachProduct(
  visit: (problem: {
    readonly m: number;
    readonly n: number;
    readonly k: number;
    readonly a: readonly number[];
    readonly b: readonly number[];
  }) => void,
): void {
  for (const [m, n] of [[1, 1], [2, 1], [1, 2], [2, 2], [7, 9], [9, 2]] as const) {
    const k = Math.floor(LENGTH / Math.max(m, n, 2)), a = [m, k], b = [k, n];
    for (const left of [rowMajorStrides(a), columnMajor(a)]) {
      for (const right of [rowMajorStrides(b), columnMajor(b)]) visit({ m, n, k, a: left, b: right });
    }
  }
}

/** Reductions along the last axis, the first, one between, and all. */
function forEachReduction(visit: (shape: Shape, axes: readonly number[], reduced: Shape) => void): void {
  for (
    const [shape, axes] of [
      [[2, LENGTH], [1]],
      [[LENGTH, 2], [0]],
      [[LENGTH], [0]],
      [[2, LENGTH / 4, 4], [1]],
      [[LENGTH / 100 + 1, 99], [0]],
    ] as const
  ) visit(shape, axes, shape.map((length, axis) => (axes as readonly number[]).includes(axis) ? 1 : length));
}

/** The first element of what a compiled program gives, as a whole and in shares. */
function run(build: (t: Tracer) => Traced, given: readonly View[]): number {
  const result = resultOf(build, given);
  return result.data[result.offset]!;
}

function resultOf(build: (t: Tracer) => Traced, given: readonly View[]): View {
  const t = tracer(), program = optimize(t.program(build(t)));
  const [whole, divided] = [{}, { shares: 3 }].map((options) => {
    const executable = compileProgram(program, engines.simd, options);
    given.forEach((x, k) => executable.write(k, x));
    executable.run();
    return executable.read(0);
  });
  const [wanted, found] = [whole!, divided!].map(({ data, offset, size }) => data.slice(offset, offset + size));
  assertEquals(found, wanted, "shares");
  return whole!;
}

/** Convolutions as compiled programs. */
function compiledConvolution(): Convolution {
  const into = ({ data, offset }: MutableView, result: View) =>
    data.set(result.data.slice(result.offset, result.offset + result.size) as Float32Array, offset);
  const form =
    (form: keyof Convolution, geometry: Parameters<Tracer["convolution"]>[3]) =>
    (operands: readonly [View, View], result: MutableView) =>
      into(
        result,
        resultOf(
          (t) =>
            t.convolution(
              form,
              [t.parameter("float32", operands[0].shape), t.parameter("float32", operands[1].shape)],
              result.shape,
              geometry,
            ),
          operands,
        ),
      );
  return {
    conv2d: ({ geometry, x, w, y }) => form("conv2d", geometry)([x as View, w as View], y as MutableView),
    conv2dInput: ({ geometry, x, w, y }) => form("conv2dInput", geometry)([y as View, w as View], x as MutableView),
    conv2dWeight: ({ geometry, x, w, y }) => form("conv2dWeight", geometry)([x as View, y as View], w as MutableView),
  };
}
