/**
 * A program that uses little of the library: one operation and its derivative.
 *
 * @module
 */
import { add, gradient, sum, type Tensor, tensor32 } from "../../mod.ts";

console.log(String(gradient((x: Tensor<"float32">) => sum(add(x, x)))(tensor32([1, 2]))));
