/**
 * Indices as byte offsets (index_code), and rows that lie where is known only when the code runs (row_code).
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { checkedOffsetsOf, offsetAt, offsetsOf } from "../../../../blas/simd/program/index_code.ts";
import { emitRow } from "../../../../blas/simd/program/row_code.ts";
import { rowMajorStrides } from "../../../../blas/shape.ts";
import { v128 } from "../../../../blas/wasm/mod.ts";
import { indicesOf } from "../../layouts.ts";
import { kernelMemory, wholes } from "../kernel_memory.ts";

for (const dtype of ["float32", "float64"] as const) {
  Deno.test(`indices are multiplied by their step, and kept inside the axis unless they are checked, in ${dtype}`, () => {
    for (const [length, step] of [[1, 4], [7, 12], [1000, 8], [2 ** 24, 16]] as const) {
      for (const checked of [true, false]) {
        const axis = { length, step, checked };
        const { run, put, memory } = kernelMemory(
          dtype,
          false,
          (m) =>
            m.function({ name: "run", parameters: { p: "i32" }, result: "i32" }, (f, { p }) => {
              f.do(v128.store(0, offsetsOf(dtype, v128.load(p), axis)));
              f.return(offsetAt(f, dtype, p, 0, axis));
            }),
        );
        const inside = [0, length - 1, Math.floor(length / 2), Math.floor(length / 3)];
        const given = checked ? inside : [-5, length + 9, NaN, Math.floor(length / 3)];
        const wanted = checked ? inside : [0, length - 1, 0, Math.floor(length / 3)];
        const lanes = dtype === "float32" ? 4 : 2;
        for (let first = 0; first < 4; first += lanes) {
          const one = run("run", put(100, given.slice(first, first + lanes)));
          const found = [...new Int32Array(memory.buffer, 0, lanes)],
            offsets = wanted.slice(first, first + lanes).map((k) => k * step);
          assertEquals([found, one], [offsets, offsets[0]], `${[length, step, checked]}`);
        }
      }
    }
  });

  Deno.test(`numbers are checked as they become offsets, which stay inside the axis, in ${dtype}`, () => {
    const lanes = dtype === "float32" ? 4 : 2, axis = { length: 7, step: 12 };
    for (const [relaxed, negative] of [[false, false], [false, true], [true, false], [true, true]] as const) {
      const { run, put, memory } = kernelMemory(
        dtype,
        relaxed,
        (m) =>
          m.function({ name: "run", parameters: { p: "i32" } }, (f, { p }) => {
            const x = f.let(v128.load(p));
            const { offsets, valid } = checkedOffsetsOf(f, { dtype, relaxed }, x, axis, { count: 6, negative });
            f.do(v128.store(0, offsets), v128.store(16, valid));
          }),
      );
      for (
        const number of [0, -0, 3, 5, 6, 7, -1, -6, -7, 2.5, NaN, Infinity, -Infinity, 2 ** 31, -(2 ** 31), 2 ** 40]
      ) {
        run("run", put(100, new Array(lanes).fill(number)));
        const isIndex = Number.isInteger(number) && number < 6 && number >= (negative ? -6 : 0);
        const offsets = new Int32Array(memory.buffer, 0, lanes), valid = new Int32Array(memory.buffer, 16, 4);
        assertEquals(valid.every((bits) => bits === -1), isIndex, `${number}, ${negative}`);
        for (const offset of offsets) {
          assertEquals(offset >= 0 && offset <= 5 * 12, true, `${number}`);
          if (isIndex) assertEquals(offset, 12 * (number < 0 ? number + 6 : number) + 0);
        }
      }
    }
  });

  Deno.test(`a row is read through its steps and joined with what is there, in ${dtype}`, () => {
    for (const [lengths, strides] of [[[1], [1]], [[37], [2]], [[3, 5], [1, 3]], [[6, 40], [0, 1]]] as const) {
      const size = lengths.reduce((a: number, b: number) => a * b, 1);
      const { run, put, take } = kernelMemory(
        dtype,
        false,
        (m, { vector }) =>
          m.function(
            { name: "row", parameters: { start: "i32", target: "i32" } },
            (f, { start, target }) =>
              emitRow(f, { dtype, start, target, lengths, strides }, (x, there) =>
                vector.add(there(), vector.mul(x, vector.const(10)))),
          ),
      );
      const given = wholes(300, 3), there = wholes(size + 1, 5);
      run("row", put(100, given), put(1000, there));
      const own = rowMajorStrides(lengths), wanted = [...there];
      indicesOf(lengths).forEach((index) => {
        const at = (steps: readonly number[]) => index.reduce((sum, i, axis) => sum + i * steps[axis]!, 0);
        wanted[at(own)]! += 10 * given[at(strides)]!;
      });
      assertEquals(take(1000, size + 1), wanted, `${lengths}`);
    }
  });
}
