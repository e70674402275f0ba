"""The registered findings: indicator tables, checks, verdicts and their robustness to analytic choices."""
