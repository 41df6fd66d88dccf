/**
 * Programs of plain calls: made once for each kind of call.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { engines } from "../../../blas/engines.ts";
import { plainOperand } from "../../../blas/program/operand.ts";
import * as scalar from "../../../blas/scalar/scalar.ts";
import { cachedPrograms, type Request } from "../../../blas/threaded/cached_programs.ts";
import { startPool } from "../../../blas/threaded/pool.ts";
import { view } from "../../../blas/view.ts";

const request = (length: number, directly: () => void): Request => ({
  key: "double",
  parameters: [{ dtype: "float64", shape: [length] }],
  instruction: () => ({
    results: [{ dtype: "float64", shape: [length] }],
    operation: {
      kind: "map",
      loop: {
        shape: [length],
        operands: [plainOperand(0, [length])],
        expressions: [scalar.add(scalar.argument(0), scalar.argument(0))],
      },
    },
  }),
  directly,
});

Deno.test("calls with operands of the same types share a program", async () => {
  const pool = await startPool(1);
  let prepared = 0;
  const run = cachedPrograms({
    ...pool,
    prepare: (program) => {
      prepared++;
      return pool.prepare(program);
    },
  }, engines.simd);
  for (const numbers of [[1, 2], [3, 4], [5, 6, 7], [8, 9]]) {
    const y = new Float64Array(numbers.length);
    const directly = () => y.set(numbers.map((x) => 2 * x));
    run(request(numbers.length, directly), [view(Float64Array.from(numbers), [numbers.length])], [{
      data: y,
      offset: 0,
    }]);
    assertEquals([...y], numbers.map((x) => 2 * x));
  }
  assertEquals(prepared, 2);
  pool.close();
});

Deno.test("where a call can be made directly, both ways are tried", async () => {
  const pool = await startPool(1), run = cachedPrograms(pool, engines.simd), x = view(new Float64Array([1]), [1]);
  let direct = 0;
  for (let k = 0; k < 8; k++) run(request(1, () => direct++), [x], [{ data: new Float64Array(1), offset: 0 }]);
  assertEquals(direct, 4);
  pool.close();
});
