/** An image of a program, at a version. */
export interface Image {
  /** Where it is pulled from, such as "hashicorp/consul". */
  readonly repository: string;
  /** The program's release, which is the image's tag. */
  readonly version: string;
  /** "sha256:" and 64 hexadecimal digits; with it, machines take nothing else. "unverified": nobody has looked at it yet. */
  readonly digest: string;
}

/**
 * What add-ons run, at which version. Whoever has a network fills a digest in:
 * `docker buildx imagetools inspect hashicorp/consul:2.0.3` says it, of the list that has every architecture.
 *
 * @see https://hub.docker.com/r/hashicorp/consul
 * @see https://hub.docker.com/r/hashicorp/vault
 */
export const IMAGES = {
  consul: { repository: "hashicorp/consul", version: "2.0.3", digest: "unverified" },
  vault: { repository: "hashicorp/vault", version: "2.0.4", digest: "unverified" },
} as const satisfies Record<string, Image>;

/** The name by which kubelet asks for an image: with the digest where there is one. */
export function imageName({ repository, version, digest }: Image): string {
  return digest === "unverified" ? `${repository}:${version}` : `${repository}:${version}@${digest}`;
}

/**
 * The images that no digest is known of: a machine takes whatever the registry gives.
 *
 * @param others those that are taken in place of the table's
 */
export function unverifiedImages(
  others: Partial<Record<keyof typeof IMAGES, Image>> = {},
): readonly string[] {
  return Object.values<Image>({ ...IMAGES, ...others })
    .filter(({ digest }) => digest === "unverified")
    .map(imageName);
}
