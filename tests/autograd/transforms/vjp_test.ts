import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  add,
  constant,
  DTypeError,
  exp,
  gradient,
  jacobian,
  jvp,
  matmul,
  mul,
  scale,
  ShapeError,
  sin,
  square,
  sum,
  tanh,
  type Tensor,
  tensor32,
  tensor64,
  toArray,
  toList,
  toNumber,
  vjp,
} from "../../../autograd/mod.ts";
import { nodeOf } from "../../../autograd/tensor.ts";

type T64 = Tensor<"float64">;

const swirl = (x: T64): T64 => mul(sin(x), sum(exp(x)));
const vector = (length: number) =>
  fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: length, maxLength: length }).map((xs) =>
    tensor64(xs)
  );
const inner = (a: Tensor, b: Tensor): number => toNumber(sum(mul(a, b)));

Deno.test("jvp and vjp are each other's adjoint, and products with the Jacobian", () => {
  fc.assert(fc.property(vector(3), vector(3), vector(3), (x, tangent, cotangent) => {
    const forward = jvp(swirl, [x], [tangent]).tangent, [back] = vjp(swirl, x).pullback(cotangent);
    assertAlmostEquals(inner(forward, cotangent), inner(tangent, back), 1e-9);
    const matrix = jacobian(swirl)(x), direct = matmul(matrix, tangent);
    toList(direct).forEach((value, i) => assertAlmostEquals(value, toList(forward)[i]!, 1e-9));
  }));
});

Deno.test("jvp agrees with central differences", () => {
  fc.assert(fc.property(vector(3), vector(3), (x, tangent) => {
    const at = (h: number) => toList(swirl(add(x, scale(tangent, h)))), h = 1e-6;
    const numeric = at(h).map((above, i) => (above - at(-h)[i]!) / (2 * h));
    toList(jvp(swirl, [x], [tangent]).tangent).forEach((value, i) => assertAlmostEquals(value, numeric[i]!, 1e-6));
  }));
});

Deno.test("both return the value, and everything detached", () => {
  const x = tensor64([0.5]), pulled = vjp(swirl, x), pushed = jvp(swirl, [x], [x]);
  const all = [pulled.value, pulled.pullback(x)[0], pushed.value, pushed.tangent];
  assertEquals(all.map(({ tag }) => tag), all.map(() => "constant"));
  assertEquals([toList(pulled.value), toList(pushed.value)], [toList(swirl(x)), toList(swirl(x))]);
});

Deno.test("the pullback is linear and may be called many times", () => {
  const { pullback } = vjp(swirl, tensor64([1, 2, 3])), a = tensor64([1, 0, 2]), b = tensor64([0, 5, 1]);
  const [joint] = pullback(add(a, b)), apart = add(pullback(a)[0], pullback(b)[0]);
  toList(joint).forEach((value, i) => assertAlmostEquals(value, toList(apart)[i]!, 1e-12));
  assertEquals(toList(pullback(a)[0]), toList(pullback(a)[0]));
});

Deno.test("arguments and results may be trees; a result that does not depend on an argument gives zeros", () => {
  const f = ({ w, b }: { w: T64; b: T64 }, x: T64) => ({ y: add(mul(w, x), b), pair: [square(w), w] as const });
  const args = [{ w: tensor64([2, 3]), b: tensor64([1, 1]) }, tensor64([5, 7])] as const;
  const { value, pullback } = vjp(f, ...args);
  assertEquals([toList(value.y), value.pair.map(toList)], [[11, 22], [[4, 9], [2, 3]]]);
  const one = tensor64([1, 1]), zero = tensor64([0, 0]);
  const [params, x] = pullback({ y: one, pair: [one, one] });
  assertEquals([toList(params.w), toList(params.b), toList(x)], [[5 + 4 + 1, 7 + 6 + 1], [1, 1], [2, 3]]);
  const [only] = pullback({ y: zero, pair: [zero, one] });
  assertEquals([toList(only.w), toList(only.b)], [[1, 1], [0, 0]]);
  const { tangent } = jvp(f, [...args], [{ w: one, b: zero }, zero]);
  assertEquals([toList(tangent.y), tangent.pair.map(toList)], [[5, 7], [[4, 6], [1, 1]]]);
});

Deno.test("functions that ignore, return, or repeat their argument", () => {
  const x = tensor64([1, 2]), v = tensor64([10, 20]), fixed = constant([7], { dtype: "float64" });
  const ignore = (_: T64): T64 => fixed, same = (t: T64): T64 => t, twice = (t: T64) => [t, t] as const;
  assertEquals(toList(vjp(ignore, x).pullback(fixed)[0]), [0, 0]);
  assertEquals(toList(jvp(ignore, [x], [v]).tangent), [0]);
  assertEquals([toList(vjp(same, x).pullback(v)[0]), toList(jvp(same, [x], [v]).tangent)], [[10, 20], [10, 20]]);
  assertEquals(toList(vjp(twice, x).pullback([v, x])[0]), [11, 22]);
  assertEquals(jvp(twice, [x], [v]).tangent.map(toList), [[10, 20], [10, 20]]);
  assertEquals(jvp((a: T64, b: T64) => add(a, b), [x, x], [v, x]).tangent.shape, [2]);
});

