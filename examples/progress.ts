/**
 * Shows the progress of training: a progress bar in a terminal, plain lines elsewhere.
 *
 * @module
 */
import process from "node:process";
import cliProgress from "cli-progress";
import { formatCount, formatDuration, formatPercent } from "./formatting.ts";
import { accuracy, meanLoss, type Metrics, sampleCount } from "./metrics.ts";

/** The progress of a run. */
export type Progress = {
  /** The current epoch, counted from 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** The number of samples in an epoch. */
  readonly size: number;
  /** The metrics over the samples of this epoch so far. */
  readonly metrics: Metrics;
  /** Seconds since this epoch began. */
  readonly epochSeconds: number;
  /** Seconds since training began. */
  readonly seconds: number;
  /** The words for epochs and samples, if they are called something else. */
  readonly words?: { readonly epoch: string; readonly samples: string };
};

const WORDS = { epoch: "epoch", samples: "samples" } as const;

/** Formats the epoch: `epoch 1/3`, with the word for epochs. */
export const formatEpoch = ({ epoch, epochs, words = WORDS }: Progress): string => `${words.epoch} ${epoch}/${epochs}`;

/** Shows progress to the user. */
export type Reporter = {
  /** Called after every step. */
  step(progress: Progress): void;
  /** Called after every epoch, with a line to leave on the screen. */
  epochEnd(line: string): void;
};

/** Returns the share of all samples of all epochs that training has seen, from 0 to 1. */
export const shareDone = ({ epoch, epochs, size, metrics }: Progress): number =>
  ((epoch - 1) * size + sampleCount(metrics)) / (epochs * size);

/** Returns the samples per second in this epoch. */
export const samplesPerSecond = ({ metrics, epochSeconds }: Progress): number => sampleCount(metrics) / epochSeconds;

/** Returns the seconds until the last epoch ends, at the pace so far. */
export const secondsLeft = (progress: Progress): number => progress.seconds * (1 / shareDone(progress) - 1);

/** Formats progress, with the same width from step to step. */
export function formatProgress(progress: Progress): string {
  return [
    `loss ${meanLoss(progress.metrics).toFixed(4)}`,
    `accuracy ${formatPercent(accuracy(progress.metrics), 1).padStart(7)}`,
    `${formatCount(samplesPerSecond(progress)).padStart(6)} ${(progress.words ?? WORDS).samples}/s`,
    `${formatDuration(secondsLeft(progress)).padStart(5)} left`,
  ].join("  ");
}

/**
 * Chooses how to show progress.
 *
 * @param terminal Whether the output is a terminal.
 * @param write Receives whole lines.
 */
export function progressReporter(terminal: boolean, write: (line: string) => void = console.log): Reporter {
  return terminal ? barReporter(write) : lineReporter(write);
}

/** The number of lines for each epoch without a terminal. */
const LINES_PER_EPOCH = 4;

/** Writes a line at each quarter of an epoch except the last, which has the epoch's own line. */
function lineReporter(write: (line: string) => void): Reporter {
  let last = "";
  return {
    step: (progress) => {
      const { epoch, size, metrics } = progress, quarter = Math.floor(sampleCount(metrics) / size * LINES_PER_EPOCH);
      const now = `${epoch}.${quarter}`;
      if (now === last || quarter === 0 || quarter === LINES_PER_EPOCH) return;
      last = now;
      const share = formatPercent(sampleCount(metrics) / size, 0).padStart(5);
      write(`${formatEpoch(progress)} ${share}  ${formatProgress(progress)}`);
    },
    epochEnd: write,
  };
}

/** The data that {@link formatBar} draws a bar from. */
type Payload = { readonly progress?: Progress };

/**
 * Shows a bar for the whole run. It is redrawn a few times a second from within `update`, since timers cannot run
 * during a synchronous fold. For the same reason signals are not caught: Ctrl-C must end the program at once. The
 * terminal's state is therefore never changed, as it could not be restored.
 */
function barReporter(write: (line: string) => void): Reporter {
  const bar = new cliProgress.SingleBar({
    stream: process.stdout,
    format: (options, { progress: done, maxWidth }, { progress }: Payload) =>
      progress === undefined ? "" : formatBar(progress, maxWidth, (size) => drawBar(done, size, options)),
    barsize: MAX_BAR,
    barCompleteChar: "━",
    barIncompleteChar: "┄",
    linewrap: true,
    hideCursor: false,
    clearOnComplete: true,
    fps: 12,
  });
  return {
    step: (progress) => {
      if (!bar.isActive) bar.start(1, shareDone(progress), { progress });
      bar.update(shareDone(progress), { progress });
    },
    epochEnd: (line) => {
      bar.stop();
      write(line);
    },
  };
}

const MAX_BAR = 40;
const MIN_BAR = 6;

const drawBar = (done: number, size: number, options: cliProgress.Options): string =>
  cliProgress.Format.BarFormat(done, { ...options, barsize: size });

/**
 * Formats one line of the bar: epoch, bar, and the rest, cut off at the edge of the terminal.
 *
 * @param columns The width of the terminal.
 * @param draw Draws a bar of some width.
 */
export function formatBar(progress: Progress, columns: number, draw: (size: number) => string): string {
  const head = `${formatEpoch(progress)} `;
  const tail = `  ${formatProgress(progress)}`;
  // One column is left free, since a character in the last one may wrap the line.
  const room = columns - 1 - head.length - tail.length;
  return (head + (room < MIN_BAR ? "" : draw(Math.min(room, MAX_BAR))) + tail).slice(0, Math.max(columns - 1, 0));
}
