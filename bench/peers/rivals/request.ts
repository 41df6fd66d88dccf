/**
 * The requests to the rivals, in lines of JSON: the same that `../../breadth/torch.ts` sends to PyTorch.
 *
 * @module
 */
import { measureSlice, type Slice, warmUp } from "../../breadth/slice.ts";
import { makeProbe } from "../../breadth/probe.ts";

/** An input, by the formula of `../../breadth/fill.ts`. */
export type Input = {
  readonly shape: readonly number[];
  readonly fill:
    | { readonly kind: "uniform"; readonly scale: number; readonly offset: number }
    | { readonly kind: "whole"; readonly count: number };
};

/** A workload; a network learns the first `params` inputs. */
export type Request = {
  readonly name: string;
  readonly inputs: readonly Input[];
  readonly params?: number;
  readonly settings: Readonly<Record<string, number>>;
};

/** Three numbers that distinguish results, as in `../../breadth/fill.ts`. */
export type Print = readonly [sum: number, weighted: number, absolute: number];

/** A workload that is ready: the call to measure, its results, and a remark about it. */
export type Prepared = { readonly call: () => void; readonly prints: readonly Print[]; readonly note?: string };

/** Returns the elements of an input; `place` is its position in the list. */
export function valuesOf({ shape, fill }: Input, place: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => {
    const wild = Math.sin(i * 12.9898 + place * 78.233 + 1) * 43758.5453, u = wild - Math.floor(wild);
    return fill.kind === "whole" ? Math.floor(u * fill.count) : fill.offset + fill.scale * (2 * u - 1);
  });
}

/** Returns the elements of an input of whole numbers as one-hot rows. */
export function oneHotOf(input: Input, place: number): Float32Array<ArrayBuffer> {
  const classes = valuesOf(input, place), count = input.fill.kind === "whole" ? input.fill.count : 1;
  return Float32Array.from(
    { length: classes.length * count },
    (_, i) => +(classes[Math.floor(i / count)] === i % count),
  );
}

/** Computes the print of a list of numbers. */
export function printOf(values: ArrayLike<number>): Print {
  let sum = 0, weighted = 0, absolute = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    sum += value;
    weighted += value * Math.cos(i * 0.7 + 0.3);
    absolute += Math.abs(value);
  }
  return [sum, weighted, absolute];
}

/** Answers the requests on the standard input until it ends. */
export async function serve(prepare: (request: Request) => Prepared | Promise<Prepared>): Promise<void> {
  const probe = makeProbe();
  let call = (): void => {}, taken: number | undefined;
  console.log(JSON.stringify({ probe: probe() }));
  let rest = "";
  for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) console.log(JSON.stringify(await answerTo(JSON.parse(line)).catch(problem)));
  }

  async function answerTo(asked: Request & { readonly kind: string; readonly milliseconds: number }) {
    if (asked.kind === "prepare") {
      const { call: next, ...prepared } = await prepare(asked);
      [call, taken] = [next, undefined];
      return prepared;
    }
    taken ??= warmUp(call);
    return measureSlice(call, Math.max(1, Math.round(asked.milliseconds / taken)), probe) satisfies Slice;
  }
}

const problem = (error: unknown): { readonly error: string } => ({
  error: (error instanceof Error ? error.message : String(error)).split("\n")[0]!.slice(0, 200),
});
