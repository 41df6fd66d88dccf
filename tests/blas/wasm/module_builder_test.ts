/**
 * Functions and modules: control flow, calls, memory and imports, run; and what the assembler refuses.
 *
 * @module
 */
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { signed, unsigned } from "../../../blas/wasm/encoding.ts";
import {
  call,
  constant,
  f32,
  f32x4,
  f64,
  type FunctionBuilder,
  type FunctionParameters,
  i32,
  i32x4,
  i8x16,
  type Label,
  type Local,
  memory,
  ModuleBuilder,
  type ResultType,
  select,
  v128,
  type ValueType,
} from "../../../blas/wasm/mod.ts";

type Run = (...numbers: number[]) => number;
type Body<P extends FunctionParameters> = (
  f: FunctionBuilder,
  locals: { readonly [K in keyof P]: Local<P[K]> },
) => void;

const instantiate = (builder: ModuleBuilder, imports: WebAssembly.Imports = {}) =>
  new WebAssembly.Instance(new WebAssembly.Module(builder.toBytes()), imports).exports;

/** Builds a module of one function and returns it. */
function functionOf<P extends FunctionParameters>(parameters: P, result: ResultType, body: Body<P>): Run {
  const builder = new ModuleBuilder();
  builder.memory({ minimum: 1, name: "memory" });
  builder.function({ name: "run", parameters, result }, body);
  return instantiate(builder).run as Run;
}

Deno.test("LEB128 gives the specification's bytes", () => {
  // https://en.wikipedia.org/wiki/LEB128, its two worked examples
  assertEquals(unsigned(624485), [0xe5, 0x8e, 0x26]);
  assertEquals(signed(-123456n), [0xc0, 0xbb, 0x78]);
  assertEquals([unsigned(0), unsigned(127), unsigned(128)], [[0], [127], [128, 1]]);
  assertEquals([signed(63n), signed(64n), signed(-64n), signed(-65n)], [[63], [0xc0, 0], [0x40], [0xbf, 0x7f]]);
  assertThrows(() => unsigned(-1), RangeError, "must be whole");
});

