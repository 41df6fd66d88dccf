import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  add,
  checkpoint,
  compile,
  cond,
  customOp,
  foldIn,
  formatProgram,
  gradient,
  greater,
  key,
  less,
  matmul,
  mul,
  type PassName,
  randomNormal,
  scale,
  scanAlong,
  sin,
  square,
  sum,
  take,
  tanh,
  type Tensor,
  tensor64,
  toList,
  transpose,
  whileLoop,
  zeros,
} from "../../../autograd/mod.ts";
import { engines, setEngine } from "../../../blas/mod.ts";
import { passes } from "../../../blas/program/passes/mod.ts";
import { Tracing } from "../../../autograd/compile/tracing.ts";
import { compileProgram } from "../../../blas/simd/program/compile.ts";
import { constantOf } from "../../../autograd/tensor.ts";
import { optimize } from "../../../blas/program/passes/mod.ts";

type T64 = Tensor<"float64">;

const w = randomNormal(key(0), [3, 3], { dtype: "float64" }),
  xs = randomNormal(key(1), [4, 2, 3], { dtype: "float64" });

/** Everything in one: a loop with a product, a choice, a loop of unknown length, constants, and strided operands. */
const loss = (w: T64, xs: T64): T64 => {
  const step = (h: T64, x: T64) => {
    const moved = tanh(add(matmul(h, transpose(w)), mul(x, tensor64([1, 2, 3]))));
    const chosen = cond(greater(sum(moved), 0), (t) => scale(t, 0.5), (t) => mul(t, x), moved);
    const grown = whileLoop((t: T64) => less(sum(square(t)), 1), (t) => scale(t, 2), chosen, { maxSteps: 200 });
    return [grown, checkpoint((t: T64) => sin(t))(grown)] as const;
  };
  const [last, ys] = scanAlong(step, zeros([2, 3], { dtype: "float64" }), xs, { reverse: true });
  const [other] = scanAlong(step, last, transpose(xs, [1, 0, 2]), { axis: 1 });
  return add(sum(square(ys)), sum(other));
};

function assertClose(found: Tensor, wanted: Tensor): void {
  const numbers = toList(wanted);
  toList(found).forEach((x, k) => assertAlmostEquals(x, numbers[k]!, 1e-9 * (1 + Math.abs(numbers[k]!))));
}

/** What is computed: a value, and a gradient. */
const both = (w: T64, xs: T64) => ({ value: loss(w, xs), slope: gradient(loss)(w, xs) });

Deno.test("loops and choices in each other are the same compiled, on every engine", () => {
  const wanted = both(w, xs);
  let products = 0;
  const counting = {
    ...engines.simd,
    name: "counting",
    gemm: ((operands) => {
      products++;
      engines.reference.gemm(operands);
    }) as typeof engines.simd.gemm,
  };
  for (const engine of [engines.simd, engines.reference, counting]) {
    const before = setEngine(engine);
    try {
      const found = compile(both)(w, xs);
      assertClose(found.value, wanted.value);
      assertClose(found.slope, wanted.slope);
    } finally {
      setEngine(before);
    }
  }
  assert(products > 8, "the engine's own products compute those in loops too");
});

Deno.test("loops and choices are the same with each pass left out", () => {
  const wanted = both(w, xs);
  for (const name of Object.keys(passes) as PassName[]) {
    const found = compile(both, { passes: { without: [name] } })(w, xs);
    assertClose(found.value, wanted.value);
    assertClose(found.slope, wanted.slope);
  }
});

Deno.test("loops run again and again, and in several instances of one program, give the same", () => {
  const compiled = compile(gradient(loss)), wanted = toList(compiled(w, xs));
  for (let k = 0; k < 3; k++) {
    compiled(scale(w, 2), xs);
    assertEquals(toList(compiled(w, xs)), wanted);
  }
});

Deno.test("loops run in shares have the bits of loops run as wholes", () => {
  const tracing = new Tracing([w, xs].map(({ dtype, shape }) => ({ dtype, shape })));
  const [a, b] = [0, 1].map((k) => constantOf(tracing.parameter(k)) as T64) as [T64, T64];
  const rolled = (w: T64, xs: T64) =>
    sum(
      square(
        scanAlong(
          (h: T64, x: T64) => [tanh(add(matmul(h, w), x)), h] as const,
          zeros([2, 3], { dtype: "float64" }),
          xs,
        )[1],
      ),
    );
  const result = tracing.run(() => gradient(rolled)(a, b));
  const program = optimize(tracing.program([result.view]));
  const [whole, shares] = [undefined, 3].map((shares) => {
    const executable = compileProgram(program, engines.simd, { shares });
    executable.write(0, w.view);
    executable.write(1, xs.view);
    executable.run();
    return toList(constantOf(executable.read(0)));
  });
  assertEquals(whole, shares);
});

