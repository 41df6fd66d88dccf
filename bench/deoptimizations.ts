/**
 * Lists the functions whose optimized code V8 drops again and again while a program runs:
 *
 *     deno run --allow-run bench/deoptimizations.ts program.ts [argument...]
 *
 * V8 compiles a function for the kinds of objects that it has seen, and drops the code when it meets others. A few times
 * is normal. Hundreds mean that it does not learn from what it meets, and interprets the function, and those that have
 * taken it in, from then on; a short benchmark does not show that. The usual cause is an array, such as a shape, whose
 * elements are read only under some condition, while arrays of several kinds are passed: read them in any case. Code
 * that was made in the middle of a loop is dropped at its end, which is not counted.
 *
 * @module
 */

/** A function whose optimized code was dropped, and how often, at the same place and for the same reason. */
export type Deoptimization = { readonly name: string; readonly reason: string; readonly times: number };

const BAILOUT =
  /bailout \(kind: [^,]*, reason: (.*?)\): .*<JSFunction ?(.*?) ?\(sfi = (\w+)\).*<Code (\w+)>.* offset (-?\d+)/g;

/** Counts the deoptimizations that V8 reports in a text; the most frequent come first. */
export function countDeoptimizations(trace: string): readonly Deoptimization[] {
  const found = new Map<string, Deoptimization>();
  for (const [, reason, name, id, code, offset] of trace.matchAll(BAILOUT)) {
    if (/OSR|stack replacement/.test(reason!)) continue;
    const place = [id, offset, code, reason].join(), times = (found.get(place)?.times ?? 0) + 1;
    found.set(place, { name: name || "(anonymous)", reason: `${reason} at ${offset}, ${code}`, times });
  }
  return [...found.values()].toSorted((a, b) => b.times - a.times);
}

/** Runs a program and counts its deoptimizations. */
export async function deoptimizations(program: string, ...args: readonly string[]): Promise<readonly Deoptimization[]> {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--v8-flags=--trace-deopt", program, ...args],
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`Cannot list the deoptimizations of ${program}: it failed; see above`);
  return countDeoptimizations(new TextDecoder().decode(stdout));
}

/** Fewer times than this are normal. */
const OFTEN = 10;

if (import.meta.main) {
  const [program, ...args] = Deno.args;
  if (program === undefined) {
    console.error("Cannot run nothing: a program must be named; pass one such as bench/engines.ts");
    Deno.exit(1);
  }
  const often = (await deoptimizations(program, ...args)).filter(({ times }) => times >= OFTEN);
  if (often.length === 0) console.log(`no code was dropped ${OFTEN} times`);
  for (const { name, reason, times } of often) console.log(String(times).padStart(6), name.padEnd(24), reason);
}
