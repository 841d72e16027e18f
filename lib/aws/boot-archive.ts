import { S3Object } from "@cdktf/provider-aws/lib/s3-object";
import type { Construct } from "constructs";
import type { BootBundle, IObjectStore } from "../core";

/** Puts a bundle where its machines fetch it. It belongs to the scope itself, which its address is of. */
export function bootArchive(scope: Construct, bundle: BootBundle, store: IObjectStore): S3Object {
  return new S3Object(scope, "bundle", {
    bucket: store.name,
    key: bundle.key,
    source: bundle.path,
    sourceHash: bundle.sha256,
    // As long as a template names the old one, a machine may start that looks for it.
    lifecycle: { createBeforeDestroy: true },
  });
}
