import { StorageBlob } from "@cdktf/provider-azurerm/lib/storage-blob";
import { Fn } from "cdktf";
import type { Construct } from "constructs";
import type { BootBundle } from "../core";
import type { IContainer } from "./container";

/** Puts a bundle where its machines fetch it. It belongs to the scope itself, which its address is of. */
export function bootArchive(scope: Construct, bundle: BootBundle, store: IContainer): StorageBlob {
  return new StorageBlob(scope, "bundle", {
    storageAccountName: store.account,
    storageContainerName: store.name,
    name: bundle.key,
    type: "Block",
    source: bundle.path,
    // Azure keeps one where none is given, and the provider would take that for a change.
    contentMd5: Fn.filemd5(bundle.path),
    // As long as a scale set names the old one, a machine may start that looks for it.
    lifecycle: { createBeforeDestroy: true },
  });
}
