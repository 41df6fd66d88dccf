import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { windowCount } from "../../blas/convolution.ts";
import { engines } from "../../blas/engines.ts";
import { type PoolingGeometry, poolingRegions } from "../../blas/pooling.ts";
import { searchOf } from "../../blas/program/operations/search.ts";
import { compileProgram } from "../../blas/simd/program/compile.ts";
import type { View } from "../../blas/view.ts";
import { elementsOf, layOut, viewArbitrary } from "./layouts.ts";

const axis = fc.record({ size: fc.integer({ min: 1, max: 4 }), stride: fc.integer({ min: 1, max: 3 }) }).chain((a) =>
  fc.record({
    size: fc.constant(a.size),
    stride: fc.constant(a.stride),
    before: fc.nat(a.size - 1),
    after: fc.nat(a.size - 1),
    beyond: fc.nat(6),
  })
).map((a) => {
  const length = Math.max(1, a.size - a.before - a.after) + a.beyond;
  return { ...a, length, count: windowCount(length, a.size, { ...a, dilation: 1, padding: a.before + a.after }) };
});

const cases = fc.record({ batch: fc.nat(2), channels: fc.nat(2), down: axis, across: axis }).chain((sizes) => {
  const { batch, channels, down, across } = sizes;
  // Few different numbers, so that there are ties; NaN and infinities among them.
  const element = fc.constantFrom(-Infinity, -2, -1, 0, 1, 2, Infinity, NaN);
  return fc.record({
    sizes: fc.constant(sizes),
    x: viewArbitrary("float64", [batch, channels, down.length, across.length], { element }),
  });
});

/** The positions that a search finds, called and compiled, in float64. */
function positionsOf(geometry: PoolingGeometry, counts: readonly [number, number], x: View): readonly number[][] {
  const search = searchOf("max", (shape) => poolingRegions(geometry, counts, shape));
  const given = { dtype: "float64", shape: x.shape } as const;
  const result = { dtype: "float64", shape: [x.shape[0]!, x.shape[1]!, ...counts] } as const;
  const operation = search.place([{ ...given, value: 0 }], result);
  const program = {
    parameters: [given],
    constants: [],
    instructions: [{ results: [result], operation }],
    results: [1],
  };
  const compiled = [undefined, 1, 3].map((shares) => {
    const executable = compileProgram(program, engines.simd, { ...shares !== undefined && { shares } });
    executable.write(0, x);
    executable.run();
    return elementsOf(executable.read(0));
  });
  return [elementsOf(search.run(engines.simd, [x], result)), ...compiled];
}

Deno.test("a search over pooling's regions finds the first largest element of every window, NaN before all", () => {
  fc.assert(fc.property(cases, ({ sizes: { batch, channels, down, across }, x }) => {
    const geometry = {
      size: [down.size, across.size],
      stride: [down.stride, across.stride],
      padding: [down.before, across.before, down.after, across.after],
    } as const;
    const found = positionsOf(geometry, [down.count, across.count], x as View);
    const expected: number[] = [];
    for (let n = 0; n < batch; n++) {
      for (let c = 0; c < channels; c++) {
        for (let i = 0; i < down.count; i++) {
          for (let j = 0; j < across.count; j++) {
            let best: readonly [value: number, position: number] | undefined;
            for (let row = 0; row < down.length; row++) {
              for (let column = 0; column < across.length; column++) {
                const u = row - i * down.stride + down.before, v = column - j * across.stride + across.before;
                if (u < 0 || u >= down.size || v < 0 || v >= across.size) continue;
                const value = x.get(n, c, row, column), larger = best === undefined || value > best[0];
                const first = Number.isNaN(value) && !Number.isNaN(best?.[0]);
                if (larger || first) best = [value, row * across.length + column];
              }
            }
            expected.push(best![1]);
          }
        }
      }
    }
    assertEquals(found, found.map(() => expected));
  }));
});

Deno.test("padding is never the largest element, not even beside -Infinity", () => {
  const x = layOut("float64", [1, 1, 1, 2], [-Infinity, -3]) as View;
  const found = positionsOf({ size: [1, 2], stride: [1, 1], padding: [0, 1, 0, 1] }, [1, 3], x);
  assertEquals(found, found.map(() => [0, 1, 1]));
});
