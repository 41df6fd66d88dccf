/** Linear algebra in graphs: layers/onnx/writing/linear_algebra.ts. */
import { assert, assertEquals } from "@std/assert";
import * as n from "../../../mod.ts";
import { decodeOnnx, encodeOnnx } from "../../../layers/onnx/mod.ts";
import { ignore, runThere } from "./runtime.ts";

type Tensors = Readonly<Record<string, n.Tensor>>;

const square = n.randomNormal(n.key(1), [2, 5, 5]), tall = n.randomNormal(n.key(2), [6, 4]);
const definite = n.add(n.matmul(square, n.transpose(square, [0, 2, 1])), n.eye(5));

const CASES: Readonly<Record<string, readonly [f: (x: n.Tensor) => Tensors, x: n.Tensor]>> = {
  cholesky: [(x) => ({ l: n.cholesky(x) }), definite],
  solve: [(x) => ({ x: n.solve(x, n.tensor32([[1, 2], [3, 4], [5, 6], [7, 8], [9, 0]])) }), square],
  inverse: [(x) => ({ x: n.inverse(x) }), square],
  "determinant and its logarithm": [(x) => ({ d: n.determinant(x), l: n.logDeterminant(x) }), square],
  solveTriangular: [(x) => ({ x: n.solveTriangular(x, n.ones([5, 2]), { lower: false }) }), definite],
  qr: [(x) => n.qr(x), tall],
  eigh: [(x) => n.eigh(x), definite],
  "svd of a tall matrix": [(x) => n.svd(x), tall],
  "svd of a wide matrix": [(x) => n.svd(x), n.transpose(tall)],
  "the gradient of a least squares fit": [
    (x) => ({
      g: n.gradient((a: n.Tensor) => n.sum(n.square(n.leastSquares(a, n.ones([6, 1])))) as n.Tensor<"float32">)(x),
    }),
    tall,
  ],
};

for (const [name, [f, x]] of Object.entries(CASES)) {
  Deno.test(`${name} in a graph gives the numbers of the library`, async () => {
    const bytes = encodeOnnx((_: object, x: n.Tensor) => f(x), {}, x), wanted = f(x), model = decodeOnnx(bytes);
    assert(model._tag === "Right", model._tag === "Left" ? model.left.message : "");
    const near = (name: string, values: readonly number[], who: string): void => {
      const right = n.toList(wanted[name]!), scale = Math.max(1, ...right.map(Math.abs));
      assertEquals(values.length, right.length);
      right.forEach((own, k) =>
        assert(Math.abs(own - values[k]!) <= 1e-4 * scale, `${who}: ${name}[${k}]: ${values[k]} and ${own}`)
      );
    };
    const [outputs] = model.right.apply(model.right, { input: x });
    for (const name of Object.keys(wanted)) near(name, n.toList(outputs[name]!), "read back");
    if (ignore) return;
    const there = await runThere(bytes, { input: { type: "float32", shape: x.shape, values: n.toList(x) } });
    for (const { name, values } of there) near(name, values, "onnxruntime");
  });
}
