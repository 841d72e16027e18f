import { createHash } from "node:crypto";

const HEX = "0123456789abcdef";
const DIGITS = "0123456789";
const UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** Characters that look random and follow from `seed` alone, so that two runs of one configuration agree. */
export class Seeded {
  constructor(private readonly seed: string) {}

  hex(length: number, purpose = ""): string {
    return this.draw(HEX, length, purpose);
  }

  digits(length: number, purpose = ""): string {
    return this.draw(DIGITS, length, purpose);
  }

  upper(length: number, purpose = ""): string {
    return this.draw(UPPER, length, purpose);
  }

  uuid(purpose = ""): string {
    const h = this.hex(32, purpose);
    return [h.slice(0, 8), h.slice(8, 12), h.slice(12, 16), h.slice(16, 20), h.slice(20)].join("-");
  }

  /** A number from 0 to `below` - 1. */
  number(below: number, purpose = ""): number {
    return Number.parseInt(this.hex(8, purpose), 16) % below;
  }

  private draw(alphabet: string, length: number, purpose: string): string {
    let drawn = "";
    for (let block = 0; drawn.length < length; block++) {
      const digest = createHash("sha256").update(`${this.seed}\n${purpose}\n${block}`).digest();
      for (const byte of digest) drawn += alphabet[byte % alphabet.length];
    }
    return drawn.slice(0, length);
  }
}
