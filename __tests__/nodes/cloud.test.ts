import * as path from "node:path";
import { AwsLab, AzureLab, CLOUD_LABS } from "./support/cloud-labs";
import { freePort, Shell } from "./support/shell";

describe.each(CLOUD_LABS)("what $name says of machines", ({ start }) => {
  let lab: AwsLab | AzureLab;
  const closed = async (): Promise<string> => `http://127.0.0.1:${await freePort()}`;

  beforeAll(async () => {
    lab = await start();
  });
  beforeEach(() => {
    lab.heal();
    lab.end(false);
    const running = lab instanceof AwsLab ? "running" : "Succeeded";
    for (const machine of [lab.instance, lab.other]) lab.setMachine(machine, running);
  });
  afterAll(() => lab.stop());

  test("knows who this machine is, where, and what its Node is called", async () => {
    expect(await lab.answer("cloud_instance")).toBe(lab.instance);
    expect(await lab.answer("cloud_address")).toBe("10.0.1.10");
    expect(await lab.answer("cloud_node")).toBe(lab.node);
    expect(lab.node).toMatch(/^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/); // what Kubernetes takes
  });

  test("is asked through a socket as well, so that machines can be kept apart", async () => {
    await lab.metadata.listen(path.join(lab.shell.directory, "metadata.sock"));
    const through = "CURL+=(--unix-socket metadata.sock)";
    expect(await lab.answer("cloud_address", { IMDS: "http://169.254.169.254" }, through)).toBe("10.0.1.10");
  });

  test("cannot say who this machine is without the metadata", async () => {
    const away = { IMDS: await closed() };
    for (const command of [
      "cloud_instance",
      "cloud_address",
      "cloud_node",
      "cloud_in_service",
      "cloud_is_ending",
    ]) {
      expect([command, await lab.answer(command, away)]).toEqual([command, "unreachable"]);
    }
  });

  test("calls a machine gone when the cloud has ended it or knows it no more, and no sooner", async () => {
    const states =
      lab instanceof AwsLab
        ? {
            pending: "no",
            running: "no",
            "shutting-down": "no",
            stopping: "no",
            stopped: "no",
            terminated: "yes",
          }
        : { Creating: "no", Updating: "no", Succeeded: "no", Failed: "no", Deleting: "no" };
    for (const [state, gone] of Object.entries(states)) {
      lab.setMachine(lab.other, state);
      expect([state, await lab.answer(`cloud_is_gone '${lab.other}'`)]).toEqual([state, gone]);
    }
    lab.setMachine(lab.other, undefined);
    expect(await lab.answer(`cloud_is_gone '${lab.other}'`)).toBe("yes");
  });

  test("has it said twice that a machine is not known, since a new one may not be yet", async () => {
    lab.setMachine(lab.other, undefined);
    const before = lab.api.received;
    expect(await lab.answer(`cloud_is_gone '${lab.other}'`)).toBe("yes");
    expect(lab.api.received).toBe(before + 2);
    const comes = `pause() { touch asked; while [ -e asked ]; do sleep 0.05; done; }`;
    const late = lab.answer(`cloud_is_gone '${lab.other}'`, {}, comes);
    while (lab.api.received < before + 3) await new Promise((go) => setTimeout(go, 20));
    lab.setMachine(lab.other, lab instanceof AwsLab ? "pending" : "Creating");
    await lab.shell.run("until [ -e asked ]; do sleep 0.05; done; rm asked");
    expect(await late).toBe("no");
  });

  test("does not call a machine gone that it could not ask about", async () => {
    const command = `cloud_is_gone '${lab.other}'`;
    for (const state of [undefined, lab instanceof AwsLab ? "running" : "Succeeded"]) {
      lab.setMachine(lab.other, state);
      lab.api.heal();
      for (const outage of [500, 503, 429, 404, 400, "cut", "no-length"] as const) {
        lab.api.outages.set(lab.services.machines, outage);
        expect([outage, await lab.answer(command)]).toEqual([outage, "unreachable"]);
      }
      lab.api.heal();
      lab.api.deny(lab.services.machines);
      expect(await lab.answer(command)).toBe("denied");
      expect(await lab.answer(command, lab.api.environment(await closed()))).toBe("unreachable");
    }
  });

  test("does not call a machine gone that has no name, or one that cannot be", async () => {
    for (const name of ["", "?", "i-", "/", "${lab.other}/x", "i-0 1", "/subscriptions/x", "a&b=c", "#"]) {
      expect([name, await lab.answer(`cloud_is_gone '${name}'`)]).toEqual([name, "unreachable"]);
    }
  });

  test("knows whether this machine is still the one in service", async () => {
    const states =
      lab instanceof AwsLab
        ? {
            ...{ InService: "yes", Pending: "yes", "Pending:Wait": "yes", "Pending:Proceed": "yes" },
            ...{ Terminating: "no", "Terminating:Wait": "no", "Terminating:Proceed": "no", Terminated: "no" },
            ...{ Detaching: "no", Detached: "no", Standby: "no" },
          }
        : { Creating: "yes", Updating: "yes", Succeeded: "yes", Failed: "yes", Deleting: "no" };
    for (const [state, inService] of Object.entries(states)) {
      setOwn(state);
      expect([state, await lab.answer("cloud_in_service")]).toEqual([state, inService]);
    }
    setOwn(undefined);
    expect(await lab.answer("cloud_in_service")).toBe("no");
  });

  test("does not say whether this machine is in service when it could not ask", async () => {
    for (const outage of [500, 503, 404, "cut", "no-length"] as const) {
      lab.api.outages.set(lab.services.group, outage);
      expect([outage, await lab.answer("cloud_in_service")]).toEqual([outage, "unreachable"]);
    }
    lab.api.heal();
    lab.api.deny(lab.services.group);
    expect(await lab.answer("cloud_in_service")).toBe("denied");
  });

  test("hears that the cloud ends this machine, and not another one", async () => {
    expect(await lab.answer("cloud_is_ending")).toBe("no");
    lab.end(true);
    expect(await lab.answer("cloud_is_ending")).toBe("yes");
  });

  test("does not say that this machine stays when it could not ask", async () => {
    // What AWS' metadata say here is one word, of which nobody sees that it is half of one.
    const cut = lab instanceof AzureLab ? (["cut", "no-length"] as const) : (["cut"] as const);
    for (const outage of [400, ...cut] as const) {
      lab.metadata.outages.set(lab.services.ending, outage);
      expect([outage, await lab.answer("cloud_is_ending")]).toEqual([outage, "unreachable"]);
    }
  });

  test("lets the cloud go on with this machine's end, once and again", async () => {
    expect(await lab.answer("cloud_ended")).toBe("yes");
    expect(lab.endings).toEqual([]);
    lab.end(true);
    expect(await lab.answer("cloud_ended && cloud_ended")).toBe("yes");
    expect(new Set(lab.endings)).toEqual(
      new Set([lab instanceof AwsLab ? "termination" : "event-of-the-end"]),
    );
  });

  test("suspends that the cloud replaces this machine, and resumes it", async () => {
    const what = lab instanceof AwsLab ? "ReplaceUnhealthy" : lab.metadata.scaleSet;
    expect(await lab.answer("cloud_suspend_replacement")).toBe("yes");
    expect([...lab.api.suspended]).toEqual([what]);
    expect(await lab.answer("cloud_resume_replacement")).toBe("yes");
    expect([...lab.api.suspended]).toEqual([]);
    lab.api.deny(lab.services.group);
    expect(await lab.answer("cloud_suspend_replacement")).toBe("denied");
    expect(await lab.answer("cloud_suspend_replacement", lab.api.environment(await closed()))).toBe(
      "unreachable",
    );
  });

  test("works where every failure ends the shell, and ends it with the answer", async () => {
    const script = `cloud_heartbeat || [ $? -eq "$ABSENT" ]; cloud_launched; cloud_ended; cloud_in_service
      cloud_suspend_replacement; cloud_resume_replacement; echo here; cloud_is_ending; echo not reached`;
    expect(await lab.shell.run(script)).toMatchObject({ status: 1, stdout: "here\n" });
  });

  test("brings its functions with load.sh, whatever else that brings", async () => {
    const shell = new Shell(["load.sh"], {
      ...lab.api.environment(),
      CLOUD: lab instanceof AwsLab ? "aws" : "azure",
      AWS_REGION: "us-east-1",
    });
    const functions = "store_get secret_get seal unseal seal_key cloud_is_gone decide epoch_claim";
    expect(await shell.run(`declare -F ${functions} >/dev/null`)).toMatchObject({ status: 0, stderr: "" });
    shell.dispose();
  });

  /** This machine's state, in the group on AWS. */
  function setOwn(state: string | undefined): void {
    if (lab instanceof AzureLab) lab.setMachine(lab.instance, state);
    else if (state === undefined) lab.api.members.delete(lab.instance);
    else lab.api.members.set(lab.instance, state);
  }
});

