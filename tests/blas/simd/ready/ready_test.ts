import { assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import type { DType } from "../../../../blas/dtype.ts";
import { ADDITION, argument } from "../../../../blas/scalar/interned.ts";
import { add } from "../../../../blas/scalar/scalar.ts";
import { createContext } from "../../../../blas/simd/context.ts";
import { createMap, createMapOf } from "../../../../blas/simd/elementwise/map.ts";
import { hasSimd } from "../../../../blas/simd/features.ts";
import { ARITHMETIC } from "../../../../blas/simd/math/arithmetic.ts";
import { additionEntry } from "../../../../blas/simd/ready/addition.ts";
import { sumKernels, windowSumKernel } from "../../../../blas/simd/ready/sum.ts";
import { unpack } from "../../../../blas/simd/ready/unpack.ts";
import { createReduce, createReduceOf } from "../../../../blas/simd/reduce.ts";
import { Scratch } from "../../../../blas/simd/scratch.ts";
import { allocate, broadcastView, transposeView, type View } from "../../../../blas/view.ts";
import { pack, packedFiles, textOf } from "./pack.ts";

const unreadable = Deno.permissions.querySync({ name: "read" }).state !== "granted";

for (const packed of packedFiles()) {
  Deno.test(`${packed.file} has the kernels that the assembler makes`, { ignore: unreadable }, () => {
    assertEquals(
      Deno.readTextFileSync(new URL(`../../../../${packed.file}`, import.meta.url)),
      textOf(packed),
      "the kernels have changed: deno run -A tests/blas/simd/ready/pack.ts writes the file again",
    );
  });
}

Deno.test("unpack() returns the bytes that were packed", () => {
  const run = fc.tuple(fc.nat(3), fc.integer({ min: 1, max: 150 })).map(([value, n]) =>
    new Array<number>(n).fill(value)
  );
  fc.assert(fc.property(fc.array(fc.oneof(run, fc.array(fc.nat(255)))), (parts) => {
    const bytes = parts.flat(), half = bytes.length >> 1;
    const packed = btoa(String.fromCharCode(...pack(bytes)));
    assertEquals(unpack(packed, [half, bytes.length - half]).map((part) => [...part]), [
      bytes.slice(0, half),
      bytes.slice(half),
    ]);
  }));
});

Deno.test("the addition is the expression that `add` builds", () => {
  assertStrictEquals(ADDITION, add(argument(0), argument(1)));
});

const scratch = new Scratch(), dtypes: readonly DType[] = ["float32", "float64"];

/** Returns numbers without a pattern, of a shape. */
function numbers(dtype: DType, shape: readonly number[], seed: number): View {
  const made = allocate(dtype, shape);
  for (let i = 0; i < made.size; i++) made.data[made.offset + i] = Math.sin(seed + 1.7 * i);
  return made;
}

Deno.test("ready kernels add operands of any strides with the bits of assembled ones", { ignore: !hasSimd() }, () => {
  const entry = additionEntry(scratch.memory), ready = createMapOf({ scratch }, () => entry);
  const assembled = createMap(createContext(), () => ARITHMETIC);
  for (const dtype of dtypes) {
    for (const shape of [[1], [3], [40, 50], [300, 7], [30_000], [2, 3, 4, 5]]) {
      const rank = shape.length, last = shape[rank - 1]!, whole = numbers(dtype, shape, 1);
      const turned = transposeView(numbers(dtype, [...shape].reverse(), 2), shape.map((_, k) => rank - 1 - k));
      const others = [
        numbers(dtype, shape, 3),
        turned,
        broadcastView(numbers(dtype, [], 4), shape),
        broadcastView(numbers(dtype, [last], 5), shape),
        broadcastView(numbers(dtype, [...shape.slice(0, -1), 1], 6), shape),
      ];
      for (const x of [whole, ...others]) {
        for (const y of others) {
          const results = [allocate(dtype, shape), allocate(dtype, shape)] as const;
          ready(ADDITION, [x, y], results[0]);
          assembled(ADDITION, [x, y], results[1]);
          const [one, two] = results.map(({ data, offset, size }) => data.slice(offset, offset + size));
          assertEquals(one, two, `${dtype} ${shape}`);
        }
      }
    }
  }
});

Deno.test("ready kernels sum over any axes with the bits of assembled ones", { ignore: !hasSimd() }, () => {
  const ready = createReduceOf(scratch, {
    kernels: (_, dtype) => sumKernels(scratch.memory, dtype),
    windows: (_, dtype) => windowSumKernel(scratch.memory, dtype),
  });
  const assembled = createReduce({ scratch: new Scratch() });
  for (const dtype of dtypes) {
    for (
      const [shape, kept] of [[[5000], [1]], [[70, 90], [70, 1]], [[70, 90], [1, 90]], [[9, 8, 7], [1, 8, 1]], [[
        20,
        3,
        20,
        3,
      ], [20, 1, 20, 1]]] as const
    ) {
      const x = numbers(dtype, shape, 1), results = [allocate(dtype, kept), allocate(dtype, kept)] as const;
      ready("sum", x, results[0]);
      assembled("sum", x, results[1]);
      const [one, two] = results.map(({ data, offset, size }) => data.slice(offset, offset + size));
      assertEquals(one, two, `${dtype} ${shape}`);
    }
  }
});