Deno.test("a loop whose body has an operation outside runs step by step, and is the same", () => {
  const cube = customOp({
    name: "cube",
    forward: (x: Tensor) => tensor64(toList(x).map((value) => value ** 3), x.shape),
    vjp: (
      cotangent: Tensor,
      { inputs: [x] }: { readonly inputs: readonly Tensor[] },
    ) => [scale(mul(cotangent, square(x!)), 3)],
  } as never) as unknown as (x: T64) => T64;
  const f = (start: T64, xs: T64): T64 => {
    const [last] = scanAlong((h: T64, x: T64) => [scale(cube(add(h, x)), 0.1), null] as const, start, xs);
    const counted = whileLoop((t: T64) => less(sum(t), 50), (t) => add(t, square(cube(t))), last, { maxSteps: 1000 });
    return sum(cond(greater(sum(counted), 1000), (t) => take(t, [0], 0), (t) => cube(take(t, [1], 0)), counted));
  };
  const start = tensor64([1, 0.5]), rows = tensor64([[1, 2], [0.3, 0.2]]);
  assertClose(compile(f)(start, rows), f(start, rows));
  assertClose(compile(gradient(f))(start, rows), gradient(f)(start, rows));
});

Deno.test("a loop is one instruction, however many steps there are, and so is its derivative", () => {
  const f = (length: number) => (x: T64) =>
    sum(scanAlong((h: T64) => [tanh(mul(h, x)), null] as const, tensor64([1, 2]), null, { length })[0]);
  const lines = [3, 3000].map((length) => formatProgram(compile(gradient(f(length))), tensor64([1, 2])));
  const [few, many] = lines.map((text) => text.split("As it runs:")[1]!.split("\n"));
  assertEquals(few!.length, many!.length);
  assertEquals(many!.filter((line) => /scan 3000 steps/.test(line)).length, 2);
});

Deno.test("compile(step).scan carries what loops inside the step carry on", () => {
  const step = (carry: T64, x: T64) => {
    const [next, ys] = scanAlong((h: T64, one: T64) => [tanh(add(h, one)), h] as const, carry, x);
    return [next, sum(ys)] as const;
  };
  const batches = [tensor64([[1, 2], [3, 4]]), tensor64([[-1, 0.5], [0, 0]]), tensor64([[1, 1], [2, 2]])];
  let carry: T64 = tensor64([0, 0]);
  const wanted = batches.map((x) => {
    const [next, y] = step(carry, x);
    carry = next;
    return toList(y)[0]!;
  });
  const scan = compile(step).scan(tensor64([0, 0]), batches), found = [...scan].map((y) => toList(y)[0]!);
  found.forEach((y, k) => assertAlmostEquals(y, wanted[k]!, 1e-12));
  assertClose(scan.carry, carry);
});

Deno.test("a checkpoint in each hundred steps of a long loop saves nearly all of the memory", () => {
  const step = (h: T64, _: null) => [sin(h), null] as const,
    start = tensor64(Array.from({ length: 16 }, (_, k) => k / 16));
  const whole = (h: T64) => sum(scanAlong(step, h, null, { length: 10_000 })[0]);
  const segment = checkpoint((h: T64, _: null) => [scanAlong(step, h, null, { length: 100 })[0], null] as const);
  const inSegments = (h: T64) => sum(scanAlong(segment, h, null, { length: 100 })[0]);
  const [all, few] = [whole, inSegments].map((f) => compile(gradient(f)));
  assertClose(few!(start), all!(start));
  const [most, least] = [all!, few!].map((f) => {
    return Number(/Memory: ([\d,]+) bytes/.exec(formatProgram(f, start))![1]!.replaceAll(",", ""));
  });
  assert(least! * 20 < most!, `${least} bytes, ${most} without`);
});

Deno.test("a custom operation in a loop keeps the derivative that it is given", () => {
  const straight = customOp(
    { name: "straight", forward: (x: Tensor) => scale(x, 100), vjp: (cotangent: Tensor) => [cotangent] } as never,
  );
  const f = (x: T64) =>
    sum(
      scanAlong(
        (h: T64, x: T64) => [add(h, (straight as unknown as (x: T64) => T64)(x)), null] as const,
        tensor64(0),
        x,
      )[0],
    );
  for (const g of [gradient(f), compile(gradient(f))]) assertEquals(toList(g(tensor64([1, 2]))), [1, 1]);
});

Deno.test("keys that a step makes of its counter draw the same in a compiled loop", () => {
  const f = (source: ReturnType<typeof key>, w: T64): T64 => {
    const step = ({ n, h }: { readonly n: T64; readonly h: T64 }, _: null) => {
      const drawn = randomNormal(foldIn(source, n), [2], { dtype: "float64" });
      return [{ n: add(n, 1), h: add(h, mul(w, drawn)) }, null] as const;
    };
    return scanAlong(step, { n: tensor64(0), h: tensor64([0, 0]) }, null, { length: 3 })[0].h;
  };
  const w = tensor64([1, 2]), wanted = f(key(5), w);
  assertClose(compile(f)(key(5), w), wanted);
  assertClose(compile((w: T64) => f(key(5), w))(w), wanted);
  assertClose(compile(gradient((w: T64) => sum(f(key(5), w))))(w), mul(wanted, tensor64([1, 0.5])));
});
