import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { AwsLab, type AzureLab, CLOUD_LABS } from "./support/cloud-labs";
import { freePort } from "./support/shell";

describe.each(CLOUD_LABS)("secrets on $name", ({ start }) => {
  let lab: AwsLab | AzureLab;
  const local = (name: string): string => path.join(lab.shell.directory, name);

  beforeAll(async () => {
    lab = await start();
    writeFileSync(local("value"), `${lab.value}\n`);
  });
  beforeEach(() => lab.heal());
  afterAll(() => lab.stop());

  test("gives back what was put, in a file that is its owner's only", async () => {
    expect(await lab.answer("secret_put join value && secret_get join copy")).toBe("yes");
    expect(readFileSync(local("copy"), "utf8")).toBe(`${lab.value}\n`);
    expect(statSync(local("copy")).mode & 0o777).toBe(0o600);
    expect(lab.secret("join")).toEqual({ value: lab.value, encrypted: true });
  });

  test("takes every character that a value may have, and 4,096 of them", async () => {
    const value = "AZaz09 ._:/+=,@-".repeat(256);
    writeFileSync(local("long"), value);
    expect(await lab.answer("secret_put long long plain && secret_get long copy")).toBe("yes");
    expect(lab.secret("long")?.value).toBe(value);
    expect(readFileSync(local("copy"), "utf8")).toBe(`${value}\n`);
  });

  test("publishes text of several lines as it is, with its end where the cloud has one, and knows it again", async () => {
    const text = '{"a b": "c\\nd/&"}\n-----BEGIN $x `y`-----\n';
    writeFileSync(local("text"), text);
    writeFileSync(local("other"), text.replace("a b", "b a"));
    expect(await lab.answer("secret_is text text")).toBe("absent");
    expect(await lab.answer("secret_publish text text plain && secret_is text text")).toBe("yes");
    expect(lab.secret("text")).toEqual({ value: text, encrypted: !(lab instanceof AwsLab) });
    expect(await lab.answer("secret_is text other")).toBe("no");
    const end = 2_000_000_000;
    expect(await lab.answer(`secret_publish text other ${end}`)).toBe("yes");
    expect(lab.secret("text")).toEqual({ value: text.replace("a b", "b a"), encrypted: true });
    expect(lab.endOf("text")).toBe(lab instanceof AwsLab ? undefined : end);
  });

  test("publishes 4,096 characters, no more, and nothing that is not plain text", async () => {
    writeFileSync(local("text"), '"\n'.repeat(2048));
    expect(await lab.answer("secret_publish text text plain && secret_is text text")).toBe("yes");
    const before = lab.api.received;
    for (const text of ["", "nul\0", "tab\t", "ü", "x".repeat(4097)]) {
      writeFileSync(local("text"), text);
      expect([text, await lab.answer("secret_publish text text plain")]).toEqual([text, "no"]);
    }
    expect(lab.api.received).toBe(before);
  });

  test("puts what is new once, and over it what is to replace it", async () => {
    writeFileSync(local("later"), "later");
    expect(await lab.answer("secret_put_new witness value plain")).toBe("yes");
    expect(await lab.answer("secret_put_new witness later plain")).toBe("taken");
    expect(lab.secret("witness")?.value).toBe(lab.value);
    expect(await lab.answer("secret_put witness later plain")).toBe("yes");
    expect(lab.secret("witness")?.value).toBe("later");
  });

  test("says of what was never there that it is absent, and leaves no file", async () => {
    expect(await lab.answer("secret_get never fresh")).toBe("absent");
    expect([existsSync(local("fresh")), existsSync(local("fresh.part"))]).toEqual([false, false]);
  });

  test("says of what was deleted what the cloud remembers of it", async () => {
    lab.setSecret("gone", "value");
    lab.deleteSecret("gone");
    expect(await lab.answer("secret_get gone copy")).toBe(lab.taken);
    const put = lab.taken === "deleted" ? "deleted" : "yes";
    expect(await lab.answer("secret_put_new gone value")).toBe(put);
    lab.setSecret("gone", "value");
    lab.deleteSecret("gone");
    expect(await lab.answer("secret_put gone value")).toBe(put);
  });

  test("is denied where the role may not, and where nobody lets it in", async () => {
    lab.setSecret("there", "value");
    lab.api.deny(lab.services.secrets);
    for (const command of ["get there copy", "get never copy", "put there value", "put_new there value"]) {
      expect([command, await lab.answer(`secret_${command}`)]).toEqual([command, "denied"]);
    }
  });

  test("is denied where the sealing key may not be used, if the cloud encrypts secrets with it", async () => {
    const expected = lab instanceof AwsLab ? "denied" : "yes";
    expect(await lab.answer("secret_put join value")).toBe("yes");
    lab.setKey("disabled");
    expect(await lab.answer("secret_get join copy")).toBe(expected);
    expect(await lab.answer("secret_put join value")).toBe(expected);
    expect(await lab.answer("secret_put plain value plain && secret_get plain copy")).toBe("yes");
  });

  test("calls a service in trouble unreachable, whether or not the secret is there", async () => {
    lab.setSecret("there", "value");
    for (const outage of [500, 503, 429, 404, "cut", "no-length"] as const) {
      lab.api.outages.set(lab.services.secrets, outage);
      for (const command of ["get there copy", "get never copy", "put_new there value"]) {
        expect([outage, command, await lab.answer(`secret_${command}`)]).toEqual([
          outage,
          command,
          "unreachable",
        ]);
      }
    }
  });

  test("calls a closed port unreachable, of the service and of the metadata", async () => {
    const closed = `http://127.0.0.1:${await freePort()}`;
    expect(await lab.answer("secret_get there copy", lab.api.environment(closed))).toBe("unreachable");
    expect(await lab.answer("secret_get there copy", { IMDS: closed })).toBe("unreachable");
  });

  test("makes nothing of a value that is none of ours", async () => {
    for (const value of ['a "quoted" word', "two\nlines", "back\\slash", "", "$(date)"]) {
      lab.setSecret("strange", value);
      expect([value, await lab.answer("secret_get strange fresh")]).toEqual([value, "unreachable"]);
      expect(existsSync(local("fresh"))).toBe(false);
    }
  });

  test("refuses a value that may be none before anything is sent", async () => {
    const before = lab.api.received;
    for (const value of [
      '"',
      "a\\b",
      "two\nlines",
      "nul\0",
      "tab\t",
      "ü",
      "$x",
      "`x`",
      "'",
      "{}",
      "",
      "x".repeat(4097),
    ]) {
      writeFileSync(local("odd"), value);
      for (const command of ["put odd odd", "put_new odd odd", "put odd odd plain"]) {
        expect([value, await lab.answer(`secret_${command}`)]).toEqual([value, "no"]);
      }
    }
    expect(await lab.answer("secret_put odd missing")).toBe("no");
    expect(await lab.answer(`secret_get '","x":"' copy`)).toBe("no");
    expect(lab.api.received).toBe(before);
  }, 60_000);

  test("works where every failure ends the shell, and ends it with the answer", async () => {
    const script =
      "secret_put plain value plain; secret_get plain copy; secret_get never copy; echo not reached";
    expect(await lab.shell.run(script)).toMatchObject({ status: 10, stdout: "" });
  });

  test("keeps the value and the credentials out of every process' arguments and environment", async () => {
    const seen = await lab.waiting("secret_put join value", lab.services.secrets);
    for (const secret of [lab.value, ...lab.secretsSeen]) {
      expect(seen.filter((process) => process.includes(secret))).toEqual([]);
    }
  });

  test("is denied with credentials that are over or another's", async () => {
    lab.spoilCredentials();
    for (const command of ["get never copy", "put there value"]) {
      expect([command, await lab.answer(`secret_${command}`)]).toEqual([command, "denied"]);
    }
  });
});
