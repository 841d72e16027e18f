import { parsed } from "./differences";
import { isObject, stringsIn, type Planned } from "./value";

/** Put in place of what may be a secret. */
export const HIDDEN = "(hidden)";

/** Names of what holds secrets, whatever the provider says of them. User data is among them: people put secrets there. */
const SECRET_NAME =
  /passw|passphrase|passcode|pwd|secret|token|credential|api_?key|access_?key|private_?key|shared_?key|account_?key|encryption_?key|signing_?key|auth_?key|host_?key|ssh_?key|connection_?string|kube_?config|user_?data|custom_?data|bearer|cookie|signature|certificate_body|jwt|webhook|(?<![a-z])(?:sas|pin|salt|pfx|pem|(?:db|pg)?pass)(?![a-z])/i;
/** The same at the end of a word that is written as one, as `dbPass`; a `bypass` is none. */
const SECRET_HUMP = /[a-z]Pass$/;
/** A variable of an environment; an `auth` in small letters is a block about how somebody logs in. */
const SECRET_VARIABLE = /(^|_)AUTH$/;

/** Attributes that a name betrays wrongly: they hold a switch, a name or an address of a secret, never the secret. */
const HARMLESS_NAME =
  /^(http_tokens|.*_token_ttl|secret_name|secret_arn|secret_id|key_vault_secret_id|manage_master_user_password|password_length|.*_enabled|.*_required)$/;

/** Shorter ones cannot be told from words, and hiding them everywhere would hide half of the report. */
const KNOWN_SECRET_MIN = 6;

/** The same of a line of a longer one, such as a script. */
const PIECE_MIN = 16;

/** Ids that cloud resources have: random, and meant to be read. */
const CLOUD_ID =
  /^(ami|subnet|vpc|sg|sgr|lt|eni|i|vol|snap|rtb|acl|igw|nat|eipalloc|eipassoc|vpce|pl|fl|dopt)-[0-9a-f]{8,17}$/;

/** Whether a name on the way to a value says that it is a secret. */
export function isSecretPath(path: readonly string[]): boolean {
  return path.some((name) => isSecretName(name));
}

function isSecretName(name: string): boolean {
  const betrays = [SECRET_NAME, SECRET_HUMP, SECRET_VARIABLE].some((one) => one.test(name));
  return betrays && !HARMLESS_NAME.test(name);
}

/**
 * Hides secrets in texts: those that were found where secrets stand, wherever they turn up again, and whatever looks
 * random enough to be one. It rather hides too much.
 */
export class Secrets {
  private readonly known: Set<string>;
  /** Those that are known by their first characters, the longest first; made when it is wanted. */
  private beginnings: ReadonlyMap<string, readonly string[]> | undefined;
  /** Numbers, which are hidden where one is all that there is: others have their digits by chance. */
  private readonly numbers: Set<string>;

  /** @param others whose secrets are known from the beginning */
  constructor(others?: Secrets) {
    this.known = new Set(others?.known);
    this.numbers = new Set(others?.numbers);
  }

  /** Learns that `value` is secret. */
  add(value: Planned): void {
    for (const number of numbersIn(value)) this.numbers.add(number);
    for (const one of stringsIn(value)) {
      for (const part of [one, ...decoded(one)].flatMap((whole) => [whole, ...whole.split(/\s*\n\s*/)])) {
        if (part.length < (part === one ? KNOWN_SECRET_MIN : PIECE_MIN)) continue;
        const inJson = escaped(part);
        for (const form of [part, base64(part), encodeURIComponent(part), inJson, escaped(inJson)])
          this.known.add(form);
      }
    }
    this.beginnings = undefined;
  }

