/** The attention layer beside PyTorch's `nn.MultiheadAttention`; `tests/fixtures/make_attention.py` wrote its numbers. */
import { backward, type DenseParams, evaluate, multiHeadAttention } from "../../mod.ts";
import json from "../fixtures/attention.json" with { type: "json" };
import { assertAgrees, constantFrom, onEveryEngine, type Recorded, variableFrom } from "./fixtures.ts";

/** One of the four maps, or its gradients. */
type RecordedMap = { readonly weight: Recorded; readonly bias?: Recorded };

const MAPS = ["query", "key", "value", "output"] as const;

type RecordedMaps = Readonly<Record<typeof MAPS[number], RecordedMap>>;

type AttentionCase = {
  readonly name: string;
  readonly features: number;
  readonly heads: number;
  readonly causal: boolean;
  readonly bias: boolean;
  readonly x: Recorded;
  readonly upstream: Recorded;
  readonly output: Recorded;
  readonly grad_x: Recorded;
  readonly params: RecordedMaps;
  readonly grads: RecordedMaps;
};

const cases: readonly AttentionCase[] = json.cases;

for (const { features, heads, causal, bias, ...recorded } of cases) {
  for (const [dtype, tolerance] of [["float64", 1e-12], ["float32", 1e-4]] as const) {
    Deno.test(`multiHeadAttention() agrees with PyTorch in ${dtype}, output and gradients: ${recorded.name}`, () => {
      const layer = multiHeadAttention(features, heads, { causal, bias, dtype });
      const variable = (of: RecordedMap): DenseParams => ({
        weight: variableFrom(of.weight, dtype),
        ...of.bias === undefined ? {} : { bias: variableFrom(of.bias, dtype) },
      });
      const { query, key, value, output } = recorded.params;
      const params = { query: variable(query), key: variable(key), value: variable(value), output: variable(output) };
      const x = variableFrom(recorded.x, dtype);
      onEveryEngine(() => {
        const [y] = layer.apply({ params, state: [] }, x, evaluate);
        assertAgrees(y, recorded.output, tolerance, "the output");
        const gradients = backward(y, constantFrom(recorded.upstream, dtype));
        assertAgrees(gradients.get(x)!, recorded.grad_x, tolerance, "the gradient of x");
        for (const map of MAPS) {
          const { weight, bias } = recorded.grads[map], mine = params[map];
          assertAgrees(gradients.get(mine.weight)!, weight, tolerance, `the gradient of ${map}.weight`);
          if (bias !== undefined) {
            assertAgrees(gradients.get(mine.bias!)!, bias, tolerance, `the gradient of ${map}.bias`);
          }
        }
      });
    });
  }
}
