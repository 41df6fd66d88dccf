import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  compile,
  gradient,
  key,
  matmul,
  mean,
  randomNormal,
  square,
  tanh,
  type Tensor,
  toList,
} from "../../../autograd/mod.ts";
import type { Engine } from "../../../blas/engine.ts";
import { engines, setEngine } from "../../../blas/engines.ts";
import { nativeEngineOver } from "../../../blas/native/mod.ts";

/** The native engine, where native code may be called and there is a library. */
function native(): Engine | undefined {
  try {
    const { state } = Deno.permissions.querySync({ name: "ffi" });
    return state === "granted" ? nativeEngineOver(engines.simd) : undefined;
  } catch {
    return undefined;
  }
}

/** Counts the products that an engine is asked for. */
function counting(engine: Engine): { readonly engine: Engine; readonly products: () => number } {
  let products = 0;
  const gemm: Engine["gemm"] = (operands) => {
    products++;
    engine.gemm(operands);
  };
  return { engine: { ...engine, name: `counting ${engine.name}`, gemm }, products: () => products };
}

const x = randomNormal(key(0), [7, 5], { dtype: "float64" });
const loss = (w: Tensor<"float64">) => mean(square(tanh(matmul(x, w))));
const weights = randomNormal(key(1), [5, 3], { dtype: "float64" });

function assertCompiles(engine: Engine, wanted: readonly number[]): void {
  const previous = setEngine(engine);
  try {
    toList(compile(gradient(loss))(weights)).forEach((v, k) => assertAlmostEquals(v, wanted[k]!, 1e-12));
  } finally {
    setEngine(previous);
  }
}

const plain = toList(gradient(loss)(weights));

for (const [name, engine] of Object.entries(engines)) {
  Deno.test(`programs compiled on the ${name} engine give what plain functions give`, () =>
    assertCompiles(engine, plain));
}

Deno.test("an engine that is neither of ours computes the products of compiled programs", () => {
  const { engine, products } = counting(engines.simd);
  assertCompiles(engine, plain);
  // Forward, and the gradient of the weights.
  assertEquals(products(), 2);
});

const engine = native();

Deno.test({
  name: "the native engine computes the products of compiled programs",
  ignore: engine === undefined,
  fn: () => {
    const counted = counting(engine!);
    assertCompiles(counted.engine, plain);
    assert(counted.products() === 2);
  },
});
