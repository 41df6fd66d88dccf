import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  gradient,
  key,
  logSoftmax,
  nllLoss,
  randomNormal,
  ShapeError,
  softmaxCrossEntropy,
  type Tensor,
  tensor64,
  toList,
  toNumber,
  zeros,
} from "../../../autograd/mod.ts";

const logits = randomNormal(key(1), [4, 3, 2], { dtype: "float64" });
const classes = [[0, 2], [1, 1], [2, 2], [0, 1]], weights = tensor64([0.5, 1, 2]);

Deno.test("nllLoss() of logSoftmax() is softmaxCrossEntropy(), value and gradient, under all options", () => {
  for (const reduction of ["mean", "sum", "none"] as const) {
    for (const options of [{}, { weights }, { ignoreIndex: 1 }, { weights, ignoreIndex: 2 }]) {
      const all = { ...options, axis: 1, reduction };
      const ours = nllLoss(logSoftmax(logits, { axis: 1 }), classes, all),
        other = softmaxCrossEntropy(logits, classes, all);
      assertEquals(ours.shape, other.shape);
      toList(ours).forEach((x, i) => assertAlmostEquals(x, toList(other)[i]!, 1e-14));
    }
  }
  const loss = (f: (x: Tensor) => Tensor) => toList(gradient(f)(logits));
  const wanted = loss((x) => softmaxCrossEntropy(x, classes, { axis: 1, weights }));
  loss((x) => nllLoss(logSoftmax(x, { axis: 1 }), classes, { axis: 1, weights }))
    .forEach((x, i) => assertAlmostEquals(x, wanted[i]!, 1e-14));
});

Deno.test("classes not chosen and rows left out may have probability 0", () => {
  const certain = tensor64([[0, -Infinity], [-Infinity, 0]]);
  assertEquals(toNumber(nllLoss(certain, [0, 1])) + 0, 0);
  assertEquals(toNumber(nllLoss(certain, [0, 1], { ignoreIndex: 1 })) + 0, 0);
  assertEquals(toList(nllLoss(certain, [9, 0], { ignoreIndex: 9, reduction: "none" })).map(Math.abs), [0, Infinity]);
});

Deno.test("one example without a batch axis is accepted", () => {
  assertEquals(toNumber(nllLoss(tensor64([-1, -2]), 1)), 2);
});

Deno.test("nllLoss() says what does not fit", () => {
  assertThrows(() => nllLoss(zeros([2, 3]), [0, 3]), RangeError, "Cannot apply nllLoss to index 3 at position 1");
  assertThrows(
    () => nllLoss(zeros([2, 3]), [0]),
    ShapeError,
    "Cannot apply nllLoss to logProbs [2, 3] and classes [1]: classes must have shape [2], that of logProbs without the " +
      "class axis; axis says where the classes are, the last by default",
  );
  assertThrows(
    () => nllLoss(zeros([2, 3]), [0, 1], { weights: zeros([2]) }),
    ShapeError,
    "one weight for each of the 3",
  );
  assertThrows(() => nllLoss(zeros([2, 3]), [0, 1], { axis: 2 }), ShapeError, "Cannot apply nllLoss");
  assertThrows(() => nllLoss(zeros([2]), 0, { reduction: "max" as "sum" }), RangeError, "Cannot apply nllLoss");
});

Deno.test("where no row counts the mean is NaN, and the gradient 0 and not NaN", () => {
  // PyTorch 1.13: loss = F.nll_loss(x, torch.tensor([-100, -100])); loss.backward() gives nan, and zeros in x.grad.
  const x = tensor64([[-1, -2], [-3, -4]]);
  for (
    const options of [{ ignoreIndex: 1 }, { weights: tensor64([5, 0]) }, { ignoreIndex: 1, weights: tensor64([0, 0]) }]
  ) {
    const loss = (t: Tensor<"float64">) => nllLoss(t, [1, 1], options);
    assertEquals(toNumber(loss(x)), NaN);
    assertEquals(toList(gradient(loss)(x)), [0, 0, 0, 0]);
  }
});
