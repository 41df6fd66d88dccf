/**
 * Exchanges: in one block wherever they are computed, and never left out.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import "../all_kinds.ts";
import { engines } from "../../../../blas/engines.ts";
import { interpret } from "../../../../blas/program/interpret.ts";
import { plainOperand } from "../../../../blas/program/operand.ts";
import { blockOf, exchanged } from "../../../../blas/program/operations/exchange.ts";
import { optimize } from "../../../../blas/program/passes/mod.ts";
import type { Program } from "../../../../blas/program/program.ts";
import { reference } from "../../../../blas/reference/mod.ts";
import * as scalar from "../../../../blas/scalar/scalar.ts";
import { compileProgram } from "../../../../blas/simd/program/compile.ts";
import { transposeView, type View, view } from "../../../../blas/view.ts";
import { elementsOf } from "../../layouts.ts";
import { carriedOf, difference, DTYPES, seeds } from "../../simd/program/small_programs.ts";
import { halfAndOne, withExchanges } from "../exchanges.ts";
import { numbersOf, programOf, randomOf } from "../programs.ts";

Deno.test("blockOf() begins each array at the next cache line", () => {
  const types = [[3], [], [0], [16], [1, 17]].map((shape) => ({ dtype: "float32", shape }) as const);
  assertEquals(blockOf(types), { positions: [0, 64, 128, 128, 192], bytes: 320 });
  assertEquals(blockOf([]), { positions: [], bytes: 0 });
});

Deno.test("exchanged() copies views of any strides to a block, and returns views of it", () => {
  const x = view(Float64Array.of(1, 2, 3, 4), [2, 2]), turned = transposeView(x), lengths: number[] = [];
  const [first, second] = exchanged(reference, [x, turned], (block) => {
    lengths.push(block.length);
    halfAndOne(block);
  }) as [View, View]; // as many as inputs
  assertEquals([elementsOf(first), elementsOf(second), elementsOf(x)], [[1.5, 2, 2.5, 3], [1.5, 2.5, 2, 3], [
    1,
    2,
    3,
    4,
  ]]);
  assertEquals([first.data === second.data, lengths], [true, [16]]);
  assertEquals(exchanged(reference, [], halfAndOne), []);
});

Deno.test("compiled programs with exchanges, carried over too, give what interpreted ones give", () => {
  fc.assert(
    fc.property(seeds, fc.constantFrom(...DTYPES), (seed, dtypes) => {
      const random = randomOf(seed), program = withExchanges(random, programOf(random, 12, dtypes));
      const carried = carriedOf(random, program), executable = compileProgram(program, engines.simd, { carried });
      const given: View[] = program.parameters.map((one) => numbersOf(random, one));
      given.forEach((x, k) => executable.write(k, x));
      for (let run = 0; run < 2; run++) {
        const wanted = interpret(program, given, reference);
        executable.run();
        wanted.forEach((x, k) => assertEquals(difference(executable.read(k), x, dtypes[0]!), undefined, `run ${run}`));
        executable.advance();
        for (const [result, parameter] of carried) given[parameter] = wanted[result]!;
      }
    }),
    { numRuns: 60 },
  );
});

Deno.test("passes keep all exchanges, in their order, and what they give", () => {
  fc.assert(
    fc.property(seeds, fc.constantFrom(...DTYPES), (seed, dtypes) => {
      const random = randomOf(seed), lengths: number[] = [];
      const program = withExchanges(random, programOf(random, 12, dtypes), (block) => {
        lengths.push(block.length);
        halfAndOne(block);
      });
      const given = program.parameters.map((one) => numbersOf(random, one)),
        before = interpret(program, given, reference);
      const log = lengths.splice(0), after = interpret(optimize(program), given, reference);
      assertEquals(lengths, log);
      before.forEach((x, k) => assertEquals(difference(after[k]!, x, dtypes[0]!), undefined));
    }),
    { numRuns: 60 },
  );
});

Deno.test("operands that nothing reads later lie in the block already: its memory is all that there is", () => {
  const shape = [1000], type = { dtype: "float32", shape } as const;
  const map = (value: number): Program["instructions"][number] => ({
    results: [type],
    operation: {
      kind: "map",
      loop: { shape, operands: [plainOperand(value, shape)], expressions: [scalar.mul(2, scalar.argument(0))] },
    },
  });
  const program: Program = {
    parameters: [type, type],
    constants: [],
    instructions: [map(1), map(0), {
      results: [type, type],
      operation: {
        kind: "exchange",
        name: "half and one",
        operands: [3, 2].map((value) => plainOperand(value, shape)),
        run: halfAndOne,
      },
    }, map(4)],
    results: [6, 5],
  };
  const { plan: { addresses, peak } } = compileProgram(program, engines.simd), [, , second, first] = addresses;
  assertEquals(addresses.slice(4), [first, second, first]);
  assertEquals(second! - first!, 4032, "one after another, each from a cache line on");
  assertEquals(peak, 4 * 4032);
});
