"""总额账 as the administration reads it: what can be looked for, sums of entries, the check that all records agree, exports."""
