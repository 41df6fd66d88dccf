/**
 * Accumulators (blas/machine/reductions/accumulator.ts, blas/machine/reductions/extremum.ts) on one vector a register, whose
 * lanes are folded (blas/machine/reductions/fold.ts) in the precision of blas/machine/reductions/halves.ts, and divided
 * (blas/machine/reductions/division.ts).
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { BYTES_PER_ELEMENT } from "../../../../blas/dtype.ts";
import type { Reduction } from "../../../../blas/reduction.ts";
import { accumulatorOf, type Exactness } from "../../../../blas/machine/reductions/accumulator.ts";
import { Lanes } from "../../../../blas/machine/code/lanes.ts";
import { at } from "../../../../blas/machine/code/regions.ts";
import { machine, region, runOn, WIDTHS } from "../machine.ts";

const WAYS = 3;

const JOINS: { readonly [R in Reduction]: (a: number, b: number) => number } = {
  sum: (a, b) => a + b,
  product: (a, b) => a * b,
  max: Math.max,
  min: Math.min,
};

for (const everywhere of [true, false]) {
  const name = everywhere ? "all lanes, everywhere" : "each lane";
  Deno.test(`accumulators combine ${name}`, { ignore: machine === undefined }, () => {
    for (const bits of WIDTHS) {
      for (const dtype of ["float32", "float64"] as const) {
        const count = bits / 8 / BYTES_PER_ELEMENT[dtype], make = dtype === "float32" ? Float32Array : Float64Array;
        for (const reduction of ["sum", "product", "max", "min"] as const) {
          const isNarrow = reduction === "sum" && dtype === "float32";
          const choices: readonly {
            readonly settles: boolean;
            readonly exact?: Exactness;
            readonly divisor?: number;
            readonly ofReduction?: boolean;
          }[] = [
            { settles: false },
            ...reduction === "sum" ? [{ settles: true }] : [],
            ...isNarrow ? [false, true].map((settles) => ({ settles, divisor: 3 })) : [],
            ...isNarrow ? (["each", "pairs"] as const).map((exact) => ({ settles: false, exact, divisor: 3 })) : [],
            ...isNarrow ? [1, 3, 4].map((divisor) => ({ settles: true, divisor, ofReduction: true })) : [],
            ...isNarrow ? [3, 4].map((divisor) => ({ settles: false, divisor, ofReduction: true })) : [],
            ...isNarrow
              ? [3, 4].map((divisor) => ({ settles: false, exact: "each", divisor, ofReduction: true }) as const)
              : [],
            ...reduction === "product" ? [{ settles: false, ofReduction: true }] : [],
          ];
          for (const { settles, exact, divisor = 1, ofReduction = false } of choices) {
            const numbers = new make(new ArrayBuffer(640)), bytes = bits / 8;
            for (let k = 0; k < WAYS * count; k++) numbers[k] = reduction === "product" ? 1 + k % 2 : (k * 7) % 13 - 6;
            runOn(numbers.buffer, bits, (code) => {
              const lanes = new Lanes(code, dtype), from = code.pointer(region(0, 640)), x = code.vector();
              const free = code.freeVectors;
              const accumulator = accumulatorOf(code, {
                reduction,
                dtype,
                ways: WAYS,
                minusZero: true,
                exact,
                divisor,
                ofReduction,
                ...settles && { totals: at(from, 512) },
              });
              accumulator.begin();
              for (let way = 0; way < WAYS; way++) {
                lanes.load(x, at(from, way * bytes));
                accumulator.absorb(x, way);
              }
              if (settles || exact !== undefined) accumulator.settle();
              if (everywhere) accumulator.everywhere(x);
              else accumulator.lanes(x);
              accumulator.free();
              assertEquals(code.freeVectors, free);
              lanes.store(at(from, WAYS * bytes), x);
              code.free(from, x);
            });
            const given = Array.from({ length: WAYS * count }, (_, k) => numbers[k]!);
            const wanted = Array.from({ length: count }, (_, lane) => {
              const own = everywhere ? given : given.filter((_, k) => k % count === lane);
              const joined = own.reduce((a, b) => JOINS[reduction](a, b));
              return divisor === 1 ? joined : Math.fround(joined / divisor);
            });
            const read = everywhere && ofReduction ? 1 : count;
            assertEquals(
              [...numbers.subarray(WAYS * count, WAYS * count + read)],
              wanted.slice(0, read),
              `${bits} ${dtype} ${reduction}`,
            );
          }
        }
      }
    }
  });
}
