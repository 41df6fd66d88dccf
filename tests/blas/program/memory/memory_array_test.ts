/**
 * Arrays in a program's memory.
 *
 * @module
 */
import { assertEquals, assertNotStrictEquals } from "@std/assert";
import fc from "fast-check";
import { fillMemoryArray, memoryArrayAt, readMemoryArray } from "../../../../blas/program/memory/memory_array.ts";
import { transposeView, unsafeView, view } from "../../../../blas/view.ts";
import { elementsOf } from "../../layouts.ts";

Deno.test("a memory array holds the elements of a view in row-major order, and returns copies of them", () => {
  fc.assert(fc.property(fc.nat(9), fc.nat(60), fc.boolean(), (m, n, turned) => {
    const room = memoryArrayAt(new ArrayBuffer(65536), { dtype: "float32", shape: turned ? [n, m] : [m, n] }, 128);
    const x = view(Float32Array.from({ length: m * n }, (_, i) => i), [m, n]), given = turned ? transposeView(x) : x;
    fillMemoryArray(room, given);
    const read = readMemoryArray(room);
    assertEquals(read.shape, given.shape);
    assertEquals(elementsOf(read), elementsOf(given));
    assertNotStrictEquals(read.data.length === 0 ? undefined : read.data, room.data);
  }));
});

Deno.test("an array that repeats one element, or a row, is filled with it", () => {
  for (const n of [1, 7, 100]) {
    const array = memoryArrayAt(new ArrayBuffer(8192), { dtype: "float32", shape: [3, n] }, 64);
    fillMemoryArray(array, unsafeView(Float32Array.of(9, 5), [3, n], [0, 0], 1));
    assertEquals(elementsOf(readMemoryArray(array)), new Array(3 * n).fill(5));
    fillMemoryArray(array, unsafeView(Float32Array.of(1, 2, 3), [3, n], [1, 0], 0));
    assertEquals(elementsOf(readMemoryArray(array)), [1, 2, 3].flatMap((x) => new Array(n).fill(x)));
  }
});

Deno.test("a memory array is filled with a part of a longer array, few elements or many", () => {
  for (const n of [3, 100]) {
    const array = memoryArrayAt(new ArrayBuffer(1024), { dtype: "float32", shape: [n] }, 64);
    fillMemoryArray(array, unsafeView(Float32Array.from({ length: n + 10 }, (_, k) => k), [n], [1], 7));
    assertEquals(elementsOf(readMemoryArray(array)), Array.from({ length: n }, (_, k) => k + 7));
  }
});