describe("an Auto Scaling group's hooks", () => {
  let lab: AwsLab;
  beforeAll(async () => {
    lab = await AwsLab.start();
  });
  beforeEach(() => {
    lab.heal();
    lab.end(false);
    lab.api.heartbeats.length = lab.api.completions.length = 0;
  });
  afterAll(() => lab.stop());

  test("are kept waiting while a machine boots, until it says that it is launched", async () => {
    lab.api.members.set(lab.instance, "Pending:Wait");
    expect(await lab.answer("cloud_heartbeat && cloud_heartbeat")).toBe("yes");
    expect(lab.api.heartbeats).toEqual(Array(2).fill({ hook: "launch", instance: lab.instance }));
    expect(await lab.answer("cloud_launched && cloud_launched")).toBe("yes");
    expect(lab.api.completions).toEqual([{ hook: "launch", instance: lab.instance }]);
    expect(lab.api.members.get(lab.instance)).toBe("InService");
    expect(await lab.answer("cloud_heartbeat")).toBe("absent");
  });

  test("are kept waiting while a machine ends", async () => {
    lab.end(true);
    expect(await lab.answer("cloud_heartbeat")).toBe("yes");
    expect(lab.api.heartbeats).toEqual([{ hook: "termination", instance: lab.instance }]);
  });

  test("are not taken for completed when the group could not be told", async () => {
    lab.api.members.set(lab.instance, "Pending:Wait");
    lab.api.outages.set("autoscaling", 503);
    expect(await lab.answer("cloud_launched")).toBe("unreachable");
    lab.api.heal();
    lab.api.deny("CompleteLifecycleAction");
    expect(await lab.answer("cloud_launched")).toBe("denied");
    expect(await lab.answer("cloud_launched", { GROUP: "another" })).not.toBe("yes");
    expect(lab.api.completions).toEqual([]);
  });

  test("a machine in no group, or on the spot market, hears of its end all the same", async () => {
    lab.metadata.targetLifecycleState = undefined;
    expect(await lab.answer("cloud_is_ending")).toBe("no");
    lab.metadata.spotAction = '{"action": "terminate", "time": "2026-01-01T00:00:00Z"}';
    expect(await lab.answer("cloud_is_ending")).toBe("yes");
    lab.metadata.spotAction = undefined;
    lab.metadata.outages.set("/latest/meta-data/spot/instance-action", 400);
    expect(await lab.answer("cloud_is_ending")).toBe("unreachable");
  });

  test("a request for one service that is signed for another is let in nowhere", async () => {
    const wrong = `${"ec2() { aws_query autoscaling"} "$EC2_URL" 2016-11-15 "$@"; }`;
    expect(await lab.answer(`cloud_is_gone ${lab.other}`, {}, wrong)).toBe("denied");
    const unknown = `ec2 MakeInstances || exit; echo "$REPLY_ERROR"; false`;
    expect(await lab.answer(unknown)).toBe("InvalidAction");
  });
});

