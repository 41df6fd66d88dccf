/**
 * A pool of threads that run programs together.
 *
 * @module
 */
import { abandon, CONTROL, MOST_LOOKS, resetControl, SLEEP_NANOSECONDS } from "../simd/program/team/control.ts";
import type { Team, TeamProgram, TeamStep } from "../simd/program/team/team.ts";
import { coreCount } from "./core_count.ts";
import { type ThreadChoice, threadChoice } from "./thread_choice.ts";
import { spreading } from "./spread.ts";
import { startWorker, type WorkerThread } from "./start_workers.ts";
import { type WorkerMessage, type WorkerReply, workerSource } from "./worker_source.ts";
import { CLOSED, COMMANDS, WORDS } from "./words.ts";

/** Threads that can be closed. */
export type Pool = Team & {
  /** Ends the worker threads; programs that were prepared then run on the calling thread alone. */
  readonly close: () => void;
  /** Ends the worker threads without the pool's knowledge, as an outside event would. For tests. */
  readonly endThreads: () => void;
};

/** The settings of {@link startPool}. */
export type PoolSettings = {
  /** How many seconds one thread waits for another before it considers it dead. Default 60. */
  readonly patience?: number | undefined;
  /** As in `Team`. Default 4000: a barrier takes about half a microsecond. */
  readonly least?: number | undefined;
  /** Makes the choice, for a program, of whether to run on all threads. Default: by measuring. */
  readonly choice?: (() => ThreadChoice) | undefined;
};

/**
 * How often a thread polls for the next command, or for the others to finish, before it sleeps: about 50 microseconds; or,
 * if there are fewer cores than threads, hardly at all, since another thread could run.
 */
const LOOKS = 10_000, FEW_LOOKS = 100;

/** Threads poll this often at barriers, or less, once they have slept there several times in a row. */
const CROWDED_LOOKS = MOST_LOOKS / 8;

const ALWAYS: ThreadChoice = { next: () => true, took: () => {} };

/** The state of a pool. The handlers of its workers' events hold it, but not the pool, so that the pool can be collected. */
type State = {
  readonly words: Int32Array;
  readonly threads: number;
  readonly patience: number;
  workers: readonly WorkerThread<WorkerMessage>[];
  /** Why the threads can no longer be used; `undefined` if they can. */
  broken: string | undefined;
  closed: boolean;
  /** Messages that the workers must receive before the next run. */
  pending: WorkerMessage[];
  /** The count of finished commands, over all threads, once the last command is done. */
  finished: number;
  nextProgram: number;
  /** When a thread was first found late, in milliseconds; `undefined` if none is. */
  lateSince: number | undefined;
  /** Whether threads should be moved apart. */
  crowded: boolean;
};

/** Programs that a thread did not finish in time: it may still run their code, which must therefore stay in memory. */
const unfinished: TeamProgram[] = [];

/** Ends the threads of pools that have been garbage-collected; made with the first pool. */
let dropped: FinalizationRegistry<State> | undefined;

/**
 * Starts `threads - 1` worker threads and waits until they are ready.
 *
 * @param threads The number of threads, including the calling one; at least 1.
 */
export async function startPool(threads: number, settings: PoolSettings = {}): Promise<Pool> {
  const buffer = new SharedArrayBuffer(WORDS.count * Int32Array.BYTES_PER_ELEMENT), words = new Int32Array(buffer);
  const { patience = 60, least = 4000, choice = threadChoice } = settings;
  words[WORDS.looks] = threads > coreCount() ? FEW_LOOKS : LOOKS;
  const state: State = {
    words,
    threads,
    patience,
    workers: [],
    broken: undefined,
    closed: false,
    pending: [],
    finished: 0,
    nextProgram: 0,
    lateSince: undefined,
    crowded: false,
  };
  const started = Array.from({ length: threads - 1 }, (_, k) => startThread(state, buffer, k + 1));
  state.workers = started.map(({ worker }) => worker);
  try {
    await Promise.all(started.map(({ ready }) => ready));
  } catch (error) {
    end(state);
    throw error;
  }
  state.workers.forEach(({ release }) => release());
  const apart = spreading({
    words,
    threads,
    command: (code) => command(state, code),
    awaitFinish: () => awaitFinish(state),
  });
  const settle = (): void => {
    if (!state.crowded) return;
    state.crowded = false;
    if (threads > 1 && threads <= coreCount() && !state.closed && isReady(state)) apart();
  };
  const forgotten = new FinalizationRegistry<number>((id) => state.pending.push({ kind: "forget", id }));
  const pool: Pool = {
    size: threads,
    least,
    prepare: (program) => prepare(state, forgotten, program, { choice: program.always ? ALWAYS : choice(), settle }),
    isReady: () => isReady(state),
    crowded: () => state.crowded = true,
    settle,
    close: () => end(state),
    endThreads: () => endWorkers(state),
  };
  dropped ??= new FinalizationRegistry<State>(end);
  dropped.register(pool, state);
  return pool;
}

function startThread(state: State, buffer: SharedArrayBuffer, thread: number) {
  let worker: WorkerThread<WorkerMessage> | undefined;
  const ready = new Promise<void>((resolve, reject) => {
    worker = startWorker<WorkerMessage, WorkerReply>(workerSource(), {
      onReply: (reply) => {
        if (reply.kind === "ready") return resolve();
        state.broken ??= `thread ${thread} threw "${reply.message}"`;
      },
      onEnd: (reason) => {
        if (state.closed) return;
        state.broken ??= `thread ${thread} is gone: ${reason}`;
        reject(new Error(`Cannot start threads: ${reason}; use engines.simd`));
      },
    });
    worker.send({ kind: "start", buffer, thread, threads: state.threads });
  });
  return { worker: worker!, ready };
}

