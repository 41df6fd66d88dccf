/**
 * Ranks that all hold the same numbers, in one process.
 *
 * @module
 */
import type { Numbers, Transport } from "../../../optim/distributed/transport.ts";

/** What a {@link mirror} has carried. */
export type Mirror = Transport & {
  /** For each exchange its name and the number of elements. */
  readonly log: readonly string[];
  /** The memory of the last sum. */
  readonly last: () => Numbers;
};

/** Makes a transport between ranks that are all like this one, rank 0. */
export function mirror(size: number): Mirror {
  const log: string[] = [];
  let last: Numbers = new Float32Array(0);
  return {
    rank: 0,
    size,
    log,
    last: () => last,
    sum: (numbers) => {
      log.push(`sum ${numbers.length}`);
      last = numbers;
      for (let k = 0; k < numbers.length; k++) numbers[k]! *= size;
    },
    broadcast: (numbers, root) => void log.push(`broadcast ${numbers.length} from ${root}`),
    close: () => void log.push("close"),
  };
}
