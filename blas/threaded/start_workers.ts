/**
 * Starting worker threads, in Deno, Node and Bun by `node:worker_threads`, in browsers by `Worker`.
 *
 * @module
 */

/** A worker thread that takes messages `M`. */
export type WorkerThread<M> = {
  readonly send: (message: M) => void;
  /** Ends it, whatever it is doing. */
  readonly end: () => void;
  /** Lets the process exit while the thread is running. */
  readonly release: () => void;
};

/** The functions to call when a worker thread sends a message, or ends. */
export type WorkerEvents<R> = {
  readonly onReply: (reply: R) => void;
  readonly onEnd: (reason: string) => void;
};

/** The part of Node's `Worker` that is used. */
type NodeWorker<M, R> = {
  on(event: "message", call: (reply: R) => void): void;
  on(event: "error", call: (error: Error) => void): void;
  on(event: "exit", call: (code: number) => void): void;
  postMessage(message: M): void;
  terminate(): Promise<number>;
  unref(): void;
};
type NodeWorkerThreads = {
  readonly Worker: new <M, R>(source: string, options: { readonly eval: true }) => NodeWorker<M, R>;
};
type Process = { readonly getBuiltinModule?: (name: "node:worker_threads") => NodeWorkerThreads | undefined };

/** The part of browsers' workers that is used. */
type WebWorker<M, R> = {
  onmessage: ((event: { readonly data: R }) => void) | null;
  onerror: ((event: { readonly message?: string | undefined }) => void) | null;
  postMessage(message: M): void;
  terminate(): void;
};
type WebWorkers = new <M, R>(url: string) => WebWorker<M, R>;

/** The parts of the global object that not all runtimes have. */
type Runtime = { readonly process?: Process | undefined; readonly Worker?: WebWorkers | undefined };

/**
 * Starts a worker thread; throws if this runtime has none.
 *
 * @typeParam M The messages that it takes.
 * @typeParam R The messages that it sends.
 * @param source What it runs: plain JavaScript, for Node's worker threads and for Web Workers.
 */
export function startWorker<M, R>(source: string, events: WorkerEvents<R>): WorkerThread<M> {
  const { process, Worker } = globalThis as Runtime; // each may be missing
  const node = process?.getBuiltinModule?.("node:worker_threads");
  if (node !== undefined) return startNodeWorker(node, source, events);
  if (Worker !== undefined) return startWebWorker(Worker, source, events);
  throw new Error("Cannot start threads: this runtime has no workers; use engines.simd");
}

function startNodeWorker<M, R>(
  { Worker }: NodeWorkerThreads,
  source: string,
  { onReply, onEnd }: WorkerEvents<R>,
): WorkerThread<M> {
  const worker = new Worker<M, R>(source, { eval: true });
  worker.on("message", onReply);
  worker.on("error", ({ message }) => onEnd(message));
  worker.on("exit", (code) => onEnd(`it ended with code ${code}`));
  return {
    send: (message) => worker.postMessage(message),
    end: () => void worker.terminate(),
    release: () => worker.unref(),
  };
}

function startWebWorker<M, R>(
  Worker: WebWorkers,
  source: string,
  { onReply, onEnd }: WorkerEvents<R>,
): WorkerThread<M> {
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker<M, R>(url);
  worker.onmessage = ({ data }) => {
    URL.revokeObjectURL(url);
    onReply(data);
  };
  worker.onerror = ({ message }) => onEnd(message ?? "it could not be started");
  return { send: (message) => worker.postMessage(message), end: () => worker.terminate(), release: () => {} };
}
