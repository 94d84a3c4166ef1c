/** A person's own settings of squeue and sacct (SQUEUE_ACCOUNT, SACCT_FORMAT, ...) would hide their jobs from us, or turn our columns round. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: that is Bash's own way to name variables
export const PLAIN_ENVIRONMENT = 'export LC_ALL=C; unset "${!SQUEUE_@}" "${!SACCT_@}";';
