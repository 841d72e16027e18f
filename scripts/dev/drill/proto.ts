import { DrilledCluster } from "./cluster"; import { rebuild } from "./rebuild"; import { render, thisMachine } from "./report"; import { snapshotAge } from "./age";
(async () => {
  const drilled = { machine: thisMachine("3.6"), rebuilds: [] as any[], ages: [] as any[] };
  const store = process.argv[2] as "S3";
  const c = await DrilledCluster.start(store);
  try { for (const size of process.argv[3]!.split(",").map(Number)) { console.error(size); await c.grow(size); const backup = await c.backUp(); const { bytes, keys } = await c.newestSnapshot();
    drilled.rebuilds.push({ store, bytes, keys, backup, ...(await rebuild(c)) }); 
    if (process.argv[4] && size===100e6) drilled.ages.push({ store, ...(await snapshotAge(c)) }); } } finally { await c.stop(); console.log(render(drilled)); }
})();
