/**
 * Lists the functions whose optimized code the runtime drops again and again while a program runs:
 *
 *     deno run --allow-run bench/dropped_code.ts program.ts [argument...]
 *
 * V8 compiles a function for the kinds of objects that it has seen, and drops the code when it meets others. A few times
 * is normal. Hundreds mean that it does not learn from what it meets, and so interprets that function, and whatever has
 * taken it in, from then on; a short benchmark does not show that. The usual cause is a loop that reads an array only in
 * some of its turns, while arrays of several kinds are passed: read it in every turn. Code that was made in the middle
 * of a loop is dropped at its end, which is not counted.
 *
 * @module
 */
/** Fewer times than this are normal. */
const LEAST = 10;

const [program, ...rest] = Deno.args;
if (program === undefined) {
  console.error("Cannot run nothing: a program must be named; pass one such as bench/engines.ts");
  Deno.exit(1);
}
const { code: status, stdout } = await new Deno.Command(Deno.execPath(), {
  args: ["run", "-A", "--no-check", "--v8-flags=--trace-deopt", program, ...rest],
  stderr: "inherit",
}).output();

const BAILOUT =
  /bailout \(kind: [^,]*, reason: (.*?)\): .*<JSFunction ?(.*?) ?\(sfi = (\w+)\).*<Code (\w+)>.* offset (-?\d+)/g;
const times = new Map<string, number>();
for (const [, reason, name, id, code, offset] of new TextDecoder().decode(stdout).matchAll(BAILOUT)) {
  if (/OSR|stack replacement/.test(reason!)) continue;
  const cause = [name || "(anonymous)", offset, code, reason, id].join("  ");
  times.set(cause, (times.get(cause) ?? 0) + 1);
}
const often = [...times].filter(([, count]) => count >= LEAST).sort(([, a], [, b]) => b - a);
console.log(
  often.length === 0
    ? `no function was dropped ${LEAST} times`
    : "times  function  place in its bytecode  compiler  reason  number of the function",
);
for (const [cause, count] of often) console.log(String(count).padStart(5), cause);
Deno.exit(status);