Deno.test("they nest in each other and in gradient()", () => {
  const cube = (y: T64): T64 => mul(y, square(y));
  // jvp of x^3 along x is 3 x^3, whose slope is 9 x^2; so is that of vjp.
  assertEquals(toNumber(gradient((x: T64) => jvp(cube, [x], [x]).tangent)(tensor64(2))), 36);
  assertEquals(toNumber(gradient((x: T64) => vjp(cube, x).pullback(x)[0])(tensor64(2))), 36);
  // The second derivative along v twice: v^2 6 x.
  const along = (x: T64) => jvp(cube, [x], [tensor64(3)]).tangent;
  assertEquals(toNumber(jvp(along, [tensor64(2)], [tensor64(3)]).tangent), 108);
  assertEquals(toNumber(jvp(gradient(cube), [tensor64(2)], [tensor64(3)]).tangent), 36);
  assertEquals(
    toNumber(vjp((x: T64) => vjp(cube, x).pullback(tensor64(1))[0], tensor64(2)).pullback(tensor64(1))[0]),
    12,
  );
});

Deno.test("an inner transform tells its own variable from the outer one: no perturbation confusion", () => {
  // d/dx (x * d/dy (x + y)) = 1
  const f = (x: T64): T64 => mul(x, jvp((y: T64) => add(x, y), [tensor64(1)], [tensor64(1)]).tangent);
  assertEquals(toNumber(jvp(f, [tensor64(5)], [tensor64(1)]).tangent), 1);
});

Deno.test("several results share their work: every node is pulled through once", () => {
  let calls = 0;
  const counted = (t: Tensor): Tensor => {
    const y = tanh(t);
    if (y.tag !== "node" || y.siblings !== undefined) return y;
    const own = y.primitive;
    const primitive = { ...own, vjp: (...args: Parameters<typeof own.vjp>) => (calls++, own.vjp(...args)) };
    return nodeOf(y.view, primitive, y.attributes, [...y.inputs]);
  };
  const x = tensor64([1]),
    { pullback } = vjp((t: Tensor) => {
      const shared = counted(t);
      return [square(shared), exp(shared), shared] as const;
    }, x);
  pullback([x, x, x]);
  assertEquals(calls, 1);
});

Deno.test("both say which cotangent or tangent is wanted", () => {
  const x = tensor64([1, 2]), { pullback } = vjp(swirl, x);
  assertThrows(
    () => pullback(tensor64([1])),
    ShapeError,
    "Cannot apply vjp to value [2] and cotangent [1]: the cotangent must have the shape of its value; reshape it",
  );
  assertThrows(
    () => pullback(tensor32([1, 2]) as unknown as T64),
    DTypeError,
    "Cannot apply vjp to float64 and float32",
  );
  assertThrows(() => pullback(1 as unknown as T64), TypeError, "Cannot apply vjp with 1 for a cotangent");
  assertThrows(
    () => jvp(swirl, [x], [tensor64(1)]),
    ShapeError,
    'the tangent at "0" must have the shape of its primal',
  );
  assertThrows(
    () => vjp((_: T64) => 3 as unknown as Tensor, x),
    TypeError,
    "Cannot apply vjp to a function that returned 3: it must return a tensor or a tree of tensors",
  );
  assertThrows(() => vjp((t: T64) => ({ t, n: 1 as unknown as T64 }), x), TypeError, 'returned 1 at "n"');
  assertThrows(
    () => vjp((t: T64) => t, 3 as unknown as T64),
    TypeError,
    "Cannot differentiate with respect to 3",
  );
});

Deno.test("undefined in a list of results is refused, with its path; as a field, it is left out", () => {
  const x = tensor64([1, 2]), listed = (t: T64) => ({ list: [t, undefined as unknown as T64] });
  for (
    const [name, run] of Object.entries({
      vjp: () => vjp(listed, x),
      jvp: () => jvp(listed, [x], [x]),
      jacobian: () => jacobian(listed)(x),
    })
  ) {
    const text = `Cannot apply ${name} to a function that returned undefined at "list.1": it must return a tensor or`;
    assertThrows(run, TypeError, text);
  }
  const { value } = vjp((t: T64): { t: T64; none?: T64 | undefined } => ({ t, none: undefined }), x);
  assertEquals(Object.keys(value), ["t"]);
});

Deno.test("a jvp refuses tangents before it runs the function", () => {
  let runs = 0;
  assertThrows(() => jvp((t: T64) => (runs++, t), [tensor64([1, 2])], [tensor64(1)]), ShapeError);
  assertEquals(runs, 0);
});

Deno.test("an array of one result keeps its shape", () => {
  assertEquals(toArray(jvp(square, [tensor64([[1, 2]]) as Tensor], [tensor64([[1, 1]]) as Tensor]).tangent), [[2, 4]]);
});
