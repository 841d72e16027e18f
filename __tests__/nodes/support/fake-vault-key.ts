import {
  constants,
  generateKeyPairSync,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
} from "node:crypto";

const OAEP = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" };

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