describe("a scale set", () => {
  let lab: AzureLab;
  beforeAll(async () => {
    lab = await AzureLab.start();
  });
  beforeEach(() => {
    lab.heal();
    lab.setMachine(lab.instance, "Succeeded");
  });
  afterAll(() => lab.stop());

  test("may give a machine's number to another one, and the first is gone all the same", async () => {
    lab.setMachine(lab.other, "Succeeded");
    const [resource] = lab.other.split("#");
    expect(await lab.answer(`cloud_is_gone '${resource}#0d0d0d0d-1111-4222-8333-444455556666'`)).toBe("yes");
    expect(
      await lab.answer(`cloud_is_gone '${lab.other.toUpperCase().replace(/^.*#/, `${resource}#`)}'`),
    ).toBe("no");
  });

  test.each([
    ["NotFound", "yes"],
    ["ResourceNotFound", "yes"],
    ["SubscriptionNotFound", "unreachable"],
  ])("a machine of which ARM says %s: %s", async (code, gone) => {
    lab.api.notFound = code;
    lab.setMachine(lab.other, undefined);
    expect(await lab.answer(`cloud_is_gone '${lab.other}'`)).toBe(gone);
  });

  test("with uniform orchestration is a part of its machine's id", async () => {
    const { resourceId } = lab.metadata;
    lab.metadata.resourceId = `${lab.metadata.scaleSet}/virtualMachines/0`;
    expect(await lab.answer("cloud_suspend_replacement")).toBe("yes");
    expect([...lab.api.suspended]).toEqual([lab.metadata.scaleSet]);
    lab.metadata.resourceId = resourceId;
  });

  test("has no hook to keep waiting, so nobody is asked", async () => {
    const before = lab.api.received + lab.metadata.received;
    expect(await lab.answer("cloud_heartbeat && cloud_launched")).toBe("yes");
    expect(lab.api.received + lab.metadata.received).toBe(before);
  });

  test("a token for another service is let in nowhere", async () => {
    const wrong = 'arm() { azure_json https://vault.azure.net GET "$ARM_URL$2?api-version=2024-07-01"; }';
    expect(await lab.answer(`cloud_is_gone '${lab.instance}'`, {}, wrong)).toBe("denied");
  });
});
