/**
 * Starting worker threads, in Deno, Node and Bun by `node:worker_threads`, in browsers by `Worker`.
 *
 * @module
 */
import { type WorkerMessage, workerSource } from "./worker_source.ts";

/** A message from a worker thread. */
export type WorkerReply = { readonly kind: "ready" } | { readonly kind: "failed"; readonly message: string };

/** A worker thread. */
export type WorkerThread = {
  readonly send: (message: WorkerMessage) => void;
  /** Ends it, whatever it is doing. */
  readonly end: () => void;
  /** Lets the process exit while the thread is running. */
  readonly release: () => void;
};

/** The functions to call when a worker thread sends a message, or ends. */
export type WorkerEvents = {
  readonly onReply: (reply: WorkerReply) => void;
  readonly onEnd: (reason: string) => void;
};

/** The part of Node's `Worker` that is used. */
type NodeWorker = {
  on(event: "message", call: (reply: WorkerReply) => void): void;
  on(event: "error", call: (error: Error) => void): void;
  on(event: "exit", call: (code: number) => void): void;
  postMessage(message: WorkerMessage): void;
  terminate(): Promise<number>;
  unref(): void;
};
type NodeWorkerThreads = { readonly Worker: new (source: string, options: { readonly eval: true }) => NodeWorker };
type Process = { readonly getBuiltinModule?: (name: "node:worker_threads") => NodeWorkerThreads | undefined };

/** The part of browsers' workers that is used. */
type WebWorker = {
  onmessage: ((event: { readonly data: WorkerReply }) => void) | null;
  onerror: ((event: { readonly message?: string }) => void) | null;
  postMessage(message: WorkerMessage): void;
  terminate(): void;
};

/** The parts of the global object that not all runtimes have. */
type Runtime = { readonly process?: Process; readonly Worker?: new (url: string) => WebWorker };

/** Starts a worker thread; throws if this runtime has none. */
export function startWorker(events: WorkerEvents): WorkerThread {
  const { process, Worker } = globalThis as Runtime; // each may be missing
  const node = process?.getBuiltinModule?.("node:worker_threads");
  if (node !== undefined) return startNodeWorker(node, events);
  if (Worker !== undefined) return startWebWorker(Worker, events);
  throw new Error("Cannot start threads: this runtime has no workers; use engines.simd");
}

function startNodeWorker({ Worker }: NodeWorkerThreads, { onReply, onEnd }: WorkerEvents): WorkerThread {
  const worker = new Worker(workerSource(), { eval: true });
  worker.on("message", onReply);
  worker.on("error", ({ message }) => onEnd(message));
  worker.on("exit", (code) => onEnd(`it ended with code ${code}`));
  return {
    send: (message) => worker.postMessage(message),
    end: () => void worker.terminate(),
    release: () => worker.unref(),
  };
}

function startWebWorker(Worker: new (url: string) => WebWorker, { onReply, onEnd }: WorkerEvents): WorkerThread {
  const url = URL.createObjectURL(new Blob([workerSource()], { type: "text/javascript" }));
  const worker = new Worker(url);
  worker.onmessage = ({ data }) => {
    URL.revokeObjectURL(url);
    onReply(data);
  };
  worker.onerror = ({ message }) => onEnd(message ?? "it could not be started");
  return { send: (message) => worker.postMessage(message), end: () => worker.terminate(), release: () => {} };
}
