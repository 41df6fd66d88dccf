/**
 * Operands that are larger than the scratch memory, whose limit is a mebibyte, or that cannot grow: `blas/simd/room.ts` too.
 *
 * @module
 */
import { assert, assertEquals, assertLess } from "@std/assert";
import type { DType } from "../../../blas/dtype.ts";
import { newData } from "../../../blas/dtype.ts";
import type { Engine } from "../../../blas/engine.ts";
import { reference } from "../../../blas/reference/mod.ts";
import { add, argument } from "../../../blas/scalar/scalar.ts";
import { sizeOf } from "../../../blas/shape.ts";
import { blasOn } from "../../../blas/simd/blas.ts";
import { createContext } from "../../../blas/simd/context.ts";
import { convolutionOn } from "../../../blas/simd/convolution/mod.ts";
import { createMap } from "../../../blas/simd/elementwise/map.ts";
import { hasSimd } from "../../../blas/simd/features.ts";
import { gatherOn } from "../../../blas/simd/gather.ts";
import type { Context } from "../../../blas/simd/kernels.ts";
import { ALL_FUNCTIONS } from "../../../blas/simd/math/mod.ts";
import { createReduce } from "../../../blas/simd/reduce.ts";
import { fits } from "../../../blas/simd/room.ts";
import { type MutableView, transposeView, unsafeView, type View } from "../../../blas/view.ts";

const ignore = !hasSimd(), MEBIBYTE = 2 ** 20;

type Functions = Omit<Engine, "name" | "compile" | "rows" | "draw">;

const functionsOn = (context: Context): Functions => ({
  ...blasOn(context),
  ...convolutionOn(context),
  ...gatherOn(context),
  map: createMap(context, () => ALL_FUNCTIONS),
  reduce: createReduce(context),
});

/** A memory that the runtime does not let grow, as one that has no more for it. */
function stuck(): Context {
  const context = createContext();
  context.scratch.memory.grow = () => {
    throw new RangeError("WebAssembly.Memory.grow(): Unable to grow instance memory");
  };
  return context;
}

const CONTEXTS = {
  "with a limit of a mebibyte": () => createContext({ maximumBytes: MEBIBYTE }),
  "that cannot grow": stuck,
};

/** A view of whole numbers whose elements are `gap` apart; the same each time. */
function viewOf<D extends DType>(dtype: D, shape: readonly number[], gap = 1): MutableView<D> {
  const data = newData(dtype, sizeOf(shape) * gap);
  for (let k = 0; k < data.length; k++) data[k] = (k * 31) % 17 - 8;
  const strides = shape.map((_, axis) => gap * sizeOf(shape.slice(axis + 1)));
  return unsafeView<D>(data, shape, strides, 0);
}

/** How operands lie in memory. */
const LAYOUTS: { readonly [name: string]: <D extends DType>(dtype: D, shape: readonly number[]) => MutableView<D> } = {
  "row-major": viewOf,
  transposed: <D extends DType>(dtype: D, shape: readonly number[]) =>
    transposeView(viewOf(dtype, shape.toReversed()) as View<D>) as MutableView<D>, // nobody else has it
  "with gaps": (dtype, shape) => viewOf(dtype, shape, 3),
};

/** Computes with an engine, and with the reference engine, and compares the buffers that they have written. */
function compare(what: string, own: Functions, compute: (engine: Functions) => number | MutableView): void {
  const by = (engine: Functions): ArrayLike<number> => {
    const result = compute(engine);
    return typeof result === "number" ? [result] : result.data;
  };
  const found = by(own), wanted = by(reference);
  assertEquals(found.length, wanted.length, what);
  for (let k = 0; k < found.length; k++) {
    const [x, y] = [found[k]!, wanted[k]!];
    if (!(Math.abs(x - y) <= 1e-4 * (1 + Math.abs(y)))) throw new Error(`${what}: ${x} at ${k} is not ${y}`);
  }
}

