import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

export type KeyState = "Enabled" | "Disabled" | "PendingDeletion";

/** A fake of KMS' symmetric keys: real AES-GCM, with the encryption context as additional data. */
export class FakeKmsKey {
  state: KeyState = "Enabled";

  /** @param secret what it encrypts with, where it was made before */
  constructor(
    readonly arn: string,
    readonly secret = randomBytes(32),
  ) {}

  encrypt(plaintext: Buffer, context: object): Buffer {
    const iv = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", this.secret, iv).setAAD(canonical(context));
    const sealed = Buffer.concat([cipher.update(plaintext), cipher.final()]);
    const arn = Buffer.from(this.arn);
    return Buffer.concat([Buffer.of(arn.length), arn, iv, cipher.getAuthTag(), sealed]);
  }

  /** Nothing where the ciphertext or its context is not what was sealed. */
  decrypt(blob: Buffer, context: object): Buffer | undefined {
    const start = 1 + (blob[0] ?? 0);
    const [iv, tag] = [blob.subarray(start, start + 12), blob.subarray(start + 12, start + 28)];
    if (tag.length !== 16) return undefined;
    const decipher = createDecipheriv("aes-256-gcm", this.secret, iv)
      .setAAD(canonical(context))
      .setAuthTag(tag);
    try {
      return Buffer.concat([decipher.update(blob.subarray(start + 28)), decipher.final()]);
    } catch {
      return undefined;
    }
  }
}

/** The ARN of the key that made a ciphertext. */
export function keyOf(blob: Buffer): string {
  return blob.subarray(1, 1 + (blob[0] ?? 0)).toString();
}

function canonical(context: object): Buffer {
  return Buffer.from(JSON.stringify(Object.entries(context).sort()));
}
