/**
 * Rows as machine code: what blas/machine/rows/rows.ts and blas/machine/rows/reduce.ts lower, and
 * blas/machine/rows/emit_rows.ts and blas/machine/rows/pass.ts write with blas/machine/rows/row_code.ts.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import type { DType } from "../../../../blas/dtype.ts";
import type { Engine } from "../../../../blas/engine.ts";
import { allocate, engines } from "../../../../blas/mod.ts";
import { plainOperand } from "../../../../blas/program/operand.ts";
import { rowsOn } from "../../../../blas/program/operations/rows.ts";
import type { Instruction, Operand } from "../../../../blas/program/program.ts";
import type { Reduction } from "../../../../blas/reduction.ts";
import { type Rows, stageValue } from "../../../../blas/rows.ts";
import { add, argument, div, exp, mul, sub } from "../../../../blas/scalar/scalar.ts";
import { reducedShape, type Shape, sizeOf } from "../../../../blas/shape.ts";
import { lowerToMachine } from "../../../../blas/machine/program/lowerings.ts";
import { machine, machineEngines, WIDTHS } from "../machine.ts";

const ignore = machine === undefined;

/** Runs one instruction that reads one array, and returns its first result. */
function computed(engine: Engine, instruction: Instruction, shape: Shape, values: (k: number) => number) {
  const { dtype } = instruction.results[0]!, x = allocate(dtype, shape);
  for (let k = 0; k < x.size; k++) x.data[x.offset + k] = values(k);
  const executable = engine.compile({
    parameters: [{ dtype, shape }],
    constants: [],
    instructions: [instruction],
    results: [1],
  });
  executable.write(0, x);
  executable.run();
  const { data, offset, size } = executable.read(0);
  return Array.from({ length: size }, (_, k) => data[offset + k]!);
}

function reduce(reduction: Reduction, dtype: DType, shape: Shape, axes: readonly number[], x?: Operand): Instruction {
  const loop = { shape, operands: [x ?? plainOperand(0, shape)], expressions: [argument(0)] };
  return {
    operation: { kind: "reduce", reduction, axes, loop },
    results: [{ dtype, shape: reducedShape(shape, axes) }],
  };
}

const POWER = exp(sub(argument(0), stageValue(0)));
const SOFTMAX: Omit<Rows, "axes"> = {
  stages: [{ reduction: "max", expression: argument(0) }, { reduction: "sum", expression: POWER }],
  outputs: [{ perRow: false, expression: div(POWER, stageValue(1)) }],
};
const MEAN = mul(stageValue(0), 0.01), DISTANCE = sub(argument(0), MEAN);
const NORMALIZED: Omit<Rows, "axes"> = {
  stages: [{ reduction: "sum", expression: argument(0) }, { reduction: "sum", expression: mul(DISTANCE, DISTANCE) }],
  outputs: [{ perRow: false, expression: div(DISTANCE, add(stageValue(1), 1e-5)) }],
};

for (const [name, rows] of [["softmax", SOFTMAX], ["a normalization", NORMALIZED]] as const) {
  Deno.test(`${name} along either axis, of any length, is simd's up to rounding`, { ignore }, () => {
    for (const dtype of ["float32", "float64"] as const) {
      for (const shape of [[3, 1], [5, 7], [2, 10], [4, 64], [3, 67], [2, 900], [300, 5], [70, 33]] as const) {
        for (const axis of [0, 1]) {
          const instruction: Instruction = {
            operation: rowsOn({ ...rows, axes: [axis] }, [plainOperand(0, shape)], shape),
            results: [{ dtype, shape }],
          };
          assert(WIDTHS.every((bits) => lowerToMachine(instruction, bits) !== undefined));
          const run = (engine: Engine) => computed(engine, instruction, shape, (k) => k * 7 % 11 / 3);
          const expected = run(engines.simd), tolerance = dtype === "float32" ? 4e-6 : 1e-14;
          for (const engine of machineEngines()) {
            const wrong = run(engine).findIndex((y, k) =>
              !(Math.abs(y - expected[k]!) <= tolerance * Math.abs(expected[k]!))
            );
            assertEquals(wrong, -1, `${engine.name} ${dtype} ${shape} ${axis}`);
          }
        }
      }
    }
  });
}