const N = 300_001;

for (const [memory, make] of Object.entries(CONTEXTS)) {
  for (const [layout, operand] of Object.entries(LAYOUTS)) {
    for (const dtype of ["float32", "float64"] as const) {
      const of = (...shape: readonly number[]) => operand(dtype, shape);
      const test = (name: string, run: (own: Functions) => void): void =>
        Deno.test({
          name: `${name} of large ${layout} ${dtype} are computed in a scratch memory ${memory}`,
          ignore,
          fn: () => {
            const context = make(), { scratch } = context, mark = scratch.mark();
            run(functionsOn(context));
            assertEquals([scratch.mark(), scratch.memory.buffer.byteLength], [mark, MEBIBYTE]);
          },
        });

      test("vectors", (own) => {
        compare("dot", own, ({ dot }) => dot(of(N), of(N)));
        compare("asum", own, ({ asum }) => asum(of(N)));
        compare("nrm2", own, ({ nrm2 }) => nrm2(of(N)));
        compare("axpy", own, ({ axpy }) => {
          const y = of(N);
          axpy({ alpha: 2, x: of(N), y });
          return y;
        });
      });
      test("matrices times vectors, and outer products,", (own) => {
        for (const [m, n] of [[1, N], [N, 1], [3, N], [N, 3], [11, 40_001]] as const) {
          compare(`gemv ${m} ${n}`, own, ({ gemv }) => {
            const y = of(m);
            gemv({ alpha: 2, a: of(m, n), x: of(n), beta: 3, y });
            return y;
          });
          compare(`ger ${m} ${n}`, own, ({ ger }) => {
            const a = of(m, n);
            ger({ alpha: 2, x: of(m), y: of(n), a });
            return a;
          });
        }
      });
      test("products", (own) => {
        for (
          const [m, k, n] of [[1, N, 1], [2, N, 2], [N, 1, 2], [2, 1, N], [5, 100_001, 5], [200, 1000, 200]] as const
        ) {
          compare(`gemm ${m} ${k} ${n}`, own, ({ gemm }) => {
            const c = of(m, n);
            gemm({ alpha: 2, a: of(m, k), b: of(k, n), beta: 3, c });
            return c;
          });
        }
      });
      test("copies, maps and reductions", (own) => {
        for (const shape of [[N], [N, 2], [2, N], [60_001, 9], [9, 60_001], [700, 700]] as const) {
          compare(`copy ${shape}`, own, ({ copy }) => {
            const y = viewOf(dtype, shape, shape.length === 1 ? 1 : 2);
            copy({ x: of(...shape), y });
            return y;
          });
          compare(`map ${shape}`, own, ({ map }) => {
            const y = viewOf(dtype, shape);
            map(add(argument(0), argument(1)), [of(...shape), viewOf(dtype, shape)] as View[], y);
            return y;
          });
          shape.forEach((_, axis) =>
            compare(`sum ${shape} along ${axis}`, own, ({ reduce }) => {
              const y = viewOf(dtype, shape.map((length, k) => k === axis ? 1 : length));
              reduce("sum", of(...shape) as View, y);
              return y;
            })
          );
        }
      });
    }
  }
  Deno.test({
    name: `repeated elements are summed in a scratch memory ${memory}: more windows than elements`,
    ignore,
    fn: () => {
      const own = functionsOn(make());
      for (
        const [shape, stride] of [[[N, 4], [0, 1]], [[N, 4], [0, 0]], [[4, N, 4], [4, 0, 1]], [[1000, 1000, 3], [
          1,
          0,
          9,
        ]]]
      ) {
        compare(`sum ${shape}`, own, ({ reduce }) => {
          const x = unsafeView(viewOf("float64", [9999]).data, shape!, stride!, 0);
          const y = viewOf("float64", [...shape!.slice(0, -1), 1]);
          reduce("sum", x as View, y);
          return y;
        });
      }
    },
  });
  Deno.test({
    name: `elements are picked and added by index in a scratch memory ${memory}`,
    ignore,
    fn: () => {
      const own = functionsOn(make()), x = viewOf("float32", [N, 2]), indices = viewOf("float32", [N, 2]);
      for (let k = 0; k < indices.size; k++) indices.data[k] = (k * 7919) % N;
      compare("gather", own, ({ gather }) => {
        const y = viewOf("float32", [N, 2]);
        gather({ axis: 0, x: x as View, indices: indices as View, y });
        return y;
      });
      compare("scatterAdd", own, ({ scatterAdd }) => {
        const y = viewOf("float32", [N, 2]);
        scatterAdd({ axis: 0, x: x as View, indices: indices as View, y });
        return y;
      });
    },
  });
  Deno.test({
    name: `images are convolved in a scratch memory ${memory}`,
    ignore,
    fn: () => {
      const own = functionsOn(make()), x = viewOf("float32", [1, 3, 500, 400]), w = viewOf("float32", [4, 3, 5, 5]);
      const geometry = { stride: [1, 1], padding: [2, 2, 2, 2], dilation: [1, 1], groups: 1 } as const;
      compare("conv2d", own, ({ conv2d }) => {
        const y = viewOf("float32", [1, 4, 500, 400]);
        conv2d({ geometry, x: x as View<"float32">, w: w as View<"float32">, y });
        return y;
      });
    },
  });
}

