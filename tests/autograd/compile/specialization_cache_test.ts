import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  add,
  compile,
  type CompileOptions,
  constant,
  matmul,
  mul,
  ones,
  sum,
  type Tensor,
  tensor64,
  toArray,
  transpose,
} from "../../../autograd/mod.ts";
import { engines, setEngine } from "../../../blas/mod.ts";

type T64 = Tensor<"float64">;

const x = tensor64([[1, -2, 3], [4, 5, -6]]);

/** A compiled function that records each number it is traced with. */
function noting(options: CompileOptions): { readonly f: (n: number) => T64; readonly traced: number[] } {
  const traced: number[] = [],
    f = compile((n: number) => {
      traced.push(n);
      return add(tensor64(n), 1) as T64;
    }, options);
  return { f, traced };
}

/** Returns the console's warnings while `f` runs. */
function warnings(f: () => void): readonly string[] {
  const said: string[] = [], { warn } = console;
  console.warn = (text: string) => void said.push(text);
  try {
    f();
  } finally {
    console.warn = warn;
  }
  return said;
}

Deno.test("another engine gets a program of its own, and both are kept", () => {
  let traces = 0;
  const f = compile((a: T64) => {
    traces++;
    return matmul(a, transpose(a));
  });
  const before = toArray(f(x)), previous = setEngine(engines.reference);
  try {
    assertEquals(toArray(f(x)), before);
    assertEquals(traces, 2);
    f(x);
  } finally {
    setEngine(previous);
  }
  f(x);
  assertEquals(traces, 2);
});

Deno.test("a program runs on the engine that it was compiled for, not on one of another", () => {
  let calls = 0;
  const counting = {
    ...engines.reference,
    gemm: (...args: Parameters<typeof engines.reference.gemm>) => {
      calls++;
      engines.reference.gemm(...args);
    },
  };
  const f = compile((a: T64) => matmul(a, transpose(a))), previous = setEngine(engines.simd);
  try {
    f(x);
    setEngine(counting);
    f(x);
    assert(calls > 0);
  } finally {
    setEngine(previous);
  }
});

Deno.test("variants bounds the programs, and the one unused for the longest time is dropped", () => {
  const { f, traced } = noting({ variants: 3, warn: false });
  for (const n of [1, 2, 3]) f(n);
  f(1); // now 2 is the one unused for the longest time
  f(4); // in place of 2
  for (const n of [1, 3, 4]) f(n);
  assertEquals(traced, [1, 2, 3, 4]);
  f(2); // in place of 1
  for (const n of [3, 4, 2]) f(n);
  assertEquals(traced, [1, 2, 3, 4, 2]);
  f(1);
  assertEquals(traced, [1, 2, 3, 4, 2, 1]);
});

Deno.test("32 programs are kept by default", () => {
  const { f, traced } = noting({ warn: false });
  for (let n = 0; n < 32; n++) f(n);
  for (let n = 0; n < 32; n++) f(n);
  assertEquals(traced.length, 32);
  f(32);
  f(0);
  assertEquals(traced.length, 34);
});

Deno.test("one program serves calls with the same signature", () => {
  const { f, traced } = noting({ variants: 1 });
  assertEquals(warnings(() => [1, 1, 2, 2, 1].forEach((n) => f(n))), []);
  assertEquals(traced, [1, 2, 1]);
});

Deno.test("invalid options are refused", () => {
  for (const variants of [0, -1, 1.5, NaN, Infinity, "3" as never]) {
    assertThrows(
      () => compile(() => x, { variants }),
      RangeError,
      `with variants ${typeof variants === "string" ? `"${variants}"` : variants}`,
    );
  }
  assertThrows(() => compile(() => x, { warn: 1 as never }), TypeError, "must be true or false");
});

Deno.test("a number that changes with each call is warned of once, with its path and the remedy", () => {
  const f = compile(function trainStep(s: { readonly t: T64; readonly step: number }) {
    return mul(s.t, s.step);
  });
  const said = warnings(() => {
    for (let step = 0; step < 40; step++) f({ t: x, step });
  });
  assertEquals(said.length, 1);
  for (const part of ["trainStep", "argument 0.step changes from the number 7 to the number 8;", "constant(x)"]) {
    assert(said[0]!.includes(part), `${part}: ${said[0]}`);
  }
});

Deno.test("texts, functions and shapes that change with each call are warned of in their own words", () => {
  const saying = (value: (k: number) => unknown): string => {
    const f = compile((_: unknown) => x);
    return warnings(() => {
      for (let k = 0; k < 20; k++) f(value(k));
    }).join();
  };
  assert(saying((k) => `epoch ${k}`).includes('the text "epoch 7"'));
  assert(saying(() => () => 1).includes("define it once, outside of the loop"));
  assert(saying((k) => ones([k + 1])).includes("argument 0 changes from float32 [8] to float32 [9];"));
  assert(saying((k) => Array(k).fill(true)).includes("argument 0.7 changes"));
});

Deno.test("a step of scan whose numbers change is warned of too", () => {
  const step = compile((total: T64, k: number) => [add(total, k), 0] as const);
  const said = warnings(() => {
    for (const _ of step.scan(tensor64(0), Array.from({ length: 20 }, (_, k) => k)));
  });
  assertEquals(said.length, 1);
  assert(said[0]!.includes("argument 1 changes"));
});

Deno.test("there is no warning if calls return to the same signatures, or with warn: false", () => {
  const few = compile((k: number, a: T64) => mul(a, k)), silent = compile((k: number) => add(x, k), { warn: false });
  assertEquals(
    warnings(() => {
      for (let k = 0; k < 100; k++) few(k % 8, x);
      for (let k = 0; k < 40; k++) silent(k);
      // Nine programs in all, each of which takes many steps.
      const step = compile((total: T64, k: number) => [add(total, k), 0] as const);
      for (
        const _ of step.scan(
          constant(0, { dtype: "float64" }),
          Array.from({ length: 90 }, (_, k) => Math.floor(k / 10)),
        )
      );
      // A run over many sizes, each used many times, is not a mistake.
      const sizes = compile((a: Tensor) => sum(a));
      for (let k = 0; k < 100; k++) sizes(ones([1 + Math.floor(k / 5)]));
    }),
    [],
  );
});

Deno.test("if dropped values return, the warning says how to keep more programs", () => {
  const f = compile((k: number) => constant(k), { variants: 4 });
  const said = warnings(() => {
    for (let k = 0; k < 40; k++) f(k % 5);
  });
  assert(said.length === 1 && said[0]!.includes("more programs than 4"));
});

Deno.test("arguments that a program used lately does not fit reach the one that they fit, each in its place", () => {
  const f = compile((a: T64, b: T64) => sum(add(mul(sum(a), 10), b)), { warn: false });
  const of = (n: number, value: number) => constant(Array.from({ length: n }, () => value), { dtype: "float64" });
  assertEquals(toArray(f(of(2, 1), of(2, 3))), 46);
  assertEquals(toArray(f(of(3, 1), of(2, 3))), 66);
  assertEquals(toArray(f(of(2, 1), of(2, 4))), 48);
});
