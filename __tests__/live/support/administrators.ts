import { mkdirSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { output } from "./tools";

/** People with throw-away PGP keys. Each has a key ring of his own, as on a machine of his own. */
export class Administrator {
  private constructor(
    private readonly home: string,
    /** The public key, armored. */
    readonly publicKey: string,
  ) {}

  /** @param usage what the key is good for: by default signing and encrypting, as people's keys are */
  static create(directory: string, name: string, usage: "default" | "sign" = "default"): Administrator {
    const home = path.join(directory, `gnupg-${name}`);
    mkdirSync(home, { mode: 0o700 });
    const administrator = new Administrator(home, path.join(directory, `${name}.asc`));
    const mail = `${name}@example.com`;
    const kind = usage === "default" ? ["default", "default"] : ["rsa2048", usage];
    administrator.gpg(["--passphrase", "", "--quick-generate-key", mail, ...kind, "1d"]);
    writeFileSync(administrator.publicKey, administrator.gpg(["--armor", "--export", mail]));
    return administrator;
  }

  /** @param ciphertext as Vault gives it, in base64 */
  decrypt(ciphertext: string): string {
    const file = path.join(this.home, "ciphertext");
    writeFileSync(file, Buffer.from(ciphertext, "base64"));
    return this.gpg(["--decrypt", file]);
  }

  /** Ends the agent that GnuPG has left running. */
  leave(): void {
    output("gpgconf", ["--homedir", this.home, "--kill", "all"]);
  }

  private gpg(args: readonly string[]): string {
    return output("gpg", [
      "--homedir",
      this.home,
      "--batch",
      "--quiet",
      "--pinentry-mode",
      "loopback",
      ...args,
    ]);
  }
}
