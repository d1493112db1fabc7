"""The pictures of the README, taken anew: ``python -m tests.screenshots``.

A page is written by ``derive check --html``, and a notebook is run in JupyterLab; both are opened in the system's
Chromium (in Debian the packages ``chromium`` and ``fonts-stix``). Needs the extras ``jupyter`` and ``test``.
"""

import contextlib
import io
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from PIL import Image
from playwright.sync_api import sync_playwright

from derive import cli

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "images"
LIMIT = 300_000
"""Bytes of all pictures together."""

NOTES = r"""# The gradient of a quadratic form

Let $W \in \mathbb{R}^{n \times n}$, $\Sigma \in \mathbb{S}_{++}^n$ and $x, s \in \mathbb{R}^n$.

$$\frac{\partial}{\partial x} (x - s)^\top W (x - s) = (W + W^\top)(x - s)$$

For a covariance:

\begin{align}
\frac{\partial}{\partial x} (x - s)^\top \Sigma^{-1} (x - s) &= 2 \Sigma (x - s) \\
\frac{\partial}{\partial \Sigma} \log \det \Sigma &= \Sigma^{-1}
\end{align}
"""

CELLS = [
    new_markdown_cell(NOTES.replace("# The", "## The")),
    new_code_cell("import derive\n\nreport = derive.check_notebook()\nreport"),
    new_code_cell("report.ok, report.score"),
]
TOKEN = "screenshots"


def main():
    """Take the pictures and say how large they are."""
    IMAGES.mkdir(exist_ok=True)
    browser_path = shutil.which("chromium") or sys.exit("no Chromium is installed: apt-get install chromium")
    with tempfile.TemporaryDirectory() as name, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        for scheme in ("light", "dark"):
            take_page(browser, Path(name), scheme)
        with server(Path(name)) as address:
            take_notebook(browser, address)
        browser.close()
    sizes = {path.name: path.stat().st_size for path in sorted(IMAGES.glob("*.png"))}
    print(sizes)
    assert sum(sizes.values()) < LIMIT


def take_page(browser, folder, scheme):
    """Take the picture of a report."""
    (folder / "notes.md").write_text(NOTES, encoding="utf-8")
    with contextlib.redirect_stdout(io.StringIO()):
        cli.main(["check", str(folder / "notes.md"), "--html", str(folder / "notes.html")])
    page = browser.new_page(viewport={"width": 900, "height": 700}, color_scheme=scheme)
    page.goto((folder / "notes.html").as_uri())
    page.locator("summary", has_text="proved").last.click()
    page.locator("summary", has_text="proof").last.click()
    save(page.screenshot(full_page=True), f"report_{scheme}.png")


@contextlib.contextmanager
def server(folder):
    """Run JupyterLab in a folder with the notebook, and give the address of the notebook."""
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(new_notebook(cells=CELLS, metadata=metadata), folder / "quadratic.ipynb")
    settings = folder / "settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    (settings / "notification.jupyterlab-settings").write_text(json.dumps({"fetchNews": "false"}))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}"]
    environment = {**os.environ, "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings")}
    process = subprocess.Popen(
        [*command, f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={folder}"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait(f"http://127.0.0.1:{port}/api?token={TOKEN}")
        yield f"http://127.0.0.1:{port}/doc/tree/quadratic.ipynb?token={TOKEN}"
    finally:
        process.terminate()
        process.wait(30)


def wait(address, seconds=60):
    """Wait until a server answers."""
    for _ in range(seconds * 2):
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=5):
            return
        time.sleep(0.5)
    raise TimeoutError(f"no answer from {address} in {seconds} s")


def take_notebook(browser, address):
    """Run all cells of the notebook and take its picture."""
    page = browser.new_page(viewport={"width": 900, "height": 1150})
    page.goto(address, timeout=90_000)
    page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=90_000)
    page.wait_for_selector("text=(ipykernel) | Idle", timeout=90_000)
    page.wait_for_timeout(5000)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    page.wait_for_selector("text=(False, 0.66", timeout=90_000)
    page.evaluate("document.querySelector('.jp-WindowedPanel-outer').scrollTo(0, 0)")
    page.wait_for_timeout(1500)
    save(page.screenshot(), "notebook.png")


def save(data, name):
    """Save a picture with at most 128 colours, which is enough for text."""
    picture = Image.open(io.BytesIO(data)).convert("RGB").quantize(128)
    picture.save(IMAGES / name, optimize=True)


if __name__ == "__main__":
    main()
