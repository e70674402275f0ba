"""Run times of notebooks, stored in the cache because executed notebooks must not contain times."""

import json
from pathlib import Path

from compendium.publishing.pipeline.notebooks import Job


def save_duration(job: Job, seconds: float, sha256: str) -> None:
    """Store the run time of the executed notebook with this digest."""
    path = _duration_path(job)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"seconds": round(seconds, 2), "sha256": sha256}), encoding="utf-8")


def load_duration(job: Job, sha256: str) -> float | None:
    """The run time in seconds of the executed notebook with this digest; None if it was executed elsewhere."""
    path = _duration_path(job)
    stored = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return float(stored["seconds"]) if stored.get("sha256") == sha256 else None


def _duration_path(job: Job) -> Path:
    return Path(job.root, ".cache", "times", f"{job.part}-{job.notebook}.json")
