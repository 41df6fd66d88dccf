/**
 * Barriers: no thread continues before all have arrived.
 *
 * @module
 */
import { CACHE_LINE } from "../../../alignment.ts";
import { type Callable, constant, i32, memory, type ModuleBuilder } from "../../../wasm/mod.ts";
import { CONTROL, MOST_LOOKS, SLEEP_NANOSECONDS } from "./control.ts";

/** How many barriers are passed until one at which threads poll for long. */
const PROBED = 32;

/**
 * Builds the function at which a thread waits for the others. Its parameters are `(thread: i32, threads: i32)`.
 *
 * A thread polls for a while whether the others have arrived, and then sleeps. If polling was in vain, it polls an eighth
 * less the next time, since the others may be waiting for its core; if not, longer again. Polling half as long was too
 * little: a thread that has slept is late at the next barrier by the 50 microseconds that waking takes, so that the others
 * slept there, and so on; steps of 0.5 milliseconds took 0.9 for dozens of runs. For the same reason, a thread polls for
 * long at one barrier in {@link PROBED} all the same. It traps if another thread failed or does not arrive.
 *
 * @param control The byte address of the control memory.
 */
export function barrierFunction(m: ModuleBuilder, control: number): Callable<"none"> {
  const word = (name: keyof typeof CONTROL) => constant("i32", control + CONTROL[name]);
  return m.function({ parameters: { thread: "i32", threads: "i32" } }, (f, { thread, threads }) => {
    f.if(i32.eq(threads, 1), () => f.return());
    const slot = f.let(i32.add(control + CONTROL.targets, i32.mul(thread, CACHE_LINE)));
    const target = f.let(i32.add(i32.load(slot), threads));
    f.do(i32.store(slot, target));
    const seen = f.let(i32.add(i32["atomic.rmw.add"](word("arrivals"), 1), 1));
    f.if(i32.eq(seen, target), () => {
      f.if(i32["atomic.load"](word("sleeping")), () => {
        f.do(i32["atomic.store"](word("sleeping"), 0));
        f.drop(memory["atomic.notify"](word("arrivals"), -1));
      });
      f.return();
    });
    const most = f.let(i32["atomic.load"](word("looks")));
    f.if(i32.eqz(i32.rem_u(i32.div_u(target, threads), PROBED)), () => f.set(most, MOST_LOOKS));
    const looks = f.let(most);
    const patience = f.let(i32["atomic.load"](word("patience")));
    f.loop((again) => {
      f.if(i32["atomic.load"](word("failed")), () => f.unreachable());
      f.set(seen, i32["atomic.load"](word("arrivals")));
      f.if(i32.ge_s(i32.sub(seen, target), 0), () => {
        f.if(i32.and(i32.gt_s(looks, 0), i32.lt_s(i32["atomic.load"](word("looks")), MOST_LOOKS)), () => {
          f.do(i32["atomic.store"](word("looks"), i32.add(i32.add(most, i32.shr_u(most, 3)), 1)));
        });
        f.return();
      });
      f.increment(looks, -1);
      f.branchIf(again, i32.gt_s(looks, 0));
      f.if(i32.eqz(patience), () => {
        f.do(i32["atomic.store"](word("failed"), 1));
        f.unreachable();
      });
      f.increment(patience, -1);
      const before = f.let(i32["atomic.load"](word("looks")));
      f.do(
        i32["atomic.store"](word("looks"), i32.sub(before, i32.shr_u(i32.add(before, 7), 3))),
        i32["atomic.store"](word("sleeping"), 1),
      );
      f.drop(memory["atomic.wait32"](word("arrivals"), seen, constant("i64", SLEEP_NANOSECONDS)));
      f.branch(again);
    });
  });
}
