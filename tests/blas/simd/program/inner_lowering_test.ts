import { assertEquals } from "@std/assert";
import { compile, key, matmul, randomNormal, scanAlong, tanh, type Tensor, toList } from "../../../../autograd/mod.ts";
import { setEngine } from "../../../../blas/mod.ts";
import type { GeneratorUnit } from "../../../../blas/simd/program/generator.ts";
import { innerLowering } from "../../../../blas/simd/program/inner_lowering.ts";
import { lowerInstruction } from "../../../../blas/simd/program/compile.ts";
import type { Instruction } from "../../../../blas/program/program.ts";
import { plainOperand } from "../../../../blas/program/operand.ts";
import { machine, machineEngines } from "../../../blas/machine/machine.ts";

const gemm: Instruction = {
  operation: { kind: "gemm", a: plainOperand(0, [8, 8]), b: plainOperand(1, [8, 8]) },
  results: [{ dtype: "float32", shape: [8, 8] }],
};

/** A unit that computes every instruction, or none, or some that may be refused. */
const unitOf = (mayRefuse: boolean | undefined): GeneratorUnit => ({
  lower: () => mayRefuse === undefined ? undefined : { workspace: 4096, inPlace: false, mayRefuse, write: () => {} },
  close: () => 0,
  link: () => ({ functions: [] }),
});

Deno.test("instructions inside others keep WebAssembly's code if no other exists, or if that may be refused", () => {
  const workspace = (mayRefuse: boolean | undefined) =>
    innerLowering(unitOf(mayRefuse), lowerInstruction)(gemm)!.workspace;
  const plain = lowerInstruction(gemm)!.workspace;
  assertEquals([undefined, true, false].map(workspace), [plain, plain, 4096]);
});

Deno.test("steps of a scan compute the same as machine code, slices that move included", {
  ignore: machine === undefined,
}, () => {
  const xs = randomNormal(key(0), [7, 12, 16]),
    w = randomNormal(key(1), [16, 16]),
    start = randomNormal(key(2), [12, 16]);
  const f = (xs: Tensor, w: Tensor, start: Tensor) =>
    scanAlong(
      (h: Tensor, x: Tensor) => {
        const next = tanh(matmul(h, w)), y = matmul(x, w);
        return [next, y] as const;
      },
      start,
      xs,
    );
  const flat = (x: unknown): readonly number[] => (toList(x as Tensor) as unknown[]).flat(3) as number[];
  const run = () => (compile(f)(xs, w, start) as readonly Tensor[]).flatMap(flat), expected = run();
  for (const engine of machineEngines()) {
    const before = setEngine(engine);
    const far = run().reduce((most, value, k) => Math.max(most, Math.abs(value - expected[k]!)), 0);
    setEngine(before);
    assertEquals(far < 1e-5, true, `${engine.name}: ${far}`);
  }
});
