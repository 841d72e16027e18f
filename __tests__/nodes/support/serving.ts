import type { Machine } from "./machine";

/** Adds to the lab's stand-in for systemctl the question for a unit's process. */
const SYSTEMCTL = `#!/bin/bash
if [ "$1" = show ]; then cat "/run/stand-in/units/\${*: -1}.service"; else exec /usr/local/bin/systemctl "$@"; fi
`;

/**
 * Makes a master that serves of a machine, as the first boot of a cluster leaves it behind: real kubeadm phases, etcd and
 * kube-apiserver.
 *
 * @param leaves how long its certificates are valid, as kubeadm's configuration has it
 */
export async function serve(machine: Machine, leaves = "8760h0m0s"): Promise<void> {
  machine.write("/usr/local/sbin/systemctl", SYSTEMCTL);
  const { status, stderr } = await machine.run(`
    chmod 755 /usr/local/sbin/systemctl
    export PART=boot; . /opt/keelson/current/lib/load.sh
    echo "${machine.address} $API_NAME" >>/etc/hosts
    mkdir -p "$MANIFESTS"
    kubeadm_config ${machine.address} ${machine.hostname}
    cluster=$(witness_found)
    identity_found "$cluster"
    sed -i 's/^clusterName:.*/&\\ncertificateValidityPeriod: ${leaves}/' "$KUBEADM_CONFIG"
    for phase in 'certs all' 'kubeconfig all' 'etcd local' 'control-plane all'; do kubeadm_phase $phase; done
    systemctl start kubelet
    await 60 etcd etcd_is_ready && await 60 'the API server' api_is_ready
    kubeadm_phase upload-config all
    echo 3 >"$STATE_DIR/epoch"
    echo "17 $(date +%s)" >"$STATE_DIR/backup"
    : >"$SERVING"`);
  if (status !== 0) throw new Error(`${machine.instance} does not serve: ${stderr}`);
}
