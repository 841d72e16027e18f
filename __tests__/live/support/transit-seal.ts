import { randomUUID } from "node:crypto";
import type { ApiServer } from "./api-server";
import { Server } from "./servers";
import { tool } from "./tools";

/** A further Vault, of the kind that forgets everything, whose transit engine stands in for the cloud's key. */
export class TransitSeal {
  private constructor(
    private readonly url: string,
    readonly token: string,
    private readonly server: Server,
  ) {}

  static async start(api: ApiServer): Promise<TransitSeal> {
    const address = `${api.network}.20:8200`;
    const token = randomUUID();
    const server = await Server.start(
      api.directory,
      {
        name: "transit",
        file: tool("vault"),
        args: ["server", "-dev", "-dev-no-store-token"],
        // Not as arguments, which anybody could list.
        env: { VAULT_DEV_ROOT_TOKEN_ID: token, VAULT_DEV_LISTEN_ADDRESS: address },
      },
      async () => (await fetch(`http://${address}/v1/sys/health`)).ok,
    );
    const seal = new TransitSeal(`http://${address}`, token, server);
    await seal.post("sys/mounts/transit", { type: "transit" });
    await seal.post("transit/keys/unseal", {});
    return seal;
  }

  /** For a server's configuration. */
  get stanza(): object {
    return { transit: { address: this.url, token: this.token, key_name: "unseal", mount_path: "transit/" } };
  }

  stop(): Promise<void> {
    return this.server.end("SIGKILL");
  }

  private async post(question: string, body: object): Promise<void> {
    const response = await fetch(`${this.url}/v1/${question}`, {
      method: "POST",
      headers: { "X-Vault-Token": this.token },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${question}: ${response.status} ${await response.text()}`);
  }
}
