import type { FakeParameter } from "./fake-aws";
import type { Lab } from "./lab";
import type { Machine } from "./machine";
import type { ShellEnded } from "./shell";

/** What a master publishes for those outside, on AWS. */
export const published = (lab: Lab) => ({
  ca: lab.aws.parameters.get("/keelson/lab/ca") as FakeParameter,
  credential: lab.aws.parameters.get("/keelson/lab/credential") as FakeParameter,
});

/** The status of an ExecCredential. */
export interface Credential {
  readonly clientCertificateData: string;
  readonly clientKeyData: string;
  readonly expirationTimestamp: string;
}

/** The credential that is published now. */
export const credentialOf = (lab: Lab) => JSON.parse(published(lab).credential.value) as Credential;

/** Runs kubectl on the machine with a credential, and with nothing else of the machine's but where the API is. */
export function asPlatform(machine: Machine, credential: Credential, args: string): Promise<ShellEnded> {
  const files = {
    "/root/platform.crt": credential.clientCertificateData,
    "/root/platform.key": credential.clientKeyData,
  };
  for (const [file, text] of Object.entries(files)) machine.write(file, text);
  return machine.run(`
    kubectl --kubeconfig /dev/null --server https://127.0.0.1:6443 --certificate-authority /etc/kubernetes/pki/ca.crt \
      --client-certificate /root/platform.crt --client-key /root/platform.key ${args}`);
}
