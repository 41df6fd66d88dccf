/**
 * Code of operations that hold programs (body, branch, scan and while), emitted inside a program and run.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import {
  BODY_CODE,
  bytesOf,
  type Inside,
  isInPlace,
  lowerBody,
  type LowerInstruction,
} from "../../../../../blas/simd/program/bodies/body.ts";
import { elementIsNotZero, lowerBranch } from "../../../../../blas/simd/program/bodies/branch.ts";
import { lowerScan } from "../../../../../blas/simd/program/bodies/scan.ts";
import { lowerWhile } from "../../../../../blas/simd/program/bodies/while.ts";
import { compileProgram } from "../../../../../blas/simd/program/compile.ts";
import { lowerInstruction } from "../../../../../blas/simd/program/compile.ts";
import { engines } from "../../../../../blas/engines.ts";
import { view } from "../../../../../blas/view.ts";
import { f32, f64 } from "../../../../../blas/wasm/mod.ts";
import { elementsOf } from "../../../layouts.ts";
import { branch, CASES, loop, PAIR, programOf, scan } from "../../../program/held_programs.ts";
import { functionOf } from "../../../wasm/modules.ts";
import { floats, type, whole } from "../small_programs.ts";

for (const one of CASES) {
  Deno.test(`${one.name} computes as code what plain arithmetic gives, run after run`, () => {
    const executable = compileProgram(programOf(one), engines.simd);
    for (let run = 0; run < 2; run++) {
      one.given.forEach((x, k) => executable.write(k, x));
      executable.run();
      assertEquals(one.wanted.map((_, k) => elementsOf(executable.read(k))), one.wanted);
    }
  });
}

Deno.test("sequences seen through strides, and a carry that is a part of an array, are put in order first", () => {
  const transposed = { ...whole(1, [3, 2]), stride: [1, 3] }, second = { ...whole(0, PAIR), offset: 2 };
  const operation = { ...scan, operands: [second, transposed, whole(2, PAIR)] };
  const executable = compileProgram({
    parameters: [type([4]), type([2, 3]), type(PAIR)],
    constants: [],
    instructions: [{ operation, results: [type(PAIR), type([3, 2])] }],
    results: [3, 4],
  }, engines.simd);
  [floats(9, 9, 1, 2), view(Float32Array.from([1, 3, 5, 2, 4, 6]), [2, 3]), floats(10, -1)].forEach((x, k) =>
    executable.write(k, x)
  );
  executable.run();
  assertEquals(elementsOf(executable.read(0)), [1135, 2]);
});

Deno.test("an operation is not lowered where an instruction inside it is not", () => {
  const inside = (lower: LowerInstruction): Inside => ({ lower, code: BODY_CODE, team: undefined });
  const none = inside(() => undefined), all = inside(lowerInstruction);
  assertEquals([lowerScan(scan, none), lowerWhile(loop, none), lowerBranch(branch, none)], [
    undefined,
    undefined,
    undefined,
  ]);
  for (
    const lower of [
      () => lowerScan(scan, all),
      () => lowerWhile(loop, all),
      () => lowerBranch(branch, all),
    ]
  ) {
    assertEquals(lower()!.workspace % 64, 0);
  }
});

Deno.test("lowerBody() gives no memory to parameters that are elsewhere, and refuses constants", () => {
  const [here, elsewhere] = [false, true].map((is) =>
    lowerBody(branch.branches[0]!, lowerInstruction, { isOutside: () => is })!.bytes
  );
  assert(elsewhere! < here!, `${elsewhere} bytes, and ${here} with the parameters`);
  assertEquals(
    lowerBody({ ...scan.body, constants: [floats(1, 2)] }, lowerInstruction, { isOutside: () => false }),
    undefined,
  );
});

Deno.test("isInPlace() and bytesOf() tell arrays that are all of a value, and their sizes", () => {
  assertEquals([whole(0, PAIR), { ...whole(0, PAIR), offset: 1 }, { ...whole(0, PAIR), stride: [0] }].map(isInPlace), [
    true,
    false,
    false,
  ]);
  assertEquals([bytesOf(type([2, 3])), bytesOf(type([], "float64"))], [24, 8]);
});

Deno.test("an element is not 0 if it is NaN or tiny, and is if it is minus zero", () => {
  for (const [dtype, tiny] of [["float32", 1e-45], ["float64", 5e-324]] as const) {
    for (const [number, is] of [[1, 1], [0, 0], [-0, 0], [NaN, 1], [tiny, 1]] as const) {
      const run = functionOf({}, "i32", (f) => {
        f.do(dtype === "float32" ? f32.store(64 + 4 * 3, number) : f64.store(64 + 8 * 3, number));
        f.return(elementIsNotZero(dtype, 64, 3));
      });
      assertEquals(run(), is, `${number}`);
    }
  }
});
