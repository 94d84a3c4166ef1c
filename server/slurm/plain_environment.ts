/**
 * A person's own settings of squeue, sacct and sinfo (SQUEUE_ACCOUNT, SACCT_FORMAT, ...) would hide their jobs from us, or turn our
 * columns round; those of sbatch (SBATCH_TIMELIMIT, ...) win over what a script says, without a word.
 */
// biome-ignore lint/suspicious/noTemplateCurlyInString: that is Bash's own way to name variables
export const PLAIN_ENVIRONMENT = 'export LC_ALL=C; unset "${!SBATCH_@}" "${!SQUEUE_@}" "${!SACCT_@}" "${!SINFO_@}";';
