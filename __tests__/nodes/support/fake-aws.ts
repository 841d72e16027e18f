import { FakeFleet } from "./fake-fleet";
import { FakeKmsKey, keyOf } from "./fake-kms";
import { type FakeMetric, cloudWatchMetrics } from "./fake-metrics";
import { type Answer, put, Refusal, type Request } from "./fake-server";
import type { AwsCredentials } from "./metadata-service";
import { signatureFault } from "./signature-v4";

export interface FakeParameter {
  value: string;
  type: "String" | "SecureString";
  key: string | undefined;
  version: number;
}

const SERVICES: Readonly<Record<string, string>> = {
  AmazonSSM: "ssm",
  TrentService: "kms",
  "2016-11-15": "ec2",
  "2011-01-01": "autoscaling",
  "2010-08-01": "monitoring",
};

/**
 * A fake of the parts of SSM, KMS, EC2, Auto Scaling and CloudWatch that a master uses, under one address: no real ones can be had
 * outside of the cloud. Signatures are checked, and what the real services are documented to refuse is refused.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/
 * @see https://docs.aws.amazon.com/autoscaling/ec2/APIReference/
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/
 */
export class FakeAws extends FakeFleet {
  region = "us-east-1";
  readonly parameters = new Map<string, FakeParameter>();
  readonly keys = new Map<string, FakeKmsKey>();
  /** The encryption contexts that KMS was given, in order. */
  readonly contexts: object[] = [];
  /** What CloudWatch was given, in order. */
  readonly metrics: FakeMetric[] = [];

  private constructor(public credentials: AwsCredentials) {
    super();
  }

  static async start(credentials: AwsCredentials): Promise<FakeAws> {
    const fake = new FakeAws(credentials);
    await fake.open();
    return fake;
  }

  /** What a machine's environment has to say to find this, whose address may be another one there. */
  environment(url = this.url): Record<string, string> {
    return { SSM_URL: url, KMS_URL: url, EC2_URL: url, AUTOSCALING_URL: url, CLOUDWATCH_URL: url };
  }

  addKey(arn: string): FakeKmsKey {
    const key = new FakeKmsKey(arn);
    this.keys.set(arn, key);
    return key;
  }

  /** Parameters, keys, and the instances that are gone: for `load`, of another one too. */
  save(): string {
    const gone = [...this.instances].filter(([, state]) => state === "terminated");
    const keys = [...this.keys].map(([arn, { secret }]) => [arn, secret.toString("base64")]);
    return JSON.stringify({ gone, keys, parameters: [...this.parameters] });
  }

  /** Goes on with what `save` gave. All keys are enabled. */
  load(saved: string): void {
    const { gone, keys, parameters } = JSON.parse(saved) as {
      readonly gone: readonly [string, "terminated"][];
      readonly keys: readonly [string, string][];
      readonly parameters: readonly [string, FakeParameter][];
    };
    for (const [id, state] of gone) this.instances.set(id, state);
    put(
      this.keys,
      keys.map(([arn, secret]) => [arn, new FakeKmsKey(arn, Buffer.from(secret, "base64"))]),
    );
    put(this.parameters, parameters);
  }

  protected service(request: Request): string {
    return SERVICES[target(request)[0]] ?? "none";
  }

