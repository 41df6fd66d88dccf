/// <reference lib="webworker" />
/**
 * The worker of both parts of the page: it holds a training run, or a network that reads digits, and answers requests.
 *
 * @module
 */
import * as either from "fp-ts/Either.js";
import type { Reply, Request } from "../messages.ts";
import { type DigitReader, digitReader } from "./digit_reader.ts";
import { type Session, startSession } from "./session.ts";

let session: Session | undefined, reader: DigitReader | undefined;

self.onmessage = async ({ data }: MessageEvent<Request>) => {
  try {
    for await (const reply of answer(data)) send(reply);
  } catch (error) {
    send({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
  }
};

/** Answers a request; the state of the worker changes only here. */
async function* answer(request: Request): AsyncGenerator<Reply> {
  switch (request.kind) {
    case "start":
      session = startSession(request.settings);
      yield { kind: "started", settings: request.settings, points: session.points };
      return yield session.look();
    case "advance":
      if (session === undefined) return;
      session = session.advance(request.steps, request.learningRate);
      return yield session.look();
    case "load": {
      const loaded = digitReader(await fetchBytes(request.url));
      if (either.isLeft(loaded)) return yield { kind: "failed", message: loaded.left };
      reader = loaded.right;
      return yield { kind: "loaded", parameters: reader.parameters };
    }
    case "read":
      if (reader !== undefined) yield reader.read(request.pixels);
  }
}

async function fetchBytes(url: string): Promise<Uint8Array> {
  const response = await fetch(url);
  if (!response.ok) {
    throw new Error(
      `Cannot load ${url}: the server answered ${response.status}: it must send the file; build the page again`,
    );
  }
  return new Uint8Array(await response.arrayBuffer());
}

/** Sends a reply; its arrays are transferred, not copied. */
const send = (reply: Reply): void => self.postMessage(reply, buffersOf(reply));

/** Lists the memory of a reply. */
function buffersOf(reply: Reply): ArrayBuffer[] {
  switch (reply.kind) {
    case "snapshot":
      return [reply.views.buffer, reply.weights.buffer];
    case "reading":
      return [reply.probabilities.buffer, ...reply.layers.map(({ values }) => values.buffer)];
    default:
      return [];
  }
}
