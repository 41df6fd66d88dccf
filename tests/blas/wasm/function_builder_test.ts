/**
 * Control flow in functions: loops, blocks, branches, and constants that are set in front of them.
 *
 * @module
 */
import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  constant,
  f32,
  f32x4,
  f64,
  FunctionBuilder,
  i32,
  i32x4,
  ModuleBuilder,
  select,
  v128,
} from "../../../blas/wasm/mod.ts";
import { functionOf, instantiate, type Run } from "./modules.ts";

Deno.test("for counts from start to end by step, and does not run for an empty range", () => {
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

Deno.test("constant() sets a local at the start of the function, even if loops are open, and takes only constants", () => {
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

Deno.test("locals of one type are declared together, and each has its own type in the order of declaration", () => {
  const types = ["f32", "f32", "i32", "v128", "v128", "v128", "f64", "i32"] as const;
  const built = new FunctionBuilder(["i32"], "none", { hasMemory: false, callables: new Set() });
  types.forEach((type) => built.local(type));
  assertEquals(Array.from(built.finish()[0]!), [5, 2, 0x7d, 1, 0x7f, 3, 0x7b, 1, 0x7c, 1, 0x7f]);
  const sum = functionOf({ x: "i32" }, "f64", (f, { x }) => {
    const locals = types.map((type) => f.local(type)), total = locals[6] as ReturnType<typeof f.local<"f64">>;
    f.set(total, f64.convert_i32_s(x));
    f.set(locals[7] as typeof x, 2);
    f.return(f64.add(total, f64.convert_i32_s(locals[7] as typeof x)));
  });
  assertEquals(sum(40), 42);
});
