/** Recurrent layers beside PyTorch's `nn.RNN`, `nn.LSTM` and `nn.GRU`; `tests/fixtures/make_recurrent.py` wrote its numbers. */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  add,
  compile,
  evaluate,
  gruLayer,
  lstmLayer,
  mul,
  rnnLayer,
  square,
  type StackedParams,
  sum,
  type Tensor,
  toList,
  tree,
  valueAndGradient,
} from "../../mod.ts";
import cases from "../fixtures/recurrent.json" with { type: "json" };
import { constantFrom, type Recorded } from "./fixtures.ts";

const MAKERS = { rnn: rnnLayer, lstm: lstmLayer, gru: gruLayer };

type Named = Readonly<Record<string, Recorded | undefined>>;

/** The params of stacked layers, from PyTorch's names. */
function fromNames(named: Named, layers: number, bidirectional: boolean): StackedParams<"float64"> {
  const one = (ending: string) => {
    const find = (name: string) => named[`${name}_${ending}`];
    const bias = find("bias_ih") === undefined ? {} : {
      biasInput: constantFrom(find("bias_ih")!, "float64"),
      biasHidden: constantFrom(find("bias_hh")!, "float64"),
    };
    return {
      weightInput: constantFrom(find("weight_ih")!, "float64"),
      weightHidden: constantFrom(find("weight_hh")!, "float64"),
      ...bias,
    };
  };
  return Array.from(
    { length: layers },
    (_, k) => bidirectional ? { forward: one(`l${k}`), backward: one(`l${k}_reverse`) } : one(`l${k}`),
  );
}

function assertClose(found: Tensor, wanted: Tensor): void {
  assertEquals(found.shape, wanted.shape);
  const numbers = toList(wanted);
  toList(found).forEach((x, k) => assertAlmostEquals(x, numbers[k]!, 1e-9));
}

for (const recorded of cases) {
  const { kind, layers, bidirectional, bias, lengths } = recorded;
  const title = `${kind}, ${layers} layers${bidirectional ? ", both ways" : ""}${lengths === null ? "" : ", padded"}`;
  Deno.test(`recurrent layers agree with PyTorch, values and gradients, plain and compiled: ${title}`, () => {
    const make = MAKERS[kind as keyof typeof MAKERS],
      options = { layers, bidirectional, bias, dtype: "float64" } as const;
    const all = make(3, 4, options), end = make(3, 4, { ...options, returnSequences: false });
    const params = fromNames(recorded.params as Named, layers, bidirectional);
    const x = constantFrom(recorded.x, "float64"), weight = constantFrom(recorded.weight, "float64");
    const loss = ({ params, x }: { params: StackedParams<"float64">; x: Tensor<"float64"> }) => {
      const input = lengths === null ? x : { x, lengths };
      const [y] = all.apply({ params, state: [] }, input, evaluate),
        [last] = end.apply({ params, state: [] }, input, evaluate);
      return [add(sum(mul(y, weight)), sum(square(last))), { y, last }] as const;
    };
    const both = valueAndGradient(loss, { hasAux: true }),
      wanted = fromNames(recorded.gradients as Named, layers, bidirectional);
    for (const f of [both, compile(both)]) {
      const { aux, gradients } = f({ params, x });
      assertClose(aux.y, constantFrom(recorded.y, "float64"));
      assertClose(aux.last, constantFrom(recorded.last, "float64"));
      assertClose(gradients.x, constantFrom(recorded.xGradient, "float64"));
      const expected = tree.leaves<Tensor>(wanted as never);
      tree.leaves<Tensor>(gradients.params as never).forEach((t, k) => assertClose(t, expected[k]!));
    }
  });
}