  protected answer(request: Request): Answer {
    const service = this.service(request);
    const action = target(request)[1];
    const isJson = service === "ssm" || service === "kms";
    try {
      const fault = signatureFault(request, service, this.region, this.credentials);
      if (fault !== undefined) {
        throw isJson ? new Refusal(400, `${fault}Exception`) : new Refusal(403, QUERY_FAULTS[fault]);
      }
      if (this.isDenied(service, action)) {
        throw new Refusal(isJson ? 400 : 403, DENIALS[service] ?? "");
      }
      this.calls.push(`${service} ${action}`);
      if (!isJson) {
        const form = new URLSearchParams(request.body.toString());
        const inner = this.query(service, action, form);
        return { status: 200, type: "text/xml", body: `<${action}Response>${inner}</${action}Response>` };
      }
      const input = JSON.parse(request.body.toString()) as Record<string, unknown>;
      const output = service === "ssm" ? this.ssm(action, input) : this.kms(action, input);
      return { status: 200, type: "application/x-amz-json-1.1", body: JSON.stringify(output) };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { status, code, detail: message } = error;
      if (isJson) return { status, body: JSON.stringify({ __type: code, message }) };
      const body = `<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
      return { status, type: "text/xml", body: `<Response><Errors>${body}</Errors></Response>` };
    }
  }

  private query(service: string, action: string, form: URLSearchParams): string {
    if (service === "ec2") return this.ec2(action, form);
    if (service === "autoscaling") return this.autoscaling(action, form);
    this.metrics.push(...cloudWatchMetrics(action, form));
    return "";
  }

  private ssm(action: string, input: Record<string, unknown>): object {
    const name = String(input["Name"]);
    const [bare = "", wanted] = name.split(":");
    const there = this.parameters.get(bare);
    switch (action) {
      case "GetParameter": {
        if (there === undefined) throw new Refusal(400, "ParameterNotFound");
        const { value, type, version, key } = there;
        if (wanted !== undefined && Number(wanted) !== version)
          throw new Refusal(400, "ParameterVersionNotFound");
        if (key !== undefined && this.keys.get(key)?.state !== "Enabled")
          throw new Refusal(400, "InvalidKeyId");
        const Value = type === "String" || input["WithDecryption"] === true ? value : "encrypted";
        return { Parameter: { Name: bare, Type: type, Value, Version: version, DataType: "text" } };
      }
      case "PutParameter": {
        const value = String(input["Value"]);
        const type = input["Type"] as FakeParameter["type"];
        const key = input["KeyId"] as string | undefined;
        if (there !== undefined && input["Overwrite"] !== true)
          throw new Refusal(400, "ParameterAlreadyExists");
        if (value.length > 4096 || value === "") throw new Refusal(400, "ValidationException");
        if (type === "SecureString" && this.keys.get(key ?? "")?.state !== "Enabled") {
          throw new Refusal(400, "InvalidKeyId");
        }
        const version = (there?.version ?? 0) + 1;
        this.parameters.set(bare, { value, type, key, version });
        return { Version: version, Tier: "Standard" };
      }
      default:
        throw new Refusal(400, "UnknownOperationException");
    }
  }

  private kms(action: string, input: Record<string, unknown>): object {
    const key = this.keys.get(String(input["KeyId"]));
    const context = (input["EncryptionContext"] ?? {}) as object;
    this.contexts.push(context);
    if (action !== "Encrypt" && action !== "Decrypt") throw new Refusal(400, "UnknownOperationException");
    if (key === undefined) throw new Refusal(400, "NotFoundException");
    if (key.state === "Disabled") throw new Refusal(400, "DisabledException");
    if (key.state !== "Enabled") throw new Refusal(400, "KMSInvalidStateException");
    if (action === "Encrypt") {
      const plaintext = blobOf(input["Plaintext"]);
      if (plaintext.length > 4096 || plaintext.length === 0) throw new Refusal(400, "ValidationException");
      return { KeyId: key.arn, CiphertextBlob: key.encrypt(plaintext, context).toString("base64") };
    }
    const blob = blobOf(input["CiphertextBlob"]);
    if (keyOf(blob) !== key.arn && this.keys.has(keyOf(blob)))
      throw new Refusal(400, "IncorrectKeyException");
    const plaintext = key.decrypt(blob, context);
    if (keyOf(blob) !== key.arn || plaintext === undefined)
      throw new Refusal(400, "InvalidCiphertextException");
    return { KeyId: key.arn, Plaintext: plaintext.toString("base64") };
  }
}

const QUERY_FAULTS = {
  UnrecognizedClient: "InvalidClientTokenId",
  InvalidSignature: "SignatureDoesNotMatch",
};
const DENIALS: Readonly<Record<string, string>> = {
  ssm: "AccessDeniedException",
  kms: "AccessDeniedException",
  ec2: "UnauthorizedOperation",
  autoscaling: "AccessDenied",
  monitoring: "AccessDenied",
};

function blobOf(value: unknown): Buffer {
  const text = String(value);
  const blob = Buffer.from(text, "base64");
  if (blob.toString("base64") !== text) throw new Refusal(400, "SerializationException");
  return blob;
}

/** The name that tells the service, and the action. */
function target({ headers, body }: Request): [string, string] {
  const json = headers["x-amz-target"];
  if (typeof json === "string") {
    const [service = "", action = ""] = json.split(".");
    return [service, action];
  }
  const form = new URLSearchParams(body.toString());
  return [form.get("Version") ?? "", form.get("Action") ?? ""];
}
