import { setTimeout as pause } from "node:timers/promises";
import { AccessError } from "./access-error";

/** The longest time between two tries, and how often one hears that nothing has changed, in milliseconds. */
const [PAUSE_MS, SILENCE_MS] = [10_000, 60_000];

/**
 * Asks until there is an answer, or a failure that waiting does not help against.
 *
 * @param say hears of what it waits for, when that changes and once a minute
 * @throws the failure that stands at the end
 */
export async function patiently<T>(
  ask: () => Promise<T>,
  timeoutMs: number,
  say: (text: string) => void,
): Promise<T> {
  const started = Date.now();
  let [said, saidAt, between] = ["", 0, 500];
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof AccessError) || !error.passes) throw error;
      const waited = Date.now() - started;
      if (waited + between > timeoutMs) {
        if (timeoutMs === 0) throw error;
        throw new AccessError(`given up after ${Math.round(timeoutMs / 1000)} s: ${error.message}`);
      }
      if (error.message !== said || Date.now() - saidAt >= SILENCE_MS) {
        say(`waiting, ${Math.round(waited / 1000)} s: ${error.message}`);
        [said, saidAt] = [error.message, Date.now()];
      }
    }
    await pause(between);
    between = Math.min(between * 1.5, PAUSE_MS);
  }
}
