/**
 * Programs as data: a list of calls of the library's public functions, which can be run, made shorter, and printed.
 *
 * @module
 */
import * as nanograd from "../../mod.ts";
import { add, type DType, foldIn, isTensor, key, mul, randomNormal, split, type Tensor } from "../../mod.ts";

/** The number of a value of a program: inputs come first, then the result of each call. */
export type Reference = { readonly value: number };

/** An argument of a call. A function is printed as its source text. */
export type Argument =
  | Reference
  | number
  | string
  | boolean
  | null
  | readonly Argument[]
  | { readonly [name: string]: Argument }
  | ((...args: never[]) => unknown);

/** A call of a public function, which is named. */
export type Call = { readonly name: string; readonly args: readonly Argument[] };

/** A program: the shapes of its inputs, which are drawn by a seed, and its calls. */
export type CallProgram = {
  readonly dtype: DType;
  readonly seed: number;
  readonly shapes: readonly (readonly number[])[];
  readonly calls: readonly Call[];
  /** How results are disturbed, as rounding does it: by a seed, and by so much of each element. */
  readonly disturbance?: { readonly seed: number; readonly size: number };
};

/** Refers to a value of a program. */
export const reference = (value: number): Reference => ({ value });

export const isReference = (argument: unknown): argument is Reference =>
  typeof argument === "object" && argument !== null && !Array.isArray(argument) && !isTensor(argument) &&
  Object.keys(argument).join() === "value";

/** Replaces the references in an argument by values. */
export function resolve(argument: Argument, valueOf: (reference: Reference) => unknown): unknown {
  if (isReference(argument)) return valueOf(argument);
  if (Array.isArray(argument)) return argument.map((one) => resolve(one, valueOf));
  if (typeof argument !== "object" || argument === null) return argument;
  return Object.fromEntries(Object.entries(argument).map(([name, one]) => [name, resolve(one, valueOf)]));
}

/** Calls a public function on the values computed so far. */
export function perform({ name, args }: Call, values: readonly Tensor[]): Tensor {
  const f = (nanograd as unknown as { readonly [name: string]: (...args: readonly unknown[]) => unknown })[name]!;
  const result = f(...args.map((argument) => resolve(argument, ({ value }) => values[value]!)));
  const first = isTensor(result)
    ? result
    : name === "scanAlong"
    ? (result as readonly unknown[])[1]
    : Object.values(result as object).find(isTensor);
  if (!isTensor(first)) throw new TypeError(`${name} returned no tensor`);
  return first;
}

/**
 * Operations that do not round: they move, choose or compare numbers. Copies of a number stay equal through them, in every way
 * of computing a program.
 */
const EXACT: ReadonlySet<string> = new Set(
  [
    "neg abs relu isFinite logicalNot nanToNum stopGradient clamp maximum minimum greater lessEqual equal where max min",
    "cummax cummin sort topK transpose reshape slice flip concat stack pad take roll tril triu diagonal flatten squeeze",
    "expandDims broadcastTo tile eye maxPool2d upsampleNearest2d",
  ].flatMap((names) => names.split(" ")),
);

/** Returns the function that computes the results of all calls of a program from its inputs. */
export const functionOf =
  ({ calls, disturbance }: Pick<CallProgram, "calls" | "disturbance">) =>
  (inputs: readonly Tensor[]): readonly Tensor[] => {
    const values = [...inputs];
    for (const call of calls) values.push(performDisturbed(call, values, disturbance));
    return values.slice(inputs.length);
  };

/** Performs a call on disturbed operands, and disturbs its result, unless it does not round. */
function performDisturbed(call: Call, values: readonly Tensor[], disturbance: CallProgram["disturbance"]): Tensor {
  if (disturbance === undefined || EXACT.has(call.name)) return perform(call, values);
  const { seed, size } = disturbance, count = values.length;
  const disturbed = (t: Tensor, place: number): Tensor => {
    const noise = randomNormal(foldIn(key(seed), count * (count + 1) + place), t.shape, { dtype: t.dtype });
    return mul(t, add(mul(noise, size), 1)) as Tensor; // both have the dtype of `t`
  };
  return disturbed(perform(call, values.map(disturbed)), count);
}

/** Returns the inputs of a program; each number `example` gives another set of them. */
export const inputsOf = ({ dtype, seed, shapes }: CallProgram, example = 0): readonly Tensor[] =>
  split(key(seed + example), shapes.length).map((own, k) => randomNormal(own, shapes[k]!, { dtype }) as Tensor);

/** How to take one tensor from operations with several results. */
const SEVERAL: { readonly [name: string]: string } = { topK: "{ values: $ }", scanAlong: "[, $]" };

/** Writes a program as TypeScript. */
export function format({ dtype, seed, shapes, calls }: CallProgram): string {
  const inputs = shapes.map((shape, k) =>
    `const t${k} = randomNormal(split(key(${seed}), ${shapes.length})[${k}]!, [${
      shape.join(", ")
    }], { dtype: "${dtype}" });`
  );
  const lines = calls.map(({ name, args }, k) => {
    const result = (SEVERAL[name] ?? "$").replace("$", `t${shapes.length + k}`);
    return `const ${result} = ${name}(${args.map(text).join(", ")});`;
  });
  const body = [...inputs, ...lines].join("\n");
  const names = Object.keys(nanograd).filter((name) => new RegExp(`\\b${name}\\(`).test(body)).sort();
  return `import { ${names.join(", ")} } from "@nanograd/nanograd";\n${body}`;
}

function text(argument: Argument): string {
  if (isReference(argument)) return `t${argument.value}`;
  if (Array.isArray(argument)) return `[${argument.map(text).join(", ")}]`;
  if (typeof argument === "function") return String(argument);
  if (typeof argument !== "object" || argument === null) return JSON.stringify(argument);
  const fields = Object.entries(argument).map(([name, one]) => `${name}: ${text(one)}`);
  return `{ ${fields.join(", ")} }`;
}
