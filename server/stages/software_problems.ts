import type { ClusterProfile } from '../clusters/profile.ts';
import { frameworkNamed } from '../frameworks/known.ts';
import { otherVersion } from '../launch/preflight/version_there.ts';
import type { Problem } from '../model/problem.ts';
import type { SiteFacts } from '../slurm/site.ts';

/** What a job would miss: the setup lines as they run, `tune` behind them, and its version. */
export async function softwareProblems(profile: ClusterProfile, { software }: SiteFacts): Promise<Problem[]> {
  const where = `setup of ${profile.name} in clusters.yaml`;
  if (software.setup_fault !== undefined) {
    return [
      {
        severity: 'error',
        where,
        what: `a setup line failed: ${software.setup_fault}`,
        fix: 'try the lines by hand in a fresh shell there',
      },
    ];
  }
  if (software.command !== undefined) return versionProblems(profile, software.packages.torchtune);
  const lines = 'add the lines that make it available, such as "module load anaconda3" and "conda activate torchtune"';
  const install = frameworkNamed('torchtune')?.install;
  return [
    {
      severity: 'error',
      where,
      what: 'the command `tune` (torchtune) was not found',
      fix: install === undefined ? lines : `${lines}; where it is not installed, install ${install}`,
    },
  ];
}

/** Configs are written for one version: of the profile, else the framework's own default. */
async function versionProblems({ name, framework_version }: ClusterProfile, found: string | undefined): Promise<Problem[]> {
  const unasked = frameworkNamed('torchtune');
  if (found === undefined || unasked === undefined) return [];
  const where = `framework_version of ${name} in clusters.yaml`;
  const framework = framework_version === undefined ? unasked : await unasked.inVersion(framework_version);
  if (framework === undefined)
    return [
      {
        severity: 'error',
        where,
        what: `no config can be written for ${unasked.name} ${framework_version}`,
        fix: `set it to ${unasked.versionOf(found) ?? unasked.versions.join(' or ')}`,
      },
    ];
  const other = otherVersion(framework, found, where, 'there');
  return other === undefined ? [] : [other];
}
