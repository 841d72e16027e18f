import { randomBytes, randomUUID } from "node:crypto";
import { CloudLab } from "./cloud-lab";
import { FakeAws } from "./fake-aws";
import { FakeAzure, type FakeMachine } from "./fake-azure";
import type { InstanceState } from "./fake-fleet";
import { FakeMetadataService } from "./metadata-service";

export class AwsLab extends CloudLab<FakeAws> {
  readonly services = {
    ...{ secrets: "ssm", keys: "kms", machines: "ec2", group: "autoscaling" },
    ending: "/latest/meta-data/autoscaling/target-lifecycle-state",
  };
  readonly taken = "absent";
  readonly instance = this.metadata.instance;
  readonly node = "ip-10-0-1-10.ec2.internal";
  readonly other = "i-0fedcba9876543210";
  readonly secretsSeen = [this.metadata.credentials.SecretAccessKey, this.metadata.credentials.Token];

  static async start(): Promise<AwsLab> {
    const metadata = await FakeMetadataService.start();
    const random = (): string => randomBytes(20).toString("base64");
    metadata.credentials = { AccessKeyId: "ASIAEXAMPLE", SecretAccessKey: random(), Token: random() };
    const api = await FakeAws.start(metadata.credentials);
    const arn = "arn:aws:kms:us-east-1:111122223333:key/sealing";
    api.addKey(arn);
    return new AwsLab(api, metadata, "aws", {
      ...{ AWS_REGION: api.region, SEALING_KEY: arn, GROUP: api.group },
      ...{ LAUNCH_HOOK: api.launchHook, TERMINATION_HOOK: api.terminationHook },
    });
  }

  spoilCredentials(): void {
    this.api.credentials = { ...this.api.credentials, SecretAccessKey: "another" };
  }

  setSecret(name: string, value: string): void {
    this.api.parameters.set(name, { value, type: "String", key: undefined, version: 1 });
  }

  /** A parameter of the standard tier has none. */
  endOf(): undefined {
    return undefined;
  }

  secret(name: string): { value: string; encrypted: boolean } | undefined {
    const there = this.api.parameters.get(name);
    return there && { value: there.value, encrypted: there.type === "SecureString" };
  }

  deleteSecret(name: string): void {
    this.api.parameters.delete(name);
  }

  setKey(state: "enabled" | "disabled" | "deleted"): void {
    for (const key of this.api.keys.values()) {
      key.state = ({ enabled: "Enabled", disabled: "Disabled", deleted: "PendingDeletion" } as const)[state];
    }
  }

  setMachine(instance: string, state: string | undefined): void {
    if (state === undefined) this.api.instances.delete(instance);
    else this.api.instances.set(instance, state as InstanceState);
  }

  end(ending: boolean): void {
    this.metadata.targetLifecycleState = ending ? "Terminated" : "InService";
    this.api.members.set(this.instance, ending ? "Terminating:Wait" : "InService");
  }

  get endings(): readonly string[] {
    return this.api.completions.map(({ hook }) => hook);
  }
}

export class AzureLab extends CloudLab<FakeAzure> {
  readonly services = {
    ...{ secrets: "secrets", keys: "keys", machines: "arm", group: "arm" },
    ending: "/metadata/scheduledevents",
  };
  readonly taken = "deleted";
  readonly instance = `${this.metadata.resourceId}#${this.metadata.vmId}`;
  readonly node = "mastersq7x2k";
  readonly other = `${this.metadata.resourceId}-old#${randomUUID()}`;
  readonly secretsSeen = ["Bearer "];

  static async start(): Promise<AzureLab> {
    const metadata = await FakeMetadataService.start();
    const api = await FakeAzure.start();
    api.addKey("sealing");
    return new AzureLab(api, metadata, "azure", { SEALING_KEY: "sealing" });
  }

  spoilCredentials(): void {
    this.metadata.tokenSeconds = -60;
  }

  setSecret(name: string, value: string): void {
    this.api.secrets.set(name, { value, softDeleted: false, versions: 1 });
  }

  endOf(name: string): number | undefined {
    return this.api.secrets.get(name)?.ends;
  }

  secret(name: string): { value: string; encrypted: boolean } | undefined {
    const there = this.api.secrets.get(name);
    return there && { value: there.value, encrypted: true };
  }

  deleteSecret(name: string): void {
    const there = this.api.secrets.get(name);
    if (there) there.softDeleted = true;
  }

  setKey(state: "enabled" | "disabled" | "deleted"): void {
    const key = this.api.keys.get("sealing") ?? this.api.addKey("sealing");
    key.enabled = state === "enabled";
    key.deleted = state === "deleted";
  }

  setMachine(instance: string, state: string | undefined): void {
    const [id = "", vmId = ""] = instance.split("#");
    if (state === undefined) this.api.machines.delete(id);
    else
      this.api.machines.set(id, {
        vmId,
        provisioningState: state as FakeMachine["provisioningState"],
      });
  }

  end(ending: boolean): void {
    const { vm: name } = this.metadata;
    const others = {
      EventId: "event-of-another",
      EventType: "Terminate",
      Resources: [`${name}-old`],
    } as const;
    const freeze = { EventId: "event-of-a-freeze", EventType: "Freeze", Resources: [name] } as const;
    const ends = { EventId: "event-of-the-end", EventType: "Terminate", Resources: ["x", name] } as const;
    this.metadata.scheduledEvents = [others, freeze, ...(ending ? [ends] : [])];
  }

  get endings(): readonly string[] {
    return this.metadata.acknowledged;
  }
}

export const CLOUD_LABS: readonly {
  readonly name: string;
  readonly start: () => Promise<AwsLab | AzureLab>;
}[] = [
  { name: "AWS", start: () => AwsLab.start() },
  { name: "Azure", start: () => AzureLab.start() },
];
