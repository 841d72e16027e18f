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

  test("another one is not", () => {
    expect(warnings(false)).toEqual([]);
  });
});