Deno.test({
  name: "vectors of any length take a few mebibytes of the default scratch memory: it had to hold them whole",
  ignore,
  fn: () => {
    // Two of 1.7e7 numbers in float64 did not fit into its 256 MiB: "Cannot grow the scratch memory", said dot() of tensors.
    const context = createContext(), { gemm, gemv, ger } = blasOn(context), n = 5_000_000;
    const row = unsafeView(new Float64Array(n).fill(1), [1, n], [n, 1], 0), x = unsafeView(row.data, [n], [1], 0);
    const one = unsafeView(new Float64Array(1), [1], [1], 0), c = unsafeView(one.data, [1, 1], [1, 1], 0);
    gemv({ alpha: 1, a: row, x, beta: 0, y: one });
    assertEquals(one.data[0], n);
    gemm({ alpha: 1, a: row, b: transposeView(row as View<"float64">), beta: 1, c });
    assertEquals(one.data[0], 2 * n);
    const twos = new Float64Array(n);
    gemv({
      alpha: 2,
      a: transposeView(row as View<"float64">),
      x: unsafeView(Float64Array.of(1), [1], [1], 0),
      beta: 0,
      y: unsafeView(twos, [n], [1], 0),
    });
    ger({ alpha: 1, x: unsafeView(Float64Array.of(1), [1], [1], 0), y: x, a: unsafeView(twos, [1, n], [n, 1], 0) });
    assert(twos.every((value) => value === 3));
    assertLess(context.scratch.memory.buffer.byteLength, 16 * MEBIBYTE);
  },
});

Deno.test({
  name: "bytes fit if they can be reserved, and a memory that cannot grow does with what it has from then on",
  ignore,
  fn: () => {
    const { scratch } = createContext({ maximumBytes: 4 * MEBIBYTE }), mark = scratch.mark();
    assertEquals([1, 2 * MEBIBYTE, 4 * MEBIBYTE].map((bytes) => fits(scratch, bytes)), [true, true, false]);
    assertEquals([scratch.mark(), scratch.maximumBytes], [mark, 4 * MEBIBYTE - 65_536]);
    const poor = stuck().scratch, before = poor.maximumBytes;
    assertEquals([fits(poor, 2 ** 40), poor.maximumBytes === before], [false, true]);
    assertEquals([fits(poor, 2 * MEBIBYTE), poor.maximumBytes], [false, MEBIBYTE - 65_536]);
    assertEquals([fits(poor, MEBIBYTE / 2), poor.mark()], [true, mark]);
  },
});
