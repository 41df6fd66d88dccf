/**
 * Random instructions as machine code and on simd: products (blas/machine/products/gemm.ts, blas/machine/products/dots.ts) and the three forms of
 * convolutions (blas/machine/convolutions/forward.ts, blas/machine/convolutions/input.ts and
 * blas/machine/convolutions/weight.ts, some with lines that blas/machine/convolutions/dense.ts copies, from what blas/machine/convolutions/parts.ts names).
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import type { Engine } from "../../../../blas/engine.ts";
import { allocate, engines, type View } from "../../../../blas/mod.ts";
import type { Program } from "../../../../blas/program/program.ts";
import { lowerToMachine } from "../../../../blas/machine/program/lowerings.ts";
import {
  type Random,
  randomConvolution,
  randomFrom,
  type RandomInstruction,
  randomMap,
  randomProduct,
} from "../instructions.ts";
import { machine, machineEngines, WIDTHS } from "../machine.ts";
import { randomCopy, randomJoin } from "../random_moves.ts";
import { randomReduce, randomRows } from "../random_rows.ts";

const ignore = machine === undefined;

/** What may be anywhere in the operands. */
const SPECIAL = [0, -0, Infinity, -Infinity, NaN, 1e-40] as const;

/** Fills the parameters of an instruction with small numbers, some of them special if asked to. */
function operands({ values }: RandomInstruction, random: Random, special: boolean): readonly View[] {
  return values.map(({ dtype, shape }) => {
    const x = allocate(dtype, shape);
    for (let k = 0; k < x.size; k++) x.data[x.offset + k] = (random(2001) - 1000) / 500;
    if (special) { for (let k = 0; k < 3; k++) x.data[x.offset + random(x.size)] = SPECIAL[random(SPECIAL.length)]!; }
    return x;
  });
}

/** Runs an instruction as a program, twice. */
function run(engine: Engine, { instruction, values }: RandomInstruction, given: readonly View[]): readonly number[] {
  const results = instruction.results.map((_, k) => values.length + k);
  const program: Program = { parameters: values, constants: [], instructions: [instruction], results };
  const executable = engine.compile(program);
  given.forEach((x, k) => executable.write(k, x));
  executable.run();
  executable.run();
  return results.flatMap((_, k) => {
    const { data, offset, size } = executable.read(k);
    return Array.from({ length: size }, (_, i) => data[offset + i]!);
  });
}

/** Tells how far numbers are apart, in units of the largest; infinity and NaN must be the same. */
function apart(found: readonly number[], expected: readonly number[]): number {
  const largest = expected.reduce((most, value) => Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most, 1);
  return expected.reduce((most, value, k) => {
    if (Object.is(value, found[k]) || value === found[k]) return most;
    if (!Number.isFinite(value) || !Number.isFinite(found[k])) return Infinity;
    return Math.max(most, Math.abs(value - found[k]!) / largest);
  }, 0);
}

for (
  const [name, make] of [
    ["products", randomProduct],
    ["convolutions", randomConvolution],
    ["maps", randomMap],
    ["reductions", randomReduce],
    ["rows", randomRows],
    ["copies", randomCopy],
    ["joins", randomJoin],
  ] as const
) {
  for (const special of [false, true]) {
    Deno.test(
      `random ${name} equal simd's${special ? " where operands have infinities and NaN" : ""}`,
      { ignore },
      () => {
        const random = randomFrom(special ? 3 : 4), wrong: unknown[] = [];
        let count = 0;
        for (let k = 0; k < 60; k++) {
          const one = make(random), given = operands(one, random, special);
          if (WIDTHS.every((bits) => lowerToMachine(one.instruction, bits) === undefined)) continue;
          const expected = run(engines.simd, one, given), { dtype } = one.values[0]!;
          machineEngines().forEach((engine) => {
            const far = apart(run(engine, one, given), expected);
            if (!(far < (dtype === "float32" ? 1e-5 : 1e-13))) wrong.push([engine.name, one.instruction, far]);
          });
          count++;
        }
        assertEquals([wrong, count > 20], [[], true]);
      },
    );
  }
}
