/**
 * Workers that decode.
 *
 * @module
 */
import { startWorker, type WorkerThread } from "../../../blas/threaded/start_workers.ts";
import { DataError } from "../data_error.ts";
import { type DecoderMessage, type DecoderReply, decoderSource } from "./decoder_source.ts";

/** Workers that decode with a module. */
export type DecoderPool = {
  /** Has an item decoded by the worker that has the least to do. */
  readonly decode: (item: unknown) => Promise<unknown>;
  /** Ends the workers; jobs that are not done are rejected. */
  readonly close: () => void;
};

type Job = { readonly resolve: (value: unknown) => void; readonly reject: (error: unknown) => void };
type Decoder = { readonly worker: WorkerThread<DecoderMessage>; readonly jobs: Map<number, Job> };

/**
 * Starts workers.
 *
 * @param module The URL of a module whose default export decodes an item: the same for the same item.
 * @param count How many.
 */
export function startDecoders(module: string, count: number): DecoderPool {
  let next = 0, closed = false;
  const failure = (problem: string, cause?: unknown): DataError =>
    new DataError({
      action: "decode in a worker",
      given: module,
      problem,
      remedy:
        "correct the decoder; its default export takes an item and returns numbers, arrays { shape, data }, or records",
    }, { cause });
  const start = (): Decoder => {
    const jobs = new Map<number, Job>();
    const settle = (reply: DecoderReply): void => {
      const job = jobs.get(reply.id);
      jobs.delete(reply.id);
      if (!("problem" in reply)) return job?.resolve(reply.value);
      const { action, given, problem, remedy } = reply.details, cause = reply.error;
      const isOwn = action !== undefined && given !== undefined && problem !== undefined && remedy !== undefined;
      job?.reject(isOwn ? new DataError({ action, given, problem, remedy }, { cause }) : failure(reply.problem, cause));
    };
    const worker = startWorker<DecoderMessage, DecoderReply>(decoderSource(), {
      onReply: settle,
      onEnd: (reason) => {
        if (closed) return;
        for (const { reject } of jobs.values()) reject(failure(`the worker is gone: ${reason}`));
        jobs.clear();
      },
    });
    return { worker, jobs };
  };
  const decoders = Array.from({ length: count }, start);
  return {
    decode: (item) =>
      new Promise((resolve, reject) => {
        const { worker, jobs } = decoders.reduce((least, own) => own.jobs.size < least.jobs.size ? own : least);
        const id = next++;
        jobs.set(id, { resolve, reject });
        worker.send({ id, module, item });
      }),
    close: () => {
      closed = true;
      for (const { worker, jobs } of decoders) {
        worker.end();
        for (const { reject } of jobs.values()) reject(failure("the batches are over"));
        jobs.clear();
      }
    },
  };
}
