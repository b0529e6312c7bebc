"""From Python code to a program: trace, simplify, lower, run."""
