"""The chapter on the sequence: what came when, and how long implementation took."""
