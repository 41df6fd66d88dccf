/**
 * A program that reads a model, whatever it consists of, and computes with it. Its argument is the file in base64.
 *
 * @module
 */
import { decodeModel, evaluate, softmax, tensor32, toList } from "../../mod.ts";

const file = decodeModel(Uint8Array.from(atob(Deno.args[0]!), (character) => character.charCodeAt(0)));
if (file._tag === "Left") throw file.left;
const { layer, variables } = file.right, [logits] = layer.apply(variables, tensor32([[1, 2]]), evaluate);
console.log(JSON.stringify(toList(softmax(logits))));
