/** A clock that starts when this module is loaded, which has to be before anything that is measured. */
const start = performance.now();
let loaded = start;

/** What a child program prints when it is done. */
export interface Measured {
  readonly loadMs: number;
  readonly makeAndSynthMs: number;
  readonly peakMiB: number;
}

export function everythingIsLoaded(): void {
  loaded = performance.now();
}

export function report(): void {
  const measured: Measured = {
    loadMs: loaded - start,
    makeAndSynthMs: performance.now() - loaded,
    peakMiB: process.resourceUsage().maxRSS / 1024,
  };
  console.log(JSON.stringify(measured));
}
