/**
 * Copying strided operands into scratch memory and out.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { newData } from "../../../blas/dtype.ts";
import { Scratch } from "../../../blas/simd/scratch.ts";
import { copyIn, copyOut, densePlan, plan, stackOf, transpose } from "../../../blas/simd/staging.ts";
import { layout, list, plain, random, size, viewOf } from "./operands.ts";

const axes = fc.array(size, { minLength: 1, maxLength: 3 }).filter((shape) => !shape.includes(0));

Deno.test("a stack copied in by its plan is found at the plan's strides, in little more memory than it needs", () => {
  const scratch = new Scratch();
  fc.assert(
    fc.property(axes, layout, fc.nat(), (shape, how, seed) => {
      const given = viewOf("float64", shape, how, random(seed)), stack = stackOf(given), wanted = list(given);
      for (const { elements, origin, ...strides } of [plan(stack), densePlan(stack)]) {
        const mark = scratch.mark(), address = scratch.reserve(elements * 8), found: number[] = [];
        copyIn(scratch, address, stack, { elements, origin, ...strides });
        for (let b = 0; b < stack.batch; b++) {
          for (let r = 0; r < stack.rows; r++) {
            for (let c = 0; c < stack.columns; c++) {
              const at = origin + b * strides.batchStride + r * strides.rowStride + c * strides.columnStride;
              assert(at >= 0 && at < elements);
              found.push(scratch.float64[address / 8 + at]!);
            }
          }
        }
        scratch.release(mark);
        assertEquals(found, wanted);
        assert(elements <= 3 * wanted.length);
      }
    }),
  );
});

Deno.test("a stack is copied out unchanged, and the gaps between its elements stay", () => {
  const scratch = new Scratch();
  fc.assert(
    fc.property(axes, layout, fc.nat(), (shape, how, seed) => {
      const source = viewOf("float32", shape, plain, random(seed));
      const target = viewOf("float32", shape, { ...how, repeat: false }, () => 7);
      const address = scratch.reserve(0), from = stackOf(source), untouched = target.data.length - list(source).length;
      copyIn(scratch, address, from, densePlan(from));
      copyOut(scratch, address, stackOf(target), target.data);
      assertEquals(list(target), list(source));
      assertEquals(target.data.filter((x) => x === 7).length, untouched);
    }),
  );
});

Deno.test("a row of a wide matrix is gathered, a broadcast column is stored once", () => {
  const data = newData("float32", 100_000),
    part = { dtype: "float32" as const, data, offset: 0, batch: 1, batchStride: 0 };
  assertEquals(plan({ ...part, rows: 10, columns: 10, rowStride: 10_000, columnStride: 1 }).elements, 100);
  assertEquals(plan({ ...part, rows: 10, columns: 1000, rowStride: 1, columnStride: 0 }).elements, 10);
});

Deno.test("transposing a stack twice gives it back", () => {
  const stack = stackOf(viewOf("float32", [2, 3, 4], plain, random(1)));
  assertEquals(transpose(transpose(stack)), stack);
});
