/**
 * What the assembler refuses: ill-typed code, and what a module cannot have.
 *
 * @module
 */
import { assertThrows } from "@std/assert";
import {
  call,
  constant,
  f32,
  f32x4,
  i32,
  i8x16,
  type Label,
  type Local,
  ModuleBuilder,
  select,
  v128,
  type ValueType,
} from "../../../blas/wasm/mod.ts";
import type { Body } from "./modules.ts";

/** What is thrown when a body is assembled, and by what message it is known. */
const REFUSED: readonly {
  readonly what: string;
  readonly message: string;
  readonly body: Body<{ x: "i32"; v: "v128" }>;
}[] = [
  {
    what: "an operand of another type",
    message: "Cannot emit i32.add on a stack of [i32 v128]: it takes [i32 i32]",
    body: (f, { x, v }) => {
      f.push(x);
      f.push(v);
      f.emit("i32.add");
    },
  },
  { what: "an operand too few", message: "Cannot emit f32.add on a stack of []", body: (f) => f.emit("f32.add") },
  {
    what: "an operand from outside the block",
    message: "Cannot emit i32.eqz on a stack of []",
    body: (f, { x }) => {
      f.push(x);
      f.block(() => f.emit("i32.eqz"));
    },
  },
  { what: "a value left on the stack", message: "[i32] is left on the stack", body: (f, { x }) => f.push(x) },
  { what: "a value left in a loop", message: "[v128] is left", body: (f, { v }) => f.loop(() => f.push(v)) },
  {
    what: "code that nothing reaches",
    message: "every instruction must be reachable",
    body: (f, { x }) => {
      f.return();
      f.increment(x, 1);
    },
  },
  {
    what: "a branch out of a closed block",
    message: "a block that is not open here",
    body: (f) => {
      const labels: Label[] = [];
      f.block((exit) => void labels.push(exit));
      f.block(() => f.branch(labels[0]!));
    },
  },
  { what: "a local of another function", message: "of another function", body: (f) => f.set(foreignLocal(), 1) },
  {
    what: "a call of another module's function",
    message: "of another module",
    body: (f) => f.do(call(foreignFunction())),
  },
  {
    what: "returning a value from a function without result",
    message: "Cannot return i32 from a function whose result is none",
    body: (f, { x }) => f.return(x),
  },
  { what: "a step of 0", message: "a step must be above 0", body: (f) => f.for({ to: 9, step: 0 }, () => {}) },
  {
    what: "select between two types",
    message: "Cannot emit select on a stack of [i32 v128 i32]",
    body: (f, { x, v }) => f.drop(select<ValueType>(x, x, v)),
  },
];

const foreignFunction = () => new ModuleBuilder().function({ parameters: {} }, () => {});
function foreignLocal(): Local<"i32"> {
  const found: Local<"i32">[] = [];
  new ModuleBuilder().function({ parameters: {} }, (f) => void found.push(f.local("i32")));
  return found[0]!;
}

for (const { what, message, body } of REFUSED) {
  Deno.test(`assembling refuses ${what}`, () => {
    const builder = new ModuleBuilder();
    assertThrows(() => builder.function({ parameters: { x: "i32", v: "v128" } }, body), Error, message);
  });
}

Deno.test("assembling rejects what a module cannot have", () => {
  const withMemory = new ModuleBuilder();
  withMemory.memory({ minimum: 1 });
  assertThrows(() => withMemory.importMemory({ module: "a", name: "b" }, { minimum: 1 }), TypeError, "second memory");
  assertThrows(() => new ModuleBuilder().memory({ minimum: 1, shared: true }), TypeError, "pass a maximum");
  assertThrows(
    () => new ModuleBuilder().function({ parameters: {} }, (f) => f.drop(f32.load(0))),
    TypeError,
    "the module has no memory",
  );
  const late = new ModuleBuilder();
  late.function({ parameters: {} }, () => {});
  assertThrows(
    () => late.importFunction({ module: "a", name: "b" }, { parameters: {} }),
    TypeError,
    "import it earlier",
  );
  assertThrows(
    () => new ModuleBuilder().function({ parameters: {}, result: "i32" }, () => {}),
    TypeError,
    "Cannot emit end of function on a stack of []: it takes [i32]",
  );
});

Deno.test("building an expression rejects bad immediates and constants", () => {
  const v = f32x4.const(1);
  assertThrows(() => f32x4.extract_lane(v, 4), RangeError, "lanes are numbered 0 to 3");
  assertThrows(() => v128.load64_lane(0, v, 2), RangeError, "lanes are numbered 0 to 1");
  assertThrows(() => i8x16.shuffle(v, v, [1, 2, 3]), RangeError, "16 bytes below 32");
  assertThrows(() => f32x4.const(1, 2), RangeError, "pass one value, or one for each lane");
  assertThrows(() => i32.add(1.5, 1), RangeError, "must be whole");
  assertThrows(() => constant("i64", 1), TypeError, "i64 takes a bigint");
  assertThrows(() => v128.load(0, -16), RangeError, "unsigned integer");
  assertThrows(() => call(foreignFunction(), 1), TypeError, "it takes 0");
  // @ts-expect-error a float where an integer is taken
  i32.add(f32.load(0), 1);
  // @ts-expect-error a number has no lanes
  assertThrows(() => f32x4.add(v, 1), TypeError, "write f32x4.const(1)");
  // @ts-expect-error an operand too few
  assertThrows(() => f32x4.add(v), TypeError, "pass one for each");
});
