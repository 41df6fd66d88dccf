import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { mul, type Tensor, toList } from "../../mod.ts";
import { type CallProgram, format, functionOf, inputsOf, reference } from "./call.ts";
import { checksFor, differenceError, distance, everything, sensitivity } from "./checks.ts";
import { damage, damageDecoders, decoders } from "./decoders.ts";
import { drawProgram, numbersFrom } from "./draw_program.ts";
import { FAMILIES } from "./operations.ts";
import { checkSeed } from "./run_checks.ts";
import { shrink } from "./shrink.ts";
import { machine, machineEngines } from "../blas/machine/machine.ts";

Deno.test("programs drawn at random give the same in every way", () => {
  const checks = checksFor();
  for (let seed = 0; seed < 25; seed++) assertEquals(checkSeed(seed, checks).failures, []);
});

Deno.test("programs drawn at random give the same in machine code", { ignore: machine === undefined }, () => {
  const checks = checksFor(Object.fromEntries(machineEngines().map((engine) => [engine.name, engine])));
  const own = checks.slice(checksFor().length);
  assert(own.length > 0);
  for (let seed = 0; seed < 40; seed++) assertEquals(checkSeed(seed, own).failures, []);
});

Deno.test("the same seed draws the same program, and every family is drawn", () => {
  assertEquals(JSON.stringify(drawProgram(7)), JSON.stringify(drawProgram(7)));
  const names = new Set(
    Array.from({ length: 400 }, (_, seed) => drawProgram(seed).calls).flat().map(({ name }) => name),
  );
  assert(names.size > 100, `only ${names.size} operations`);
  assertEquals(Object.keys(FAMILIES), ["elementwise", "binary", "reductions", "movement", "products", "images"]);
});

/** A program whose fourth call matters, among others that do not. */
const long: CallProgram = {
  dtype: "float64",
  seed: 1,
  shapes: [[3], [2, 3]],
  calls: [
    { name: "tanh", args: [reference(0)] },
    { name: "sum", args: [reference(1), { axes: [0] }] },
    { name: "add", args: [reference(2), reference(3)] },
    { name: "square", args: [reference(4)] },
    { name: "concat", args: [[reference(5), reference(0)], 0] },
  ],
};

Deno.test("a failing program shrinks to what fails, and prints as TypeScript", () => {
  const small = shrink(long, ({ calls }) => calls.some(({ name }) => name === "square"));
  assertEquals(small.calls.map(({ name }) => name), ["square"]);
  assertEquals(small.shapes.length, 1);
  assertEquals(format(small).split("\n"), [
    'import { key, randomNormal, split, square } from "@nanograd/nanograd";',
    'const t0 = randomNormal(split(key(1), 1)[0]!, [3], { dtype: "float64" });',
    "const t1 = square(t0);",
  ]);
});

Deno.test("an engine, a compiler or a batch that is wrong is found, and the program that shows it is short", () => {
  const [check] = checksFor();
  const wrong = {
    ...check!,
    // A fault in one operation.
    found: (program: CallProgram): readonly Tensor[] =>
      functionOf(program)(inputsOf(program)).map((t, k) =>
        program.calls[k]!.name === "sum" ? mul(t, 1.01) as Tensor : t
      ),
  };
  const failures = Array.from({ length: 30 }, (_, seed) => checkSeed(seed, [wrong]).failures).flat();
  assert(failures.length > 0, "no program had a sum");
  for (const { text, problem } of failures) {
    assertStringIncludes(text, "sum(");
    assert(text.split("\n").length <= 8, text);
    assertStringIncludes(problem, "differs by");
  }
});

Deno.test("distances are in units of rounding; other shapes and dtypes are infinitely far", () => {
  const [t] = inputsOf(long), more = mul(t!, 1 + 1e-9) as Tensor;
  assert(distance([t!], [more], "float64") > 100);
  assertEquals(distance([t!], [t!], "float64"), 0);
  assertEquals(distance([t!], [], "float64"), Infinity);
  assertEquals(distance([t!], inputsOf({ ...long, dtype: "float32" }).slice(0, 1), "float64"), Infinity);
  assertEquals(toList(t!).length, 3);
});

Deno.test("a program that makes much of the last digit is sensitive, a smooth one is not", () => {
  const sharp: CallProgram = {
    ...long,
    shapes: [[3]],
    calls: [{ name: "mul", args: [reference(0), 1e9] }, { name: "sin", args: [reference(1)] }],
  };
  assert(sensitivity(sharp, everything) > 1000);
  assert(sensitivity(long, everything) < 50);
  assert(differenceError(long) < 1e-6);
});

Deno.test("ties that rounding decides prove nothing, and ties of copies do", () => {
  const program = (...calls: CallProgram["calls"]): CallProgram => ({ ...long, seed: 2, shapes: [[2, 3]], calls });
  const call = (name: string, ...args: CallProgram["calls"][number]["args"]) => ({ name, args });
  const sums = [call("sum", reference(0)), call("sum", reference(0), { axes: [1] }), call("sum", reference(2))];
  const copies = [call("slice", reference(0), 0, 1), call("concat", [reference(1), reference(1)], 0)];
  for (const name of ["equal", "greater"]) {
    assert(sensitivity(program(...sums, call(name, reference(1), reference(3))), everything) > 1000, name);
    assert(sensitivity(program(...copies, call(name, reference(1), reference(2))), everything) < 50, name);
  }
  assert(sensitivity(program(...copies, call("max", reference(2), { axes: [0] })), everything) < 50);
  assert(sensitivity(program(...copies, call("standardDeviation", reference(2), { axes: [0] })), everything) > 1000);
});

Deno.test("decoders answer damaged files, and an unusual answer is a problem", () => {
  for (let seed = 0; seed < 150; seed++) assertEquals(damageDecoders(seed, 4), []);
  const [first] = decoders();
  const throwing = {
    ...first!,
    decode: () => {
      throw new RangeError("out of bounds");
    },
  };
  assertStringIncludes(damageDecoders(1, 1, [throwing])[0]!, "throws RangeError: out of bounds");
  for (const { decode, corpus } of decoders()) for (const bytes of corpus) assertEquals(decode(bytes)._tag, "Right");
});

Deno.test("damage never changes the file that it is given", () => {
  const bytes = Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]), draw = numbersFrom(3);
  const results = Array.from({ length: 50 }, () => damage(bytes, draw).join());
  assertEquals([...bytes], [1, 2, 3, 4, 5, 6, 7, 8]);
  assert(new Set(results).size > 30);
});
