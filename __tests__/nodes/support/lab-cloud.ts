import { randomUUID } from "node:crypto";
import type { BootRole } from "../../../lib/core";
import { FakeAws } from "./fake-aws";
import { FakeAzure } from "./fake-azure";
import type { LabStore } from "./lab-store";
import { PORTS } from "./machine-options";
import { FakeMetadataService } from "./metadata-service";
import { synthesizedEnvironment } from "./synthesized";

const API = `http://127.0.0.1:${PORTS.cloud}`;
const SEALING_KEY = "arn:aws:kms:us-east-1:111111111111:key/11111111-1111-1111-1111-111111111111";
const SUBSCRIPTION = "/subscriptions/5ca1ab1e-0000-4000-8000-000000000000";
const COMPUTE = `${SUBSCRIPTION}/resourceGroups/lab/providers/Microsoft.Compute`;
const NET = `${SUBSCRIPTION}/resourceGroups/lab_net/providers/Microsoft.Network`;
const {
  WITNESS = "",
  JOIN = "",
  CA = "",
  CREDENTIAL = "",
  SEALING_KEY: KEY = "",
} = synthesizedEnvironment("azure");
/** As the stack calls them, and what only Azure knows. */
const AZURE = {
  ...{ WITNESS, JOIN, CA, CREDENTIAL, SEALING_KEY: KEY },
  ...{
    TENANT: "7e4a47f0-lab",
    CLIENT_ID: "1de47171-lab",
    SUBNET: `${NET}/virtualNetworks/net/subnets/private`,
  },
  SERVICES_GROUP: `${SUBSCRIPTION}/resourceGroups/lab/providers/Microsoft.Network/networkSecurityGroups/lab-services`,
};

/** Who a machine is to its cloud. */
export interface LabIdentity {
  /** What cloud_instance says. */
  readonly instance: string;
  readonly hostname: string;
  readonly metadata: FakeMetadataService;
}

/** The fakes of one cloud's API, with one cluster's master group in it. */
export class LabCloud {
  private constructor(
    private readonly store: LabStore,
    readonly api: FakeAws | FakeAzure,
  ) {}

  static async start(store: LabStore): Promise<LabCloud> {
    const api = store.cloud === "aws" ? await FakeAws.start(store.role) : await FakeAzure.start();
    api.addKey(api instanceof FakeAws ? SEALING_KEY : AZURE.SEALING_KEY);
    return new LabCloud(store, api);
  }

  get environment(): Readonly<Record<string, string>> {
    const { api } = this;
    const names =
      api instanceof FakeAws
        ? {
            ...{ AWS_REGION: api.region, GROUP: api.group, SEALING_KEY },
            ...{ LAUNCH_HOOK: api.launchHook, TERMINATION_HOOK: api.terminationHook },
            ...{ WITNESS: "/keelson/lab/witness", JOIN: "/keelson/lab/join" },
            ...{ CA: "/keelson/lab/ca", CREDENTIAL: "/keelson/lab/credential" },
          }
        : AZURE;
    return { ...names, ...api.environment(API) };
  }

  /** Launches a machine into the masters' group, or into a pool's. */
  async launch(role: BootRole, name: string, address: string): Promise<LabIdentity> {
    const metadata = await FakeMetadataService.start();
    this.store.lend(metadata);
    metadata.address = address;
    if (this.api instanceof FakeAws) {
      metadata.instance = `i-${name}`;
      metadata.hostname = `ip-${address.replaceAll(".", "-")}.ec2.internal`;
      this.api.instances.set(metadata.instance, "running");
      this.api.members.set(metadata.instance, "Pending:Wait");
      return { instance: metadata.instance, hostname: metadata.hostname, metadata };
    }
    const set = role === "node" ? "pool" : "masters";
    metadata.scaleSet = `${COMPUTE}/virtualMachineScaleSets/${set}`;
    metadata.vm = `${set}_${name}`;
    // Of masters those of a set with flexible orchestration, so that the scripts meet both kinds.
    metadata.resourceId =
      role === "node"
        ? `${metadata.scaleSet}/virtualMachines/${name}`
        : `${COMPUTE}/virtualMachines/${metadata.vm}`;
    metadata.vmId = randomUUID();
    metadata.computerName = `${set === "pool" ? "Pool" : "Masters"}${name}`;
    this.api.machines.set(metadata.resourceId, { vmId: metadata.vmId, provisioningState: "Succeeded" });
    const instance = `${metadata.resourceId}#${metadata.vmId}`;
    return { instance, hostname: metadata.computerName.toLowerCase(), metadata };
  }

  /** The witness' text, undefined where there is none. Setting it to undefined leaves no trace, as on AWS. */
  get witness(): string | undefined {
    return this.secrets.get(this.environment["WITNESS"] ?? "")?.value;
  }

  set witness(value: string | undefined) {
    const { api } = this;
    const name = this.environment["WITNESS"] ?? "";
    if (value === undefined) {
      this.secrets.delete(name);
    } else if (api instanceof FakeAws) {
      api.parameters.set(name, { value, type: "String", key: undefined, version: 1 });
    } else {
      api.secrets.set(name, { value, softDeleted: false, versions: 1 });
    }
  }

  /** The join credentials, as nodes find them. */
  get join(): string {
    return this.secrets.get(this.environment["JOIN"] ?? "")?.value ?? "";
  }

  /** The services by what a master asks of them, as the fakes' denials and outages name them. */
  get services(): Readonly<Record<"witness" | "sealing", string>> {
    return this.api instanceof FakeAws
      ? { witness: "ssm", sealing: "kms" }
      : { witness: "secrets", sealing: "keys" };
  }

  /** The cloud says to the machine that it ends it, and waits for it. */
  announceEnd({ instance }: { instance: string }, metadata: FakeMetadataService): void {
    this.giveUp({ instance });
    metadata.targetLifecycleState = "Terminated";
    metadata.scheduledEvents = [{ EventId: "end", EventType: "Terminate", Resources: [metadata.vm] }];
  }

  /** Whether the machine has said that the cloud need not wait any longer. */
  hasLetGo({ instance }: { instance: string }, { acknowledged }: FakeMetadataService): boolean {
    return this.api instanceof FakeAws
      ? this.api.completions.some(
          (call) => call.instance === instance && call.hook === (this.api as FakeAws).terminationHook,
        )
      : acknowledged.includes("end");
  }

  /** From now on the cloud says that the machine is not in service any more; it is still there. */
  giveUp({ instance }: { instance: string }): void {
    if (this.api instanceof FakeAws) {
      this.api.members.set(instance, "Terminating:Wait");
    } else {
      const machine = this.api.machines.get(instance.replace(/#.*/, ""));
      if (machine) machine.provisioningState = "Deleting";
    }
  }

  /** From now on the cloud says that the machine is gone. */
  end(instance: string): void {
    if (this.api instanceof FakeAws) {
      this.api.instances.set(instance, "terminated");
      this.api.members.delete(instance);
    } else {
      this.api.machines.delete(instance.replace(/#.*/, ""));
    }
  }

  /** Its secrets and keys, and which machines are gone: for `load`, of another lab too. */
  save(): string {
    return this.api.save();
  }

  /** Goes on with what `save` gave, and permits everything. */
  load(saved: string): void {
    this.api.load(saved);
    this.api.heal();
    this.api.suspended.clear();
  }

  stop(): Promise<void> {
    return this.api.stop();
  }

  private get secrets() {
    return this.api instanceof FakeAws ? this.api.parameters : this.api.secrets;
  }
}
