/**
 * Logs of runs.
 *
 * @module
 */
import { checkFields } from "../../check_setting.ts";
import { absolutePath } from "../../../blas/absolute_path.ts";
import { describe } from "../../../blas/describe.ts";
import { checkOptions } from "../../../blas/options.ts";
import { checkFunction } from "../../../autograd/arguments.ts";
import { type Fold, foldOf } from "../../training/fold.ts";
import { appendRow, openTable } from "./csv.ts";
import { appendEvent, openEventFile } from "./event_file.ts";
import { type Appending, fileSystem } from "./files.ts";
import { appendJsonLine, openJsonLines } from "./json_lines.ts";
import { encodeStep, type LoggedStep, type LoggedStepOf } from "./step_record.ts";

/** The options of {@link runLog}. */
export type RunLogOptions = {
  /** Whether to write event files for TensorBoard: true by default. */
  readonly events?: boolean | undefined;
  /** Whether to write `steps.jsonl`, a line of JSON for each step: false by default. */
  readonly jsonLines?: boolean | undefined;
  /** Whether to write `steps.csv`, a table of the scalars: false by default. */
  readonly csv?: boolean | undefined;
  /** Whether each step is on the disk before the next, so that it outlives a power failure too: false by default. */
  readonly durable?: boolean | undefined;
  /** Returns the time in seconds since 1970; the clock of the machine by default. */
  readonly now?: (() => number) | undefined;
};

/** The state of a log. */
export type RunLog = {
  /** The last step that was logged; `undefined` before the first. */
  readonly step: number | undefined;
  /** The number of records so far, without those of earlier processes. */
  readonly records: number;
  /** The event file that is being written. */
  readonly eventFile: string | undefined;
  /** The columns of the table. */
  readonly columns: readonly string[];
};

const START: RunLog = { step: undefined, records: 0, eventFile: undefined, columns: [] };

/** The fold that {@link runLog} makes: steps may be of any type with the parts of a {@link LoggedStep}, interfaces too. */
export type StepWriter =
  & (<S extends LoggedStepOf<S>>(log: RunLog | undefined, step: S) => RunLog)
  & Fold<RunLog, LoggedStep>;

/**
 * Makes a fold that logs steps in a folder: `log = write(log, { step, scalars: { loss } })`. It writes event files for
 * `tensorboard --logdir folder`, JSON lines and a table, each if its flag says so.
 *
 * Each record is appended in one piece, and nothing is left open: after a crash, all records but the one being written are
 * whole. A run that goes on logs into the same folder. Its first record says where: what the files hold from that step on
 * belongs to steps that are now done again, and is moved to `steps.jsonl.aside` and `steps.csv.aside`, together with what a
 * torn write has left; a new event file tells TensorBoard the same. Two logs at the same time need two folders, such as
 * `run/train` and `run/test`, which TensorBoard draws together.
 *
 * @param folder The path of a folder; it is made at the first record.
 * @param options `events`, `jsonLines`, `csv`: what to write; `durable`; `now`.
 * @returns A fold over steps. It throws a `TypeError` for what cannot be logged, before anything is written.
 * @throws {TypeError} If an option does not exist, nothing is to be written, or files do not exist, as in a browser.
 *
 * @example
 * ```ts
 * import { runLog } from "@nanograd/nanograd/watch";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * const write = runLog(folder, { csv: true, now: () => 1 });
 * const losses = [0.5, 0.25];
 * const log = losses.reduce((log, loss, step) => write(log, { step, scalars: { loss } }), write.initial);
 * assertEquals(log.records, 2);
 * assertEquals(await Deno.readTextFile(`${folder}/steps.csv`), "step,seconds,loss\n0,1,0.5\n1,1,0.25\n");
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export function runLog(folder: string, options: RunLogOptions = {}): StepWriter {
  checkOptions("build runLog", options, { events: "flag", jsonLines: "flag", csv: "flag", durable: "flag", now: true });
  const { events = true, jsonLines = false, csv = false, durable = false, now = () => Date.now() / 1000 } = options;
  if (typeof folder !== "string" || folder === "") {
    throw new TypeError(
      `Cannot build runLog in ${describe(folder)}: it must be the path of a folder; pass "runs/first"`,
    );
  }
  if (!events && !jsonLines && !csv) {
    throw new TypeError(
      "Cannot build runLog without events, jsonLines and csv: one of them must be written; set one to true",
    );
  }
  checkFunction("build runLog", "now", now);
  const writing: Appending = { fs: fileSystem("build runLog"), durable };
  const own = absolutePath(folder), lines = `${own}/steps.jsonl`, table = `${own}/steps.csv`;
  return foldOf(START, (log: RunLog, given: LoggedStep): RunLog => {
    checkFields("log a step after", log, ["records", "columns"], "what the fold returned, or write.initial");
    const encoded = encodeStep(given, secondsOf(now())), { step } = encoded;
    checkOrder(step, log.step);
    if (log.records === 0) {
      writing.fs.mkdirSync(own, { recursive: true });
      if (jsonLines) openJsonLines(writing, lines, step);
    }
    const known = log.records > 0 ? log.columns : csv ? openTable(writing, table, step) : [];
    const eventFile = log.eventFile ?? (events ? openEventFile(writing, own, encoded) : undefined);
    if (eventFile !== undefined) appendEvent(writing, eventFile, encoded);
    if (jsonLines) appendJsonLine(writing, lines, encoded);
    const columns = csv ? appendRow(writing, table, known, encoded) : known;
    return { step, records: log.records + 1, eventFile, columns };
  });
}

/** Throws if a step is before the last one. */
function checkOrder(step: number, last: number | undefined): void {
  if (last === undefined || step >= last) return;
  throw new TypeError(
    `Cannot log step ${step} after step ${last}: steps must not decrease; to do steps again, go on from write.initial`,
  );
}

function secondsOf(seconds: number): number {
  if (typeof seconds === "number" && Number.isFinite(seconds) && seconds >= 0) return seconds;
  throw new TypeError(
    `Cannot log at the time ${
      describe(seconds)
    }: now must return seconds since 1970; divide those of Date.now() by 1000`,
  );
}
