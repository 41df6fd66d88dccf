import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { engines, machineEngine } from "../../../../blas/mod.ts";
import { allocate, transposeView, type View, view } from "../../../../blas/mod.ts";
import { machine } from "../machine.ts";

const ignore = machine === undefined, { simd } = engines;

const filled = (dtype: "float32" | "float64", shape: readonly number[], seed: number): View => {
  const size = shape.reduce((a, b) => a * b, 1),
    numbers = Array.from({ length: size }, (_, k) => Math.sin(seed + 3 * k));
  return view(dtype === "float32" ? Float32Array.from(numbers) : Float64Array.from(numbers), shape);
};

/** The numbers of a plain view, whose data may have others around them. */
const numbers = ({ data, offset, size }: View): readonly number[] =>
  Array.from({ length: size }, (_, k) => data[offset + k]!);

const far = (x: View, y: View): number => {
  const other = numbers(y);
  return numbers(x).reduce((most, value, k) => Math.max(most, Math.abs(value - other[k]!)), 0);
};

Deno.test("gemm() of any layout equals simd's, at the first call and when it has become code", { ignore }, async () => {
  const engine = await machineEngine(), length = fc.integer({ min: 1, max: 40 });
  fc.assert(
    fc.property(
      fc.tuple(length, length, length),
      fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
      fc.constantFrom("float32" as const, "float64" as const),
      fc.constantFrom([1, 0], [1, 0], [2, 0], [1, 1]),
      ([m, n, k], [ta, tb, tc], dtype, [alpha, beta]) => {
        const turned = (x: View, yes: boolean) => yes ? transposeView(x) : x;
        const a = turned(filled(dtype, ta ? [k, m] : [m, k], 1), ta),
          b = turned(filled(dtype, tb ? [n, k] : [k, n], 2), tb);
        const result = () => {
          const c = allocate(dtype, tc ? [n, m] : [m, n]);
          return { c, view: (tc ? transposeView(c) : c) as typeof c };
        };
        const expected = result(), copies = [a, b].map((x) => [...x.data]);
        simd.gemm({ alpha: alpha!, a, b, beta: beta!, c: expected.view });
        for (let round = 0; round < 3; round++) {
          const found = result();
          engine.gemm({ alpha: alpha!, a, b, beta: beta!, c: found.view });
          assertEquals(far(found.c, expected.c) < (dtype === "float32" ? 1e-5 : 1e-13), true);
        }
        assertEquals([a, b].map((x) => [...x.data]), copies);
      },
    ),
    { numRuns: 40 },
  );
});

Deno.test("gemmBatched() equals simd's, repeated matrices included", { ignore }, async () => {
  const engine = await machineEngine();
  for (const dtype of ["float32", "float64"] as const) {
    const a = filled(dtype, [5, 9, 11], 1), b = filled(dtype, [5, 11, 18], 2), one = filled(dtype, [1, 11, 18], 3);
    for (
      const second of [
        b,
        { ...one, data: one.data, dtype, shape: [5, 11, 18], stride: [0, 18, 1], offset: 0, size: 990 } as View,
      ]
    ) {
      const [c, d] = [allocate(dtype, [5, 9, 18]), allocate(dtype, [5, 9, 18])];
      simd.gemmBatched({ alpha: 1, a, b: second, beta: 0, c });
      for (let round = 0; round < 2; round++) engine.gemmBatched({ alpha: 1, a, b: second, beta: 0, c: d });
      assertEquals(far(c, d) < 1e-5, true);
    }
  }
});

Deno.test("a view that leaves its data is not touched by machine code", { ignore }, async () => {
  const { operandOf } = await import("../../../../blas/machine/eager/operand.ts");
  const data = new Float32Array(100), dtype = "float32" as const;
  const of = (offset: number, stride: readonly number[]) => operandOf({ data, dtype, shape: [10, 10], stride, offset });
  assertEquals(of(0, [10, 1]), { start: 0, elements: 100, first: 0 });
  assertEquals(of(99, [-10, -1]), { start: 0, elements: 100, first: 99 });
  assertEquals(of(9, [10, -1]), { start: 0, elements: 100, first: 9 });
  assertEquals([of(1, [10, 1]), of(0, [10, 2]), of(98, [-10, -1])], [undefined, undefined, undefined]);
  assertEquals(operandOf({ data: new Float32Array(16), dtype, shape: [16], stride: [1], offset: 0 }), undefined);
});
