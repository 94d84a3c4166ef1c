/** Why a job waits, in a person's words. `stuck`: it will not start by itself, or not before something else changes. */
export interface PendingReason {
  means: string;
  mend: string;
  stuck?: true;
}

const WAIT = 'nothing to do: it starts by itself';
const LATER = 'nothing to do: it starts when jobs of yours end';
const SMALLER = 'wait; or cancel_runs, ask for less in the plan, generate_slurm_script, then launch again';
const RELAUNCH = 'cancel_runs, mend the plan, generate_slurm_script, then launch again';

/** squeue's words (%r). Source: squeue(1), JOB REASON CODES, and slurm_protocol_defs.c of 22.05. */
export const PENDING_REASONS: Readonly<Record<string, PendingReason>> = {
  Priority: { means: 'jobs of higher priority are before it', mend: WAIT },
  Resources: { means: 'it is the next, and waits for nodes, GPUs or memory to become free', mend: WAIT },
  BeginTime: { means: 'its earliest start has not come yet; after a requeue Slurm waits a moment', mend: WAIT },
  Dependency: { means: 'it waits for the end of another job', mend: WAIT },
  DependencyNeverSatisfied: {
    means: 'the job that it waits for did not end as it had to, so it never starts',
    mend: 'cancel_runs, then launch the run again',
    stuck: true,
  },
  JobArrayTaskLimit: { means: "the array's limit of tasks at once (array_throttle) is reached", mend: LATER },
  JobHeldUser: { means: 'it was held by you', mend: '`scontrol release JOBID` on the cluster lets it go', stuck: true },
  JobHeldAdmin: { means: 'it was held by an administrator', mend: 'ask the site why', stuck: true },
  'job requeued in held state': {
    means: 'it was put back into the queue and held, usually since its node failed at its start',
    mend: 'look at its log; `scontrol release JOBID` starts it again, cancel_runs ends it',
    stuck: true,
  },
  'launch failed requeued held': {
    means: 'it could not be started on its node, was put back and held',
    mend: 'tell the site about the node; `scontrol release JOBID` tries again',
    stuck: true,
  },
  Licenses: { means: 'it waits for a licence', mend: WAIT },
  Reservation: { means: 'it waits for its reservation to begin', mend: WAIT },
  ReservationDeleted: { means: 'its reservation is gone', mend: RELAUNCH, stuck: true },
  Prolog: { means: 'its node is being made ready', mend: WAIT },
  Cleaning: { means: 'an earlier run of it is being cleared away', mend: WAIT },
  NodeDown: { means: 'a node that it needs is down', mend: 'wait; or leave that node out of the request, and launch again' },
  'ReqNodeNotAvail, May be reserved for other job': {
    means: 'the nodes that it needs are down, drained or reserved (often a maintenance before which it cannot end)',
    mend: 'wait; or ask for less time, so that it ends before the maintenance',
  },
  ReqNodeNotAvail: {
    means: 'the nodes that it needs are down, drained or reserved (often a maintenance before which it cannot end)',
    mend: 'wait; or ask for less time, so that it ends before the maintenance',
  },
  'Nodes required for job are DOWN, DRAINED or reserved for jobs in higher priority partitions': {
    means: 'the nodes that it could use are down, drained or taken by more important partitions',
    mend: WAIT,
  },
  PartitionDown: { means: 'its partition is closed', mend: 'wait until the site opens it, or take another partition', stuck: true },
  PartitionInactive: {
    means: 'its partition takes no jobs now',
    mend: 'wait until the site opens it, or take another partition',
    stuck: true,
  },
  PartitionNodeLimit: { means: 'it asks for more nodes than its partition allows', mend: RELAUNCH, stuck: true },
  PartitionTimeLimit: { means: 'it asks for more time than its partition allows', mend: RELAUNCH, stuck: true },
  BadConstraints: { means: 'no node has what its constraint asks for', mend: RELAUNCH, stuck: true },
  AccountNotAllowed: { means: 'its account may not use this partition', mend: RELAUNCH, stuck: true },
  QOSNotAllowed: { means: 'its QOS may not use this partition', mend: RELAUNCH, stuck: true },
  InvalidAccount: {
    means: 'its account is not valid (any more)',
    mend: 'ask the site; then mend the account and launch again',
    stuck: true,
  },
  InvalidQOS: { means: 'its QOS is not valid (any more)', mend: RELAUNCH, stuck: true },
  QOSMaxJobsPerUserLimit: { means: 'you have as many jobs running as its QOS allows', mend: LATER },
  QOSMaxSubmitJobPerUserLimit: { means: 'you have as many jobs in the queue as its QOS allows', mend: LATER },
  QOSMaxGRESPerUser: { means: 'your running jobs use as many GPUs as its QOS allows', mend: LATER },
  QOSMaxCpuPerUserLimit: { means: 'your running jobs use as many CPUs as its QOS allows', mend: LATER },
  QOSMaxMemoryPerUser: { means: 'your running jobs use as much memory as its QOS allows', mend: LATER },
  QOSMaxNodePerUserLimit: { means: 'your running jobs use as many nodes as its QOS allows', mend: LATER },
  QOSMaxWallDurationPerJobLimit: { means: 'it asks for more time than its QOS allows, so it never starts', mend: RELAUNCH, stuck: true },
  QOSMaxGRESPerJob: { means: 'it asks for more GPUs than its QOS allows, so it never starts', mend: RELAUNCH, stuck: true },
  QOSMinGRES: { means: 'it asks for fewer GPUs than its QOS demands', mend: RELAUNCH, stuck: true },
  QOSGrpGRES: { means: 'all jobs of its QOS together use as many GPUs as it allows', mend: SMALLER },
  QOSGrpCpuLimit: { means: 'all jobs of its QOS together use as many CPUs as it allows', mend: SMALLER },
  QOSGrpJobsLimit: { means: 'all users together have as many jobs running as its QOS allows', mend: WAIT },
  QOSGrpGRESMinutes: { means: 'the GPU time of its QOS is used up', mend: 'ask the site for more, or use another QOS', stuck: true },
  AssocGrpGRES: { means: 'your account uses as many GPUs as it may', mend: SMALLER },
  AssocGrpCpuLimit: { means: 'your account uses as many CPUs as it may', mend: SMALLER },
  AssocGrpMemLimit: { means: 'your account uses as much memory as it may', mend: SMALLER },
  AssocGrpJobsLimit: { means: 'your account has as many jobs running as it may', mend: WAIT },
  AssocMaxJobsLimit: { means: 'you have as many jobs running as your account allows', mend: LATER },
  AssocGrpCPUMinutesLimit: { means: "your account's CPU time is used up", mend: 'ask for more, or use another account', stuck: true },
  AssocGrpGRESMinutes: { means: "your account's GPU time is used up", mend: 'ask for more, or use another account', stuck: true },
  AssocGrpBillingMinutes: { means: "your account's allocation is used up", mend: 'ask for more, or use another account', stuck: true },
  AssocMaxWallDurationPerJobLimit: { means: 'it asks for more time than your account allows', mend: RELAUNCH, stuck: true },
  FedJobLock: { means: 'the clusters of the federation decide where it runs', mend: WAIT },
  'burst buffer': { means: 'its files are being brought', mend: WAIT },
};

