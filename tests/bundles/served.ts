/**
 * A program that reads a model, whatever it consists of, and computes with it in compiled code, as the guide advises. Its
 * argument is the file in base64.
 *
 * @module
 */
import { compile, decodeModel, evaluate, softmax, type Tensor, tensor32, toList } from "../../mod.ts";

const file = decodeModel(Uint8Array.from(atob(Deno.args[0]!), (character) => character.charCodeAt(0)));
if (file._tag === "Left") throw file.left;
const { layer, variables } = file.right;
const read = compile((x: Tensor<"float32">) => softmax(layer.apply(variables, x, evaluate)[0]));
console.log(JSON.stringify(toList(read(tensor32([[1, 2]])))));
