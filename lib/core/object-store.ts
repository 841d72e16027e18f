/** Where a cluster keeps what has to outlive its machines: one of ours, or one you already have. */
export interface IObjectStore {
  /** The bucket's name on AWS, the container's on Azure. */
  readonly name: string;
  /** The bucket's or the container's address, without a slash at its end. */
  readonly url: string;
}

/** Where Consul's snapshots lie in a store: `<this>/<name>`. The pool that runs it may put some there, and do no more. */
export const CONSUL_SNAPSHOTS = "addons/consul";
