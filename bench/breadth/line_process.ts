/**
 * Processes that answer requests, one line of JSON each.
 *
 * @module
 */

/** A running process. */
export type LineProcess = {
  /** Sends a request and returns the reply. */
  ask(request: unknown): Promise<unknown>;
  close(): Promise<void>;
};

/**
 * Starts a process.
 *
 * @param name Its name in errors.
 * @returns The process with the first line that it wrote, `undefined` if it ended without one.
 */
export async function startLineProcess(
  name: string,
  command: string,
  options: Pick<Deno.CommandOptions, "args" | "env" | "cwd">,
): Promise<{ readonly process: LineProcess; readonly greeting: unknown } | undefined> {
  const child = new Deno.Command(command, { ...options, stdin: "piped", stdout: "piped", stderr: "inherit" }).spawn();
  const writer = child.stdin.getWriter(), lines = linesOf(child.stdout);
  const { value: first } = await lines.next();
  if (first === undefined) {
    await child.status;
    return undefined;
  }
  const ask = async (request: unknown): Promise<unknown> => {
    await writer.write(new TextEncoder().encode(`${JSON.stringify(request)}\n`));
    const { value } = await lines.next();
    if (value === undefined) throw new Error(`Cannot ask ${name}: its process has ended`);
    const reply = JSON.parse(value);
    if (reply.error !== undefined) throw new Error(reply.error);
    return reply;
  };
  const close = async (): Promise<void> => {
    await writer.close();
    await child.status;
  };
  return { process: { ask, close }, greeting: JSON.parse(first) };
}

/** Yields the lines of a stream that begin with a brace, since libraries also print greetings to the standard output. */
async function* linesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string, undefined, undefined> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + text).split("\n");
    rest = parts.pop()!;
    yield* parts.filter((line) => line.startsWith("{"));
  }
  return undefined;
}
