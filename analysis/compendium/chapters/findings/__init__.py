"""The registered findings: checks, verdicts, and their robustness to analytic choices."""
