/**
 * Messages for screen readers, with pauses long enough to listen.
 *
 * @module
 */

/** Announces texts. */
export type Announcer = {
  /** Says a text, unless something has been said a moment ago. */
  mention(text: string): void;
  /** Says a text now. */
  say(text: string): void;
};

/**
 * Makes an announcer.
 *
 * @param region The live region that is read aloud when it changes.
 * @param pause The shortest time between two texts that are only mentioned, in milliseconds.
 * @param now The time, in milliseconds.
 */
export function announcer(
  region: { textContent: string | null },
  pause = 5000,
  now: () => number = () => performance.now(),
): Announcer {
  let last = now();
  const say = (text: string): void => {
    region.textContent = text;
    last = now();
  };
  return { say, mention: (text) => now() - last >= pause ? say(text) : undefined };
}
