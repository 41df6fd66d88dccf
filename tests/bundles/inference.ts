/**
 * A program that reads the params of a network that it describes, and computes with them. Its argument is the file in base64.
 *
 * @module
 */
import {
  activations,
  decodeTree,
  denseLayer,
  evaluate,
  key,
  sequential,
  softmax,
  tensor32,
  toList,
} from "../../mod.ts";

const model = sequential([denseLayer(2, 3, { activation: activations.relu }), denseLayer(3, 2)]);
const { params, state } = model.init(key(0));
const file = decodeTree(Uint8Array.from(atob(Deno.args[0]!), (character) => character.charCodeAt(0)), params);
if (file._tag === "Left") throw file.left;
const [logits] = model.apply({ params: file.right, state }, tensor32([[1, 2]]), evaluate);
console.log(JSON.stringify(toList(softmax(logits))));
