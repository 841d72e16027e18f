import type { Lab } from "./lab";
import { snapshots } from "./masters";

/** Sees that a cluster is founded once, whatever happens, and never said to exist before it can be brought back. */
export class OneCluster {
  static readonly only = {
    ...{ cluster: 1, "founding/cluster.json": 1 },
    ...{ "identity/genesis.json": 1, "identity/pki.sealed": 1 },
  };
  private readonly seen = new Map<string, Set<string>>();

  constructor(private readonly lab: Lab) {}

  async look(): Promise<void> {
    const { witness } = this.lab.cloud;
    if (witness?.startsWith("initialised ")) {
      expect(snapshots(this.lab)).not.toEqual([]);
      expect(this.lab.store.keys()).toContainEqual(expect.stringMatching(/^packages\/.*\.json$/));
    }
    if (witness) this.note("cluster", witness.split(" ")[1]);
    const text = await this.lab.admin(`
      for key in founding/cluster.json identity/genesis.json identity/pki.sealed; do
        if store_get $key file; then
          echo "$key $(sha256sum <file)"
          [ $key = identity/pki.sealed ] || echo "cluster $(sed -n 's/.*"cluster": "\\(.*\\)".*/\\1/p' file)"
        fi
      done`);
    for (const line of text.trim().split("\n")) this.note(...(line.split(" ") as [string, string]));
  }

  get found(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.seen].map(([name, values]) => [name, values.size]));
  }

  private note(name: string, value = ""): void {
    if (name) this.seen.set(name, (this.seen.get(name) ?? new Set()).add(value));
  }
}
