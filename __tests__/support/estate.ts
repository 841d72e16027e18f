import { addStacks } from "../../stacks";
import { environments } from "../../stacks/environments";
import { synthApp, type Terraform } from "./synth";

/** Every stack of the reference estate, by its id, as main.ts makes them. */
export function estate(): Record<string, Terraform> {
  return synthApp((app) => {
    for (const environment of environments) {
      addStacks(app, environment);
    }
  });
}
