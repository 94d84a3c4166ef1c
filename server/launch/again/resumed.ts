import type { Framework, Remade } from '../../model/framework.ts';
import type { RunEvidence } from '../diagnosis/run_evidence.ts';

/**
 * The config that goes on from the run's last checkpoint. An attempt that ended before its first step tells nothing of the
 * training; the one before it may.
 */
export const resumed = (framework: Framework, config: string, { files, output, output_before }: RunEvidence): Remade =>
  framework.resume(config, files, `${output_before}\n${output}`);
