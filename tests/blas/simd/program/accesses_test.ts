/**
 * How loops reach elements: pointers, places, lanes from anywhere (lane_access), and nests of loops (loop_nest).
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { loadLanes, placeAt, storeApart, storeLanes } from "../../../../blas/simd/program/lane_access.ts";
import { emitLoopNest, type LoopNest } from "../../../../blas/simd/program/loop_nest.ts";
import { pointersTo } from "../../../../blas/simd/program/pointers.ts";
import { rowMajorStrides, sizeOf } from "../../../../blas/shape.ts";
import { f32, v128 } from "../../../../blas/wasm/mod.ts";
import { indicesOf } from "../../layouts.ts";
import { kernelMemory, wholes } from "../kernel_memory.ts";

const NUMBERS = wholes(200, 3).map((x, i) => 1000 * x + i);

Deno.test("lanes are loaded from elements anywhere: equal, adjacent, in pairs, apart and backwards", () => {
  for (
    const [dtype, patterns] of [
      ["float32", [
        [0],
        [0, 1],
        [0, 1, 2],
        [0, 1, 2, 3],
        [5, 5, 5, 5],
        [4, 5, 9, 10],
        [2, 3, 2, 3],
        [0, 7, 14, 21],
        [9, 8, 7, 6],
        [0, 3, 1],
        [1, 0],
      ]],
      ["float64", [[0], [0, 1], [4, 4], [0, 7], [9, 2]]],
    ] as const
  ) {
    for (const pattern of patterns) {
      const { run, put, take, lanes: { bytes } } = kernelMemory(
        dtype,
        false,
        (m, { bytes }) =>
          m.function({ name: "load", parameters: { p: "i32", to: "i32" } }, (f, { p, to }) => {
            const v = loadLanes(
              (offset) => placeAt(p, offset - 4 * bytes),
              pattern.map((k) => k * bytes),
              bytes as 4 | 8,
            );
            f.do(v128.store(to, v));
          }),
      );
      run("load", put(20, NUMBERS) + 4 * bytes, 500 * bytes);
      assertEquals(take(500, pattern.length), pattern.map((k) => NUMBERS[k]!), `${dtype} ${pattern}`);
    }
  }
});

Deno.test("lanes are stored side by side or apart, and nothing between them", () => {
  for (
    const [dtype, all] of [["float32", [[0], [0, 1], [0, 1, 2], [0, 1, 2, 3], [0, 2, 4, 6], [7, 3, 1]]], ["float64", [
      [0],
      [0, 1],
      [5, 2],
    ]]] as const
  ) {
    for (const pattern of all) {
      const { run, put, take } = kernelMemory(
        dtype,
        false,
        (m, { bytes }) =>
          m.function({ name: "store", parameters: { p: "i32", from: "i32" } }, (f, { p, from }) => {
            const v = f.let(v128.load(from)), place = (offset: number) => placeAt(p, offset);
            f.do(...storeApart(place, v, pattern.map((k) => k * bytes), bytes as 4 | 8));
            f.do(...storeLanes((offset) => place(offset + 10 * bytes), v, pattern.length, bytes as 4 | 8));
          }),
      );
      const from = put(20, NUMBERS), wanted: number[] = new Array(16).fill(-1);
      run("store", put(500, wanted), from);
      pattern.forEach((k, lane) => wanted[k] = wanted[10 + lane] = NUMBERS[lane]!);
      assertEquals(take(500, 16), wanted, `${dtype} ${pattern}`);
    }
  }
});

Deno.test("placeAt() adds a negative offset to the address, and needs no address for a constant place", () => {
  assertEquals(placeAt(undefined, 24), { address: 0, offset: 24 });
  const { run, put } = kernelMemory(
    "float32",
    false,
    (m) =>
      m.function({ name: "get", parameters: { p: "i32" }, result: "f32" }, (f, { p }) => {
        const { address, offset } = placeAt(p, -8);
        f.return(f32.load(address, offset));
      }),
  );
  assertEquals(run("get", put(0, [7, 8, 9]) + 12), 8);
});

Deno.test("pointers of equal steps are one, and end where they began", () => {
  let locals = 0;
  const { run, put } = kernelMemory(
    "float32",
    false,
    (m) =>
      m.function({ name: "sum", parameters: {}, result: "f32" }, (f) => {
        const before = f.local("i32").index, sum = f.local("f32");
        // Rows of 4 from element 20, the same 100 elements further, and backwards from element 31.
        const sources = [80, 480, 124].map((base, k) => ({ base, strides: k === 2 ? [-16, -4] : [16, 4] }));
        const pointers = pointersTo(f, sources, { moves: () => true });
        locals = f.local("i32").index - before - 2;
        const at = (source: number) => {
          const { address, offset } = pointers.place(source, 0);
          return f32.load(address, offset);
        };
        pointers.loop(
          0,
          3,
          1,
          () => pointers.loop(1, 2, 2, () => f.set(sum, f32.add(sum, f32.mul(at(0), f32.add(at(1), at(2)))))),
        );
        // Back at the first elements.
        pointers.advance(0, 2);
        f.return(f32.add(sum, f32.mul(at(0), 1000)));
      }),
  );
  const a = wholes(12, 2), b = wholes(12, 5);
  put(20, a), put(120, b);
  const indices = [0, 2, 4, 6, 8, 10];
  const sum = indices.reduce((total, k) => total + a[k]! * (b[k]! + a[11 - k]!), 0);
  assertEquals([run("sum"), locals], [sum + 1000 * a[8]!, 2]);
});

/** Shapes and strides of operands: row-major, transposed, repeated, and innermost axes of every kind of length. */
const NESTS: readonly (readonly [lengths: readonly number[], strides: readonly number[]])[] = [
  [[1], [1]],
  [[150], [1]],
  [[7, 3], [1, 7]],
  [[9, 5], [0, 1]],
  [[40, 3], [3, 1]],
  [[2, 3, 33], [33, 0, 1]],
  [[30, 4], [-4, 1]],
];

