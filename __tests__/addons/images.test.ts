import { App } from "cdktf";
import { imageName, IMAGES, unverifiedImages } from "../../lib/addons/images";
import { isImage } from "../../lib/addons/rules";
import { addStacks } from "../../stacks";
import { prodUsEast1 } from "../../stacks/environments/prod-us-east-1";

test.each(Object.entries(IMAGES))("the table's %s is whole", (_, image) => {
  expect(isImage(image)).toEqual([]);
  expect(image.version).toMatch(/^\d+\.\d+\.\d+$/);
});

test("with a digest machines take nothing else; without, the version is all that is said", () => {
  const digest = `sha256:${"a".repeat(64)}`;
  const image = { repository: "hashicorp/consul", version: "2.0.3" };
  expect(imageName({ ...image, digest })).toBe(`hashicorp/consul:2.0.3@${digest}`);
  expect(imageName({ ...image, digest: "unverified" })).toBe("hashicorp/consul:2.0.3");
});

describe("where no digest is known", () => {
  const warnings = (retainData?: boolean) => {
    const app = new App();
    addStacks(app, { ...prodUsEast1, retainData });
    const { metadata } = app.node.findChild("prod-us-east-1-platform").node;
    return metadata.filter(({ type }) => type === "@cdktf/warn").map(({ data }) => String(data));
  };

  test("an environment whose data is kept is warned of each image", () => {
    expect(warnings()).toEqual([
      expect.stringContaining(`no digest is known of ${unverifiedImages().join(", ")}:`),
    ]);
  });

  test("one that says its own images is warned of those that have none", () => {
    const image = { repository: "mirror/consul", version: "2.0.2", digest: `sha256:${"b".repeat(64)}` };
    const vault = { image: { repository: "mirror/vault", version: "2.0.3", digest: "unverified" } };
    const app = new App();
    addStacks(app, { ...prodUsEast1, platform: { pool: "general", consul: { image }, vault } });
    const { metadata } = app.node.findChild("prod-us-east-1-platform").node;
    expect(metadata.map(({ data }) => String(data)).join()).toContain(
      "no digest is known of mirror/vault:2.0.3: machines",
    );
  });

  test("another one is not", () => {
    expect(warnings(false)).toEqual([]);
  });
});