  /** Learns what is secret in a value, by the names on the way to it and by the marks of the provider. */
  learn(value: Planned, marks: unknown, path: readonly string[] = []): void {
    if (marks === true && !isBlock(value, path)) this.add(value);
    else if (isSecretPath(path)) {
      this.add([...stringsIn(value).filter((text) => !isReference(text)), ...numbersIn(value).map(Number)]);
    } else if (marks === true) this.learnBlock(value, path);
    else if (Array.isArray(value)) {
      const inner = Array.isArray(marks) ? (marks as readonly unknown[]) : [];
      (value as readonly Planned[]).forEach((item, i, all) => {
        const option = all[i - 1];
        const isArgument = typeof option === "string" && /^--?[a-z][\w-]*$/i.test(option);
        // What is an object in a list is a block, and no map.
        const one = isObject(item) && inner[i] === true ? [item] : item;
        this.learn(one, inner[i], isArgument ? [...path, option] : path);
      });
    } else if (isObject(value)) {
      const named = pair(value);
      for (const [key, item] of Object.entries(value) as [string, Planned][]) {
        const mark = isObject(marks) ? (marks as Record<string, unknown>)[key] : undefined;
        this.learn(item, mark, [...path, key, ...(key === "value" && named ? [named] : [])]);
      }
    } else if (typeof value === "string") {
      // JSON in a string, as the containers of a task, has names of its own.
      const inside = parsed(value);
      if (inside !== null) this.learn(inside, undefined, path);
    }
  }

  /**
   * Learns from a block that is marked as a whole since one thing in it is secret, as Terraform marks sets: its plain
   * words are names and types, and hiding them everywhere would hide half of the report.
   */
  private learnBlock(value: Planned, path: readonly string[]): void {
    this.learn(value, undefined, path);
    this.add(stringsIn(value).filter((text) => !isPlain(text)));
  }

  /** The value as JSON, without anything in it that is, or may be, a secret. */
  maskedJson(value: Planned, unknown: string): string {
    const json = JSON.stringify(value, (_key, one: unknown) => {
      if (typeof one === "symbol") return unknown;
      if (typeof one === "number" && this.numbers.has(String(one))) return HIDDEN;
      // Before JSON escapes it: a policy is JSON in a string already.
      return typeof one === "string" ? this.mask(one) : one;
    });
    return this.mask(json);
  }

  /** The text without anything that is, or may be, a secret. */
  mask(text: string): string {
    if (this.numbers.has(text)) return HIDDEN;
    return withoutTold(this.withoutKnown(text))
      .replace(SYMBOLS_TOO, (run) => (isGenerated(run) ? HIDDEN : run))
      .replace(/[A-Za-z0-9+/=_.~-]{12,}/g, (run) => (isRandom(run) ? maskRun(run) : run));
  }

  /** One look for each place in the text: an expression of thousands of secrets would try each of them there. */
  private withoutKnown(text: string): string {
    const beginnings = (this.beginnings ??= byBeginning(this.known));
    if (beginnings.size === 0) return text;
    const kept: string[] = [];
    let from = 0;
    for (let at = 0; at + KNOWN_SECRET_MIN <= text.length; at++) {
      const candidates = beginnings.get(text.slice(at, at + KNOWN_SECRET_MIN));
      const found = candidates?.find((one) => text.startsWith(one, at));
      if (found === undefined) continue;
      kept.push(text.slice(from, at), HIDDEN);
      from = at + found.length;
      at = from - 1;
    }
    return from === 0 ? text : kept.join("") + text.slice(from);
  }
}

/** The known secrets by their first characters, of which each has that many. */
function byBeginning(known: Iterable<string>): Map<string, string[]> {
  const beginnings = new Map<string, string[]>();
  // The longest first, or a short one would leave the rest of a long one standing.
  for (const one of [...known].sort((a, b) => b.length - a.length)) {
    const beginning = one.slice(0, KNOWN_SECRET_MIN);
    const others = beginnings.get(beginning);
    if (others) others.push(one);
    else beginnings.set(beginning, [one]);
  }
  return beginnings;
}

