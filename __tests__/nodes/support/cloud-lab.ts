import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { FakeAws } from "./fake-aws";
import type { FakeAzure } from "./fake-azure";
import type { FakeMetadataService } from "./metadata-service";
import { ended, Shell, stop } from "./shell";

const LIBRARIES = ["log.sh", "answers.sh", "json.sh", "value.sh", "sealing.sh"];
const ANSWERS: Readonly<Record<number, string>> = {
  ...{ 0: "yes", 1: "no", 10: "absent", 11: "deleted", 12: "no-store" },
  ...{ 13: "denied", 14: "unreachable", 15: "taken" },
};

/** One machine's libraries, on the fakes of one cloud. */
export abstract class CloudLab<Api extends FakeAws | FakeAzure> {
  /** A secret of this test's. */
  readonly value = `secret ${randomBytes(16).toString("hex")}`;
  readonly shell: Shell;
  /** The names that the fake's outages and denials go by. */
  abstract readonly services: Readonly<Record<"secrets" | "keys" | "machines" | "group" | "ending", string>>;
  /** What becomes of a secret that somebody deletes. */
  abstract readonly taken: "absent" | "deleted";
  abstract readonly instance: string;
  abstract readonly node: string;
  abstract readonly other: string;

  constructor(
    readonly api: Api,
    readonly metadata: FakeMetadataService,
    cloud: "aws" | "azure",
    env: Readonly<Record<string, string>>,
  ) {
    const own = ["api", "secrets", "sealing", "cloud"].map((name) => `${cloud}/${name}.sh`);
    this.shell = new Shell([...LIBRARIES, ...own], {
      ...{ CLOUD: cloud, IMDS: metadata.url, CLOCK_SCALE: "0.001" },
      ...api.environment(),
      ...env,
    });
  }

  abstract readonly secretsSeen: readonly string[];
  abstract spoilCredentials(): void;
  abstract setSecret(name: string, value: string): void;
  abstract secret(name: string): { value: string; encrypted: boolean } | undefined;
  abstract deleteSecret(name: string): void;
  abstract setKey(state: "enabled" | "disabled" | "deleted"): void;
  abstract setMachine(instance: string, state: string | undefined): void;
  /** The cloud says that it ends this machine, or no longer does. */
  abstract end(ending: boolean): void;
  /** The hooks or events by which this machine has let its end go on. */
  abstract get endings(): readonly string[];

  /** What a command was answered with, after a script that has to succeed. */
  async answer(command: string, env: Readonly<Record<string, string>> = {}, before = ""): Promise<string> {
    const { status, stdout, stderr } = await this.shell.run(
      `${before}\nstatus=0\n${command} || status=$?\necho "=$status"`,
      env,
    );
    for (const secret of [this.value, ...this.secretsSeen]) expect(stdout + stderr).not.toContain(secret);
    expect(status).toBe(0);
    const [printed = "", code = ""] = stdout.trim().split("=");
    return printed.trim() || (ANSWERS[Number(code)] ?? code);
  }

  /** The command lines and environments of all processes while a command waits for the fake, which never answers. */
  async waiting(command: string, service: string): Promise<readonly string[]> {
    this.api.outages.set(service, "hang");
    const before = this.api.received;
    const child = this.shell.start(command);
    const running = ended(child);
    const deadline = Date.now() + 20_000;
    while (this.api.received === before && Date.now() < deadline)
      await new Promise((go) => setTimeout(go, 20));
    const seen = everyProcess();
    this.api.dropAll();
    await running;
    await stop(child);
    expect(
      seen.filter((process) => process.startsWith("curl\0") && process.includes(this.api.url)),
    ).toHaveLength(1);
    return seen;
  }

  /** All is well again, but for what the cloud keeps: secrets, and machines. */
  heal(): void {
    this.api.heal();
    this.metadata.heal();
    this.api.calls.length = 0;
    this.setKey("enabled");
    this.metadata.tokenSeconds = 3600;
    if (this.api instanceof FakeAws) this.api.credentials = this.metadata.credentials;
  }

  async stop(): Promise<void> {
    await this.api.stop();
    await this.metadata.stop();
    this.shell.dispose();
  }
}

function everyProcess(): string[] {
  return readdirSync("/proc")
    .filter((pid) => /^\d+$/.test(pid))
    .flatMap((pid) => {
      try {
        return [
          readFileSync(`/proc/${pid}/cmdline`, "utf8") + "\0" + readFileSync(`/proc/${pid}/environ`, "utf8"),
        ];
      } catch {
        return []; // it has just ended, or is somebody else's
      }
    });
}
