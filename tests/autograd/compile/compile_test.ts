import { assert, assertAlmostEquals, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  add,
  compile,
  type Compiled,
  customOp,
  exp,
  formatProgram,
  gradient,
  hessian,
  jvp,
  matmul,
  mul,
  ones,
  type PassName,
  pow,
  reshape,
  scanAlong,
  square,
  sub,
  sum,
  type Tensor,
  tensor32,
  tensor64,
  toArray,
  toList,
  toNumber,
  transpose,
} from "../../../autograd/mod.ts";

type T64 = Tensor<"float64">;

const x = tensor64([[1, -2, 3], [4, 5, -6]]);

Deno.test("compile() returns the same as the plain function", () => {
  const f = (a: T64, b: T64) => sum(mul(exp(a), add(b, 1)), { axes: 0 });
  const compiled = compile(f), y = tensor64([[0.5], [2]]);
  assertEquals(toList(compiled(x, y)).map((v) => v.toFixed(9)), toList(f(x, y)).map((v) => v.toFixed(9)));
});

Deno.test("compile() runs the function once for each signature", () => {
  let runs = 0;
  const f = compile((a: Tensor) => {
    runs++;
    return mul(a, 2);
  });
  assertEquals(toList(f(tensor64([1, 2]))), [2, 4]);
  assertEquals(toList(f(tensor64([3, 4]))), [6, 8]);
  assertEquals(runs, 1);
  assertEquals(toList(f(tensor64([3]))), [6]);
  assertEquals(toList(f(tensor32([3]))), [6]);
  assertEquals(f(tensor32([3])).dtype, "float32");
  assertEquals(runs, 3);
});

Deno.test("results keep the structure that the function returns, including values that are not tensors", () => {
  const f = compile((a: T64) => ({ list: [a, 1, "text", undefined, null], record: { twice: add(a, a) } }));
  const { list, record } = f(tensor64(2));
  assertEquals(list.slice(1), [1, "text", undefined, null]);
  assertEquals([toNumber(list[0] as T64), toNumber(record.twice)], [2, 4]);
});

Deno.test("a result that does not depend on the arguments is returned as it is", () => {
  const c = tensor64([7]), f = compile((_: T64) => c);
  assertStrictEquals(f(x), c);
});

Deno.test("results are copies: the next call does not change them", () => {
  const f = compile((a: T64) => [a, add(a, 1)] as const), [same, next] = f(tensor64([1]));
  f(tensor64([5]));
  assertEquals([toList(same), toList(next)], [[1], [2]]);
});

Deno.test("arguments may have any strides, and are not changed", () => {
  const f = compile((a: T64) => matmul(a, transpose(a))), t = transpose(x), before = toList(t);
  assertEquals(toArray(f(t)), toArray(matmul(t, transpose(t))));
  assertEquals(toList(t), before);
});

Deno.test("derivatives of any kind can be compiled", () => {
  const f = (a: T64) => sum(mul(exp(a), square(a))), at = tensor64([0.1, -0.4]);
  const near = (a: readonly number[], b: readonly number[]) => a.forEach((v, k) => assertAlmostEquals(v, b[k]!, 1e-12));
  near(toList(compile(gradient(f))(at)), toList(gradient(f)(at)));
  near(toList(compile((a: T64) => hessian(f)(a) as T64)(at)), toList(hessian(f)(at) as T64));
  const tangent = tensor64([1, 2]), slope = (a: T64) => jvp(f, [a], [tangent]);
  assertEquals(Object.keys(compile(slope)(at)), Object.keys(slope(at)));
});

Deno.test("a compiled function inside gradient is differentiated", () => {
  const cube = compile((a: T64) => mul(a, square(a)));
  assertEquals(toNumber(gradient((a: T64) => sum(cube(a)))(tensor64(2))), 12);
  // Also where it closes over what is differentiated with respect to.
  const slope = gradient((a: T64) => sum(compile((b: T64) => mul(a, b))(tensor64([3, 4]))));
  assertEquals(toNumber(slope(tensor64(2))), 7);
});

Deno.test("a compiled function inside another becomes part of it", () => {
  const inner = compile((a: T64) => add(a, 1)), outer = compile((a: T64) => mul(inner(a), 2));
  assertEquals(toNumber(outer(tensor64(3))), 8);
});

Deno.test("variables stay variables, and results of operations are detached", () => {
  const f = compile((a: T64) => [a, add(a, 1)] as const), [same, next] = f(tensor64(1));
  assertEquals([same.tag, next.tag], ["variable", "constant"]);
});

Deno.test("a size of 0 and a 0-d shape are compiled too", () => {
  const f = compile((a: T64) => [sum(a), mul(a, 2)] as const);
  assertEquals(f(tensor64([], [0, 3])).map((t) => toList(t)), [[0], []]);
  assertEquals(f(tensor64(3)).map((t) => toList(t)), [[3], [6]]);
});