Deno.test("a nest of loops visits every element once, in straight code and in loops", () => {
  for (const [lengths, strides] of NESTS) {
    for (const weight of [1, 12, 200]) {
      const size = sizeOf(lengths), first = -Math.min(0, ...strides.map((step, k) => step * (lengths[k]! - 1)));
      const own = rowMajorStrides(lengths);
      const build = (parts: boolean) =>
        kernelMemory(
          "float32",
          false,
          (m) =>
            m.function({ name: "copy", parameters: { from: "i32", to: "i32" } }, (f, { from, to }) => {
              const nest: LoopNest = {
                lengths,
                sources: [
                  { base: 400 + 4 * first, strides: strides.map((step) => 4 * step) },
                  { base: 4000, strides: own.map((step) => 4 * step) },
                ],
                lanes: 4,
                weight,
                ...parts && { range: { from, to, scale: 1 } },
                enter: () => {},
                body: (vectors, pointers) =>
                  vectors.forEach(({ count, offsets }) => {
                    const v = f.let(loadLanes((offset) => pointers.place(0, offset), offsets(0), 4));
                    f.do(...storeLanes((offset) => pointers.place(1, offsets(1)[0]! + offset), v, count, 4));
                  }),
              };
              emitLoopNest(f, nest);
            }),
        );
      const wanted = indicesOf(lengths).map((index) =>
        NUMBERS[index.reduce((at, i, k) => at + i * strides[k]!, first)]!
      );
      const whole = build(false);
      whole.put(100, NUMBERS), whole.put(1000, new Array(size + 1).fill(-1));
      whole.run("copy", 0, 0);
      assertEquals(whole.take(1000, size + 1), [...wanted, -1], `${lengths}, weight ${weight}`);
      // A part of level 0.
      const part = build(true), from = Math.floor(lengths[0]! / 3), to = lengths[0]!, row = size / lengths[0]!;
      part.put(100, NUMBERS), part.put(1000, new Array(size + 1).fill(-1));
      part.run("copy", from, to);
      assertEquals(
        part.take(1000, size + 1),
        [...wanted.map((x, k) => k < from * row ? -1 : x), -1],
        `part of ${lengths}`,
      );
    }
  }
});
