"""How long notebooks took on this machine. Kept in the cache, for times have no place in the record."""

import json
from pathlib import Path

from compendium.publishing.pipeline.notebooks import Job


def save_duration(job: Job, seconds: float, sha256: str) -> None:
    """Note the time that it took to make the executed notebook with this digest."""
    path = _duration_path(job)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"seconds": round(seconds, 2), "sha256": sha256}), encoding="utf-8")


def load_duration(job: Job, sha256: str) -> float | None:
    """Seconds that it took to make the executed notebook with this digest; None when it was not made here."""
    path = _duration_path(job)
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return float(kept["seconds"]) if kept.get("sha256") == sha256 else None


def _duration_path(job: Job) -> Path:
    return Path(job.root, ".cache", "times", f"{job.part}-{job.notebook}.json")
