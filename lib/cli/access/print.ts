import { AccessError } from "./access-error";

/**
 * Writes all of a text to the standard output.
 *
 * @throws AccessError where nobody takes it any more, or a disk is full
 */
export function print(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = ({ code = "" }: NodeJS.ErrnoException) => {
      reject(new AccessError(`the standard output does not take it (${code})`));
    };
    // Also an event of its own, which nobody else hears.
    process.stdout.on("error", fail);
    process.stdout.write(text, (error) => {
      if (error) fail(error);
      else resolve();
    });
  });
}
