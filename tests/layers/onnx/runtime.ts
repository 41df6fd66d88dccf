/**
 * onnxruntime, another implementation of ONNX: what it computes is what is right. It comes from npm, and tests that need it are
 * ignored where it cannot be had.
 *
 * @module
 */
import type { OnnxType } from "../../../layers/onnx/element_types.ts";
import type { Data } from "./build.ts";

type Elements = Float32Array | Float64Array | BigInt64Array | Int32Array | Uint8Array;
type RuntimeTensor = {
  readonly type: string;
  readonly data: ArrayLike<number | bigint>;
  readonly dims: readonly number[];
};
type Session = {
  readonly outputNames: readonly string[];
  readonly run: (inputs: Readonly<Record<string, RuntimeTensor>>) => Promise<Readonly<Record<string, RuntimeTensor>>>;
};
type Runtime = {
  readonly env: { readonly wasm: { numThreads: number }; logLevel: string };
  readonly Tensor: new (type: string, data: Elements, dims: readonly number[]) => RuntimeTensor;
  readonly InferenceSession: { readonly create: (bytes: Uint8Array, options?: object) => Promise<Session> };
};

/** Loads it, if everything is permitted that this takes. */
async function load(): Promise<Runtime | undefined> {
  const needed = ["read", "env", "net", "sys"] as const;
  if (needed.some((name) => Deno.permissions.querySync({ name }).state !== "granted")) return undefined;
  try {
    // A variable, so that a test without a network is not stopped by the import. These parts are all that is used.
    const specifier = "onnxruntime-web", runtime = await import(specifier) as Runtime;
    runtime.env.wasm.numThreads = 1;
    runtime.env.logLevel = "fatal";
    return runtime;
  } catch {
    return undefined;
  }
}

const runtime = await load();

/** Whether tests that need it are ignored. */
export const ignore = runtime === undefined;

const ARRAYS: Partial<Record<OnnxType, (values: readonly number[]) => Elements>> = {
  float32: (values) => Float32Array.from(values),
  float64: (values) => Float64Array.from(values),
  int64: (values) => BigInt64Array.from(values, BigInt),
  int32: (values) => Int32Array.from(values),
  bool: (values) => Uint8Array.from(values),
  uint8: (values) => Uint8Array.from(values),
};

/** Runs a file there; the outputs are in the order of the file. */
export async function runThere(
  bytes: Uint8Array,
  inputs: Readonly<Record<string, Data>>,
): Promise<
  readonly { readonly name: string; readonly shape: readonly number[]; readonly values: readonly number[] }[]
> {
  const { InferenceSession, Tensor } = runtime!;
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 4 });
  const given = Object.fromEntries(
    Object.entries(inputs).map((
      [name, { type, shape, values }],
    ) => [name, new Tensor(type, ARRAYS[type]!(values), shape)]),
  );
  const results = await session.run(given);
  return session.outputNames.map((name) => {
    const { dims, data } = results[name]!;
    return { name, shape: [...dims], values: Array.from(data, Number) };
  });
}
