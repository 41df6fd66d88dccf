import { assertEquals, assertThrows } from "@std/assert";
import type { Instruction } from "../../../../blas/program/program.ts";
import { Lanes } from "../../../../blas/machine/code/lanes.ts";
import { at } from "../../../../blas/machine/code/regions.ts";
import type { MachineLowered } from "../../../../blas/machine/program/lowering.ts";
import { machineUnit } from "../../../../blas/machine/program/unit.ts";
import type { GeneratorUnit, Places } from "../../../../blas/simd/program/generator.ts";
import { compileProgram } from "../../../../blas/simd/program/compile.ts";
import { engines } from "../../../../blas/mod.ts";
import { plainOperand } from "../../../../blas/program/operand.ts";
import { add, argument } from "../../../../blas/scalar/scalar.ts";
import { machine } from "../machine.ts";

const ignore = machine === undefined;

/** Adds a number to a vector of eight, for any instruction. */
const adding = (number: number, mayRefuse = false): MachineLowered => ({
  workspace: 0,
  inPlace: false,
  mayRefuse,
  emit: (code, { value, results }) => {
    const lanes = new Lanes(code, "float32", 256), from = code.pointer(value(0)), to = code.pointer(results[0]!);
    const x = code.vector(), flags = code.vector();
    lanes.load(x, at(from));
    if (mayRefuse) {
      lanes.compare("greater", flags, x, lanes.constant(100));
      lanes.testAny(flags);
      code.refuseIf("notZero");
    }
    lanes.binary("add", x, x, lanes.constant(number));
    lanes.store(at(to), x);
    code.free(from, to, x, flags);
  },
});

const type = { dtype: "float32", shape: [8] } as const;
const one: Instruction = { operation: { kind: "host" } as unknown as Instruction["operation"], results: [type] };
const placesOf = (from: number, to: number): Places => ({
  value: () => ({ address: from, bytes: 32 }),
  results: [{ address: to, bytes: 32 }],
  workspace: { address: 0, bytes: 0 },
});

Deno.test("consecutive instructions are one function, in the order in which they were written", { ignore }, () => {
  const unit = machineUnit(machine!, () => adding(1)), memory = new WebAssembly.Memory({ initial: 1 });
  unit.lower(one)!.write(placesOf(64, 128));
  unit.lower(one)!.write(placesOf(128, 192));
  assertEquals(unit.close(), 0);
  unit.lower(one)!.write(placesOf(192, 256));
  assertEquals(unit.close(), 1);
  const { functions, native } = unit.link(memory), data = new Float32Array(memory.buffer);
  assertEquals([functions.length, functions[0]!(), data[48], data[64]], [2, true, 2, 0]);
  assertEquals([functions[1]!(), data[64]], [true, 3]);
  assertEquals([native!.library, native!.addresses.length, native!.argument > 0n], [machine!.libc.name, 2, true]);
});

Deno.test("a unit without code links nothing, and an access outside stops it before", { ignore }, () => {
  const unit = machineUnit(machine!, () => adding(1));
  assertEquals(unit.link(new WebAssembly.Memory({ initial: 1 })), { functions: [] });
  unit.lower(one)!.write({ ...placesOf(64, 128), results: [{ address: 128, bytes: 28 }] });
  assertThrows(() => unit.close(), RangeError, "of result 0: they must lie in its 28 bytes");
});

/** A program of two maps, on a generator that adds 100 in place of the first, unless a number is above 100. */
function programOn(generator: () => GeneratorUnit) {
  const loop = (value: number) => ({
    shape: [8],
    operands: [plainOperand(value, [8])],
    expressions: [add(argument(0), 1)],
  });
  const instructions: readonly Instruction[] = [0, 1].map((value) => ({
    operation: { kind: "map", loop: loop(value) },
    results: [type],
  }));
  return compileProgram({ parameters: [type], constants: [], instructions, results: [2] }, engines.simd, { generator });
}

Deno.test("WebAssembly computes what code refuses, and goes on after what it does not", { ignore }, () => {
  let count = 0;
  const executable = programOn(() => machineUnit(machine!, () => count++ === 0 ? adding(100, true) : undefined));
  const run = (value: number) => {
    executable.write(
      0,
      {
        ...engines,
        dtype: "float32",
        shape: [8],
        stride: [1],
        offset: 0,
        size: 8,
        data: new Float32Array(8).fill(value),
      } as never,
    );
    executable.run();
    return executable.read(0).data[executable.read(0).offset];
  };
  assertEquals([run(1), run(200), run(2)], [102, 202, 103]);
});
