import type { Framework } from '../../model/framework.ts';
import type { Problem } from '../../model/problem.ts';

/** The framework that is installed, where it is not of the version that configs are written for; `chosen` says where one is chosen. */
export function otherVersion(framework: Framework, installed: string, where: string, chosen: string): Problem | undefined {
  const there = framework.versionOf(installed);
  if (there === framework.version) return undefined;
  const severity = 'error';
  if (there === undefined)
    return {
      severity,
      where,
      what: `${framework.name} ${installed} is there, for which no config can be written`,
      fix: `install ${framework.install} in that environment`,
    };
  return {
    severity,
    where,
    what: `${framework.name} ${installed} is there, and configs are written for ${framework.version}`,
    fix: `set framework_version to ${there} ${chosen}, or install ${framework.name} ${framework.version}`,
  };
}
