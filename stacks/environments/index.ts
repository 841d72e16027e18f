import { devUsEast1 } from "./dev-us-east-1";
import type { Environment } from "./environment";
import { prodEastus } from "./prod-eastus";
import { prodUsEast1 } from "./prod-us-east-1";

/** The reference estate. */
export const environments: readonly Environment[] = [prodEastus, prodUsEast1, devUsEast1];
