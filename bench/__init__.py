"""The programs behind docs/benchmarks.md; they print tables and assert nothing."""