Deno.test("a compiled function that calls itself by way of a host function has memory for both", () => {
  const inner: { run?: Compiled<[T64], T64> } = {};
  const host = customOp({
    name: "host",
    forward: (a: T64) => {
      const value = toNumber(sum(a));
      return value === 0 || value > 4 ? tensor64(value) : inner.run!(tensor64(value + 1));
    },
    vjp: () => [null],
  });
  inner.run = compile((a: T64) => add(host(a), a));
  // 3 -> host(3) = run(4) = host(4) + 4 = run(5) + 4 = (5 + 5) + 4
  assertEquals(toNumber(inner.run(tensor64(3))), 17);
});

Deno.test("formatProgram() shows a program before and after", () => {
  const text = formatProgram(compile((a: T64) => add(mul(a, 2), ones([3], { dtype: "float64" }))), x);
  assert(text.includes("As traced:") && text.includes("As it runs:"));
  assert(/Memory: [\d,]+ bytes at most/.test(text));
  assertThrows(() => formatProgram((() => 1) as never), TypeError, "compile returned");
});

Deno.test("numbers in the body of a loop stay numbers: a square is a product there, and not a power of an operand", () => {
  const f = (a: T64) => scanAlong((c: T64, z: T64) => [mul(pow(c, 2), sub(1, z)), mul(c, 1)] as const, sum(a), a);
  const compiled = compile(f), given = tensor64([0.5, 0.25, -1]);
  assert(formatProgram(compiled, given).split("As it runs:")[1]!.includes("map %0 * %0 * (1 - %1)"));
  assertEquals(compiled(given).map((t) => toList(t)), f(given).map((t) => toList(t)));
});

Deno.test("loops are joined in the body of a loop inside a loop too, unless that is left out", () => {
  type Step = (c: T64, z: T64) => readonly [T64, T64];
  const inner: Step = (c, z) => [mul(exp(add(c, z)), 0.5), c], given = tensor64([0.5, 0.25, -1]);
  const f = (a: T64) => scanAlong((c: T64, z: T64) => scanAlong(inner, add(c, z), a), sum(a), a)[1];
  const runs = (without: readonly PassName[]) => formatProgram(compile(f, { passes: { without } }), given);
  const fused = "exp(%0 + %1) * 0.5";
  assertEquals([[], ["fuseMaps"] as const].map((without) => runs(without).includes(fused)), [true, false]);
  assertEquals(toList(compile(f)(given)).map((v) => v.toFixed(9)), toList(f(given)).map((v) => v.toFixed(9)));
});

Deno.test("passes are left out in the bodies of loops too, and what becomes of a body is shown with its loop", () => {
  const f = (a: T64) => scanAlong((c: T64, z: T64) => [mul(exp(add(c, z)), 2), c] as const, sum(a), reshape(a, [6]))[0];
  const shown: string[] = [], watch = (_: PassName, program: string) => void shown.push(program);
  const usual = compile(f, { passes: { watch } }), unfused = compile(f, { passes: { without: ["fuseMaps"] } });
  const small = mul(x, 0.01);
  assertAlmostEquals(toNumber(unfused(small)), toNumber(usual(small)), 1e-9);
  const runs = (compiled: typeof usual) => formatProgram(compiled, small).split("As it runs:")[1]!;
  const fused = "exp(%0 + %1) * 2";
  assertEquals([runs(usual).includes(fused), runs(unfused).includes(fused)], [true, false]);
  assert(shown.some((program) => program.includes(fused)));
});

Deno.test("passes can be left out and watched: the results stay, and each program is shown", () => {
  const f = (a: T64) => sum(mul(add(mul(a, 2), 0), exp(a))), seen: [PassName, string][] = [];
  const watch = (pass: PassName, program: string) => void seen.push([pass, program]);
  const usual = compile(f, { passes: { watch } }), unfused = compile(f, { passes: { without: ["fuseMaps"], watch } });
  assertAlmostEquals(toNumber(usual(x)), toNumber(f(x)), 1e-9);
  assert(seen.some(([pass, program]) => pass === "fuseMaps" && program.includes("exp(")));
  const before = seen.length;
  assertAlmostEquals(toNumber(unfused(x)), toNumber(f(x)), 1e-9);
  assert(seen.length > before && seen.slice(before).every(([pass]) => pass !== "fuseMaps"));
  assertEquals(formatProgram(unfused, x) === formatProgram(usual, x), false);
  assertThrows(() => compile(f, { passes: { without: ["fuse" as PassName] } }), RangeError, "the name of a pass");
  assertThrows(() => compile(f, { passes: { skip: [] } as object }), TypeError, 'the option "skip"');
});
