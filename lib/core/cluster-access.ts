/** Where a cluster's master publishes what one needs to get in: the certificate of its authority, and a credential: docs/access.md. */
export type ClusterAccess =
  | {
      readonly cloud: "aws";
      readonly region: string;
      /** The names of parameters of Systems Manager. */
      readonly ca: string;
      readonly credential: string;
    }
  | {
      readonly cloud: "azure";
      /** Where the cluster's own vault answers, without a slash at its end. */
      readonly vault: string;
      /** The names of secrets in it. */
      readonly ca: string;
      readonly credential: string;
    };
