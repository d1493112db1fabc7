"""The page in headless Chromium: it opens, unfolds, prints and is usable by keyboard; axe-core finds nothing serious.

It is the system's browser that is driven (in Debian the package ``chromium``); nothing is downloaded.
"""

import os
import shutil

import pytest
from report_pages import HOSTILE, TEXT, html, report

BROWSER = os.environ.get("DERIVE_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")

sync_api = pytest.importorskip("playwright.sync_api", reason="the Python package playwright is not installed")
if BROWSER is None:
    pytest.skip("no Chromium is installed: apt-get install chromium", allow_module_level=True)


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def opened(browser, tmp_path):
    """Open a page and collect what it complains of and what it asks the network for."""
    pages = []

    def open_page(text=TEXT, name="forms.md", fragment="", **options):
        file = tmp_path / "report.html"
        file.write_text(html(text, name), encoding="utf-8")
        options = {"viewport": {"width": 1000, "height": 800}, **options}
        page = browser.new_context(**options).new_page()
        page.complaints = []
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("dialog", lambda dialog: page.complaints.append(dialog.message))
        page.on("request", lambda request: page.complaints.append(request.url) if "file:" not in request.url else None)
        page.goto(file.as_uri() + fragment)
        pages.append(page)
        return page

    yield open_page
    for page in pages:
        assert page.complaints == []
        page.context.close()


def unfolded(page):
    return page.evaluate("[...document.querySelectorAll('details')].map((each) => each.open)")


def test_what_is_wrong_is_unfolded_and_all_can_be(opened):
    page = opened()
    was = unfolded(page)
    assert any(was) and not all(was)
    page.click("#unfold")
    assert all(unfolded(page))
    page.click("#fold")
    assert not any(unfolded(page))
    page.locator("summary", has_text="refuted").click()
    assert sum(unfolded(page)) == 1
    assert page.locator("text=counterexample").first.is_visible()


def test_formulas_are_typeset(opened):
    page = opened()
    assert page.locator("math").count() > 20
    fraction = page.locator("mfrac").first
    top, bottom = (fraction.locator(":scope > *").nth(i).bounding_box() for i in (0, 1))
    assert top["y"] + top["height"] <= bottom["y"] + 2, "one above the other"


def test_links_lead_to_what_they_name(opened):
    page = opened()
    page.click("#fold")
    page.click("text=line 18: malformed")
    wrong = page.locator("details:target")
    assert wrong.count() == 1 and wrong.evaluate("(each) => each.open") and wrong.is_visible()
    assert opened(fragment="#L12").locator("#L12 h4").inner_text() == "Wrong"


def test_light_and_dark(opened):
    for scheme, pressed in (("light", "false"), ("dark", "true")):
        page = opened(color_scheme=scheme)
        button = page.locator("#theme")
        paper = "getComputedStyle(document.body).backgroundColor"
        before = page.evaluate(paper)
        assert button.get_attribute("aria-pressed") == pressed
        button.click()
        assert button.get_attribute("aria-pressed") != pressed and page.evaluate(paper) != before
        button.click()
        assert page.evaluate(paper) == before


def test_the_keyboard_is_enough(opened):
    page = opened()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the document"
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid", "where the focus is can be seen"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "document"
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "SUMMARY":
            break
    before = unfolded(page)
    page.keyboard.press("Enter")
    assert unfolded(page) != before


@pytest.mark.parametrize("width", [320, 1000])
def test_nothing_is_wider_than_the_window(opened, width):
    page = opened(viewport={"width": width, "height": 700})
    page.click("#unfold")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_what_is_too_wide_can_be_reached(opened):
    page = opened(viewport={"width": 320, "height": 700})
    page.click("#unfold")
    page.wait_for_timeout(100)
    boxes = "[...document.querySelectorAll('.formula, pre')].filter((each) => each.scrollWidth > each.clientWidth)"
    assert page.evaluate(f"{boxes}.length") > 0
    assert page.evaluate(f"{boxes}.every((each) => each.tabIndex === 0)")


def test_it_prints(opened):
    page = opened(color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not page.locator("#theme").is_visible()
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_it_can_be_read_without_scripts(opened):
    page = opened(java_script_enabled=False)
    assert not page.locator("#theme").is_visible()
    page.locator("summary", has_text="proved").first.click()
    assert page.locator("summary", has_text="proof").first.is_visible()


@pytest.mark.parametrize("allowed", [False, True], ids=["policy", "no-policy"])
def test_a_hostile_document_does_nothing(opened, allowed):
    page = opened(HOSTILE, "<b>.md", bypass_csp=allowed)
    page.click("#unfold")
    page.wait_for_timeout(200)
    assert page.evaluate("window.pwned") is None
    assert page.locator("main").is_visible()
    assert page.evaluate("document.querySelectorAll('img, iframe, main script, main style').length") == 0


@pytest.mark.parametrize(("scheme", "width"), [("light", 1000), ("dark", 400)])
def test_axe_finds_nothing_serious(opened, scheme, width):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    page = opened(color_scheme=scheme, viewport={"width": width, "height": 800}, bypass_csp=True)
    page.click("#unfold")
    page.wait_for_timeout(100)
    found = axe.Axe().run(page).response
    assert len(found["passes"]) > 20, "it looked"
    assert [
        (each["id"], each["impact"]) for each in found["violations"] if each["impact"] in ("serious", "critical")
    ] == []


def test_every_relation_can_be_unfolded(opened):
    page = opened()
    page.click("#unfold")
    assert page.locator(".said").count() == len(report().relations)
    assert page.locator(".evidence").last.is_visible()
