import { type Answer, FakeServer, type Request } from "./fake-server";
import { fakeToken } from "./fake-token";

export interface AwsCredentials {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly Token: string;
}

export interface ScheduledEvent {
  readonly EventId: string;
  readonly EventType: "Freeze" | "Reboot" | "Redeploy" | "Preempt" | "Terminate";
  readonly Resources: readonly string[];
}

const text = (body: string | undefined): Answer =>
  body === undefined ? { status: 404, body: "" } : { status: 200, body, type: "text/plain" };
const json = (value: object): Answer => ({ status: 200, body: JSON.stringify(value) });
const refused = (status: number): Answer => ({ status, body: "" });

/**
 * A fake of the clouds' instance metadata services, one for each machine: no real one can be had outside of a cloud. It
 * refuses what the real ones refuse: on AWS a read without a session token (version 1), on Azure one without the
 * `Metadata` header. An outage is of one path, such as /metadata/scheduledevents.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-v2-how-it-works.html
 * @see https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
 */
export class FakeMetadataService extends FakeServer {
  credentials: AwsCredentials = { AccessKeyId: "", SecretAccessKey: "", Token: "" };
  /** Azure's, for storage. Those for other services it makes itself. */
  bearerToken = "";
  /** The lifetime of those. */
  tokenSeconds = 3600;
  address = "10.0.1.10";

  instance = "i-0123456789abcdef0";
  hostname = "ip-10-0-1-10.ec2.internal";
  /** Where the group is taking this machine: InService, Terminated; nothing outside of a group. */
  targetLifecycleState: string | undefined = "InService";
  spotAction: string | undefined;

  scaleSet =
    "/subscriptions/5ca1ab1e-0000-4000-8000-000000000000/resourceGroups/prod/providers/Microsoft.Compute/virtualMachineScaleSets/masters";
  vm = "masters_0a1b2c3d";
  /** With flexible orchestration; a uniform set's machines lie under the set. */
  resourceId = this.scaleSet.replace("virtualMachineScaleSets/masters", `virtualMachines/${this.vm}`);
  vmId = "02aab8a4-74ef-476e-8182-f6d2ba4166a6";
  computerName = "mastersQ7X2K";
  scheduledEvents: ScheduledEvent[] = [];
  /** The ids of the events that this machine has let begin. */
  readonly acknowledged: string[] = [];
  private readonly session = "fake-imds-session";

  static async start(): Promise<FakeMetadataService> {
    const service = new FakeMetadataService();
    await service.open();
    return service;
  }

  protected service({ url }: Request): string {
    return url.pathname;
  }

  protected answer(request: Request): Answer {
    const { method, url, headers } = request;
    if (method === "PUT" && url.pathname === "/latest/api/token") {
      return headers["x-aws-ec2-metadata-token-ttl-seconds"] ? text(this.session) : refused(400);
    }
    if (url.pathname.startsWith("/latest/meta-data/")) {
      if (headers["x-aws-ec2-metadata-token"] !== this.session) return refused(401);
      return this.aws(url.pathname.slice("/latest/meta-data/".length));
    }
    if (headers.metadata !== "true" || !url.searchParams.has("api-version")) return refused(400);
    return this.azure(request);
  }

  private aws(path: string): Answer {
    const role = "iam/security-credentials/";
    switch (path) {
      case "instance-id":
        return text(this.instance);
      case "local-hostname":
        return text(this.hostname);
      case "local-ipv4":
        return text(this.address);
      case "autoscaling/target-lifecycle-state":
        return text(this.targetLifecycleState);
      case "spot/instance-action":
        return text(this.spotAction);
      case role:
        return text("keelson-control-plane");
      case `${role}keelson-control-plane`:
        return text(JSON.stringify({ Code: "Success", ...this.credentials }, null, 2));
      default:
        return refused(404);
    }
  }

  private azure({ method, url, body }: Request): Answer {
    switch (url.pathname) {
      case "/metadata/instance/compute/resourceId":
        return text(this.resourceId);
      case "/metadata/instance/compute/vmId":
        return text(this.vmId);
      case "/metadata/instance/compute/name":
        return text(this.vm);
      case "/metadata/instance/compute/osProfile/computerName":
        return text(this.computerName);
      case "/metadata/instance/compute/location":
        return text("eastus");
      case "/metadata/instance/compute/virtualMachineScaleSet/id":
        return this.resourceId.startsWith(this.scaleSet) ? refused(404) : text(this.scaleSet);
      case "/metadata/instance/network/interface/0/ipv4/ipAddress/0/privateIpAddress":
        return text(this.address);
      case "/metadata/identity/oauth2/token":
        return this.token(url.searchParams.get("resource") ?? "");
      case "/metadata/scheduledevents": {
        if (method !== "POST") return json({ DocumentIncarnation: 1, Events: this.scheduledEvents });
        const { StartRequests } = JSON.parse(body.toString()) as { StartRequests: { EventId: string }[] };
        const ids = StartRequests.map(({ EventId }) => EventId);
        if (!ids.every((id) => this.scheduledEvents.some(({ EventId }) => EventId === id)))
          return refused(400);
        this.acknowledged.push(...ids);
        return text("");
      }
      default:
        return refused(404);
    }
  }

  private token(resource: string): Answer {
    switch (resource.replace(/\/$/, "")) {
      case "https://storage.azure.com":
        return json({ access_token: this.bearerToken, token_type: "Bearer" });
      case "https://vault.azure.net":
      case "https://management.azure.com":
      case "https://monitoring.azure.com":
        return json({ access_token: fakeToken(resource, this.tokenSeconds), token_type: "Bearer" });
      default:
        return refused(400);
    }
  }
}
