import { azureMetrics, type FakeMetric } from "./fake-metrics";
import { type Answer, FakeServer, put, Refusal, type Request } from "./fake-server";
import { FakeScaleSets } from "./fake-scale-sets";
import { isFakeToken } from "./fake-token";
import { FakeVaultKey, type KeptVaultKey } from "./fake-vault-key";

export { FakeVaultKey };

export interface FakeSecret {
  value: string;
  /** It can be taken back, or purged. */
  softDeleted: boolean;
  versions: number;
  /** When it ends, in seconds since 1970, where it does; it can be read after that, too. */
  ends?: number;
}

export interface FakeMachine {
  vmId: string;
  provisioningState: "Creating" | "Updating" | "Succeeded" | "Failed" | "Deleting";
}

/** What a token has to be for. */
const AUDIENCES = {
  secrets: "https://vault.azure.net",
  keys: "https://vault.azure.net",
  arm: "https://management.azure.com",
  monitoring: "https://monitoring.azure.com",
} as const;

/**
 * A fake of one Key Vault and of the parts of the resource manager and of Azure Monitor that a master uses, under one
 * address: no real ones can be had outside of the cloud. Its services are "secrets", "keys", "arm" and "monitoring", its
 * actions "metrics/write", "secrets/get", "secrets/set",
 * "keys/encrypt", "keys/decrypt", "virtualMachineScaleSets/read", "virtualMachines/read" and "setOrchestrationServiceState".
 *
 * @see https://learn.microsoft.com/rest/api/keyvault/
 * @see https://learn.microsoft.com/rest/api/compute/
 * @see https://learn.microsoft.com/azure/azure-monitor/essentials/metrics-store-custom-rest-api
 */
export class FakeAzure extends FakeServer {
  readonly secrets = new Map<string, FakeSecret>();
  readonly keys = new Map<string, FakeVaultKey>();
  readonly pools = new FakeScaleSets();
  /** By resource id. */
  readonly machines = new Map<string, FakeMachine>();
  /** The ids of the scale sets whose automatic repairs are suspended. */
  readonly suspended = new Set<string>();
  /** What Azure Monitor was given, in order. */
  readonly metrics: FakeMetric[] = [];
  /** What the resource manager says of a machine that is not there. */
  notFound = "ResourceNotFound";

  static async start(): Promise<FakeAzure> {
    const fake = new FakeAzure();
    await fake.open();
    return fake;
  }

  /** What a machine's environment has to say to find this, whose address may be another one there. */
  environment(url = this.url): Record<string, string> {
    return { KEY_VAULT_URL: url, ARM_URL: url, MONITOR_URL: url };
  }

  addKey(name: string): FakeVaultKey {
    const key = new FakeVaultKey();
    this.keys.set(name, key);
    return key;
  }

  /** Secrets and keys: for `load`, of another one too. A machine that is gone is not known any more. */
  save(): string {
    const keys = [...this.keys].map(([name, { kept }]) => [name, kept]);
    return JSON.stringify({ keys, secrets: [...this.secrets] });
  }

  /** Goes on with what `save` gave. All keys are enabled. */
  load(saved: string): void {
    const { keys, secrets } = JSON.parse(saved) as {
      readonly keys: readonly [string, KeptVaultKey][];
      readonly secrets: readonly [string, FakeSecret][];
    };
    put(
      this.keys,
      keys.map(([name, kept]) => [name, FakeVaultKey.from(kept)]),
    );
    put(this.secrets, secrets);
  }

