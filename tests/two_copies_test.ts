/**
 * Two copies of the library in one process: of one version they work together, of two they refuse each other.
 *
 * @module
 */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertNotStrictEquals,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import * as A from "../mod.ts";
import { loadCopy } from "./copies.ts";

const ignore = !(["read", "write"] as const)
  .every((name) => Deno.permissions.querySync({ name }).state === "granted");
const B = ignore ? A : await loadCopy(), other = ignore ? A : await loadCopy("9.9.9");

type T64 = A.Tensor<"float64">;

Deno.test("the copies are copies", { ignore }, () => {
  assertNotStrictEquals(A.add, B.add);
  assertNotStrictEquals(A.add, other.add);
});

Deno.test("one copy's gradient differentiates the other's functions", { ignore }, () => {
  const f = (x: T64): T64 => B.sum(B.mul(B.tanh(x), x)), x = A.tensor64([0.5, -1, 2]);
  const own = A.gradient((x: T64) => A.sum(A.mul(A.tanh(x), x)))(x);
  assertEquals(A.toList(A.gradient(f)(x)), A.toList(own));
  assertEquals(A.toList(B.gradient(f)(B.tensor64([0.5, -1, 2]))), A.toList(own));
  assertEquals(A.toList(A.valueAndGradient(f)(x).gradients), A.toList(own));
});

Deno.test("second derivatives may take one copy for each of the transforms", { ignore }, () => {
  const cube = (x: T64): T64 => B.mul(x, A.mul(x, x));
  for (const [outer, inner] of [[A, B], [B, A]] as const) {
    assertEquals(A.toNumber(outer.gradient((x: T64) => inner.gradient(cube)(x))(A.tensor64(2))), 12);
    assertEquals(A.toArray(outer.hessian((x: T64) => inner.sum(cube(x)))(A.tensor64([1, 2]))), [[6, 0], [0, 12]]);
  }
});

Deno.test("backward goes through a graph that two copies made, in either", { ignore }, () => {
  const x = B.tensor64([1, 2]), y = A.sum(B.mul(A.exp(x), x)), wanted = [2 * Math.E, 3 * Math.E ** 2];
  for (const copy of [A, B]) {
    copy.toList(copy.backward(y).get(x)!).forEach((value, k) => assertAlmostEquals(value, wanted[k]!, 1e-12));
  }
});

Deno.test("rows of a gradient stay where one copy's backward pass runs the other's rules", { ignore }, () => {
  const table = A.tensor32(Float32Array.from({ length: 9000 }, (_, k) => k % 7), [300, 30]);
  const words = Array.from({ length: 600 }, (_, k) => k % 300); // their rows are large enough to be used again
  const loss = (own: typeof A) => (t: A.Tensor) => {
    const rows = own.take(t, words);
    return own.sum(own.mul(rows, rows)); // the pass adds the two cotangents of the rows
  };
  for (const [outer, inner] of [[A, A], [A, B], [B, A]] as const) {
    const gradient = outer.gradient(loss(inner))(table);
    outer.gradient(loss(inner))(table);
    for (const copy of [A, B]) {
      const optimizer = copy.rowwise(copy.sgd({ learningRate: 0.25 }));
      assertEquals(copy.toList(optimizer.step(optimizer.init(table), gradient).params), Array(9000).fill(0));
    }
  }
});

Deno.test("jvp, vjp and jacobian run the other copy's functions", { ignore }, () => {
  const f = (x: T64): T64 => B.mul(B.sin(x), x), x = A.tensor64([1, 2]), v = A.tensor64([1, 0]);
  const ofA = A.jvp((x: T64) => A.mul(A.sin(x), x), [x], [v]), ofB = A.jvp(f, [x], [v]);
  assertEquals(A.toList(ofB.tangent), A.toList(ofA.tangent));
  assertEquals(A.toArray(A.jacobian(f)(x)), A.toArray(A.jacobian((x: T64) => A.mul(A.sin(x), x))(x)));
});

Deno.test("one copy compiles the other's functions, derivatives and random numbers included", { ignore }, () => {
  const step = (x: T64, k: A.Key): T64 =>
    B.add(
      B.gradient((x: T64) => B.sum(B.mul(B.exp(x), 2)))(x),
      B.randomNormal(B.foldIn(k, 3), [2], { dtype: "float64" }),
    );
  const compiled = A.compile(step), x = B.tensor64([0.1, 0.2]);
  for (const seed of [1, 2]) {
    const wanted = A.toList(step(x, A.key(seed)));
    A.toList(compiled(x, B.key(seed))).forEach((value, k) => assertAlmostEquals(value, wanted[k]!, 1e-12));
  }
});

Deno.test("one copy compiles a custom operation of the other's that reads numbers", { ignore }, () => {
  const doubled = B.customOp({
    name: "doubled",
    forward: (x: T64) => B.tensor64(B.toList(x).map((value) => 2 * value)),
    vjp: (cotangent) => [B.mul(cotangent, 2)],
  });
  assertEquals(A.toList(A.compile((x: T64) => doubled(x))(A.tensor64([1, 2]))), [2, 4]);
});

