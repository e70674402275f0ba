"""Measure how soon pages show: ``python tests/helpers/measure.py [PAGE …]``, on the built book behind a local server.

First and largest contentful paint with an empty cache, median of five, as it is and as on a slow phone: processor
four times slower, 1.6 Mbit/s, 150 ms away.
"""

import statistics
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

sys.path.append(str(Path(__file__).parent))  # as pytest does
from browsing import BOOK, CHROMIUM, FLAGS

TIMES = 5
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 0.75e6 / 8}
PAINTS = """() => new Promise((done) => {
  let largest = 0;
  new PerformanceObserver((list) => { largest = list.getEntries().at(-1).startTime; })
    .observe({ type: "largest-contentful-paint", buffered: true });
  setTimeout(() => done([performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0, largest,
    [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
      .reduce((sum, each) => sum + each.transferSize, 0)]), 300);
})"""


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, *_: object) -> None:
        """Nothing."""


def paints(browser: Browser, address: str, slow: bool) -> list[float]:
    """First and largest contentful paint in milliseconds, and bytes that came over the wire."""
    context = browser.new_context(viewport={"width": 390 if slow else 1280, "height": 844})
    page = context.new_page()
    if slow:
        session = context.new_cdp_session(page)
        session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
        session.send("Network.enable")
        session.send("Network.emulateNetworkConditions", SLOW)
    page.goto(address, wait_until="networkidle")
    found: list[float] = page.evaluate(PAINTS)
    context.close()
    return found


def main(pages: list[str]) -> None:
    """Print a line for each page and speed."""
    server = ThreadingHTTPServer(("localhost", 0), partial(Quiet, directory=str(BOOK)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        print(f"{'page':44} {'speed':10} {'FCP ms':>8} {'LCP ms':>8} {'page kB':>8} {'loaded kB':>10}")
        for name in pages:
            for slow in (False, True):
                address = f"http://localhost:{server.server_port}/{name}"
                first, largest, loaded = map(
                    statistics.median, zip(*(paints(browser, address, slow) for _ in range(TIMES)), strict=True)
                )
                size = Path(BOOK, name).stat().st_size
                speed = "slow phone" if slow else "laptop"
                print(f"{name:44} {speed:10} {first:8.0f} {largest:8.0f} {size / 1e3:8.0f} {loaded / 1e3:10.0f}")
        browser.close()
    server.shutdown()


if __name__ == "__main__":
    first_case = next(path for path in sorted(BOOK.glob("book/cases/*/discourse.html")))
    defaults = ["book/index.html", first_case.relative_to(BOOK).as_posix(), "book/explorer.html"]
    main(sys.argv[1:] or [name for name in defaults if (BOOK / name).exists()])
