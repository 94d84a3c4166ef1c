import { isUntouched } from '../../experiment/generated_file.ts';
import type { Framework } from '../../model/framework.ts';
import type { Problem } from '../../model/problem.ts';

/** A config that a stage wrote was checked with the plan; one that a person made or edited is checked here. */
export const handMadeProblems = (framework: Framework, config: string, run: string): readonly Problem[] =>
  isUntouched(config) ? [] : framework.judgeConfig(config, `${run}/${framework.config_file}`);