Deno.test("short rows over several axes, and columns that share what belongs to a row of elements, are simd's", {
  ignore,
}, () => {
  const shape = [6, 50, 21, 5], size = sizeOf(shape);
  for (const axes of [[1, 3], [0, 1], [0, 1, 2], [1, 2, 3], [0, 2]]) {
    const perElement = plainOperand(0, shape), sharing: Operand = { ...perElement, stride: [50, 1, 0, 0] };
    const factor = div(1, add(mul(argument(1), argument(1)), 1)), x = sub(argument(0), argument(1));
    const rows: Rows = {
      axes,
      stages: [{ reduction: "sum", expression: mul(x, factor) }, { reduction: "max", expression: x }],
      outputs: [{ perRow: true, expression: add(stageValue(0), stageValue(1)) }],
    };
    const instruction: Instruction = {
      operation: rowsOn(rows, [perElement, sharing], shape),
      results: [{ dtype: "float32", shape: reducedShape(shape, axes) }],
    };
    assert(WIDTHS.every((bits) => lowerToMachine(instruction, bits) !== undefined), `axes ${axes}`);
    const run = (engine: Engine) => computed(engine, instruction, shape, (k) => (k * 31 % size) / size);
    const expected = run(engines.simd);
    for (const engine of machineEngines()) {
      const wrong = run(engine).findIndex((y, k) =>
        !(Math.abs(y - expected[k]!) <= 2e-6 * (1 + Math.abs(expected[k]!)))
      );
      assertEquals(wrong, -1, `${engine.name} over axes ${axes}`);
    }
  }
});

Deno.test("softmax of rows with infinities and NaN is NaN where it is on simd", { ignore }, () => {
  const shape = [6, 21], rows = [[Infinity], [-Infinity], [NaN], [Infinity, NaN], [1e38], []];
  const operation = rowsOn({ ...SOFTMAX, axes: [1] }, [plainOperand(0, shape)], shape);
  const run = (engine: Engine) =>
    computed(engine, { operation, results: [{ dtype: "float32", shape }] }, shape, (k) => {
      return rows[Math.floor(k / 21)]![k % 21 - 17] ?? -k % 5;
    }).map((y) => Number.isNaN(y) ? NaN : Math.round(1e4 * y) / 1e4);
  for (const engine of machineEngines()) assertEquals(run(engine), run(engines.simd));
});

Deno.test("maxima and minima have simd's bits: the sign of zero, and NaN at any position", { ignore }, () => {
  const kinds: readonly ((k: number, place: number) => number)[] = [
    (k, place) => k === place ? 0 : -0,
    (k, place) => k === place ? -0 : 0,
    (k, place) => k === place ? NaN : k,
    (k, place) => k === place ? -0 : -1 - k,
    (k, place) => k === place ? Infinity : -Infinity,
  ];
  for (const dtype of ["float32", "float64"] as const) {
    for (const [n, places] of [[1, [0]], [5, [0, 4]], [16, [0, 15]], [300, [0, 127, 299]]] as const) {
      for (const reduction of ["max", "min"] as const) {
        for (const shape of [[n, 3], [3, n]]) {
          const axis = shape[0] === n ? 0 : 1, along = (k: number) => axis === 1 ? k % n : Math.floor(k / 3);
          const instruction = reduce(reduction, dtype, shape, [axis]);
          const engine = machineEngines();
          for (const kind of kinds) {
            for (const place of places) {
              const run = (engine: Engine) => computed(engine, instruction, shape, (k) => kind(along(k), place));
              const expected = run(engines.simd);
              for (const one of engine) {
                const isSame = run(one).every((y, k) => Object.is(y, expected[k]));
                assert(isSame, `${one.name} ${reduction} ${dtype} ${shape}`);
              }
            }
          }
        }
      }
    }
  }
});