Deno.test("constants come back as they went in", () => {
  fc.assert(fc.property(fc.integer(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.double(), (a, b, c) => {
    const builder = new ModuleBuilder();
    builder.function({ name: "a", parameters: {}, result: "i32" }, (f) => f.push(constant("i32", a)));
    builder.function({ name: "b", parameters: {}, result: "i64" }, (f) => f.push(constant("i64", b)));
    builder.function({ name: "c", parameters: {}, result: "f64" }, (f) => f.push(constant("f64", c)));
    builder.function({ name: "d", parameters: {}, result: "f32" }, (f) => f.push(constant("f32", c)));
    const run = instantiate(builder) as { [name: string]: () => unknown };
    assertEquals([run.a!(), run.b!(), run.c!(), run.d!()], [a, b, c, Math.fround(c)]);
  }));
});

Deno.test("for counts from, to and by step, and not at all when there is nothing to count", () => {
  const sum = functionOf({ from: "i32", to: "i32", step: "i32" }, "i32", (f, { from, to, step }) => {
    const total = f.local("i32");
    f.for({ from, to, step }, (i) => f.increment(total, i));
    f.return(total);
  });
  const oracle = (from: number, to: number, step: number) => {
    let total = 0;
    for (let i = from; i < to; i += step) total += i;
    return total;
  };
  const count = fc.integer({ min: -50, max: 50 });
  fc.assert(
    fc.property(count, count, fc.integer({ min: 1, max: 7 }), (a, b, s) => assertEquals(sum(a, b, s), oracle(a, b, s))),
  );
});

Deno.test("two loops on one counter make a vector loop and its tail", () => {
  const builder = new ModuleBuilder();
  builder.memory({ minimum: 1, name: "memory" });
  builder.function({ name: "double", parameters: { n: "i32", x: "i32" } }, (f, { n, x }) => {
    const i = f.local("i32");
    f.for({ counter: i, from: 0, to: i32.sub(n, 3), step: 4 }, () => {
      const value = f.let(v128.load(x));
      f.do(v128.store(x, f32x4.add(value, value)));
      f.increment(x, 16);
    });
    f.for({ counter: i, to: n }, () => {
      f.do(f32.store(x, f32.mul(f32.load(x), 2)));
      f.increment(x, 4);
    });
  });
  const exports = instantiate(builder), data = new Float32Array((exports.memory as WebAssembly.Memory).buffer);
  for (let n = 0; n < 13; n++) {
    data.fill(1);
    (exports.double as Run)(n, 0);
    assertEquals([...data.subarray(0, 14)], Array.from({ length: 14 }, (_, i) => i < n ? 2 : 1));
  }
});

Deno.test("while, block, loop, if and branches reach the right places", () => {
  const collatz = functionOf({ n: "i32" }, "i32", (f, { n }) => {
    const steps = f.local("i32");
    f.while(i32.ne(n, 1), () => {
      f.if(
        i32.and(n, 1),
        () => f.set(n, i32.add(i32.mul(n, 3), 1)),
        () => f.set(n, i32.shr_u(n, 1)),
      );
      f.increment(steps, 1);
    });
    f.return(steps);
  });
  assertEquals([collatz(1), collatz(6), collatz(27)], [0, 8, 111]);

  const search = functionOf({ n: "i32" }, "i32", (f, { n }) => {
    const found = f.local("i32");
    f.set(found, -1);
    f.block((exit) => {
      f.for({ to: 10 }, (i) =>
        f.for({ to: 10 }, (j) => {
          f.if(i32.eq(i32.mul(i, j), n), () => {
            f.set(found, i32.add(i32.mul(i, 100), j));
            f.branch(exit);
          });
        }));
    });
    f.return(found);
  });
  assertEquals([search(35), search(81), search(11)], [507, 909, -1]);

  const firstPower = functionOf({ n: "i32" }, "i32", (f, { n }) => {
    const power = f.local("i32");
    f.set(power, 1);
    f.loop((again) => {
      f.set(power, i32.shl(power, 1));
      f.branchIf(again, i32.lt_s(power, n));
    });
    f.if(i32.gt_s(power, 64), () => f.return(constant("i32", -1)));
    f.return(power);
  });
  assertEquals([firstPower(3), firstPower(64), firstPower(65)], [4, 64, -1]);
});

Deno.test("select chooses between numbers and between vectors", () => {
  const lane = functionOf({ c: "i32" }, "i32", (f, { c }) => {
    f.return(i32x4.extract_lane(select(c, i32x4.const(1, 2, 3, 4), i32x4.const(5, 6, 7, 8)), 2));
  });
  const scalar = functionOf(
    { c: "i32" },
    "f64",
    (f, { c }) => f.return(select(c, constant("f64", 1.5), constant("f64", 2.5))),
  );
  assertEquals([lane(1), lane(0), scalar(7), scalar(0)], [3, 7, 1.5, 2.5]);
});

Deno.test("functions call one another and what is imported", () => {
  const builder = new ModuleBuilder();
  const seen: number[] = [];
  const log = builder.importFunction({ module: "js", name: "log" }, { parameters: { value: "f64" } });
  const square = builder.function({ parameters: { x: "f64" }, result: "f64" }, (f, { x }) => f.return(f64.mul(x, x)));
  builder.function(
    { name: "run", parameters: { x: "f64" } },
    (f, { x }) => f.do(call(log, f64.add(call(square, x), 1))),
  );
  (instantiate(builder, { js: { log: (x: number) => seen.push(x) } }).run as Run)(3);
  assertEquals(seen, [10]);
});

Deno.test("memory can be imported, shared, grown, filled and copied", () => {
  for (const shared of [false, true]) {
    const builder = new ModuleBuilder();
    builder.importMemory({ module: "js", name: "memory" }, { minimum: 1, maximum: 4, shared });
    builder.function({ name: "run", parameters: {}, result: "i32" }, (f) => {
      f.do(memory.fill(0, 7, 8), memory.copy(100, 4, 8));
      f.do(v128.store32_lane(200, i32x4.const(1, 2, 3, 4), 2), i32.store8(204, 255, 1));
      f.drop(memory.grow(1));
      f.return(memory.size());
    });
    const given = new WebAssembly.Memory({ initial: 1, maximum: 4, shared });
    assertEquals((instantiate(builder, { js: { memory: given } }).run as Run)(), 2);
    const bytes = new Uint8Array(given.buffer);
    assertEquals([...bytes.subarray(100, 108)], [7, 7, 7, 7, 0, 0, 0, 0]);
    assertEquals([...bytes.subarray(200, 206)], [3, 0, 0, 0, 0, 255]);
  }
});

Deno.test("a module of nothing, and one of a thousand functions, are valid", () => {
  assert(WebAssembly.validate(new ModuleBuilder().toBytes()));
  const builder = new ModuleBuilder();
  for (let i = 0; i < 1000; i++) {
    builder.function({ name: `f${i}`, parameters: {}, result: "i32" }, (f) => f.return(constant("i32", i)));
  }
  assertEquals((instantiate(builder).f777 as Run)(), 777);
});

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

Deno.test("assembling refuses what a module cannot have", () => {
  const withMemory = new ModuleBuilder();
  withMemory.memory({ minimum: 1 });
  assertThrows(() => withMemory.importMemory({ module: "a", name: "b" }, { minimum: 1 }), TypeError, "second memory");
  assertThrows(() => new ModuleBuilder().memory({ minimum: 1, shared: true }), TypeError, "give a maximum");
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

Deno.test("building an expression refuses bad immediates and constants", () => {
  const v = f32x4.const(1);
  assertThrows(() => f32x4.extract_lane(v, 4), RangeError, "lanes are numbered 0 to 3");
  assertThrows(() => v128.load64_lane(0, v, 2), RangeError, "lanes are numbered 0 to 1");
  assertThrows(() => i8x16.shuffle(v, v, [1, 2, 3]), RangeError, "16 bytes below 32");
  assertThrows(() => f32x4.const(1, 2), RangeError, "give one value, or one for each lane");
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

Deno.test("constant() sets a local where the function begins, though loops are open, and takes nothing but constants", () => {
  const builder = new ModuleBuilder();
  builder.function({ name: "run", parameters: { n: "i32" }, result: "i32" }, (f, { n }) => {
    const sum = f.local("i32");
    f.for({ to: n }, () => {
      const seven = f.constant(constant("i32", 7)), vector = f.constant(i32x4.const(1, 2, 3, 4));
      f.set(sum, i32.add(sum, i32.add(seven, i32x4.extract_lane(vector, 3))));
      f.set(seven, 0); // it is set but once
    });
    f.return(sum);
  });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(builder.toBytes()));
  assertEquals([0, 1, 3].map(exports.run as (n: number) => number), [0, 11, 19]);
  assertThrows(
    () => builder.function({ parameters: { n: "i32" } }, (f, { n }) => void f.constant(n)),
    TypeError,
    "must be a constant",
  );
});
