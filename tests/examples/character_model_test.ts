import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { characterModel, CONTEXT, heldOutMetrics, recurrentCharacterModel } from "../../examples/character_model.ts";
import { accuracy, meanLoss, sampleCount } from "../../examples/metrics.ts";
import { constant, forward, key, parameterCount, slice, toList, tree, zerosLike } from "../../mod.ts";

const model = characterModel(5), variables = model.init(key(0));

Deno.test("the transformer predicts the next character after each, only from the characters before", () => {
  const text = [0, 3, 1, 4, 2, 2], other = [0, 3, 1, 4, 0, 1];
  const logits = (codes: readonly number[]) => forward(model, variables, constant([...codes]));
  assertEquals(logits(text).shape, [6, 5]);
  assertEquals(toList(slice(logits(text), 0, 4)), toList(slice(logits(other), 0, 4)));
  assert(toList(slice(logits(text), 4, 1)).every((v, k) => v !== toList(slice(logits(other), 4, 1))[k]));
  assertEquals(model.outputShape([7, CONTEXT]), { _tag: "Right", right: [7, CONTEXT, 5] });
  assertEquals(model.outputShape([7, CONTEXT + 1])._tag, "Left");
});

Deno.test("the transformer has the parameters that its sizes make", () => {
  const f = 96, block = 4 * f * (f + 1) + 4 * f * (f + 1) + f * (4 * f + 1) + 4 * f;
  assertEquals(parameterCount(variables), 5 * f + CONTEXT * f + 2 * block + 2 * f + 5 * (f + 1));
});

Deno.test("the recurrent network predicts from the characters before alone, however many there are", () => {
  const model = recurrentCharacterModel(5), variables = model.init(key(0));
  const logits = (codes: readonly number[]) => forward(model, variables, constant([...codes]));
  const [a, b] = [[0, 3, 1, 4, 2, 2], [0, 3, 1, 4, 0, 1]].map((text) => toList(slice(logits(text), 0, 4)));
  assertEquals(a, b);
  assertEquals(logits(Array.from({ length: CONTEXT + 5 }, (_, k) => k % 5)).shape, [CONTEXT + 5, 5]);
});

Deno.test("heldOutMetrics() is the log of the alphabet's size for an untrained network, and counts every whole window", () => {
  const ignorant = { params: zerosLike(variables.params), state: variables.state };
  const text = Uint8Array.from({ length: 3 * CONTEXT + 10 }, (_, i) => i % 5);
  const metrics = heldOutMetrics(model, ignorant, text), samples = sampleCount(metrics);
  assertEquals(samples, 3 * CONTEXT);
  assertAlmostEquals(meanLoss(metrics), Math.log(5), 1e-5);
  // Equal logits are taken for the first character.
  const first = text.subarray(1, samples + 1).filter((code) => code === 0).length;
  assertAlmostEquals(accuracy(metrics), first / samples, 1e-12);
  assert(tree.leaves(ignorant.params).length > 0);
});