/** A password in a URL. */
const IN_URL = /(:\/\/[^\s/:@"']*:)([^\s/@"']+)(?=@)/g;
/** A name, and what it is set to: in a shell, in an argument, in JSON or in YAML. In an ARN no blank is behind `secret:`. */
const ASSIGNED =
  /(?<name>[A-Za-z][\w-]{0,60})(?:\\?["']?\s*=\s*\\?["']?|\\?["']\s*:\s*\\?["']|(?<=--[\w-]+)\s+|:\s+["']?(?=\S+\s*$))(?<value>(?<=["'])[^"'\\\n]+|[^\s"'\\,;&|]+)/gm;

/** The text without what it says to be a secret itself, such as `DB_PASSWORD=...` or `https://user:...@host`. */
function withoutTold(text: string): string {
  return text
    .replace(IN_URL, (whole, before: string, one: string) => (isReference(one) ? whole : before + HIDDEN))
    .replace(ASSIGNED, (whole, name: string, one: string) =>
      isSecretName(name) && !isReference(one) ? whole.slice(0, -one.length) + HIDDEN : whole,
    );
}

/** Whether a value is a resource, or blocks of one. A map or a list of texts is one value of many. */
function isBlock(value: Planned, path: readonly string[]): boolean {
  if (Array.isArray(value)) return (value as readonly Planned[]).some((one) => isObject(one));
  return isObject(value) && path.length === 0;
}

/** Words and short numbers, as names, types and versions are made of. */
function isPlain(text: string): boolean {
  return text.split(/[-_./: ]/).every((part) => /^(?:[A-Za-z]*|\d{1,5})$/.test(part) && oddity(part) === 0);
}

/** The numbers in a value that are long enough to be told from each other. */
function numbersIn(value: Planned): string[] {
  if (typeof value === "number") return /^\d{6,}$/.test(String(value)) ? [String(value)] : [];
  if (Array.isArray(value)) return (value as readonly Planned[]).flatMap(numbersIn);
  return isObject(value) ? Object.values(value as object).flatMap(numbersIn) : [];
}

/** What only refers to a secret is none, and hiding it elsewhere would hide names. */
function isReference(text: string): boolean {
  return /^arn:|^\/subscriptions\/|\$\{/.test(text);
}

/** A run in which more than letters and digits may stand, as in the passwords that generators make. */
const SYMBOLS_TOO = /[^\s"'\\{}()[\]<>,;|`]{10,64}/g;

function isGenerated(run: string): boolean {
  const symbols = new Set(run.match(/[!#$%^&@]/g) ?? []);
  const isMixed = /\d/.test(run) && /[a-z]/.test(run) && /[A-Z]/.test(run);
  return symbols.size >= 2 && isMixed && !run.includes("://") && !run.startsWith("arn:");
}

/** The name in a block such as `tag { key = "password", value = ... }` or an environment's `{ name, value }`. */
function pair(value: Readonly<Record<string, unknown>>): string | undefined {
  const name = value["key"] ?? value["name"];
  return typeof name === "string" ? name : undefined;
}

function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64").replace(/=+$/, "");
}

/** What base64 says, when it is text. */
function decoded(text: string): string[] {
  if (!/^[A-Za-z0-9+/]{8,}=*$/.test(text)) return [];
  const bytes = Buffer.from(text, "base64");
  const plain = bytes.toString("utf8");
  return /^[\s\x20-\x7e]+$/.test(plain) ? [plain] : [];
}

/** A run of which a part may be left to read: the parts of a path or an address that are words. */
function maskRun(run: string): string {
  const parts = run.split(/([/.=_-])/);
  const isOdd = parts.map((part) => oddity(part) > 0);
  const first = isOdd.indexOf(true);
  const last = isOdd.lastIndexOf(true);
  const rest = parts.slice(last + 1);
  // What follows is left where it is as plain as a file's name; a piece of the secret may look like a word by chance.
  const plain = rest.every((part, i) => (i % 2 === 0 ? part !== "=" : /^[a-z]*$/.test(part)));
  return [...parts.slice(0, first), HIDDEN, ...(plain ? rest : [])].join("");
}

function isRandom(run: string): boolean {
  if (CLOUD_ID.test(run)) return false;
  const odd = run.split(/[/.=_-]/).reduce((sum, part) => sum + oddity(part), 0);
  return odd >= 12;
}

/** How many characters of a part look drawn by lot: letters and digits mixed, or case that changes at random. */
function oddity(part: string): number {
  if (part.length < 5 || /^\d+$/.test(part) || /^(.)\1*$/.test(part)) return 0;
  const groups = part.match(/[A-Z]+[a-z]*|[a-z]+|\d+|[^A-Za-z0-9]+/g) ?? [];
  // A word, in any of the usual ways to write several as one, with a number or a version behind it.
  const isWordy = /^[A-Za-z]*\d{0,4}$|^v?\d+[a-z]?$/.test(part) && part.length / groups.length >= 3.5;
  const isSpeakable = (/[aeiouy]/i.test(part) || part.length < 8) && !/[^aeiouy\d]{6}/i.test(part);
  if (isWordy && isSpeakable && longestWord(groups) < 24) return 0;
  return part.length;
}

function longestWord(groups: readonly string[]): number {
  return Math.max(...groups.map((group) => group.length));
}