/** Ends all worker threads. */
function end(state: State): void {
  state.closed = true;
  endWorkers(state);
  state.workers = [];
}

/** Wakes and ends the worker threads: Deno does not end one that sleeps. */
function endWorkers(state: State): void {
  if (state.workers.length > 0) command(state, COMMANDS.receive);
  state.workers.forEach(({ end }) => end());
}

/** Makes a program known to the workers. */
function prepare(
  state: State,
  forgotten: FinalizationRegistry<number>,
  program: TeamProgram,
  { choice, settle }: { readonly choice: ThreadChoice; readonly settle: () => void },
) {
  const { module, memory, control, names, segments, native, always = false, joinable = false } = program,
    { threads, patience } = state,
    id = state.nextProgram++;
  const index = (bytes: number) => (control + bytes) / Int32Array.BYTES_PER_ELEMENT;
  const controlWords = new Int32Array(memory.buffer, control),
    sleeps = Math.ceil(patience * 1e9 / Number(SLEEP_NANOSECONDS));
  resetControl(controlWords, threads, sleeps);
  const failed = index(CONTROL.failed), arrivals = index(CONTROL.arrivals);
  let known = false;
  const together = (segment: number): void => {
    if (!known) {
      const code = native && { native };
      state.pending.push({ kind: "program", id, module, memory, failed, arrivals, names, ...code });
      known = true;
    }
    awaitFinish(state); // threads that did not join the last command may still have to notice
    if (state.pending.length > 0) deliver(state);
    const { words } = state;
    Atomics.store(words, WORDS.gate, 0);
    Atomics.store(words, WORDS.program, id);
    Atomics.store(words, WORDS.segment, segment);
    command(state, joinable ? COMMANDS.join : COMMANDS.run);
    let error: unknown;
    try {
      segments[segment]!(0, threads);
    } catch (thrown) {
      error = thrown;
      abandon(controlWords);
    }
    try {
      (joinable ? closeGate : awaitFinish)(state);
    } catch (late) {
      unfinished.push(program);
      throw late;
    }
    if (error === undefined && Atomics.load(words, WORDS.failed) === 0) return;
    Atomics.store(words, WORDS.failed, 0);
    resetControl(controlWords, threads, sleeps);
    throw error instanceof WebAssembly.RuntimeError || error === undefined ? brokenError(state) : error;
  };
  const run = (steps: readonly TeamStep[]): void => {
    if (state.broken !== undefined) throw brokenError(state);
    const isAlone = state.closed || threads === 1 || (!(always && !joinable) && !isReady(state));
    const divided = !isAlone && choice.next();
    const start = performance.now();
    for (const step of steps) {
      if (typeof step !== "number") step();
      else if (divided) together(step);
      else segments[step]!(0, 1);
    }
    if (isAlone) return;
    choice.took(divided, performance.now() - start);
    if (divided && !joinable && controlWords[CONTROL.looks / 4]! < CROWDED_LOOKS) state.crowded = true;
    if (!always) settle();
  };
  forgotten.register(run, id);
  return run;
}

function brokenError(state: State): Error {
  state.broken ??= "a thread failed or did not arrive";
  return new Error(
    `Cannot run on ${state.threads} threads: ${state.broken}; close the engine, and make a new one with threadedEngine()`,
  );
}

/** Gives all workers a command. */
function command(state: State, code: number): void {
  const { words } = state;
  Atomics.store(words, WORDS.command, code);
  state.finished = (state.finished + state.threads - 1) | 0;
  Atomics.add(words, WORDS.generation, 1);
  if (Atomics.load(words, WORDS.sleeping) > 0) Atomics.notify(words, WORDS.generation);
}

/** Waits until all workers have finished the last command. */
const awaitFinish = (state: State): void => awaitWord(state, WORDS.finished, state.finished);

/** Waits until those workers have finished that had begun by now. */
function closeGate(state: State): void {
  if (Atomics.or(state.words, WORDS.gate, CLOSED) !== 0) awaitWord(state, WORDS.gate, CLOSED);
}

/** Waits until a word has a value. */
function awaitWord(state: State, word: number, value: number): void {
  const { words, patience } = state;
  let deadline: number | undefined;
  for (let looks = words[WORDS.looks]!;;) {
    const now = Atomics.load(words, word);
    if (now === value) return;
    if (looks-- > 0) continue;
    deadline ??= performance.now() + 1000 * patience;
    if (performance.now() > deadline) throw tooLate(state);
    Atomics.store(words, WORDS.waiting, 1);
    Atomics.wait(words, word, now, 100);
    Atomics.store(words, WORDS.waiting, 0);
  }
}

/** Tells whether all workers have finished the last command; throws if one has not for very long. */
function isReady(state: State): boolean {
  if (state.broken !== undefined || Atomics.load(state.words, WORDS.finished) === state.finished) {
    state.lateSince = undefined;
    return true;
  }
  const now = performance.now();
  state.lateSince ??= now;
  if (now - state.lateSince > 1000 * state.patience) throw tooLate(state);
  return false;
}

function tooLate(state: State): Error {
  state.broken ??= `a thread did not finish within ${state.patience} seconds`;
  return brokenError(state);
}

/** Makes all workers receive the pending messages. */
function deliver(state: State): void {
  const messages: readonly WorkerMessage[] = [...state.pending, { kind: "resume" }];
  state.pending = [];
  state.workers.forEach(({ send }) => messages.forEach(send));
  command(state, COMMANDS.receive);
  awaitFinish(state);
}
