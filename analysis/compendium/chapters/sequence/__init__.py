"""The chapter on sequence: what came when, and how long implementation took."""