Deno.test("long sums of float32 lose no more than one rounding in all directions", { ignore }, () => {
  for (
    const [shape, axes] of [[[200_000], [0]], [[20_000, 10], [0]], [[10, 20_000], [1]], [[100, 7, 200], [
      0,
      2,
    ]]] as const
  ) {
    const length = sizeOf(shape) / sizeOf(reducedShape(shape, axes)), wanted = length * Math.fround(0.1);
    for (const engine of machineEngines()) {
      const sums = computed(engine, reduce("sum", "float32", shape, axes), shape, () => 0.1);
      assert(sums.every((sum) => Math.abs(sum - wanted) <= 1e-6 * wanted), `${engine.name}: ${sums[0]}, not ${wanted}`);
    }
  }
});

Deno.test("a sum of up to 32 float32 loses no digit, whatever the axes and however many there are", { ignore }, () => {
  for (
    const [shape, axes] of [[[3, 500, 2, 2], [0, 3]], [[6, 500], [0]], [[500, 6], [1]], [[32, 70], [0]], [[70, 32], [
      1,
    ]], [
      [5, 60, 5],
      [0, 2],
    ], [[999], [0]]] as const
  ) {
    // Any two cancel but for their last digits.
    const values = (k: number) => (k * 7919 % 13 < 6 ? 1 : -1) * (2 ** 23 + (k * 7907) % 1013);
    const wanted = computed(engines.reference, reduce("sum", "float32", shape, axes), shape, values);
    for (const engine of machineEngines()) {
      const sums = computed(engine, reduce("sum", "float32", shape, axes), shape, values);
      assertEquals(sums, wanted, `${axes} of [${shape}] with ${engine.name}`);
    }
  }
});

Deno.test("neighbours that cancel lose no digit where an axis that is not theirs is summed, too", { ignore }, () => {
  for (
    const [shape, axes] of [[[341, 2, 3, 2], [0, 3]], [[3, 700, 2, 2], [1, 3]], [[700, 2, 3, 2], [0, 1, 3]]] as const
  ) {
    const values = (k: number) => (k % 2 ? -1 : 1) * (2 ** 23 + ((k >> 1) * 7907) % 1013 + k % 2);
    const wanted = computed(engines.reference, reduce("sum", "float32", shape, axes), shape, values);
    for (const engine of machineEngines()) {
      const sums = computed(engine, reduce("sum", "float32", shape, axes), shape, values);
      assertEquals(sums, wanted, `${axes} of [${shape}] with ${engine.name}`);
    }
  }
});

Deno.test("elements that are apart whichever way vectors run are left to WebAssembly", () => {
  const x: Operand = { value: 0, shape: [8, 8], stride: [16, 2], offset: 0 };
  assertEquals(lowerToMachine(reduce("sum", "float32", [8, 8], [1], x), 256), undefined);
  assert(lowerToMachine(reduce("sum", "float32", [8, 8], [1]), 256) !== undefined);
  assertEquals(lowerToMachine(reduce("sum", "float32", [0, 8], [0]), 256), undefined);
});

Deno.test("what follows a reduction runs with it if it has its shape", () => {
  const { operation, results } = reduce("sum", "float32", [8, 8], [1]);
  const followed = (shape: Shape): Instruction => ({
    operation: {
      ...operation,
      epilogue: { shape, operands: [plainOperand(-1, shape)], expressions: [mul(argument(0), 0.5)] },
    } as Instruction["operation"], // a reduction as before
    results,
  });
  assertEquals(lowerToMachine(followed([8, 1]), 256)!.inPlace, true);
  assertEquals(lowerToMachine(followed([8]), 256), undefined);
});