/** Slurm's word, perhaps with more behind it (`ReqNodeNotAvail, UnavailableNodes:gpu3`); undefined for one that the table lacks. */
export function pendingReason(reason: string): PendingReason | undefined {
  const words = reason.replace(/^\((.*)\)$/, '$1');
  if (Object.hasOwn(PENDING_REASONS, words)) return PENDING_REASONS[words];
  const first = /^[A-Za-z]+/.exec(words)?.[0] ?? '';
  if (Object.hasOwn(PENDING_REASONS, first)) return PENDING_REASONS[first];
  return family(first);
}

/** Limits come in many names of one pattern: QOSMaxBillingPerUser, AssocGrpNodeLimit, ... */
function family(word: string): PendingReason | undefined {
  const match = /^(QOS|Assoc)(Grp|Max|Min)(\w+)$/.exec(word);
  if (match?.[2] === undefined || match[3] === undefined) return undefined;
  const whose = match[1] === 'QOS' ? 'its QOS' : 'your account';
  if (/Minutes/.test(match[3])) return { means: `the time of ${whose} is used up`, mend: 'ask for more, or use another', stuck: true };
  if (match[2] === 'Min') return { means: `it asks for less than ${whose} demands`, mend: RELAUNCH, stuck: true };
  if (/PerJob|PerNode/.test(match[3])) return { means: `it asks for more than ${whose} allows one job`, mend: RELAUNCH, stuck: true };
  return { means: `a limit of ${whose} is reached`, mend: match[2] === 'Grp' ? SMALLER : LATER };
}
