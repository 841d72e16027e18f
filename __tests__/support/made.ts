import type { Attributes, Terraform } from "./synth";

export interface Machine {
  readonly type: string;
  readonly gigabytes: number;
}

/** All that an environment's stacks make. */
export class Made {
  constructor(private readonly stacks: readonly Terraform[]) {}

  of(type: string): Attributes[] {
    return this.stacks.flatMap(({ resource = {} }) => Object.values(resource[type] ?? {}));
  }

  /** Those of groups, as few as a group has and of its first type, and those by themselves. */
  machines(): Machine[] {
    const inGroups = this.stacks.flatMap(({ resource = {} }) =>
      Object.values(resource.aws_autoscaling_group ?? {}).flatMap((group) => {
        const { id, type } = launched(group);
        const template = resource.aws_launch_template?.[id.split(".")[1] ?? ""];
        const volumes = template?.block_device_mappings as { ebs: { volume_size: number } }[];
        const machine = {
          type: type ?? (template?.instance_type as string),
          gigabytes: sum(volumes.map(({ ebs }) => ebs.volume_size)),
        };
        return Array.from({ length: group.min_size as number }, () => machine);
      }),
    );
    const alone = this.of("aws_instance").map(({ instance_type, root_block_device }) => ({
      type: instance_type as string,
      gigabytes: (root_block_device as { volume_size: number }).volume_size,
    }));
    const inSets = this.of("azurerm_linux_virtual_machine_scale_set").flatMap((set) =>
      Array.from({ length: set.instances as number }, () => ({
        type: set.sku as string,
        gigabytes: (set.os_disk as { disk_size_gb: number }).disk_size_gb,
      })),
    );
    return [...inGroups, ...alone, ...inSets];
  }
}

/** The template that a group's machines start from, and of which type they are if the group says it. */
function launched(group: Attributes): { readonly id: string; readonly type?: string } {
  const mixed = group.mixed_instances_policy as
    | {
        launch_template: {
          launch_template_specification: { launch_template_id: string };
          override: { instance_type: string }[];
        };
      }
    | undefined;
  return mixed === undefined
    ? (group.launch_template as { id: string })
    : {
        id: mixed.launch_template.launch_template_specification.launch_template_id,
        type: mixed.launch_template.override[0]?.instance_type,
      };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}
