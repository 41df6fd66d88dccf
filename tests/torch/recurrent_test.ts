/** Recurrent layers beside PyTorch's `nn.RNN`, `nn.LSTM` and `nn.GRU`; `tests/fixtures/make_recurrent.py` wrote its numbers. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  add,
  compile,
  evaluate,
  fromTorchNames,
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
function paramsOf(named: Named): StackedParams<"float64"> {
  const tensors = Object.entries(named).map(([name, recorded]) => [name, constantFrom(recorded!, "float64")] as const);
  const read = fromTorchNames(Object.fromEntries(tensors));
  assert(read._tag === "Right");
  return read.right;
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
    const params = paramsOf(recorded.params as Named);
    const x = constantFrom(recorded.x, "float64"), weight = constantFrom(recorded.weight, "float64");
    const loss = ({ params, x }: { params: StackedParams<"float64">; x: Tensor<"float64"> }) => {
      const input = lengths === null ? x : { x, lengths };
      const [y] = all.apply({ params, state: [] }, input, evaluate),
        [last] = end.apply({ params, state: [] }, input, evaluate);
      return [add(sum(mul(y, weight)), sum(square(last))), { y, last }] as const;
    };
    const both = valueAndGradient(loss, { hasAux: true }),
      wanted = paramsOf(recorded.gradients as Named);
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
