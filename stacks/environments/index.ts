import { devUsEast1 } from "./dev-us-east-1";
import type { AwsEnvironment } from "./environment";
import { prodUsEast1 } from "./prod-us-east-1";

/** The reference estate. */
export const environments: readonly AwsEnvironment[] = [prodUsEast1, devUsEast1];
