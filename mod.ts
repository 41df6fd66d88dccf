/**
 * nanograd: reverse-mode automatic differentiation and neural networks as pure functions over immutable tensors.
 *
 * There is nothing to free, nothing to zero and nothing to install.
 *
 * @example Fit a line
 * ```ts
 * import { add, matmul, mseLoss, sgd, type Tensor, tensor32, toList, valueAndGradient } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * type Line = { readonly slope: Tensor<"float32">; readonly offset: Tensor<"float32"> };
 * const x = tensor32([[0], [1], [2], [3]]), y = tensor32([[1], [3], [5], [7]]);
 * const loss = valueAndGradient(({ slope, offset }: Line) => mseLoss(add(matmul(x, slope), offset), y));
 *
 * const optimizer = sgd({ learningRate: 0.1, momentum: 0.9 });
 * let state = optimizer.init<Line>({ slope: tensor32([[0]]), offset: tensor32([0]) });
 * for (let i = 0; i < 300; i++) state = optimizer.step(state, loss(state.params).gradients);
 * assertAlmostEquals(toList(state.params.slope)[0]!, 2, 1e-3);
 * ```
 *
 * @module
 */
export * from "./autograd/mod.ts";
export * from "./layers/mod.ts";
export * from "./optim/mod.ts";
export { currentEngine, type Engine, engines, nativeEngine, setEngine } from "./blas/mod.ts";
