import { readFileSync } from "node:fs";
import * as path from "node:path";
import { AwsLab } from "./support/cloud-labs";
import type { FakeAddress } from "./support/fake-addresses";
import { LIB } from "./support/shell";

const POOL = "prod/edge";
const LIBRARY = readFileSync(path.join(LIB, "aws/address.sh"), "utf8");

describe("a pool's Elastic IPs", () => {
  let lab: AwsLab;
  const another = "i-0fedcba9876543210";

  const have = (...addresses: readonly Partial<FakeAddress>[]) => {
    const all = addresses.map((one, n) => ({ allocation: `eipalloc-${n}`, pool: POOL, ...one }));
    lab.api.addresses.all.splice(0, Infinity, ...all);
  };
  const holders = () => lab.api.addresses.all.map(({ instance }) => instance ?? "");
  /** What a machine is answered with that asks for one. */
  const attach = (before = "", instance = lab.instance) =>
    lab.answer("address_attach", { POOL }, `${LIBRARY}\ncloud_instance() { echo ${instance}; }\n${before}`);
  const associations = () => lab.api.calls.filter((call) => call === "ec2 AssociateAddress");

  beforeAll(async () => {
    lab = await AwsLab.start();
    lab.api.pool = POOL;
  });
  beforeEach(() => lab.heal());
  afterAll(() => lab.stop());

  test("the only free one is taken, and the others stay with whom they are", async () => {
    have({ instance: "i-1" }, {}, { instance: "i-2" });
    expect(await attach()).toBe("yes");
    expect(holders()).toEqual(["i-1", lab.instance, "i-2"]);
  });

  test("one that the machine has already is enough, after a reboot too", async () => {
    have({}, { instance: lab.instance }, {});
    expect(await attach()).toBe("yes");
    expect(holders()).toEqual(["", lab.instance, ""]);
    expect(associations()).toEqual([]);
  });

  test("where all are taken, or there are none, the machine is told so and takes none away", async () => {
    have({ instance: "i-1" }, { instance: "i-2" });
    expect(await attach()).toBe("absent");
    have();
    expect(await attach()).toBe("absent");
    expect(associations()).toEqual([]);
  });

  test("those of other pools are not asked for", async () => {
    have({ pool: "prod/other" }, { pool: "prod/edge-2" });
    expect(await attach()).toBe("absent");
    expect(associations()).toEqual([]);
  });

  test("machines that come at once get one each, whoever comes first", async () => {
    have({}, {});
    // Both have read what is free before the first takes one, and begin at the same.
    const race = `
      cksum() { echo "0 0"; }
      eval "$(declare -f ec2 | sed '1s/ec2/asked/')"
      ec2() {
        [ "$1" = DescribeAddresses ] || until [ -e go ]; do sleep 0.02; done
        asked "$@"
        [ "$1" = AssociateAddress ] || : >seen.$BASHPID
      }`;
    const answers = [attach(race), attach(race, another)];
    await lab.shell.run("until [ $(ls seen.* 2>/dev/null | wc -l) -ge 2 ]; do sleep 0.02; done; touch go");
    expect(await Promise.all(answers)).toEqual(["yes", "yes"]);
    expect([...holders()].sort()).toEqual([lab.instance, another].sort());
    expect(associations()).toHaveLength(3);
  });

  test("the last one is one machine's, and the other one is told that none is left", async () => {
    have({});
    await lab.shell.run("rm -f seen.* go");
    const late = `
      eval "$(declare -f ec2 | sed '1s/ec2/asked/')"
      ec2() {
        if [ "$1" = AssociateAddress ]; then touch seen.1; until [ -e go ]; do sleep 0.02; done; fi
        asked "$@"
      }`;
    const slow = attach(late);
    await lab.shell.run("until [ -e seen.1 ]; do sleep 0.02; done");
    expect(await attach("", another)).toBe("yes");
    await lab.shell.run("touch go");
    expect(await slow).toBe("absent");
    expect(holders()).toEqual([another]);
  });

  test("a machine that is asked to come back later is told so, and what it has asked for is done the next time", async () => {
    have({});
    for (const throttled of [1, 2]) {
      lab.api.addresses.throttled = throttled;
      expect(await attach()).toBe("unreachable");
      lab.api.addresses.throttled = 0;
    }
    expect(await attach()).toBe("yes");
    expect(holders()).toEqual([lab.instance]);
  });

  test("an answer that is lost with the connections that the new address ends is no reason to take a second one", async () => {
    have({}, {});
    const lost = `
      eval "$(declare -f ec2 | sed '1s/ec2/asked/')"
      ec2() { asked "$@"; [ "$1" != AssociateAddress ] || return "$UNREACHABLE"; }`;
    expect(await attach(lost)).toBe("unreachable");
    expect(await attach()).toBe("yes");
    expect(holders().filter(Boolean)).toEqual([lab.instance]);
    expect(associations()).toHaveLength(1);
  });

  test("machines begin at different ones, so that those that come at once seldom meet", async () => {
    const first = new Set<string>();
    for (let n = 0; n < 8; n++) {
      have({}, {}, {}, {});
      await attach("", `i-0${n}abc${n * 7919}`);
      first.add(String(holders().findIndex(Boolean)));
    }
    expect(first.size).toBeGreaterThan(2);
  });

  test("what the role may not do is denied, and what could not be asked is unreachable", async () => {
    have({});
    lab.api.deny("AssociateAddress");
    expect(await attach()).toBe("denied");
    lab.api.deny("DescribeAddresses");
    expect(await attach()).toBe("denied");
    lab.heal();
    lab.api.pool = "prod/another";
    expect(await attach()).toBe("denied");
    lab.api.pool = POOL;
    for (const outage of [500, "cut", "no-length"] as const) {
      lab.api.outages.set("ec2", outage);
      expect([outage, await attach()]).toEqual([outage, "unreachable"]);
    }
    expect(holders()).toEqual([""]);
  });
});
