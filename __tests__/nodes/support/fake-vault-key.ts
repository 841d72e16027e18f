import {
  constants,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
} from "node:crypto";

const OAEP = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" };

/** Each version's name and its private key, in PEM. */
export type KeptVaultKey = readonly (readonly [version: string, key: string])[];

/** A fake of a Key Vault key: real RSA-OAEP-256 of 2,048 bits, in versions. */
export class FakeVaultKey {
  enabled = true;
  /** Softly: it can be taken back. */
  deleted = false;
  /** The newest is the last. */
  readonly versions = new Map<string, { readonly privateKey: KeyObject; readonly publicKey: KeyObject }>();

  constructor() {
    this.rotate();
  }

  static from(kept: KeptVaultKey): FakeVaultKey {
    const made = new FakeVaultKey();
    made.versions.clear();
    for (const [version, key] of kept) {
      const privateKey = createPrivateKey(key);
      made.versions.set(version, { privateKey, publicKey: createPublicKey(privateKey) });
    }
    return made;
  }

  /** What `from` makes the same key of. */
  get kept(): KeptVaultKey {
    return [...this.versions].map(([version, { privateKey }]) => [
      version,
      privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    ]);
  }

  rotate(): void {
    this.versions.set(randomBytes(16).toString("hex"), generateKeyPairSync("rsa", { modulusLength: 2048 }));
  }

  get newest(): string {
    return [...this.versions.keys()].at(-1) ?? "";
  }

  /** Nothing where the text is too long. */
  encrypt(version: string, plaintext: Buffer): Buffer | undefined {
    return attempt(publicEncrypt, this.versions.get(version)?.publicKey, plaintext);
  }

  /** Nothing where it was not encrypted by this version. */
  decrypt(version: string, ciphertext: Buffer): Buffer | undefined {
    return attempt(privateDecrypt, this.versions.get(version)?.privateKey, ciphertext);
  }
}

function attempt(
  operation: typeof publicEncrypt | typeof privateDecrypt,
  key: KeyObject | undefined,
  text: Buffer,
): Buffer | undefined {
  try {
    return key && operation({ key, ...OAEP }, text);
  } catch {
    return undefined;
  }
}