  protected service({ url }: Request): keyof typeof AUDIENCES {
    if (/^\/(deleted)?secrets\//.test(url.pathname)) return "secrets";
    if (url.pathname.endsWith("/metrics")) return "monitoring";
    return url.pathname.startsWith("/keys/") ? "keys" : "arm";
  }

  protected answer(request: Request): Answer {
    const service = this.service(request);
    try {
      if (!isFakeToken(request.headers.authorization, AUDIENCES[service]))
        throw new Refusal(401, "Unauthorized");
      if (service !== "monitoring" && !request.url.searchParams.has("api-version")) {
        throw new Refusal(400, "MissingApiVersionParameter");
      }
      const input = JSON.parse(request.body.toString() || "{}") as Record<string, string>;
      const body = JSON.stringify(this[`${service}Answer`](request, input));
      return { status: 200, body: this.pools.broken ? body.replace(/"tags":[^}]*}/, '"tags":{') : body };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { status, code, detail } = error;
      const body = {
        error: { code, message: `fake: ${code}`, ...(detail && { innererror: { code: detail } }) },
      };
      return { status, body: JSON.stringify(body) };
    }
  }

  private admit(service: string, action: string, code: string): void {
    if (this.isDenied(service, action)) throw new Refusal(403, code);
    this.calls.push(`${service} ${action}`);
  }

  private secretsAnswer({ method, url }: Request, input: Record<string, unknown>): object {
    const [, collection, name = ""] = url.pathname.split("/");
    const secret = this.secrets.get(name);
    this.admit("secrets", method === "GET" ? "secrets/get" : "secrets/set", "Forbidden");
    if (method === "PUT" && collection === "secrets") {
      if (secret?.softDeleted) throw new Refusal(409, "Conflict", "ObjectIsDeletedButRecoverable");
      const { value } = input;
      const ends = (input["attributes"] as { readonly exp?: number } | undefined)?.exp;
      if (typeof value !== "string" || !/^[0-9a-zA-Z-]+$/.test(name)) throw new Refusal(400, "BadParameter");
      this.secrets.set(name, { value, softDeleted: false, versions: (secret?.versions ?? 0) + 1, ends });
    } else if (method !== "GET") {
      throw new Refusal(405, "MethodNotAllowed");
    }
    const found = this.secrets.get(name);
    if (found?.softDeleted !== (collection === "deletedsecrets")) throw new Refusal(404, "SecretNotFound");
    const id = `${this.url}/secrets/${name}/${found.versions}`;
    const attributes = { enabled: true, recoveryLevel: "Recoverable+Purgeable" };
    return found.softDeleted
      ? { recoveryId: url.href, id, attributes }
      : { value: found.value, id, attributes };
  }

  private keysAnswer({ method, url }: Request, { alg, value = "" }: Record<string, string>): object {
    const [, , name = "", ...rest] = url.pathname.split("/");
    const action = rest.pop() ?? "";
    this.admit("keys", `keys/${action}`, "Forbidden");
    const key = this.keys.get(name);
    const version = rest[0] ?? key?.newest ?? "";
    if (key === undefined || key.deleted || !key.versions.has(version)) throw new Refusal(404, "KeyNotFound");
    if (!key.enabled) throw new Refusal(403, "Forbidden", "KeyDisabled");
    if (method !== "POST" || (action !== "encrypt" && action !== "decrypt")) {
      throw new Refusal(405, "MethodNotAllowed");
    }
    if (alg !== "RSA-OAEP-256" || !/^[\w-]+$/.test(value)) throw new Refusal(400, "BadParameter");
    const result = key[action](version, Buffer.from(value, "base64url"));
    if (result === undefined) throw new Refusal(400, "BadParameter");
    return { kid: `${this.url}/keys/${name}/${version}`, value: result.toString("base64url") };
  }

  private monitoringAnswer({ method, url }: Request, input: object): object {
    this.admit("monitoring", "metrics/write", "AuthorizationFailed");
    if (method !== "POST" || !/\/virtualMachineScaleSets\/[^/]+\/metrics$/.test(url.pathname)) {
      throw new Refusal(404, "NotFound");
    }
    this.metrics.push(...azureMetrics(input));
    return {};
  }

  private armAnswer({ method, url, headers }: Request, input: Record<string, string>): object {
    const id = url.pathname;
    if (method === "GET" && /\/virtualMachineScaleSets$/i.test(id)) {
      this.admit("arm", "virtualMachineScaleSets/read", "AuthorizationFailed");
      return this.pools.list(url, headers.host);
    }
    const set = /^(.*\/virtualMachineScaleSets\/[^/]+)\/setOrchestrationServiceState$/.exec(id)?.[1];
    if (method === "POST" && set !== undefined) {
      this.admit("arm", "setOrchestrationServiceState", "AuthorizationFailed");
      const { serviceName, action } = input;
      if (serviceName !== "AutomaticRepairs") throw new Refusal(400, "InvalidParameter");
      if (action === "Suspend") this.suspended.add(set);
      else if (action === "Resume") this.suspended.delete(set);
      else throw new Refusal(400, "InvalidParameter");
      return {};
    }
    this.admit("arm", "virtualMachines/read", "AuthorizationFailed");
    if (method === "GET" && id.endsWith("/virtualMachines"))
      return this.pools.listMachines(url, headers.host);
    const machine = this.machines.get(id);
    if (method !== "GET" || machine === undefined) throw new Refusal(404, this.notFound);
    const extension = { properties: { provisioningState: "Deleting" } };
    return { resources: [extension], id, name: id.split("/").at(-1), properties: machine };
  }
}