Deno.test("keys are the same in both copies", { ignore }, () => {
  assertEquals(B.toList(B.randomUniform(A.key(3), [4])), A.toList(A.randomUniform(B.key(3), [4])));
  assert(A.isKey(B.key(1)) && B.isKey(A.split(B.key(1))[0]));
});

Deno.test("the engine is one for both copies", { ignore }, () => {
  assertStrictEquals(A.engines.simd, B.engines.simd);
  const previous = A.setEngine(A.engines.reference);
  try {
    assertStrictEquals(B.setEngine(B.engines.reference), A.engines.reference);
  } finally {
    A.setEngine(previous);
  }
});

Deno.test("one copy trains the other's layers with its own optimizer", { ignore }, () => {
  const model = A.sequential([B.denseLayer(2, 3, { activation: B.activations.tanh }), A.denseLayer(3, 1)]);
  const { params, state } = model.init(B.key(0)), x = A.ones([4, 2]), y = B.zeros([4, 1]);
  const loss = (p: typeof params): A.Tensor => B.mseLoss(A.forward(model, { params: p, state }, x), y);
  const optimizer = A.adam({ learningRate: 0.1 }), gradientOf = B.valueAndGradient(loss);
  let current = optimizer.init(params);
  for (let k = 0; k < 20; k++) current = optimizer.step(current, gradientOf(current.params).gradients);
  assert(A.toNumber(loss(current.params)) < A.toNumber(loss(params)) / 10);
});

Deno.test("an error of the other copy's layer says where in the model it happened", { ignore }, () => {
  const model = A.sequential([A.denseLayer(2, 3), B.denseLayer(3, 1)]);
  assertEquals(model.outputShape([4, 5])._tag, "Left");
  assertThrows(() => A.forward(model, model.init(A.key(0)), A.ones([4, 5])), A.ShapeError, 'at "0"');
});

Deno.test("each copy knows the other's errors by its own classes, and not those of another version", { ignore }, () => {
  const thrown = (f: () => unknown): unknown => {
    try {
      return f();
    } catch (error) {
      return error;
    }
  };
  for (const [throwing, catching] of [[A, B], [B, A]] as const) {
    const shape = thrown(() => throwing.add(throwing.ones([2]), throwing.ones([3])));
    assert(shape instanceof catching.ShapeError && shape.op === "add");
    class Mine extends catching.ShapeError {}
    const isOf = (Class: abstract new (...given: never) => unknown): boolean => shape instanceof Class;
    assertEquals([catching.DTypeError, other.ShapeError, Mine].map(isOf), [false, false, false]);
    assert(thrown(() => throwing.zeros([2], { dtype: "int8" as never })) instanceof catching.DTypeError);
    const read = thrown(() =>
      throwing.compile((x: T64) => throwing.mul(x, throwing.toNumber(x)))(throwing.tensor64(1))
    );
    assert(read instanceof catching.TraceError && read instanceof catching.AbstractValueError);
    const decoded = throwing.decodeSafetensors(new Uint8Array(3));
    assert(decoded._tag === "Left" && decoded.left instanceof catching.CheckpointError);
    const layer = throwing.layerFromConfig({ kind: "dense" });
    assert(layer._tag === "Left" && layer.left instanceof catching.ConfigError);
  }
});

Deno.test(
  "tensors of another version are refused, and the error names both versions and the remedy",
  { ignore },
  () => {
    const foreign = other.tensor64([1, 2]) as T64,
      message = "Cannot use a tensor of nanograd 9.9.9 with nanograd 0.1.0: both must be of one version; " +
        "import one everywhere";
    const uses: readonly (() => unknown)[] = [
      () => A.isTensor(foreign),
      () => A.add(foreign, 1),
      () => A.sum(foreign),
      () => A.toList(foreign),
      () => A.backward(foreign),
      () => A.gradient((x: T64) => A.sum(x))(foreign),
      () => A.gradient((x: { readonly a: T64 }) => A.sum(x.a))({ a: foreign }),
      () => A.gradient((x: T64) => other.sum(other.mul(x, x)) as T64)(A.tensor64([1, 2])),
      () => A.gradient((_: T64): T64 => other.tensor64(1) as T64)(A.tensor64(1)),
      () => A.compile((x: T64) => x)(foreign),
      () => A.adam().init({ a: foreign }),
      () =>
        A.forward(
          A.denseLayer(2, 1, { dtype: "float64" }),
          A.denseLayer(2, 1, { dtype: "float64" }).init(A.key(0)),
          foreign,
        ),
    ];
    for (const use of uses) {
      const error = assertThrows(use, TypeError);
      assert(
        error.message === message ||
          error.message === message.replace("9.9.9", "x").replace("0.1.0", "9.9.9").replace("x", "0.1.0"),
        `${use}: ${error.message}`,
      );
    }
  },
);

Deno.test("another version has an engine in use, a nesting and expressions of its own", { ignore }, () => {
  const previous = A.setEngine(A.engines.reference);
  try {
    assertNotStrictEquals(other.setEngine(other.engines.simd), A.engines.reference);
  } finally {
    A.setEngine(previous);
  }
});
