import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface AwsCredentials {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly Token: string;
}

/**
 * A fake of the clouds' instance metadata services: no real one can be had outside of a cloud. It refuses what the real
 * ones refuse: on AWS a read without a session token (version 1), on Azure one without the `Metadata` header.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-v2-how-it-works.html
 * @see https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
 */
export class FakeMetadataService {
  credentials: AwsCredentials = { AccessKeyId: "", SecretAccessKey: "", Token: "" };
  bearerToken = "";
  private readonly session = "fake-imds-session";

  private constructor(private readonly server: Server) {
    server.on("request", (request: IncomingMessage, response: ServerResponse) => {
      const [code, body] = this.answer(request);
      response.writeHead(code, { "Content-Type": "text/plain" }).end(body);
    });
  }

  static async start(): Promise<FakeMetadataService> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new FakeMetadataService(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private answer({ method, url = "", headers }: IncomingMessage): [number, string] {
    if (method === "PUT" && url === "/latest/api/token") {
      return headers["x-aws-ec2-metadata-token-ttl-seconds"] ? [200, this.session] : [400, ""];
    }
    if (url.startsWith("/latest/")) {
      return headers["x-aws-ec2-metadata-token"] === this.session ? this.aws(url) : [401, ""];
    }
    return headers.metadata === "true" ? this.azure(new URL(url, "http://metadata")) : [400, ""];
  }

  private aws(url: string): [number, string] {
    const role = "/latest/meta-data/iam/security-credentials/";
    switch (url) {
      case "/latest/meta-data/instance-id":
        return [200, "i-0123456789abcdef0"];
      case role:
        return [200, "keelson-control-plane"];
      case `${role}keelson-control-plane`:
        return [200, JSON.stringify({ Code: "Success", ...this.credentials }, null, 2)];
      default:
        return [404, ""];
    }
  }

  private azure({ pathname, searchParams }: URL): [number, string] {
    switch (pathname) {
      case "/metadata/instance/compute/vmId":
        return [200, "02aab8a4-74ef-476e-8182-f6d2ba4166a6"];
      case "/metadata/identity/oauth2/token":
        return searchParams.get("resource") === "https://storage.azure.com/"
          ? [200, JSON.stringify({ access_token: this.bearerToken, token_type: "Bearer" })]
          : [400, ""];
      default:
        return [404, ""];
    }
  }
}
